"""Forms to be filled in by hand: numbered by edition, and checkable like every other paper, without a case."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

import yibao.services
from yibao.services.refund import documents
from yibao.services.refund.actions import wording
from yibao.services.refund.documents import BlankApplication, BlankAuthorisation, Told
from yibao.store import papers

_RIGHTS = Path(yibao.services.__file__).parent / "representation.yaml"
_AGENCY = "医疗保险经办机构"


@dataclass(frozen=True, slots=True)
class Blank:
    """One edition of a form.

    Attributes:
        number: Printed on it; another edition has another.
        since: The day of the edition.
        label: Its key among the words of the pages.
    """

    number: str
    since: date
    label: str


BLANKS = {
    "application": Blank("KB-SQ-2026-1", date(2026, 1, 1), "blank_application"),
    "authorisation": Blank("KB-WT-2026-1", date(2026, 1, 1), "blank_authorisation"),
}


def blank(kind: str) -> bytes:
    """Return a form as PDF.

    Args:
        kind: One of `BLANKS`.
    """
    form, base = BLANKS[kind], settings.YIBAO_PUBLIC_URL
    code = check_code(kind)
    stamp = documents.Stamp(
        number=form.number,
        case_number="",
        issued_on=form.since,
        agency=_AGENCY,
        check_code=code,
        check_address=documents.check_address(base=base, number=form.number, code=code),
        synthetic=False,
    )
    return documents.typeset(paper=_paper(kind), stamp=stamp)


def known_blank(*, number: str, code: str) -> Blank | None:
    """Return the form a reader of its code asks about, or None where number or code is another."""
    for kind, form in BLANKS.items():
        if form.number == number and check_code(kind) == code.strip().upper():
            return form
    return None


@cache
def check_code(kind: str) -> str:
    """Return the check code of a form: of what it says, so that a form with one word changed has another."""
    digest = int.from_bytes(hashlib.sha256(documents.wording_of(_paper(kind))).digest())
    signs = []
    for _ in range(papers.CHECK_CODE_LENGTH):
        digest, place = divmod(digest, len(papers.ALPHABET))
        signs.append(papers.ALPHABET[place])
    return "".join(signs)


def _paper(kind: str) -> BlankApplication | BlankAuthorisation:
    if kind == "authorisation":
        return BlankAuthorisation(basis=_rights()["proxy"]["source"])
    materials = ("payment_proof", "id_document", "bank_card")
    return BlankApplication(
        reasons=tuple(Told(one["label"], one["en"]) for code, one in wording.labels("reason").items() if code != "any"),
        materials=tuple(wording.label(enum="material", code=code) for code in materials),
    )


def _rights() -> dict[str, dict[str, str]]:
    rights: dict[str, dict[str, str]] = yaml.safe_load(_RIGHTS.read_text(encoding="utf-8"))
    return rights
