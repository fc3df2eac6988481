"""The case file of a move: what is asked, by whom, what both places recorded, and the steps of a running transfer."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, StrictBool, StrictInt, WithJsonSchema, model_validator

from yibao.kernel.errors import InputProblem
from yibao.kernel.money import Money, MoneyError
from yibao.policy.casefile import CaseGround, Recognised, Shape, as_item, codes
from yibao.policy.casefile.checks import MONTHS_MAX
from yibao.policy.casefile.models import Employed, HospitalStay, PlainEvent, RetirementApproved, StopFailed
from yibao.policy.casefile.scalars import Day, Fen, Identifier, Label, MonthIndex, RegionCode, fault

Ask = Literal["transfer", "cover", "display"]
Applying = Literal["person", "unit"]
Step = Literal["transfer_accepted", "table_loaded", "money_sent", "money_credited"]
Material = Literal[
    codes.Material,
    "social_security_card",
    "e_voucher",
    "enrolment_certificate",
    "application_form",
    "contact_letter",
    "information_table",
]


def _balance(value: Any) -> int:
    if not isinstance(value, str):
        raise fault(
            zh=f'金额应写成带引号的十进制文本，例如 "-12.50"，收到的是 {value!r}。',
            en=f'Money is written as a decimal text, for example "-12.50"; got {value!r}.',
        )
    owed = value.removeprefix("-")
    try:
        amount = Money.parse(owed).fen
    except MoneyError as error:
        raise fault(zh=error.zh, en=error.en) from None
    return amount if owed == value else -amount


Balance = Annotated[
    int,
    PlainValidator(_balance),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$", "description": "yuan; may be below zero"}),
]


class TransferStep(Shape):
    """One step of a running transfer, of which only the day matters."""

    kind: Step
    on: Day


class TableSent(Shape):
    """The old place sent its table; `account` is the money that goes with it.

    A table sent by post is `received` later; without that day it arrives when it is sent.
    """

    kind: Literal["table_sent"]
    on: Day
    received: Day | None = None
    account: Fen | None = None


class ArrearsOrdered(Shape):
    """The collector ordered arrears of a unit to be paid, at the latest on `until`."""

    kind: Literal["arrears_ordered"]
    on: Day
    until: Day | None = None


RelocationEvent = Annotated[
    TransferStep
    | TableSent
    | ArrearsOrdered
    | PlainEvent
    | Employed
    | Recognised
    | RetirementApproved
    | StopFailed
    | HospitalStay,
    Field(discriminator="kind"),
]


class RelocationPaper(Shape):
    """A paper that is present; `dated` and `holder` say which one."""

    code: Material
    dated: Day | None = None
    holder: Label | None = None


class Records(Shape):
    """What the two places found when the rules were checked; what is left out follows from the enrolments."""

    stopped_on: Day | None = None
    arrears: Fen | None = None
    account_balance: Balance | None = None
    in_hospital: StrictBool | None = None
    open_transfer: StrictBool | None = None


class RelocationRequest(Shape):
    """What is asked: whether and from when there is cover, a transfer, or only another place on the display."""

    ask: Ask | None = None
    enrolment: Identifier | None = None
    registered_on: Day | None = None
    paid_on: Day | None = None
    credited_on: Day | None = None
    back_pay: list[MonthIndex] = Field(default_factory=list)
    repair_years: Annotated[StrictInt, Field(ge=0, le=MONTHS_MAX)] = 0
    source: RegionCode | None = Field(default=None, alias="from")
    target: RegionCode | None = Field(default=None, alias="to")
    at: RegionCode | None = None
    by: Applying = "person"
    records: Records = Records()

    @model_validator(mode="before")
    @classmethod
    def _default_ask(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("ask") is None and ("from" in value or "to" in value):
            return {**value, "ask": "transfer"}
        return value

    @model_validator(mode="after")
    def _something_is_asked(self) -> Self:
        if self.ask is None:
            raise fault(
                zh="没有写明要办什么：请写 ask（transfer 转移、cover 待遇、display 显示），或写 from 和 to。",
                en="Nothing is asked: write ask (transfer, cover, display), or from and to.",
            )
        return self


class RelocationCase(CaseGround):
    """Everything a decision about a move may look at."""

    events: list[RelocationEvent] = Field(default_factory=list)
    materials: list[Annotated[RelocationPaper, BeforeValidator(as_item)]] = Field(default_factory=list)
    request: RelocationRequest

    def own_problems(self) -> list[InputProblem]:
        """Return what a question lacks, and where it contradicts itself."""
        return list(_PROBLEMS[self.request.ask or "transfer"](self))


def _of_display(case: RelocationCase) -> list[InputProblem]:
    return [] if case.request.enrolment is None else _of_cover(case)


def _of_cover(case: RelocationCase) -> list[InputProblem]:
    known = [each.id for each in case.enrolments]
    if case.request.enrolment is None:
        return [
            InputProblem(
                "request.enrolment",
                "请写明问的是哪一条参保关系（enrolments 中的编号）。",
                "Name the enrolment that is asked about (an id of enrolments).",
            )
        ]
    if case.request.enrolment not in known:
        listed = known or ["-"]
        return [
            InputProblem(
                "request.enrolment",
                f"文件中没有编号为“{case.request.enrolment}”的参保关系；已有：{'、'.join(listed)}。",
                f"No enrolment has the id {case.request.enrolment!r}; known: {', '.join(listed)}.",
            )
        ]
    return []


def _of_transfer(case: RelocationCase) -> list[InputProblem]:
    asked = case.request
    missing = [name for name, place in (("from", asked.source), ("to", asked.target)) if place is None]
    found = [
        InputProblem(
            f"request.{name}",
            "转移须写明转出地（from）和转入地（to）的地区代码。",
            "A transfer names the old place (from) and the new place (to) by their codes.",
        )
        for name in missing
    ]
    if not missing and asked.source == asked.target:
        found.append(
            InputProblem(
                "request.to",
                f"转出地和转入地是同一地区 {asked.target}，请核对；只在同一地区换单位的不用转移。",
                f"Both places are {asked.target}: check the codes; changing the unit in one place needs no transfer.",
            )
        )
    if asked.at is not None and asked.at not in (asked.source, asked.target):
        found.append(
            InputProblem(
                "request.at",
                "只能在转出地或转入地申请，请写其中一地的代码。",
                "An application is made at the old or the new place; write the code of one of them.",
            )
        )
    return found


_PROBLEMS = {"cover": _of_cover, "transfer": _of_transfer, "display": _of_display}
