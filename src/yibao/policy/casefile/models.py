"""The case file: what is known about one person and one request, in the form of the published contract.

Money is held in fen, months as `year * 12 + month - 1`, days as dates. Python keywords of the contract carry
another name here: `from` is `start`, `to` is `end`, `as` is `relation`.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from yibao.kernel.errors import InputProblem
from yibao.kernel.months import Month
from yibao.policy.casefile import codes
from yibao.policy.casefile.scalars import Day, Fen, FirstDay, Identifier, Label, LastDay, MonthIndex, RegionCode

MONTHS_IN_YEAR = 12


class Shape(BaseModel):
    """Ground of every part: members outside the contract are refused, nothing is coerced, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Party(Shape):
    """Who asks."""

    kind: codes.Applicant = "payer"


class Person(Shape):
    """The insured person, with the days that decide about cover."""

    born: Day | None = None
    sex: codes.Sex | None = None
    died: Day | None = None
    retired_on: Day | None = None
    legal_age_on: Day | None = None
    work_started_on: Day | None = None
    pension_from: Day | None = None
    groups: list[Identifier] = Field(default_factory=list)


class Enrolment(Shape):
    """One relation of the person to one scheme; `start` and `end` are its first and last day."""

    id: Identifier
    scheme: codes.Scheme
    relation: codes.Relation = Field(alias="as")
    unit: Label | None = None
    tier: Annotated[StrictInt, Field(ge=1, le=9)] | None = None
    region: RegionCode
    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")
    status: codes.Status = "normal"
    benefits_from: Day | None = None
    years_kind: codes.YearsKind | None = None


class MonthAmount(Shape):
    """An amount for each month of a run; a run without ends is the whole payment."""

    start: MonthIndex | None = Field(default=None, alias="from")
    end: MonthIndex | None = Field(default=None, alias="to")
    amount: Fen


class RefundedMonths(Shape):
    """Months of a payment that were given back before."""

    start: MonthIndex = Field(alias="from")
    end: MonthIndex = Field(alias="to")
    amount: Fen


class Part(Shape):
    """One share of a payment: who paid it into which fund."""

    fund: codes.Fund
    payer: codes.Payer
    amount: Fen


def _as_runs(value: Any) -> Any:
    return [{"amount": value}] if isinstance(value, str) else value


MonthAmounts = Annotated[list[MonthAmount], BeforeValidator(_as_runs)]


class Payment(Shape):
    """One payment and the months it covers, both ends included."""

    id: Identifier
    enrolment: Identifier
    kind: codes.PaymentKind
    paid_on: Day | None = None
    start: MonthIndex = Field(alias="from")
    end: MonthIndex = Field(alias="to")
    amount: Fen | None
    payer: codes.Payer
    years: Annotated[StrictInt, Field(ge=1, le=99)] | None = None
    collector: codes.Collector | None = None
    parts: list[Part] = Field(default_factory=list)
    standard: codes.Standard | None = None
    account_credit_monthly: MonthAmounts | None = None
    retiree_credit_monthly: MonthAmounts | None = None
    refunded: list[RefundedMonths] = Field(default_factory=list)

    @property
    def months(self) -> range:
        """Indexes of the months covered."""
        return range(self.start, self.end + 1)

    @property
    def years_covered(self) -> int:
        """Whole years the payment was made for: as declared, else counted from its months."""
        return self.years if self.years is not None else len(self.months) // MONTHS_IN_YEAR

    @property
    def months_paid_for(self) -> int:
        """Months the payment was made for: the declared years where given, else the months covered."""
        return self.years * MONTHS_IN_YEAR if self.years is not None else len(self.months)

    @property
    def first_day(self) -> date:
        """First day of the first covered month."""
        return Month.from_index(self.start).first_day


class Benefit(Shape):
    """One use of benefits."""

    enrolment: Identifier
    on: Day
    kind: codes.BenefitKind
    amount: Fen | None = None


class PlainEvent(Shape):
    """An event of which only the day matters."""

    kind: codes.PlainEventKind
    on: Day


class Employed(Shape):
    """Employment by a unit."""

    kind: Literal["employed"]
    on: Day
    unit: Label | None = None


class Recognised(Shape):
    """A group membership that lowers the contribution or has it paid by finance."""

    kind: Literal["concession_recognised", "subsidy_recognised"]
    on: Day
    start: FirstDay | None = Field(default=None, alias="from")
    end: LastDay | None = Field(default=None, alias="to")
    group: Identifier | None = None
    amount: Fen | None = None


class StopFailed(Shape):
    """A stop of cover that did not take effect, and whose fault it was."""

    kind: Literal["stop_failed"]
    on: Day
    cause: codes.FailureCause | None = None


class YearsRedetermined(Shape):
    """A new determination of the contribution years: the months really owed."""

    kind: Literal["years_redetermined"]
    on: Day
    due_months: Annotated[StrictInt, Field(ge=0, le=1200)] | None = None


class RetirementApproved(Shape):
    """The approval of retirement with the months required and those paid."""

    kind: Literal["retirement_approved"]
    on: Day
    required_months: Annotated[StrictInt, Field(ge=0, le=1200)] | None = None
    paid_months: Annotated[StrictInt, Field(ge=0, le=1200)] | None = None


class MisPosting(Shape):
    """A payment posted wrongly, and what was wrong."""

    kind: Literal["mis_posted"]
    on: Day
    what: codes.MisPosted | None = None


class HospitalStay(Shape):
    """A stay in hospital; `end` is its last day."""

    kind: Literal["hospital_stay"]
    on: Day
    end: Day | None = Field(default=None, alias="to")


Event = Annotated[
    PlainEvent
    | Employed
    | Recognised
    | StopFailed
    | YearsRedetermined
    | RetirementApproved
    | MisPosting
    | HospitalStay,
    Field(discriminator="kind"),
]


def as_item(value: Any) -> Any:
    """Return a paper named by its code alone as an item."""
    return {"code": value} if isinstance(value, str) else value


class MaterialItem(Shape):
    """A paper that is present; `dated` and `holder` say which one."""

    code: codes.Material
    dated: Day | None = None
    holder: Label | None = None


class Determined(Shape):
    """An amount an agency has worked out by its own tariff, with the worksheet it rests on."""

    amount: Fen
    worksheet: Label | None = None
    by: Label | None = None


class RefundRequest(Shape):
    """What is asked for; a missing reason means: try every rule in published order."""

    reason: codes.Reason | None = None
    payments: Annotated[list[Identifier], Field(min_length=1)] | None = None
    determined: Determined | None = None
    channel: codes.Channel | None = None


class CaseGround(Shape):
    """What the case files of all services share; each service adds its events, papers and request."""

    service: Identifier
    region: RegionCode
    on: Day
    applicant: Party = Party()
    person: Person
    enrolments: list[Enrolment]
    payments: list[Payment]
    benefits: list[Benefit] = Field(default_factory=list)

    def own_problems(self) -> list[InputProblem]:
        """Return what the service itself finds wrong in a well-formed file; a service with own members says more."""
        return []


class CaseFile(CaseGround):
    """Everything one refund decision may look at; also the form of services that declare none of their own."""

    events: list[Event] = Field(default_factory=list)
    materials: list[Annotated[MaterialItem, BeforeValidator(as_item)]] = Field(default_factory=list)
    request: RefundRequest
