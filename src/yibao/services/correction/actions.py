"""What may be done with a correction: asked for, handed in, accepted, signed twice, executed; or refused."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yibao import services
from yibao.casework import refusals as house
from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.states import OPEN, State
from yibao.kernel.canonical import canonical_json
from yibao.kernel.errors import Refusal, Refused
from yibao.policy import UnknownRegion
from yibao.services.assurance import require
from yibao.services.correction import rules, workflow
from yibao.services.correction.models import CorrectionRequest
from yibao.store import cases, changes, crypto, documents, uploads
from yibao.store.changes import Place
from yibao.store.models import Case, Contribution, Document, Enrolment, Outbox, Person
from yibao.store.numbers import next_number

SERVICE = "correction"
EVIDENCE = "record_proof"
TEXT_MAX = 500
WANTED_MAX = 60
# GB 11643: digits 7 to 14 of a resident identity number are the birth date.
BORN_ON_CARD = slice(6, 14)
_PLACE = "correction.evidence"
_DIGITS = 6

ALREADY_OPEN = Refusal(
    "correction_open",
    "这一项已有一件更正正在办理",
    "a correction of this field is already being handled",
    "请在“我的申请”查看进度，办完后可以再提。",
    "Follow it under My cases; another can be asked for when it is done.",
)
NO_REASON = Refusal(
    "correction_no_reason",
    "请说明为什么不对",
    "say why it is wrong",
    "请写明正确内容的依据。",
    "Write what shows that the new value is right.",
    status=422,
)
NO_EVIDENCE = Refusal(
    "correction_no_evidence",
    "还没有证据",
    "there is no evidence yet",
    "请上传证明材料；在窗口办理的，由受理人员核对原件后勾选。",
    "Hand in a file; at a window the clerk ticks that the original was seen.",
    status=422,
)
NO_FILE = Refusal(
    "correction_no_file",
    "这份证据已经不在申请里",
    "this file is no longer part of the request",
    "请刷新页面，看现在有哪些证据。",
    "Load the page again and see which files there are.",
    status=404,
)
RECORD_CHANGED = Refusal(
    "correction_record_changed",
    "档案在申请之后已经变动",
    "the record has changed since this was asked for",
    "请退回申请人重新核对。",
    "Send it back to the applicant to look again.",
)


def open_request(
    *,
    person_id: UUID,
    place: Place,
    wanted: str,
    why: str,
    by: Actor,
    on: date,
    at: datetime,
    seen_at_window: bool = False,
) -> Case:
    """Open the draft of a correction.

    Args:
        person_id: Whose record; locked, so that of two requests for one field the second sees the first.
        place: What is wrong.
        wanted: What should stand there, as typed; why: what shows it.
        by: The person, or a clerk at the window.
        on: Business date.
        at: The moment.
        seen_at_window: The clerk has seen the original evidence.

    Raises:
        Refused: correction_not_yours, correction_owned_by_police, correction_owned_by_tax, correction_open,
            correction_same, correction_unreadable, correction_no_reason, correction_no_evidence, not_your_case.
    """
    require(service=SERVICE, step="open", by=by)
    person = Person.objects.get(pk=person_id)
    spelled = checked(person=person, place=place, wanted=wanted)
    _said(why, by, seen_at_window)
    number = f"DA-{on.year}-{next_number(name=f'case/DA/{on.year}'):0{_DIGITS}d}"
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person_id)
        if _open_for(place):
            raise Refused(ALREADY_OPEN)
        region = owner(person=person, place=place)
        case = cases.open_case(number=number, service=SERVICE, region=region, person_id=person_id, by=by, at=at, on=on)
        _allowed(case, by)
        CorrectionRequest.objects.create(
            case=case,
            target=place.target,
            target_key=place.key,
            field=place.field,
            before=changes.value(place),
            wanted=spelled,
            why=why.strip()[:TEXT_MAX],
            seen_at_window=seen_at_window and by.kind == "staff",
        )
    return case


def owner(*, person: Person, place: Place) -> str:
    """Return the region whose agency keeps an entry: of a relation elsewhere that place, else the person's own.

    Args:
        person: Whose record.
        place: The entry.
    """
    if place.target == "person":
        return person.region
    rows = Enrolment.objects.filter(**{"pk" if place.target == "enrolment" else "contributions__pk": place.key})
    kept_at = rows.values_list("region", flat=True).first() or person.region
    return person.region if _pool(kept_at) == _pool(person.region) else kept_at


def _pool(region: str) -> str:
    try:
        return services.packs().region_for(region).code
    except UnknownRegion:
        return region


def _said(why: str, by: Actor, seen_at_window: bool) -> None:
    if not why.strip():
        raise Refused(NO_REASON)
    if by.kind == "staff" and not seen_at_window:
        raise Refused(NO_EVIDENCE)


def checked(*, person: Person, place: Place, wanted: str) -> str:
    """Return the wanted value in its one spelling.

    Raises:
        Refused: Why it cannot be corrected here; see `rules`.
    """
    if place.target == "person" and place.field in rules.IDENTITY_FIELDS:
        raise Refused(rules.OWNED_BY_POLICE)
    if not changes.owned(person_id=person.pk, place=place):
        raise Refused(rules.NOT_YOURS)
    collector = Contribution.objects.get(pk=place.key).collector if place.target == "contribution" else ""
    if len(wanted.strip()) > WANTED_MAX:
        raise _unreadable(rules.UNREADABLE)
    card_born = person.identity[BORN_ON_CARD]
    asked = rules.Asked(place.field, changes.value(place), wanted, person.identity_kind, card_born, collector)
    found = rules.read(asked)
    if isinstance(found, Refusal):
        raise _unreadable(found) if found.code == rules.UNREADABLE.code else Refused(found)
    if place.field == "region":
        _known(found)
    changes.check(place=place, after=found)
    return found


def _known(region: str) -> None:
    try:
        services.packs().region_for(region)
    except UnknownRegion:
        raise _unreadable(rules.NO_PLACE) from None


def _unreadable(refusal: Refusal) -> Refused:
    """What was typed is wrong, whatever the record says: no conflict with it."""
    return Refused(replace(refusal, status=422))


def _open_for(place: Place) -> bool:
    same = {"target": place.target, "target_key": place.key, "field": place.field}
    return CorrectionRequest.objects.filter(**same, live=True).exists()


def _allowed(case: Case, by: Actor) -> None:
    rights.check(standing=cases.standing(case), actor=by, verb="save_answers")


def place_of(request: CorrectionRequest) -> Place:
    """Return what a request is about."""
    return Place(request.target, request.target_key, request.field)


def evidence_of(case: Case) -> str:
    """Return the hash of what a decision rests on: the place, its value now, the wish, the reason, the files."""
    request = case.correction
    papers = sorted(case.documents.filter(removed_at=None).values_list("sha256", flat=True))
    place = place_of(request)
    seen = [
        *(place.target, place.key, place.field, changes.value(place), request.wanted, request.why),
        *(request.seen_at_window, papers),
    ]
    # Keyed: a name or a birth date could be guessed from a plain hash.
    return crypto.blind_index(value=canonical_json(seen), place=_PLACE)


def attach(*, number: str, name: str, content: bytes, by: Actor, on: date, at: datetime) -> Document:
    """Keep an uploaded file as evidence.

    Raises:
        Refused: The file is not what it says, or the case takes none now.
    """
    require(service=SERVICE, step="attach", by=by)
    upload = uploads.checked(
        name=name,
        content=content,
        bytes_max=settings.YIBAO_UPLOAD_BYTES_MAX,
        photo_bytes_max=settings.YIBAO_PHOTO_BYTES_MAX,
    )
    with transaction.atomic():
        case = cases.locked(number)
        document = documents.add(
            case=case, material=EVIDENCE, name=upload.name, content_type=upload.content_type, content=upload.content,
            by=by, at=at,
        )  # fmt: skip
        data = {"material": EVIDENCE, "sha256": document.sha256}
        cases.act(number=number, kind="attach", by=by, at=at, on=on, evidence_hash=evidence_of(case), data=data)
    return document


def detach(*, number: str, document_id: int, by: Actor, on: date, at: datetime) -> Case:
    """Take a file of evidence back out of the request; it stays on record as removed.

    Raises:
        Refused: correction_no_file: there is no such file any more; wrong_state, not_your_case.
    """
    require(service=SERVICE, step="detach", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        document = case.documents.filter(pk=document_id, removed_at=None).first()
        if document is None:
            raise Refused(NO_FILE)
        documents.remove(document_id=document.pk, at=at)
        data = {"material": document.material, "sha256": document.sha256}
        return cases.act(number=number, kind="detach", by=by, at=at, on=on, evidence_hash=evidence_of(case), data=data)


def submit(*, number: str, by: Actor, on: date, at: datetime) -> Case:
    """Hand the request in, also again after a correction of it; a second click changes nothing.

    Raises:
        Refused: correction_no_evidence, wrong_state, not_your_case.
    """
    require(service=SERVICE, step="submit", by=by)
    with transaction.atomic():
        case = cases.locked(number)
        if case.state == State.SUBMITTED:
            return case
        if not case.correction.seen_at_window and not case.documents.filter(removed_at=None).exists():
            raise Refused(NO_EVIDENCE)
        verb = "resubmit" if case.state == State.CORRECTION_DUE else "submit"
        return cases.act(number=number, kind=verb, by=by, at=at, on=on, evidence_hash=evidence_of(case))


def withdraw(*, number: str, reason: str, by: Actor, on: date, at: datetime) -> Case:
    """Take the request back before it is executed.

    Raises:
        Refused: correction_no_reason, wrong_state, not_your_case.
    """
    require(service=SERVICE, step="withdraw", by=by)
    return _close(number=number, kind="withdraw", reason=reason, seen=None, by=by, on=on, at=at)


def refuse(*, number: str, reason_code: str, note: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Refuse a request under review; the person reads the note.

    Raises:
        Refused: correction_no_reason, evidence_changed, two_person_rule, wrong_state.
    """
    code = reason_code if reason_code in workflow.REFUSE_REASONS else "other"
    return _close(number=number, kind="refuse", reason=note, seen=seen, by=by, on=on, at=at, data={"reason_code": code})


def not_accept(*, number: str, reason: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Close a request that is not accepted, with a reason the person reads.

    Raises:
        Refused: correction_no_reason, evidence_changed, wrong_state.
    """
    return _close(number=number, kind="not_accept", reason=reason, seen=seen, by=by, on=on, at=at)


def _close(
    *,
    number: str,
    kind: str,
    reason: str,
    seen: str | None,
    by: Actor,
    on: date,
    at: datetime,
    data: dict[str, str] | None = None,
) -> Case:
    if not reason.strip():
        raise Refused(NO_REASON)
    with transaction.atomic():
        case = cases.act(
            number=number, kind=kind, by=by, at=at, on=on, seen=seen, reason=reason.strip()[:TEXT_MAX], data=data
        )
        CorrectionRequest.objects.filter(case=case).update(live=False)
    return case


def ask_correction(*, number: str, note: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Ask the person once for everything the evidence lacks.

    Raises:
        Refused: correction_no_reason, evidence_changed, wrong_state.
    """
    if not note.strip():
        raise Refused(NO_REASON)
    items = [{"material": EVIDENCE, "note": note.strip()[:TEXT_MAX]}]
    return cases.act(number=number, kind="ask_correction", by=by, at=at, on=on, seen=seen, data={"items": items})


def accept(*, number: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Accept a request; two reviewers sign after this.

    Raises:
        Refused: evidence_changed, correction_record_changed, not_your_role, wrong_state.
    """
    with transaction.atomic():
        case = cases.locked(number)
        _unchanged(case, seen)
        data = {"levels": [dict(level) for level in workflow.LEVELS]}
        return cases.act(number=number, kind="accept", by=by, at=at, on=on, seen=seen, evidence_hash=seen, data=data)


def _unchanged(case: Case, seen: str) -> None:
    if case.correction.before != changes.value(place_of(case.correction)):
        raise Refused(RECORD_CHANGED)
    if seen != evidence_of(case):
        raise house.refuse("evidence_changed")


def approve(*, number: str, level: int, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Sign at a level; the second signature writes the correction and tells the cases that used the old value.

    Raises:
        Refused: evidence_changed, correction_record_changed, two_person_rule, wrong_state, or why the record
            refuses the new value.
    """
    with transaction.atomic():
        case = cases.locked(number)
        _unchanged(case, seen)
        if level != case.level:
            raise house.refuse("already_signed")
        signed = cases.act(
            number=number, kind="approve", by=by, at=at, on=on, seen=seen, evidence_hash=seen, data={"level": level}
        )
        return _execute(signed, by=by, on=on, at=at) if signed.state == State.APPROVED else signed


def _execute(case: Case, *, by: Actor, on: date, at: datetime) -> Case:
    request = case.correction
    change = changes.apply(case=case, place=place_of(request), after=request.wanted, by=by, on=on, at=at)
    CorrectionRequest.objects.filter(case=case).update(live=False)
    data = {"target": change.target, "key": change.target_key, "field": change.field, "version": change.version}
    done = cases.act(number=case.number, kind="complete", by=Actor.system(), at=at, on=on, data=data)
    used = Case.objects.filter(person_id=case.person_id, state__in=OPEN).exclude(service=SERVICE).exclude(state="draft")
    # One row for each: a case that cannot be looked at again stops neither the others nor this one.
    Outbox.objects.bulk_create(
        Outbox(kind="recheck", case_number=number, data={"because": case.number}, due_at=at)
        for number in used.order_by("pk").values_list("number", flat=True)
    )
    return done


def available(*, case: Case, actor: Actor) -> list[str]:
    """Return the verbs an actor may use on a case now."""
    found = rights.available(standing=cases.standing(case), actor=actor)
    return [verb for verb in found if verb != "pay"]
