"""Promise letters of a refund: a material the pack allows to be replaced is promised, signed and kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import get_default_timezone

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_id
from yibao.policy import Region
from yibao.services.papers.numbers import paper_number
from yibao.services.refund import documents, rulebook
from yibao.services.refund.actions import evidence, wording
from yibao.services.refund.actions.papers import stamp
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.documents import Told
from yibao.store import cases, papers, promises
from yibao.store.models import Case, PromiseLetter

_OWN = Told("登录本人账号，阅读全文后确认签署", "signed after reading, with the signer's own login")
_WINDOW = Told("在服务窗口阅读全文后签名，受理人员在场", "signed on paper at the window, in a clerk's presence")


def offered(*, region: Region, on: date) -> dict[str, dict[str, Any]]:
    """Return the materials a promise may replace on a day, each with the words of its letter."""
    return promises.offered(region=region, service="refund", on=on)


def promise(*, number: str, material: str, agreed: bool, by: Actor, on: date, at: datetime) -> PromiseLetter:
    """Sign a letter that stands in for a material; signed before, it is the same letter.

    Args:
        number: Number of the case.
        material: What it stands in for.
        agreed: The signer has ticked that they read and agree.
        by: The applicant, or the clerk before whom it was signed on paper.
        on: Business date.
        at: The moment of signing.

    Raises:
        Refused: promise_not_allowed, promise_not_signed, promise_closed, not_your_case, wrong_state.
    """
    case = cases.get(number)
    words = offered(region=rulebook.region(case.region), on=on).get(material)
    if words is None:
        raise refused("promise_not_allowed", material)
    if not agreed:
        raise refused("promise_not_signed")
    if until := promises.closed_until(person_id=case.person_id, on=on):
        raise Refused(replace(promises.PROMISE_CLOSED, details=(until,)))
    known = promises.live(case).filter(material=material).first()
    return known or _sign(case, material, words, by=by, on=on, at=at)


def _sign(case: Case, material: str, words: dict[str, Any], *, by: Actor, on: date, at: datetime) -> PromiseLetter:
    """Typeset outside any transaction, keep inside one; two clicks at once leave one letter."""
    paper = _letter(case, material, words, by=by, on=on, at=at)
    stamped = _stamped(case, material, paper, on=on, at=at)
    content = documents.typeset(paper=paper, stamp=stamped)
    with transaction.atomic():
        now = cases.locked(case.number)
        if known := promises.live(now).filter(material=material).first():
            return known
        issued = papers.issue(
            case=now, kind=evidence.PROMISE_LETTER, number=stamped.number, check_code=stamped.check_code,
            content=content, by=by, at=at, on=on,
        )  # fmt: skip
        kept = promises.keep(
            case=now, paper=issued, material=material, words=words, signer=paper.signer, by=by, on=on, at=at
        )
        _changed(now, kept, verb="attach", by=by, on=on, at=at)
    return kept


def _stamped(case: Case, material: str, paper: documents.PromiseLetter, *, on: date, at: datetime) -> documents.Stamp:
    def number() -> str:
        return paper_number(prefix=paper.prefix, region=case.region, on=on)

    with transaction.atomic():
        now = cases.locked(case.number)
        taken = papers.take(case=now, kind=evidence.PROMISE_LETTER, occasion=material, number=number, at=at)
    return stamp(case=case, taken=taken, on=on)


def _letter(
    case: Case, material: str, words: Mapping[str, Any], *, by: Actor, on: date, at: datetime
) -> documents.PromiseLetter:
    own = by.kind == "staff" or by.person_id == case.person_id
    return documents.PromiseLetter(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        signer=case.person.name if own or not by.name else by.name,
        material=wording.label(enum="material", code=material),
        **{name: Told(words[name]["zh"], words[name]["en"]) for name in promises.WORDS},
        way=_WINDOW if by.kind == "staff" else _OWN,
        signed_at=f"{at.astimezone(get_default_timezone()):%Y-%m-%d %H:%M}",
        at_window=by.kind == "staff",
        keep_until=promises.keep_until(on),
    )


def take_back_promise(*, number: str, material: str, by: Actor, on: date, at: datetime) -> Case:
    """Take a letter back, as when the paper is handed in after all; it stays on record as taken back.

    Raises:
        Refused: document_not_found, wrong_state, not_your_case.
    """
    with transaction.atomic():
        case = cases.locked(number)
        letter = promises.live(case).filter(material=material).first()
        if letter is None:
            raise refused("document_not_found")
        letter.taken_back_at = letter.paper.voided_at = at
        letter.save(update_fields=["taken_back_at"])
        letter.paper.save(update_fields=["voided_at"])
        return _changed(case, letter, verb="detach", by=by, on=on, at=at)


def _changed(case: Case, letter: PromiseLetter, *, verb: str, by: Actor, on: date, at: datetime) -> Case:
    found = evidence.gather(case=case, request=case.refund, on=on)
    data = {"material": letter.material, "promise": letter.number, "sha256": letter.paper.sha256}
    return cases.act(number=case.number, kind=verb, by=by, at=at, on=on, evidence_hash=found.hash, data=data)
