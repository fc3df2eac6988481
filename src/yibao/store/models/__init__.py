"""All tables of the store, one subject per module."""

from yibao.store.models.access import (
    AccountEvent,
    ApiToken,
    CitizenLogin,
    Passkey,
    ProviderLogin,
    RecoveryCode,
    RoleProposal,
    StaffCredential,
    StaffRole,
)
from yibao.store.models.agents import UnitAgent
from yibao.store.models.audit import AuditHead, ReadLog, Unmasking
from yibao.store.models.batches import (
    BankMessage,
    BankResult,
    BatchItem,
    ClearingMember,
    PayerAccount,
    PaymentBatch,
)
from yibao.store.models.bulk import BulkRow, BulkRun
from yibao.store.models.cases import Case, CaseAction, CaseClock, CaseSignature, CaseTurn, StoredDecision
from yibao.store.models.changes import RecordChange
from yibao.store.models.exchange import (
    ExchangeKey,
    ExchangePartner,
    ExchangeThread,
    InboxMessage,
    OutboxMessage,
    TurnedAway,
)
from yibao.store.models.figures import CountedDay, DayFigure, StandingFigure
from yibao.store.models.insurance import (
    AccountCredit,
    BenefitUse,
    Contribution,
    ContributionPart,
    ContributionRefund,
    Enrolment,
    MovedEnrolment,
    RecordEvent,
)
from yibao.store.models.journal import (
    AccountingPeriod,
    BalanceCheckpoint,
    Entry,
    JournalTransaction,
    LedgerAccount,
    PersonalAccountBalance,
)
from yibao.store.models.keys import IdempotencyKey, NumberSequence, Outbox
from yibao.store.models.messages import Contact, Delivery, Message, ReaderSettings
from yibao.store.models.own_data import DataCopy
from yibao.store.models.packs import PackVersion
from yibao.store.models.papers import Document, IssuedPaper, PaperNumber
from yibao.store.models.payments import Payment
from yibao.store.models.persons import BankAccount, Person, PersonGroup, Unit
from yibao.store.models.promises import PromiseCheck, PromiseLetter
from yibao.store.models.ratings import CallBack, Rating
from yibao.store.models.reconciling import ReconciliationDay, ReconciliationOpen, ReconciliationSum
from yibao.store.models.representation import Representation
from yibao.store.models.shown import ShownPlace
from yibao.store.models.window import WindowCode

__all__ = [
    "AccountCredit",
    "AccountEvent",
    "AccountingPeriod",
    "ApiToken",
    "AuditHead",
    "BalanceCheckpoint",
    "BankAccount",
    "BankMessage",
    "BankResult",
    "BatchItem",
    "BenefitUse",
    "BulkRow",
    "BulkRun",
    "CallBack",
    "Case",
    "CaseAction",
    "CaseClock",
    "CaseSignature",
    "CaseTurn",
    "CitizenLogin",
    "ClearingMember",
    "Contact",
    "Contribution",
    "ContributionPart",
    "ContributionRefund",
    "CountedDay",
    "DataCopy",
    "DayFigure",
    "Delivery",
    "Document",
    "Enrolment",
    "Entry",
    "ExchangeKey",
    "ExchangePartner",
    "ExchangeThread",
    "IdempotencyKey",
    "InboxMessage",
    "IssuedPaper",
    "JournalTransaction",
    "LedgerAccount",
    "Message",
    "MovedEnrolment",
    "NumberSequence",
    "Outbox",
    "OutboxMessage",
    "PackVersion",
    "PaperNumber",
    "Passkey",
    "PayerAccount",
    "Payment",
    "PaymentBatch",
    "Person",
    "PersonGroup",
    "PersonalAccountBalance",
    "PromiseCheck",
    "PromiseLetter",
    "ProviderLogin",
    "Rating",
    "ReadLog",
    "ReaderSettings",
    "ReconciliationDay",
    "ReconciliationOpen",
    "ReconciliationSum",
    "RecordChange",
    "RecordEvent",
    "RecoveryCode",
    "Representation",
    "RoleProposal",
    "ShownPlace",
    "StaffCredential",
    "StaffRole",
    "StandingFigure",
    "StoredDecision",
    "TurnedAway",
    "Unit",
    "UnitAgent",
    "Unmasking",
    "WindowCode",
]
