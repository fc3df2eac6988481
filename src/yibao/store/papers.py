"""Papers the office issues: numbered, with a check code, reprints counted."""

import hmac
import secrets
from collections.abc import Callable
from datetime import date, datetime

from django.db.models import F

from yibao.casework.actors import Actor
from yibao.store import documents
from yibao.store.models import Case, IssuedPaper, PaperNumber
from yibao.store.refusals import refuse

# Letters and digits that are not mistaken for one another when read aloud.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_CODE_LENGTH = 12


def new_check_code() -> str:
    """Return a random check code of twelve letters and digits, about 58 bits.

    Examples:
        >>> len(new_check_code())
        12
    """
    return "".join(secrets.choice(ALPHABET) for _ in range(CHECK_CODE_LENGTH))


def take(*, case: Case, kind: str, occasion: str, number: Callable[[], str], at: datetime) -> PaperNumber:
    """Return the number a paper will bear: one that was taken for it and never used, or the next.

    Args:
        case: The case, whose lock the caller holds.
        kind: Code of the template.
        occasion: What the paper is made of.
        number: Takes the next number.
        at: Now.
    """
    taken = PaperNumber.objects.filter(case=case, kind=kind, occasion=occasion)
    left = taken.exclude(number__in=IssuedPaper.objects.filter(case=case).values("number")).first()
    return left or PaperNumber.objects.create(
        case=case, kind=kind, occasion=occasion, number=number(), check_code=new_check_code(), taken_at=at
    )


def issue(
    *,
    case: Case,
    kind: str,
    number: str,
    check_code: str,
    content: bytes,
    by: Actor,
    at: datetime,
    on: date,
    evidence_hash: str = "",
) -> IssuedPaper:
    """Keep a paper that was made.

    Args:
        case: The case it belongs to.
        kind: Code of the template.
        number: Its number, taken before the file was made.
        check_code: As printed on it.
        content: The file.
        by: Who had it made.
        at: Now.
        on: Date of issue.
        evidence_hash: What it was made of.
    """
    return IssuedPaper.objects.create(
        case=case,
        kind=kind,
        number=number,
        check_code=check_code,
        sha256=documents.put(content),
        size=len(content),
        evidence_hash=evidence_hash,
        issued_on=on,
        issued_at=at,
        issued_by=by.id,
    )


def content(paper: IssuedPaper) -> bytes:
    """Return a paper's file, checked against its hash.

    Raises:
        FileDamaged: The file is gone or was changed.
        Refused: `paper_deleted`; its time had passed.
    """
    if paper.purged_at is not None:
        raise refuse("paper_deleted", paper.number)
    return documents.get(paper.sha256)


def reprint(number: str) -> int:
    """Count one more print of a paper, and return which reprint it is; the caller holds the lock of its case."""
    IssuedPaper.objects.filter(number=number).update(reprints=F("reprints") + 1)
    return IssuedPaper.objects.values_list("reprints", flat=True).get(number=number)


def find(*, number: str, check_code: str) -> IssuedPaper:
    """Return the paper a reader of its code asks about.

    Raises:
        Refused: `no_such_paper`, the same for a wrong number and a wrong code.
    """
    paper = IssuedPaper.objects.select_related("case").filter(number=number).first()
    given = check_code.strip().upper()
    if paper is None or not hmac.compare_digest(paper.check_code.encode(), given.encode()):
        raise refuse("no_such_paper", number)
    return paper
