"""What the two places of a transfer say to each other: one form for each kind of message, read strictly.

Nothing that is not named here is taken; money is whole fen, days are ISO, months are `YYYY-MM`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError

from yibao.kernel.errors import Refusal, Refused

FEN_MAX = 10**12
Fen = Annotated[StrictInt, Field(ge=0, le=FEN_MAX)]
Region = Annotated[str, Field(pattern=r"^\d{6}$")]
MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Short = Annotated[str, Field(max_length=120)]
Words = Annotated[str, Field(max_length=500)]
Scheme = Literal["employee", "resident"]


class Body(BaseModel):
    """Ground of every body: members that are not named are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def plain(self) -> dict[str, Any]:
        """Return the body as it is sent."""
        return self.model_dump(mode="json", by_alias=True)


class PersonTold(Body):
    """Who moves, so that the other place finds them; a name that differs there is a fault somebody must mend."""

    identity_kind: Short
    identity: Short
    name: Short


class Relation(Body):
    """The relation a place has, the latest one; days are its first and last."""

    scheme: Scheme
    relation: Short = Field(alias="as")
    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")
    status: Literal["normal", "suspended", "ended"] = "normal"


class Found(Body):
    """What a place found with one of its checks."""

    code: Short
    passed: StrictBool
    refusal: Short = ""


class Reason(Body):
    """A named refusal with its remedy."""

    code: Short
    zh: Words
    en: Words
    next_zh: Words
    next_en: Words


class Bank(Body):
    """Where the new place wants the account's money."""

    bank: Short
    holder: Short
    number: Short


class Request(Body):
    """transfer.request: somebody applied here, this place's own checks are met, look at yours."""

    source: Region = Field(alias="from")
    target: Region = Field(alias="to")
    side: Literal["out", "in"]
    applied_on: date
    by: Literal["person", "unit"]
    channel: Short
    materials: list[Short] = Field(default_factory=list)
    person: PersonTold
    relation: Relation | None
    checks: list[Found]
    bank: Bank | None = None


class Checks(Body):
    """transfer.checks: the checks of this place are met."""

    relation: Relation | None
    checks: list[Found]
    bank: Bank | None = None


class NotHere(Body):
    """transfer.refusal: this place does not accept the transfer, for these reasons."""

    reasons: list[Reason] = Field(min_length=1)
    checks: list[Found] = Field(default_factory=list)


class Accepted(Body):
    """transfer.accepted: both places have checked; the clocks run from this day at both."""

    accepted_on: date
    type: Literal["employee", "resident", "cross"]


class Row(Body):
    """One period of the information table; both months are part of it."""

    scheme: Scheme
    region: Region
    start: MonthText = Field(alias="from")
    end: MonthText = Field(alias="to")
    months: Annotated[StrictInt, Field(ge=1, le=1200)]
    kind: Literal["actual", "deemed", "converted", "military"]
    base_fen: Fen | None = None
    relation: Short = Field(alias="as")


class AccountTold(Body):
    """The settled personal account; `interest_known` false: no rule gives a rate, so none was paid."""

    mode: Literal["remit", "credit_first", "stays", "none"]
    principal_fen: Fen
    interest_fen: Fen
    interest_known: StrictBool
    amount_fen: Fen


class TableBody(Body):
    """transfer.table: the information table of the person."""

    version: Annotated[StrictInt, Field(ge=1)]
    sent_on: date
    rows: list[Row]
    account: AccountTold


class Loaded(Body):
    """transfer.loaded: the table is checked and loaded; the relation is the new place's."""

    version: StrictInt
    loaded_on: date


class MoneyNotice(Body):
    """transfer.money_notice: the account's money was paid to your bank."""

    amount_fen: Fen
    reference: Short
    paid_on: date


class Receipt(Body):
    """transfer.receipt: the money is in the person's account."""

    amount_fen: Fen
    credited_on: date


class Correction(Body):
    """transfer.correction: the table is wrong; send a right one."""

    version: StrictInt
    why: Words


class Cancellation(Body):
    """transfer.cancellation: the transfer ends here; nothing moves."""

    code: Short
    note: Words = ""
    on: date


FORMS: Mapping[str, type[Body]] = {
    "transfer.request": Request,
    "transfer.checks": Checks,
    "transfer.refusal": NotHere,
    "transfer.accepted": Accepted,
    "transfer.table": TableBody,
    "transfer.loaded": Loaded,
    "transfer.money_notice": MoneyNotice,
    "transfer.receipt": Receipt,
    "transfer.correction": Correction,
    "transfer.cancellation": Cancellation,
}
"""Kind -> form of its body."""

UNREADABLE = Refusal(
    "transfer_message_unreadable",
    "报文内容不符合约定的格式",
    "the message does not have the agreed form",
    "请对方按约定格式重发。",
    "Ask the other place to send it in the agreed form.",
    status=422,
)


def read(*, kind: str, body: Mapping[str, Any]) -> Any:
    """Return the body of a message in its form.

    Args:
        kind: One of `FORMS`.
        body: As it came.

    Raises:
        Refused: transfer_message_unreadable; its details name the members at fault, never their values.

    Examples:
        >>> read(kind="transfer.loaded", body={"version": 1, "loaded_on": "2026-11-20"}).version
        1
        >>> try:
        ...     read(kind="transfer.loaded", body={"version": 1, "loaded": "2026-11-20"})
        ... except Refused as no:
        ...     no.refusal.details
        ('loaded', 'loaded_on')
    """
    try:
        return FORMS[kind].model_validate(dict(body))
    except ValidationError as error:
        wrong = sorted({".".join(str(step) for step in each["loc"]) for each in error.errors()})
        raise Refused(replace(UNREADABLE, details=tuple(wrong))) from None
