"""What may be corrected here, and where to go with what another authority owns; nothing of it is computed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from yibao.kernel.errors import Refusal
from yibao.kernel.identifiers import IdentifierError, check_credit_code
from yibao.kernel.money import Money, MoneyError
from yibao.kernel.months import Month
from yibao.kernel.names import NameProblem, check_name
from yibao.policy import Region
from yibao.policy.casefile import CaseFile

_FOLDER = Path(__file__).parent
_RESIDENT_ID = "resident_id"
IDENTITY_FIELDS = frozenset({"identity", "sex"})
"""Fields of the resident identity card; the public security authority registers them."""

OWNED_BY_POLICE = Refusal(
    "correction_owned_by_police",
    "身份证号码、性别和证上的出生日期由公安机关登记，这里不能更正",
    "identity number, sex and the birth date on the card are registered by public security, not here",
    "请先到户籍所在地公安派出所办理；证件改好后，档案随共享数据更正。",
    "Go to the police station of the household registration first; the record follows the new card.",
)
OWNED_BY_TAX = Refusal(
    "correction_owned_by_tax",
    "这笔费用由税务部门征收，金额以税务部门的入库记录为准",
    "the tax authority collected this payment, and its own record of the amount counts",
    "请先向征收的税务部门申请更正；更正后我们按共享数据登记。",
    "Ask the tax authority that collected it first; our record follows theirs.",
)
NOT_YOURS = Refusal(
    "correction_not_yours",
    "这条记录不在您的档案里，或不能在这里更正",
    "this entry is not part of your record, or cannot be corrected here",
    "请从自己的档案中选择要更正的一项。",
    "Choose an entry of your own record.",
)
SAME = Refusal(
    "correction_same",
    "更正后的内容与现在登记的相同",
    "the new value is what is registered already",
    "请填写正确的内容。",
    "Write what is right.",
)
UNREADABLE = Refusal(
    "correction_unreadable",
    "填写的内容读不懂",
    "the new value cannot be read",
    "姓名最多 60 字；日期如 1976-03-01；月份如 2022-01；金额如 1234.00；单位填 18 位统一信用代码；地区填 6 位代码。",
    "Name up to 60 characters; day like 1976-03-01; month like 2022-01; amount like 1234.00; unit: its credit code;"
    " place: its six digits.",
)
NO_PLACE = Refusal(
    "correction_no_place",
    "没有这个地区代码",
    "there is no place with this code",
    "请核对 6 位地区代码，如重庆 500000、太原 140100。",
    "Check the six digits, such as 500000 for Chongqing and 140100 for Taiyuan.",
)

_REGION = re.compile(r"[0-9]{6}")
_AS_ON_CARD = ("请照身份证填写姓名。", "Write the name as on the identity card.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish to correct one field.

    Attributes:
        field: name, born, unit, start, last, region, months or amount; also those others own.
        before: What is registered.
        wanted: What should stand there, as typed.
        identity_kind: resident_id, temporary or other.
        card_born: Birth date as the identity card tells it, eight digits.
        collector: tax, agency or empty; of a payment.
    """

    field: str
    before: str
    wanted: str
    identity_kind: str = ""
    card_born: str = ""
    collector: str = ""


def read(asked: Asked) -> str | Refusal:
    """Return the wanted value in its one spelling, or why the field is not corrected here.

    Examples:
        >>> read(Asked("months", "2022-01", " 2022-02 "))
        '2022-02'
        >>> read(Asked("born", "1976-03-01", "1976-03-10", "resident_id", "19760301")).code
        'correction_owned_by_police'
        >>> read(Asked("born", "1976-03-10", "1976-03-01", "resident_id", "19760301"))
        '1976-03-01'
        >>> read(Asked("name", "阿依古丽买买提", "阿依古丽•买买提")), read(Asked("name", "陈建国", "陈建国1")).code
        ('阿依古丽·买买提', 'correction_unreadable')
    """
    if asked.field in IDENTITY_FIELDS:
        return OWNED_BY_POLICE
    if asked.field == "amount" and asked.collector == "tax":
        return OWNED_BY_TAX
    wanted = _spelled(asked.field, asked.wanted.strip())
    if isinstance(wanted, Refusal):
        return wanted
    if wanted == asked.before:
        return SAME
    # The card tells the birth date: another one can only be right when the card is wrong.
    on_card = asked.identity_kind == _RESIDENT_ID
    if asked.field == "born" and on_card and wanted.replace("-", "") != asked.card_born:
        return OWNED_BY_POLICE
    return wanted


def _spelled(field: str, text: str) -> str | Refusal:
    """Return a value in its one spelling, or that it cannot be read."""
    spell = _SPELLED.get(field)
    if spell is None:
        return UNREADABLE
    try:
        return spell(text)
    except NameProblem as wrong:
        return replace(UNREADABLE, zh=wrong.zh, en=wrong.en, next_zh=_AS_ON_CARD[0], next_en=_AS_ON_CARD[1])
    except (ValueError, MoneyError, IdentifierError):
        return UNREADABLE


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _place(text: str) -> str:
    if not _REGION.fullmatch(text):
        raise ValueError(text)
    return text


_SPELLED: Mapping[str, Callable[[str], str]] = {
    "name": check_name,
    "born": _day,
    "start": _day,
    "last": _day,
    "months": lambda text: str(Month.parse(text)),
    "amount": lambda text: str(Money.parse(text)),
    "unit": check_credit_code,
    "region": _place,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of the rules: a person decides.

    Attributes:
        decision: always manual.
        region: Code of the rules.
        version: Of the rules.
    """

    decision: str
    region: str
    version: str

    def json(self) -> dict[str, Any]:
        """Return the published form of the decision, ready for JSON."""
        refusals = [{"code": "decided_by_persons", **_words()}]
        pack = {"region": self.region, "version": self.version}
        return {"service": _FOLDER.name, "decision": self.decision, "refusals": refusals, "sources": [], "pack": pack}

    def trace_lines(self, language: str) -> list[str]:
        """Return the reasons as sentences in `zh` or `en`."""
        return [_words()[language]]


@cache
def _words() -> dict[str, str]:
    words = yaml.load((_FOLDER / "text.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    told: dict[str, str] = words["refusals"]["decided_by_persons"]
    return told


def decide(*, case: CaseFile, region: Region) -> Decision:
    """Return the decision of a case file: evidence is looked at by persons, whatever it says.

    Args:
        case: The case file.
        region: The rules of the place asked.
    """
    return Decision("manual", region.code, region.version)
