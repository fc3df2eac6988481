"""The whole decision about years: count, judge every place, choose, tell."""

from collections.abc import Iterable, Iterator

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy import Citation, NoRuleInForce, Packs, Region, UnknownRegion
from yibao.policy.answers import documents
from yibao.services.relocation.rules.decision import MANUAL, Refusal
from yibao.services.relocation.rules.years.choosing import Choice, Ground, choose
from yibao.services.relocation.rules.years.counting import count
from yibao.services.relocation.rules.years.decision import QUALIFIES, SHORT, Decision, TestTold
from yibao.services.relocation.rules.years.judging import Judgement, Way, judge
from yibao.services.relocation.rules.years.record import pool_of, stretches
from yibao.services.relocation.rules.years.remedies import remedies
from yibao.services.relocation.rules.years.shape import YearsCase
from yibao.services.relocation.rules.years.steps import steps

_NOT_OPEN = "place_not_open"
_TREATY, _JOINT = "treaty", "joint_actual"


def decide(*, case: YearsCase, region: Region, places: Packs) -> Decision:
    """Return the decision about the years of a case file.

    Args:
        case: The case file; `on` is the day of handling and picks the rules.
        region: The rules of the place asked.
        places: The rules of the other places.

    Returns:
        A decision whose shortfall is None where a person must decide; unknown values never raise.

    Raises:
        InputInvalid: The chosen place is not known, or a period begins before the person was born.

    Source:
        The rules of the domain `years` of the packs; the contract in docs/reference/decision.md.
    """
    chosen = case.request.chosen_place
    asked_region = region if chosen is None else _region_of(chosen, places)
    place = pool_of(code=chosen or case.region, on=case.on, places=places)
    record = stretches(case=case, places=places)
    try:
        sums = count(record=record, place=place, region=asked_region, on=case.on)
        asked = judge(place=place, region=asked_region, sums=sums, record=record, person=case.person, on=case.on)
        ground = Ground(record, case.person, case.on, places)
        choice = choose(place=place, chosen=None if chosen is None else place, asked=asked, ground=ground)
    except NoRuleInForce:
        return _no_rule(case, region)
    return _told(case, choice, region)


def _region_of(code: str, places: Packs) -> Region:
    try:
        return places.region_for(code)
    except UnknownRegion as error:
        raise InputInvalid([InputProblem("request.chosen_place", error.zh, error.en)]) from None


def _no_rule(case: YearsCase, region: Region) -> Decision:
    """Return the answer where no rule was in force on the day: nothing is counted, a person decides."""
    refusal = Refusal("no_rule_in_force", (("on", case.on.isoformat()),))
    return Decision(
        decision=MANUAL,
        places=(),
        cumulative=None,
        actual=None,
        deemed=None,
        converted=None,
        shortfall=None,
        ways=(),
        tests=(),
        refusals=(refusal,),
        low_confidence=False,
        cited=(),
        region=region.code,
        version=region.version,
        explain=list,
    )


def _told(case: YearsCase, choice: Choice, region: Region) -> Decision:
    sums = choice.asked.sums
    died = case.person.died is not None
    outcome = _outcome(choice, died)
    short = outcome == SHORT and not died
    ways = remedies(choice=choice, on=case.on) if short else ()
    return Decision(
        decision=outcome,
        places=choice.places if outcome == QUALIFIES else (),
        cumulative=sums.cumulative,
        actual=sums.actual,
        deemed=sums.deemed,
        converted=sums.converted,
        shortfall=None if outcome == MANUAL or died else choice.shortfall,
        ways=ways,
        tests=tuple(_tests(choice)),
        refusals=tuple(_refusals(choice, outcome, died)),
        low_confidence=any(way.low_confidence for each in choice.looked_at for way in each.ways)
        or (choice.treaty is not None and choice.treaty.low_confidence),
        cited=tuple(documents(each.source for each in _cited(choice))),
        region=region.code,
        version=region.version,
        explain=lambda: steps(choice=choice, ways=ways, outcome=outcome),
    )


def _outcome(choice: Choice, died: bool) -> str:
    if died:
        return SHORT
    if choice.trouble is not None and choice.trouble.code != _NOT_OPEN:
        return MANUAL
    return QUALIFIES if choice.places else SHORT


def _refusals(choice: Choice, outcome: str, died: bool) -> Iterator[Refusal]:
    if died:
        yield Refusal("person_died")
    elif choice.trouble is not None:
        yield Refusal(choice.trouble.code, choice.trouble.detail, choice.trouble.rule)
    elif outcome == SHORT:
        yield Refusal("years_short", (("months", str(choice.shortfall)),))


def _tests(choice: Choice) -> Iterator[TestTold]:
    for each in choice.looked_at:
        for way in each.ways:
            yield from _of_way(each, way)
    treaty = choice.treaty
    if treaty is not None:
        met = None if treaty.lacking is None else treaty.lacking == 0
        yield TestTold(treaty.code, _TREATY, _JOINT, treaty.required, treaty.joint, met, treaty.name)


def _of_way(judgement: Judgement, way: Way) -> Iterator[TestTold]:
    for test in way.tests:
        yield TestTold(judgement.place, way.decision, test.name, test.required, test.have, test.met, way.row.id)
    bounds = {test.name: test for test in way.strict or ()}
    for name in way.unstated:
        bound = bounds.get(name)
        have = bound.have if bound is not None else 0
        met = True if bound is not None and bound.met else None
        yield TestTold(judgement.place, way.decision, name, None, have, met, way.row.id)


def _cited(choice: Choice) -> Iterable[Citation]:
    sums = choice.asked.sums
    for share in sums.shares:
        yield from share.cited
    for turned in sums.conversions:
        yield from turned.cited
    for judgement in choice.looked_at:
        for way in judgement.ways:
            yield from way.cited
    if choice.treaty is not None:
        yield from choice.treaty.cited
    yield from choice.rule.sources
