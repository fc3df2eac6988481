"""Whether a relation moves from one place to another: judged in order, by the rules of both places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import Packs, Region, UnknownRegion
from yibao.policy.answers import Step
from yibao.policy.casefile import Enrolment
from yibao.policy.documents import Citation
from yibao.services.relocation.rules import checks, clocks
from yibao.services.relocation.rules.decision import NAME, Decision, Refusal, Words, cite, from_record
from yibao.services.relocation.rules.places import pool_of, route
from yibao.services.relocation.rules.shape import RelocationCase
from yibao.services.relocation.rules.texts import refusal_order, step_label, words

RESIDENT, EMPLOYEE, CROSS = "resident", "employee", "cross"
IDENTITY = ("id_document", "social_security_card", "e_voucher")
_AT_WINDOW = "window"
_FORMS = ("enrolment_certificate", "application_form", "contact_letter", "information_table")


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer asked for.

    Attributes:
        case: The case file.
        old: Rules of the old place.
        new: Rules of the new place.
        source: Code of the old place.
        target: Code of the new place.
        left: The relation at the old place, the latest one; None where there is none.
        joined: The relation at the new place, the latest one; None where there is none.
    """

    case: RelocationCase
    old: Region
    new: Region
    source: str
    target: str
    left: Enrolment | None
    joined: Enrolment | None

    @property
    def route(self) -> str:
        """Whether it runs inside a province."""
        return route(source=self.source, target=self.target)

    @property
    def type(self) -> str | None:
        """The published type of the transfer; None without a relation at the old place."""
        if self.left is None:
            return None
        scheme = self.left.scheme if self.joined is None else self.joined.scheme
        return CROSS if scheme != self.left.scheme else self.left.scheme


def decide(*, case: RelocationCase, region: Region, places: Packs) -> Decision:
    """Return whether a relation moves, what keeps it, and by when each leg is done.

    Args:
        case: The request with both places, the record and what both places found.
        region: The rules of the new place.
        places: The rules of all places.

    Raises:
        InputInvalid: Nothing is known of one of the places.
    """
    move = _move(case, places)
    if pool_of(code=move.source, places=places, on=case.on) == pool_of(code=move.target, places=places, on=case.on):
        return _answer(move, region, "not_needed", [Refusal("same_pool")], ())
    if _two_identities(case):
        return _answer(move, region, "not_transferable", [Refusal("two_identities")], ())
    if case.person.died is not None and case.person.died <= case.on:
        return _answer(move, region, "not_transferable", [Refusal("died_before_transfer")], ())
    if _too_early(move):
        return _answer(move, region, "too_early", [Refusal("current_year", (("year", str(case.on.year)),))], ())
    found = tuple(checks.made(move=move))
    refusals = [Refusal(each.refusal) for each in found if not each.passed]
    if refusals:
        return _answer(move, region, "not_transferable", refusals, found)
    if not any(paper.code in IDENTITY for paper in case.materials):
        return _answer(move, region, "incomplete", [Refusal("identity_missing")], found)
    return _answer(move, region, "transfer", [], found)


def checked_at(*, case: RelocationCase, places: Packs, place: str) -> tuple[checks.Check, ...]:
    """Return what one of the two places checks before acceptance, from its own record alone.

    Args:
        case: The request, with what that place knows.
        places: The rules of all places.
        place: Code of the place that looks.

    Raises:
        InputInvalid: Nothing is known of one of the places.
    """
    return tuple(each for each in checks.made(move=_move(case, places)) if each.place == place)


def outright(*, case: RelocationCase, places: Packs) -> Refusal | None:
    """Return what forbids a transfer before anything is checked; None where nothing does.

    Args:
        case: The request, with the relations at both places as far as they are known.
        places: The rules of all places.

    Raises:
        InputInvalid: Nothing is known of one of the places.
    """
    move = _move(case, places)
    if pool_of(code=move.source, places=places, on=case.on) == pool_of(code=move.target, places=places, on=case.on):
        return Refusal("same_pool")
    if _two_identities(case):
        return Refusal("two_identities")
    # Whether residents move too early shows once both relations are known.
    if move.joined is not None and _too_early(move):
        return Refusal("current_year", (("year", str(case.on.year)),))
    return None


@dataclass(frozen=True, slots=True)
class Terms:
    """What both places must keep once a transfer is accepted.

    Attributes:
        type: employee, resident or cross.
        days: Working days of each leg (out, in, total, money); None where no source sets a limit.
        account_mode: remit, credit_first or stays; None where no account moves or no source says how.
    """

    type: str | None
    days: dict[str, int | None]
    account_mode: str | None


def terms(*, case: RelocationCase, places: Packs) -> Terms:
    """Return the terms of a transfer that both places have checked.

    Args:
        case: The request, with the relations at both places.
        places: The rules of all places.
    """
    move = _move(case, places)
    days = {
        name: leg.known.value if leg.known is not None and isinstance(leg.known.value, int) else None
        for name, leg in clocks.legs(move=move).items()
    }
    mode = _account_mode(move)
    return Terms(move.type, days, None if mode is None else str(mode.value))


def _account_mode(move: Move) -> clocks.Known | None:
    """Return how the personal account moves; residents leave none behind, whichever scheme they join."""
    of_residents = move.left is not None and move.left.scheme == RESIDENT
    return None if of_residents else clocks.account_mode(move=move)


def _move(case: RelocationCase, places: Packs) -> Move:
    asked = case.request
    known: dict[str, Region] = {}
    for member, code in (("from", asked.source), ("to", asked.target)):
        try:
            known[member] = places.region_for(code or "")
        except UnknownRegion as error:
            raise InputInvalid([InputProblem(f"request.{member}", error.zh, error.en)]) from None
    source, target = asked.source or "", asked.target or ""
    left, joined = (_latest(case, code, places) for code in (source, target))
    return Move(case, known["from"], known["to"], source, target, left, joined)


def _latest(case: RelocationCase, code: str, places: Packs) -> Enrolment | None:
    pool = pool_of(code=code, places=places, on=case.on)
    here = [each for each in case.enrolments if pool_of(code=each.region, places=places, on=case.on) == pool]
    return max(here, key=lambda each: each.start, default=None)


def _two_identities(case: RelocationCase) -> bool:
    return any(each.kind == "double_identity" for each in case.events)


def _too_early(move: Move) -> bool:
    """Return whether residents would move in a year the old place still insures."""
    left, joined, year = move.left, move.joined, move.case.on.year
    if left is None or move.type != RESIDENT or (joined is not None and joined.start.year > year):
        return False
    return left.start.year <= year and (left.end is None or left.end.year >= year)


def _answer(
    move: Move, region: Region, decision: str, refusals: list[Refusal], found: tuple[checks.Check, ...]
) -> Decision:
    moves = decision in ("transfer", "incomplete")
    kept = clocks.legs(move=move) if moves else {}
    mode = _account_mode(move) if moves else None
    order = refusal_order()
    written = _written(move) if moves else None
    citations = [*(each.citation for each in found), *_cited(kept, mode), *([] if written is None else [written[1]])]
    body: dict[str, Any] = {
        "type": move.type,
        "checks": {each.code: each.json() for each in found},
        "clocks": {name: leg.json() for name, leg in kept.items()},
        "account_mode": None if mode is None else mode.value,
        "account": clocks.account(move=move, mode=mode),
        "forms": list(_forms(move)) if moves else [],
    }
    return Decision(
        decision=decision,
        body=body,
        refusals=tuple(sorted(refusals, key=lambda each: order[each.code])),
        low_confidence=any(leg.low_confidence for leg in kept.values()) or (mode is not None and mode.low_confidence),
        citations=tuple(dict.fromkeys(citations)),
        region=region.code,
        version=region.version,
        explain=lambda: list(_steps(move, decision, found, kept, mode)),
        tell=lambda language: [f"{each.code}: {each.words[language == 'en']}" for each in found],
    )


def _cited(kept: dict[str, clocks.Leg], mode: clocks.Known | None) -> Iterator[Citation]:
    for known in (*(leg.known for leg in kept.values()), mode):
        if known is not None:
            yield from known.sources


def _forms(move: Move) -> Iterator[dict[str, Any]]:
    """Yield the papers of the way that was chosen: at the window all four, online the table alone."""
    at_window = any(paper.code in _FORMS for paper in move.case.materials)
    for code in _FORMS if at_window else _FORMS[-1:]:
        told = words()["forms"][code]
        yield {"code": code, "label": told["zh"], "label_en": told["en"]}


def _steps(
    move: Move,
    decision: str,
    found: tuple[checks.Check, ...],
    kept: dict[str, clocks.Leg],
    mode: clocks.Known | None,
) -> Iterator[Step]:
    if move.type is not None:
        told, written = words()["types"][move.type], _written(move)
        value, source = (told["zh"], told["en"]), from_record("")
        if written is not None:
            duty, citation = written
            value, source = (f"{value[0]}：{duty[0]}", f"{value[1]}: {duty[1]}"), cite((citation,))
        yield Step(step_label("type"), value, source, "type")
    for each in found:
        passed = ("符合", "met") if each.passed else ("不符合", "not met")
        yield Step(each.words, passed, cite((each.citation,)), each.code)
    for name, leg in kept.items():
        yield Step(step_label(name), _limit(leg), _source(leg.known), name)
    if mode is not None:
        told = words()["account_modes"][str(mode.value)]
        yield Step(step_label("account_mode"), (told["zh"], told["en"]), cite(mode.sources), "account_mode")
    told = words()["outcomes"][decision]
    yield Step(step_label("outcome"), (told["zh"], told["en"]), from_record(""), decision)


def _written(move: Move) -> tuple[Words, Citation] | None:
    """Return whether a transfer of this type should or may be applied for, and where that is written."""
    listed: dict[str, Any] = dict(move.new.setting(NAME, "types") or {})
    written = listed.get(move.type or "")
    if written is None:
        return None
    source, _, article = str(written["source"]).partition("#")
    return (str(written["zh"]), str(written["en"])), Citation(move.new.source(source), article)


def _limit(leg: clocks.Leg) -> Words:
    if leg.known is None:
        return "没有规定", "no limit is known"
    due: date | None = leg.due
    zh, en = f"{leg.known.value} 个工作日", f"{leg.known.value} working days"
    return (zh, en) if due is None else (f"{zh}，{due} 前办结", f"{en}, by {due}")


def _source(known: clocks.Known | None) -> Words:
    return from_record("") if known is None else cite(known.sources)
