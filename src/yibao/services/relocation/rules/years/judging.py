"""What one place asks for, whether it is reached, and how many months paid on here would reach it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from yibao.kernel.months import Month
from yibao.policy import Citation, Region, Trace, UnknownValue
from yibao.policy.casefile import Person
from yibao.policy.rows import Row
from yibao.policy.types import Value
from yibao.services.relocation.rules.years.counting import ACTUAL, DOMAIN, LOCAL, PROVINCE, Sums
from yibao.services.relocation.rules.years.record import EMPLOYEE, Stretch

NUMBERS = ("cumulative", "actual", "local_actual", "province_actual", "in_a_row")
UNBROKEN = "unbroken"
BREAK = "break_not_ruled"
DECISIONS = ("requirement", "alternative")
_BREAK = "break_months"
_NOTHING_ELSE, _MANUAL = "none", "manual"


class FactMissing(LookupError):
    """The rule turns on a fact the record does not hold; `name` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Facts(dict[str, Value]):
    """Facts of a person and a place; one that is not on record stops the decision that asks for it.

    Attributes:
        later: Works facts out that few rules ask for, when one does.
    """

    later: Mapping[str, Callable[[], Value]] = MappingProxyType({})

    def __missing__(self, name: str) -> Value:
        if name not in self.later:
            raise FactMissing(name)
        return self.setdefault(name, self.later[name]())


@dataclass(frozen=True, slots=True)
class Test:
    """One number that must be reached.

    Attributes:
        name: What is counted.
        required: Months; 1 for what is only there or not.
        have: Months there are.
        lacking: Months paid on here that would reach it, None where none would.
    """

    name: str
    required: int
    have: int
    lacking: int | None

    @property
    def met(self) -> bool:
        """Whether the number is reached."""
        return self.lacking == 0


@dataclass(frozen=True, slots=True)
class Way:
    """Numbers of which each must be reached, by one row of the pack.

    Attributes:
        decision: requirement or alternative.
        row: The rule.
        tests: If the numbers nobody knows are as low as they can be.
        strict: If they are as high as they can be; the same where all are known, None where they have no bound.
        unstated: What is asked for by a number nobody knows.
        cited: Documents of the rule and of its numbers.
        low_confidence: Whether it rests on hints only.
    """

    decision: str
    row: Row
    tests: tuple[Test, ...]
    strict: tuple[Test, ...] | None
    unstated: tuple[str, ...]
    cited: tuple[Citation, ...]
    low_confidence: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a person must decide: a refusal with its words, and the rule that says so where one does."""

    code: str
    detail: tuple[tuple[str, str], ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one place says.

    Attributes:
        place: Code of the pooling area.
        region: Its rules.
        sums: The months as it counts them.
        ways: The numbers, in order; any one way is enough.
        shortfall: Months paid on here that reach one of the ways; 0 where one is reached, None where nobody can say.
        trouble: Why nobody can say.
    """

    place: str
    region: Region
    sums: Sums
    ways: tuple[Way, ...]
    shortfall: int | None
    trouble: Trouble | None = None

    @property
    def met(self) -> bool:
        """Whether the place's own tests are met."""
        return self.shortfall == 0


def judge(*, place: str, region: Region, sums: Sums, record: Sequence[Stretch], person: Person, on: date) -> Judgement:
    """Return what a place says about a record.

    Args:
        place: Code of the pooling area.
        region: Its rules.
        sums: The months as it counts them.
        record: What the enrolments prove.
        person: Sex and days.
        on: The day of handling.

    Returns:
        A judgement whose shortfall is None where a number or a fact is not known and the result turns on it.

    Source:
        Tables `requirement` and `alternative` of the region's pack.
    """
    facts = facts_of(place=place, region=region, sums=sums, record=record, person=person, on=on)
    ways: list[Way] = []
    for decision in DECISIONS:
        try:
            trace = region.table(DOMAIN, decision, on=on).trace(facts)
            trouble = _refused(trace, region, on)
        except UnknownValue as error:
            trouble = _value_unknown(error, region)
        except FactMissing as error:
            fact = region.vocabularies[DOMAIN].facts[error.name]
            trouble = Trouble("fact_missing", (("fact", fact.label), ("fact_en", fact.en)))
        if trouble is not None:
            return Judgement(place, region, sums, tuple(ways), None, trouble)
        if trace.members["outcome"] != _NOTHING_ELSE:
            ways.append(_way(decision, trace, sums, facts, _months_of_break(region, on), on))
        if ways and ways[0].strict is not None and _lacking(ways[0].strict) == 0:
            break
    return _settled(place, region, sums, tuple(ways))


def _refused(trace: Trace, region: Region, on: date) -> Trouble | None:
    if trace.members["outcome"] != _MANUAL:
        return None
    return Trouble(str(trace.members["refusal"]), (("place", region.name), ("place_en", region.en)), trace.row)


def _value_unknown(error: UnknownValue, region: Region) -> Trouble:
    label, en = region.parameter_labels.get(error.name, (error.name, error.name))
    detail = (("name", label), ("name_en", en or error.name), ("on", str(error.on)))
    return Trouble("value_unknown", (*detail, ("place", region.name), ("place_en", region.en)))


def _settled(place: str, region: Region, sums: Sums, ways: tuple[Way, ...]) -> Judgement:
    """Return the judgement both bounds of the unknown numbers share; where they differ a person decides."""
    least = _least(way.tests for way in ways)
    most = _least(way.strict for way in ways if way.strict is not None)
    if least == most and least is not None:
        return Judgement(place, region, sums, ways, least)
    unstated = [name for way in ways for name in way.unstated]
    if unstated:
        labels = region.vocabularies[DOMAIN].enums["test"].labels
        detail = (
            ("name", "、".join(labels[name][0] for name in unstated)),
            ("name_en", ", ".join(labels[name][1] for name in unstated)),
        )
        trouble = Trouble("number_unknown", (*detail, ("place", region.name), ("place_en", region.en)))
    else:
        trouble = Trouble(BREAK, (("place", region.name), ("place_en", region.en)))
    return Judgement(place, region, sums, ways, None, trouble)


def _least(ways: Iterator[tuple[Test, ...]]) -> int | None:
    """Return the months that reach the nearest way, None where none can be reached by paying on."""
    found = [_lacking(tests) for tests in ways]
    reachable = [months for months in found if months is not None]
    return min(reachable) if reachable else None


def _lacking(tests: Sequence[Test]) -> int | None:
    each = [test.lacking for test in tests]
    return None if None in each else max((months for months in each if months is not None), default=0)


def _way(decision: str, trace: Trace, sums: Sums, facts: Facts, breaks: int, on: date) -> Way:
    row = trace.holding[0]
    members = trace.members
    numbers = {name: value for name in NUMBERS if isinstance(value := members[name], int)}
    tests = [_test(name, required, sums, breaks, on) for name, required in numbers.items()]
    if members[UNBROKEN]:
        whole = facts[UNBROKEN] is True
        tests.append(Test(UNBROKEN, 1, int(whole), 0 if whole else None))
    unstated = tuple(str(name) for name in _listed(members["unstated"]))
    strict: tuple[Test, ...] | None = tuple(tests)
    if unstated:
        bound = members["at_most"]
        strict = _strict(tests, unstated, bound, sums, breaks, on) if isinstance(bound, int) else None
    uses = trace.parameters_used
    return Way(
        decision=decision,
        row=row,
        tests=tuple(tests),
        strict=strict,
        unstated=unstated,
        cited=(*row.sources, *(citation for use in uses for citation in use.sources)),
        low_confidence=row.low_confidence or any(use.low_confidence for use in uses),
    )


def _listed(value: Value) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _strict(
    tests: Sequence[Test], unstated: Sequence[str], bound: int, sums: Sums, breaks: int, on: date
) -> tuple[Test, ...]:
    return (*tests, *(_test(name, bound, sums, breaks, on) for name in unstated))


def _test(name: str, required: int, sums: Sums, breaks: int, on: date) -> Test:
    if name == "in_a_row":
        longest, current = runs(months=sums.here, breaks=breaks, on=on)
        if longest >= required:
            return Test(name, required, longest, 0)
        return Test(name, required, current, required - current)
    have = {
        "cumulative": sums.cumulative,
        "actual": sums.actual,
        "local_actual": sums.of(ACTUAL, LOCAL),
        "province_actual": sums.of(ACTUAL, LOCAL, PROVINCE),
    }[name]
    return Test(name, required, have, max(required - have, 0))


def runs(*, months: frozenset[int], breaks: int, on: date) -> tuple[int, int]:
    """Return the longest run of months paid in a row, and the run that still goes on; unpaid months are not counted.

    Args:
        months: Month indexes.
        breaks: How many unpaid months in a row end a run, at least 1.
        on: The day of handling; a run goes on while fewer unpaid months lie before its month.

    Example:
        >>> runs(months=frozenset({24000, 24001, 24003}), breaks=1, on=date(2000, 5, 1))
        (2, 1)
        >>> runs(months=frozenset({24000, 24001, 24003}), breaks=2, on=date(2000, 5, 1))
        (3, 3)
    """
    longest = current = 0
    last: int | None = None
    for month in sorted(months):
        current = current + 1 if last is not None and month - last - 1 < breaks else 1
        longest, last = max(longest, current), month
    goes_on = last is not None and Month.of(on).index - last - 1 < breaks
    return longest, current if goes_on else 0


def _months_of_break(region: Region, on: date) -> int:
    try:
        value = region.parameter(_BREAK, on=on).value
    except UnknownValue:
        return 1
    return value if isinstance(value, int) else 1


def facts_of(*, place: str, region: Region, sums: Sums, record: Sequence[Stretch], person: Person, on: date) -> Facts:
    """Return what the rules of a place may look at; what is not on record is left out and asked for by name.

    Args:
        place: Code of the pooling area.
        region: Its rules.
        sums: The months as it counts them.
        record: What the enrolments prove.
        person: Sex and days.
        on: The day of handling.
    """
    joined = [each for each in record if each.scheme == EMPLOYEE and each.place == place]
    last = max(joined, key=lambda each: (max(each.months, default=0), each.enrolment), default=None)
    retired = person.retired_on or person.pension_from or person.legal_age_on
    known: Mapping[str, Value] = {
        "sex": person.sex,
        "born": person.born,
        "work_started_on": person.work_started_on,
        "legal_age_on": person.legal_age_on,
        "pension_from": person.pension_from,
        "retirement_on": retired,
        "first_joined_on": min((each.start for each in joined), default=on),
        "last_relation": last.relation if last is not None else None,
    }
    facts = Facts({name: value for name, value in known.items() if value is not None})
    facts["applied_on"] = on
    facts["from_elsewhere"] = sums.elsewhere > 0
    facts.later = {UNBROKEN: lambda: _unbroken(sums, region, min(retired or on, on), on)}
    return facts


def _unbroken(sums: Sums, region: Region, until: date, on: date) -> bool:
    """Return whether the months paid here go without a break from the first one to a day."""
    if not sums.here:
        return False
    last = Month.of(until).index
    months = frozenset(month for month in sums.here if month <= last)
    longest, current = runs(months=months, breaks=_months_of_break(region, on), on=until)
    return bool(months) and longest == current == len(months)
