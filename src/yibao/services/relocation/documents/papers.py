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
}
"""Kind -> its title in both languages."""

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
    """

    kind: str
    number: str
    agency: str
    made_on: date
    facts: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, ...], ...] = ()
    synthetic: bool = False

    def json(self) -> dict[str, Any]:
        """Return the paper as data.

        Examples:
            >>> paper = Paper("contact_letter", "ZY-1", "太原", date(2026, 3, 2), (("姓名", "name", "陈*国"),))
            >>> paper.json()["title"], paper.json()["facts"][0]["value"]
            ('基本医疗保险关系转移接续联系函', '陈*国')
        """
        title, english = KINDS[self.kind]
        names = [english for _, english in COLUMNS]
        return {
            "kind": self.kind, "title": title, "title_en": english, "number": self.number, "agency": self.agency,
            "made_on": self.made_on.isoformat(),
            "facts": [{"label": zh, "label_en": en, "value": value} for zh, en, value in self.facts],
            "rows": [dict(zip(names, row, strict=True)) for row in self.rows],
            "columns": [list(pair) for pair in COLUMNS] if self.rows else [], "synthetic": self.synthetic,
        }  # fmt: skip
