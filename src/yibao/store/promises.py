"""Promise letters kept and found again: signed once, searched, drawn by chance, checked, objected to.

A letter is kept until `keep_until` at least; a job that deletes old records asks `expired`.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from yibao.casework.actors import Actor, prefix_of
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.months import Month
from yibao.policy import Region
from yibao.store import cases
from yibao.store.models import Case, CaseAction, IssuedPaper, PromiseCheck, PromiseLetter

SETTING = "promises"
CLOSED = "closed_after_broken"
WORDS = ("told", "promise", "consequence", "basis")
READERS = frozenset({"clerk", "reviewer", "auditor"})
CHECKERS = frozenset({"reviewer", "auditor"})
SHOWN_MAX = 50
DRAWN_MAX = 20
TEXT_MAX = 500
MONTHS_IN_YEAR = 12
KEPT, BROKEN = OUTCOMES = "kept", "broken"

PROMISE_CLOSED = Refusal(
    "promise_closed",
    "您以前的一份承诺经核查不属实，现在不能用承诺代替材料",
    "an earlier promise of yours was found untrue, so a promise cannot replace a paper now",
    "请提交这份材料；对核查结果有异议的，请在“我的承诺书”提出。",
    "Hand in the paper; if the finding is wrong, object to it under My promise letters.",
)
PROMISE_NOT_YOURS = Refusal(
    "promise_not_yours",
    "这份承诺书须由没有经办过这件事的人员核查",
    "a promise is checked by somebody who did not handle the case",
    "请交给另一位审核或稽核人员。",
    "Leave it to another reviewer or auditor.",
    status=403,
)
NO_OPEN_CHECK = Refusal(
    "promise_no_check",
    "这份承诺书现在没有待核查的事项",
    "there is nothing to check about this letter now",
    "请先随机抽取，或查看已有的核查结果。",
    "Draw letters first, or read the checks made before.",
)
NO_FINDING = Refusal(
    "promise_no_finding",
    "请选择核查结果并写明怎样核查的",
    "choose an outcome and write how it was found",
    "请填写后再保存；本人会看到这段话。",
    "Fill both in; the person will read it.",
    status=422,
)
NOTHING_TO_OBJECT = Refusal(
    "promise_no_objection",
    "这份承诺书没有可以提出异议的核查结果",
    "there is no finding on this letter to object to",
    "请查看核查记录；已提出的异议正在复核。",
    "Read the checks; an objection made before is being looked at.",
)


def offered(*, region: Region, service: str, on: date) -> dict[str, dict[str, Any]]:
    """Return the materials a promise may replace on a day, each with the words of its letter and their source.

    Args:
        region: The rules of the place.
        service: Name of the public service.
        on: The day.
    """
    found: Mapping[str, Any] = region.setting(service, SETTING)
    return {
        material: {name: dict(words[name]) for name in WORDS} | {"source": words["source"]}
        for material, words in found.items()
        if material != CLOSED and date.fromisoformat(str(words["from"])) <= on
    }


def closed_by_broken(*, region: Region, service: str, on: date) -> date | None:
    """Return until when a promise found untrue on a day closes the way; None where no source says for how long.

    Args:
        region: The rules of the place.
        service: Name of the public service.
        on: Day of the finding.
    """
    months = str(region.setting(service, SETTING).get(CLOSED, {}).get("months", "unknown"))
    return _after(on, int(months)) if months.isdigit() else None


def _after(day: date, months: int) -> date:
    month = Month.of(day).plus(months)
    return month.last_day.replace(day=min(day.day, month.last_day.day))


def keep_until(signed_on: date) -> date:
    """Return the first day on which a letter signed on a day may be deleted.

    Examples:
        >>> keep_until(date(2024, 2, 29)) >= date(2026, 2, 28)
        True
    """
    return _after(signed_on, MONTHS_IN_YEAR * settings.YIBAO_PROMISE_YEARS)


def expired(*, on: date) -> QuerySet[PromiseLetter]:
    """Return the letters whose time of keeping has passed."""
    return PromiseLetter.objects.filter(keep_until__lte=on)


def live(case: Case) -> QuerySet[PromiseLetter]:
    """Return the letters that stand in for materials of a case."""
    return case.promises.filter(taken_back_at=None).select_related("paper")


def closed_until(*, person_id: object, on: date) -> date | None:
    """Return until when a person may not promise; None where the way is open, or where no source says for how long."""
    checks = PromiseCheck.objects.filter(letter__person_id=person_id, outcome=BROKEN, closed_until__gt=on)
    found = [one for one in checks.select_related("letter") if _counts(one)]
    return max((one.closed_until for one in found if one.closed_until), default=None)


def broken_before(person_id: object) -> list[PromiseLetter]:
    """Return the letters of a person whose last check found them broken."""
    letters = PromiseLetter.objects.filter(person_id=person_id, checks__outcome=BROKEN).distinct()
    return [one for one in letters if (last := last_check(one)) and last.outcome == BROKEN]


def last_check(letter: PromiseLetter) -> PromiseCheck | None:
    """Return the check that counts: the latest that has an outcome."""
    return max((one for one in letter.checks.all() if one.outcome), key=lambda one: one.pk, default=None)


def _counts(check: PromiseCheck) -> bool:
    last = last_check(check.letter)
    return last is not None and last.pk == check.pk


def keep(
    *,
    case: Case,
    paper: IssuedPaper,
    material: str,
    words: dict[str, object],
    signer: str,
    by: Actor,
    on: date,
    at: datetime,
) -> PromiseLetter:
    """Keep a letter that was signed; the caller has locked the case and issued the paper.

    Args:
        case: The case.
        paper: Its file; the letter has its number.
        material: The material it stands in for.
        words: What was told, promised and warned of, with the source; kept word for word.
        signer: Name of who signs; sealed.
        by: The login that signed, or the clerk before whom it was signed on paper.
        on: Business date.
        at: The moment.
    """
    return PromiseLetter.objects.create(
        number=paper.number,
        case=case,
        person_id=case.person_id,
        service=case.service,
        region=case.region,
        material=material,
        words=words,
        paper=paper,
        signer=signer,
        signed_by=by.id,
        at_window=by.kind == "staff",
        signed_at=at,
        signed_on=on,
        keep_until=keep_until(on),
    )


def of_office(region: str) -> QuerySet[PromiseLetter]:
    """Return the letters of an office and of what lies below it, newest first, with their checks."""
    checks = Prefetch("checks", PromiseCheck.objects.order_by("id"))
    found = PromiseLetter.objects.filter(region__startswith=prefix_of(region))
    return found.select_related("case", "person", "paper").prefetch_related(checks).order_by("-id")


def search(
    *,
    office: str,
    person_id: object = None,
    number: str = "",
    service: str = "",
    since: date | None = None,
    until: date | None = None,
    to_check: bool = False,
) -> list[PromiseLetter]:
    """Return the letters of an office that fit, newest first, at most `SHOWN_MAX`.

    Args:
        office: Six digits.
        person_id: Only of this person, when given.
        number: Only this letter, or the letters of this case, when given.
        service: Only of this service, when given.
        since: Signed on this day or later, when given.
        until: Signed on this day or earlier, when given.
        to_check: Only letters that wait for a check.
    """
    found = of_office(office)
    wanted = {"person_id": person_id, "service": service, "signed_on__gte": since, "signed_on__lte": until}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if number:
        found = found.filter(number=number) | found.filter(case__number=number)
    if to_check:
        found = found.filter(checks__outcome="", checks__isnull=False)
    return list(found[:SHOWN_MAX])


def draw(*, office: str, count: int, by: Actor, on: date) -> list[PromiseLetter]:
    """Draw letters by chance that nobody has checked yet, and open a check of each.

    Args:
        office: Six digits; letters below it are drawn too.
        count: How many, 1 to `DRAWN_MAX`; fewer where there are fewer.
        by: A reviewer or auditor of the office.
        on: Business date.

    Raises:
        Refused: `promise_not_yours`, the actor checks no letters.
    """
    if not CHECKERS & by.roles:
        raise Refused(PROMISE_NOT_YOURS)
    with transaction.atomic():
        checked = PromiseCheck.objects.filter(letter_id=OuterRef("pk"))
        waiting = PromiseLetter.objects.select_for_update().filter(
            ~Exists(checked), region__startswith=prefix_of(office), taken_back_at=None
        )
        keys = list(waiting.order_by("pk").values_list("pk", flat=True))
        chosen = secrets.SystemRandom().sample(keys, min(max(count, 1), DRAWN_MAX, len(keys)))
        PromiseCheck.objects.bulk_create(
            PromiseCheck(letter_id=key, out_of=len(keys), drawn_by=by.id, drawn_on=on) for key in sorted(chosen)
        )
    return list(of_office(office).filter(pk__in=chosen))


def handled(*, case_id: int, by: Actor) -> bool:
    """Return whether somebody acted on a case, in whatever way."""
    return CaseAction.objects.filter(case_id=case_id, actor_kind="staff", actor_id=by.id).exclude(kind="note").exists()


def record(
    *, number: str, outcome: str, found: str, closed: date | None, by: Actor, on: date, at: datetime
) -> PromiseCheck:
    """Write down what a check found; a note of it stands in the chain of the case.

    Args:
        number: The letter.
        outcome: kept or broken.
        found: How it was found; the person reads it.
        closed: With `broken`: until when the person may not promise, where a source says so.
        by: A reviewer or auditor who did not handle the case, nor make the check that is objected to.
        on: Business date.
        at: The moment.

    Raises:
        Refused: promise_no_check, promise_no_finding, promise_not_yours.
    """
    if outcome not in OUTCOMES or not found.strip():
        raise Refused(NO_FINDING)
    with transaction.atomic():
        letter, check = _open_check(number)
        if check is None:
            raise Refused(NO_OPEN_CHECK)
        if not may_check(letter=letter, by=by):
            raise Refused(PROMISE_NOT_YOURS)
        check.outcome, check.found = outcome, found.strip()[:TEXT_MAX]
        check.checked_by, check.checked_at = by.id, at
        check.closed_until = closed if outcome == BROKEN else None
        check.save()
        data = {"promise": number, "outcome": outcome}
        cases.act(number=letter.case.number, kind="note", by=by, at=at, on=on, data=data)
    return check


def may_check(*, letter: PromiseLetter, by: Actor) -> bool:
    """Return whether somebody may check a letter: a checker of its office who did not handle it or check it before."""
    if not CHECKERS & by.roles or not by.works_in(letter.region) or handled(case_id=letter.case_id, by=by):
        return False
    return by.id not in {one.checked_by for one in letter.checks.all() if one.outcome}


def _open_check(number: str) -> tuple[PromiseLetter, PromiseCheck | None]:
    letter = PromiseLetter.objects.get(number=number)
    # The case first, as everywhere; then whoever comes second finds the check done.
    cases.locked(letter.case.number)
    return letter, letter.checks.filter(outcome="").first()


def object_to(*, number: str, text: str, by: Actor, on: date, at: datetime) -> PromiseCheck:
    """Open a second check, by another person, of a letter that was found broken.

    Args:
        number: The letter.
        text: What the person says against it; sealed.
        by: The person.
        on: Business date.
        at: The moment.

    Raises:
        Refused: promise_no_objection (no finding to object to, or an objection is open), promise_no_finding (no text).
    """
    if not text.strip():
        raise Refused(NO_FINDING)
    with transaction.atomic():
        letter, waiting = _open_check(number)
        last = last_check(letter)
        if waiting is not None or last is None or last.outcome != BROKEN:
            raise Refused(NOTHING_TO_OBJECT)
        check = PromiseCheck.objects.create(
            letter=letter, cause="objection", drawn_by=by.id, drawn_on=on, objection=text.strip()[:TEXT_MAX]
        )
        data = {"promise": number, "objection": True, "by": by.id}
        cases.act(number=letter.case.number, kind="note", by=Actor.system(), at=at, on=on, data=data)
    return check
