"""Agreements between pooling areas that add their paid months up, with their end dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.policy import Citation, Region
from yibao.policy.parameters import ParameterValue
from yibao.services.relocation.rules.years.counting import DOMAIN
from yibao.services.relocation.rules.years.record import EMPLOYEE, Stretch

NEAREST = "nearest"
_PAID = ("actual", "military")


@dataclass(frozen=True, slots=True)
class Treaty:
    """An agreement two or more places of the record have with one another.

    Attributes:
        code: Its name in the pack.
        label: In Chinese.
        en: In English.
        places: The places of it the person has paid in, sorted.
        required: Months paid in all of them together, None where the number is not known.
        joint: Months paid in them together, each once.
        topped_up: Months left out of them until the difference is paid.
        longest: The place or places with the most months paid, after a tie was broken.
        cited: Documents.
        low_confidence: Whether it rests on hints only.
        name: The parameter that holds the number.
    """

    code: str
    label: str
    en: str
    places: tuple[str, ...]
    required: int | None
    joint: int
    topped_up: int
    longest: tuple[str, ...]
    cited: tuple[Citation, ...]
    low_confidence: bool
    name: str

    @property
    def lacking(self) -> int | None:
        """Months to pay until the joint number is reached, None where it is not known."""
        return None if self.required is None else max(self.required - self.joint, 0)


def treaty_of(*, place: str, region: Region, record: Sequence[Stretch], on: date) -> Treaty | None:
    """Return the agreement in force that a place shares with others the person has paid in, None where there is none.

    Args:
        place: Code of the pooling area.
        region: Its rules.
        record: What the enrolments prove.
        on: The day of handling.

    Source:
        Setting `treaties` of the packs above the places.
    """
    written: dict[str, Any] = dict(region.setting(DOMAIN, "treaties"))
    for code, words in written.items():
        if place in words["places"]:
            found = _treaty(code, words, region, record, on)
            if found is not None:
                return found
    return None


@dataclass(frozen=True, slots=True)
class OutOfForce:
    """An agreement the person's record would come under, which is not in force on the day.

    Attributes:
        label: In Chinese.
        en: In English.
        begins: The first day on which it holds, None where it has run out.
        ended: The first day on which it no longer held, None where it is still to begin.
        cited: Documents.
        name: The parameter that holds the number.
    """

    label: str
    en: str
    begins: date | None
    ended: date | None
    cited: tuple[Citation, ...]
    name: str


def out_of_force(*, place: str, region: Region, record: Sequence[Stretch], on: date) -> OutOfForce | None:
    """Return the agreement that would join the months of a record, had it begun or not run out; None where none would.

    Args:
        place: Code of the pooling area.
        region: Its rules.
        record: What the enrolments prove.
        on: The day of handling.

    Source:
        Setting `treaties` of the packs above the places, and the dates of the number it names.
    """
    written: dict[str, Any] = dict(region.setting(DOMAIN, "treaties"))
    for words in written.values():
        lines = _lines(region, words["joint"])
        paid = {each.place for each in record if each.months and _joins(each, words)}
        if place not in words["places"] or len(paid) <= 1 or not lines:
            continue
        first, last = lines[0], lines[-1]
        if on < first.from_:
            return OutOfForce(words["label"], words["en"], first.from_, None, tuple(first.sources), words["joint"])
        if last.until is not None and on >= last.until:
            return OutOfForce(words["label"], words["en"], None, last.until, tuple(last.sources), words["joint"])
    return None


def _lines(region: Region, name: str) -> list[ParameterValue]:
    series = region.series.get(name)
    return [] if series is None else series.values[None][1]


def _joins(stretch: Stretch, words: Mapping[str, Any]) -> bool:
    return stretch.scheme == EMPLOYEE and stretch.kind in _PAID and stretch.place in words["places"]


def _treaty(code: str, words: Mapping[str, Any], region: Region, record: Sequence[Stretch], on: date) -> Treaty | None:
    series = region.series.get(words["joint"])
    line = series.find(on, None) if series is not None else None
    if line is None:
        return None
    paid: dict[str, set[int]] = {}
    joining: set[int] = set()
    for each in record:
        if not _joins(each, words) or not each.months:
            continue
        paid.setdefault(each.place, set()).update(each.months)
        if not _without_account(each, words.get("without_account", ())):
            joining |= each.months
    if len(paid) <= 1:
        return None
    return Treaty(
        code=code,
        label=words["label"],
        en=words["en"],
        places=tuple(sorted(paid)),
        required=_known(line.value),
        joint=len(joining),
        topped_up=len(set().union(*paid.values()) - joining),
        longest=_longest(paid, words["tie"]),
        cited=tuple(line.sources),
        low_confidence=line.low_confidence,
        name=words["joint"],
    )


def _known(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _without_account(stretch: Stretch, kinds: Sequence[Mapping[str, str]]) -> bool:
    """Return whether a stretch was paid into the pool only, as the pack describes such payers."""
    return any(
        stretch.place == kind["place"] and stretch.relation == kind["as"] and str(stretch.tier) == kind["tier"]
        for kind in kinds
    )


def _longest(paid: Mapping[str, set[int]], tie: str) -> tuple[str, ...]:
    """Return the places with the most months; of equals all, or the one paid in last where the agreement says so."""
    most = max(len(months) for months in paid.values())
    equal = sorted(place for place, months in paid.items() if len(months) == most)
    if tie == NEAREST and len(equal) > 1:
        latest = max(max(paid[place]) for place in equal)
        equal = [place for place in equal if max(paid[place]) == latest]
    return tuple(equal)
