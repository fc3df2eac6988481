"""What each paper of a transfer states: the same facts and rows as data for programs and, typeset, for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

KINDS: Mapping[str, tuple[str, str]] = {
    "enrolment_certificate": ("基本医疗保险参保凭证", "Certificate of enrolment"),
    "application_form": ("基本医疗保险关系转移接续申请表", "Application for the transfer"),
    "acceptance_receipt": ("基本医疗保险关系转移接续受理回执", "Receipt of acceptance"),
    "contact_letter": ("基本医疗保险关系转移接续联系函", "Contact letter"),
    "information_table": ("参保人员基本医疗保险信息表", "Information table"),
    "closing_notice": ("转移接续结案告知书", "Closing notice"),
}
"""Kind -> its title in both languages; a closing notice is titled by how the transfer ended."""

Said = tuple[str, str]
"""A sentence in Chinese and English; a text a person typed has only the first."""

ENDINGS: Mapping[str, tuple[Said, Said]] = {
    "not_accepted": (
        ("不予受理告知书", "The transfer is not accepted"),
        ("不予受理", "not accepted"),
    ),
    "refused": (
        ("不予办理转移接续决定书", "The transfer is refused"),
        ("经复核，不予办理转移接续", "refused upon review"),
    ),
    "withdrawn": (
        ("转移接续终止告知书", "The transfer was withdrawn"),
        (
            "已按申请撤回，参保关系和个人账户没有转移；需要时可以重新申请",
            "withdrawn as asked; relation and account have not moved; apply again when needed",
        ),
    ),
    "ended": (
        ("转移接续终止告知书", "The transfer has ended"),
        ("转移接续终止，不再办理", "the transfer has ended and is not carried on"),
    ),
}
"""How a transfer ended without being done -> the title of its closing notice, and the outcome it states."""

COLUMNS = (
    ("险种", "scheme"), ("地区", "place"), ("起", "from"), ("止", "to"), ("月数", "months"), ("性质", "kind"),
    ("缴费基数（元）", "base, yuan"),
)  # fmt: skip
"""Columns of the periods."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper.

    Attributes:
        kind: One of `KINDS`.
        number: Of the case it belongs to.
        agency: Who makes it.
        made_on: The day.
        facts: Label in Chinese, in English, and the value as it is read; identity numbers are masked.
        rows: Periods, one text for each of `COLUMNS`; empty where the paper has none.
        synthetic: Whether the person is made up.
        ending: Of a closing notice, one of `ENDINGS`; empty for any other paper.
        reasons: Why it ended, each with what to do next.
        remedies: What can be done against it; None where there is nothing to go against.
    """

    kind: str
    number: str
    agency: str
    made_on: date
    facts: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, ...], ...] = ()
    synthetic: bool = False
    ending: str = ""
    reasons: tuple[Said, ...] = ()
    remedies: tuple[Said, ...] | None = None

    @property
    def title(self) -> Said:
        """The title in both languages."""
        return ENDINGS[self.ending][0] if self.ending else KINDS[self.kind]

    def json(self) -> dict[str, Any]:
        """Return the paper as data; a closing notice also has outcome, reasons and remedies.

        Examples:
            >>> paper = Paper("contact_letter", "ZY-1", "太原", date(2026, 3, 2), (("姓名", "name", "陈*国"),))
            >>> paper.json()["title"], paper.json()["facts"][0]["value"]
            ('基本医疗保险关系转移接续联系函', '陈*国')
        """
        title, english = self.title
        names = [english for _, english in COLUMNS]
        return {
            "kind": self.kind, "title": title, "title_en": english, "number": self.number, "agency": self.agency,
            "made_on": self.made_on.isoformat(),
            "facts": [{"label": zh, "label_en": en, "value": value} for zh, en, value in self.facts],
            "rows": [dict(zip(names, row, strict=True)) for row in self.rows],
            "columns": [list(pair) for pair in COLUMNS] if self.rows else [], "synthetic": self.synthetic,
            **(self._closing() if self.ending else {}),
        }  # fmt: skip

    def _closing(self) -> dict[str, Any]:
        """Return the members only a closing notice has."""
        return {
            "ending": self.ending,
            "outcome": _pair(ENDINGS[self.ending][1]),
            "reasons": [_pair(each) for each in self.reasons],
            "remedies": None if self.remedies is None else [_pair(each) for each in self.remedies],
        }


def _pair(said: Said) -> dict[str, str]:
    return {"zh": said[0], "en": said[1]}
