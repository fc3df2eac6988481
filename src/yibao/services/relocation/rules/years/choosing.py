"""Where benefits can be drawn: the place asked, the places of an agreement, or the order of a province."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yibao.policy import Packs, UnknownRegion
from yibao.policy.casefile import Person
from yibao.policy.rows import Row
from yibao.services.relocation.rules.years.counting import DOMAIN, count
from yibao.services.relocation.rules.years.judging import BREAK, Judgement, Trouble, judge
from yibao.services.relocation.rules.years.record import EMPLOYEE, Stretch, province_of
from yibao.services.relocation.rules.years.treaties import OutOfForce, Treaty, out_of_force, treaty_of

_TIERS = "tiers"


@dataclass(frozen=True, slots=True)
class Choice:
    """What all places together say.

    Attributes:
        asked: The judgement of the place asked, or chosen.
        others: Those of the other places that were looked at, by code.
        rule: The rule that says which places to look at, and in which order.
        treaty: The agreement of the place, None where there is none.
        places: Where benefits can be drawn, sorted.
        shortfall: Months paid on in the place asked until they can be drawn somewhere, None where nobody can say.
        trouble: Why nobody can say.
        longest: The place with the most months paid, where the rule asks for it.
        out_of_force: An agreement that does not hold on the day and would otherwise join the months.
    """

    asked: Judgement
    others: tuple[Judgement, ...]
    rule: Row
    treaty: Treaty | None
    places: tuple[str, ...]
    shortfall: int | None
    trouble: Trouble | None
    longest: str | None = None
    out_of_force: OutOfForce | None = None

    @property
    def longest_elsewhere(self) -> Judgement | None:
        """The place with the most months paid where they can be paid up as well; None where it is the place asked."""
        return next((each for each in self.others if each.place == self.longest), None)

    @property
    def looked_at(self) -> tuple[Judgement, ...]:
        """Every judgement, that of the place asked first."""
        return (self.asked, *self.others)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every place is judged by.

    Attributes:
        record: What the enrolments prove.
        person: Sex and days.
        on: The day of handling.
        packs: The rules of all places.
    """

    record: Sequence[Stretch]
    person: Person
    on: date
    packs: Packs

    def judge(self, place: str) -> Judgement | None:
        """Return what a place says, None where no rules for it are held at all."""
        try:
            region = self.packs.region_for(place)
        except UnknownRegion:
            return None
        sums = count(record=self.record, place=place, region=region, on=self.on)
        return judge(place=place, region=region, sums=sums, record=self.record, person=self.person, on=self.on)

    def paid_in(self) -> dict[str, set[int]]:
        """Return the months of the employee scheme by place, those places alone that have any."""
        found: dict[str, set[int]] = {}
        for each in self.record:
            if each.scheme == EMPLOYEE and each.months and each.kind == "actual":
                found.setdefault(each.place, set()).update(each.months)
        return found


def choose(*, place: str, chosen: str | None, asked: Judgement, ground: Ground) -> Choice:
    """Return in which places benefits can be drawn, and what is short in the place asked.

    Args:
        place: The place asked, or the one chosen.
        chosen: The place chosen, to which the answer is reduced; None where none is.
        asked: What the place says.
        ground: What other places are judged by.

    Source:
        Table `choice` and setting `treaties` of the region's pack.
    """
    table = asked.region.table(DOMAIN, "choice", on=ground.on)
    hit = table.decide({"applied_on": ground.on})
    row = table.row(hit.row)
    treaty = treaty_of(place=place, region=asked.region, record=ground.record, on=ground.on)
    if treaty is not None:
        found = _by_treaty(asked, treaty, ground, row)
    elif hit.members["rule"] == _TIERS:
        found = _by_tiers(asked, ground, row)
    else:
        places = (place,) if asked.met else ()
        past = out_of_force(place=place, region=asked.region, record=ground.record, on=ground.on)
        found = Choice(asked, (), row, None, places, asked.shortfall, asked.trouble, out_of_force=past)
    return found if chosen is None else _reduced(found, chosen)


def _by_treaty(asked: Judgement, treaty: Treaty, ground: Ground, row: Row) -> Choice:
    """Return the places whose own rule is met; else those with the most months once the joint number is reached."""
    others = _others([place for place in treaty.places if place != asked.place], ground)
    own = sorted(each.place for each in (asked, *others) if each.met)
    lacking = treaty.lacking
    if own:
        return Choice(asked, others, row, treaty, tuple(own), 0, None)
    if lacking == 0:
        return Choice(asked, others, row, treaty, treaty.longest, 0, None)
    if lacking is None:
        label = asked.region.parameter_labels.get(treaty.name, (treaty.label, treaty.en))
        detail = (("name", label[0]), ("name_en", label[1]), ("on", ground.on.isoformat()))
        trouble = Trouble("value_unknown", (*detail, ("place", treaty.label), ("place_en", treaty.en)))
        return Choice(asked, others, row, treaty, (), None, trouble)
    # A break fails the rule as it is written; what follows from it is no longer asked once the places add up.
    unsure = [each.trouble for each in (asked, *others) if each.trouble is not None and each.trouble.code != BREAK]
    if unsure:
        return Choice(asked, others, row, treaty, (), None, unsure[0])
    short = lacking if asked.shortfall is None else min(lacking, asked.shortfall)
    return Choice(asked, others, row, treaty, (), short, None)


def _by_tiers(asked: Judgement, ground: Ground, row: Row) -> Choice:
    """Return the last place where its tests are met; else every former place of the province whose tests are met."""
    paid = {
        place: months for place, months in ground.paid_in().items() if province_of(place) == province_of(asked.place)
    }
    others = _others([place for place in sorted(paid) if place != asked.place], ground)
    judged = {each.place: each for each in (asked, *others)}
    last = max(paid, key=lambda place: (max(paid[place]), place == asked.place, place), default=asked.place)
    longest = max(paid, key=lambda place: (len(paid[place]), place == asked.place, place), default=asked.place)
    if last in judged and judged[last].met:
        return Choice(asked, others, row, None, (last,), 0, None, longest)
    if last in judged and judged[last].trouble is not None:
        return Choice(asked, others, row, None, (), None, judged[last].trouble, longest)
    former = sorted(each.place for each in judged.values() if each.met)
    if former:
        return Choice(asked, others, row, None, tuple(former), 0, None, longest)
    trouble = next((each.trouble for each in judged.values() if each.trouble is not None), None)
    if trouble is not None:
        return Choice(asked, others, row, None, (), None, trouble, longest)
    return Choice(asked, others, row, None, (), asked.shortfall, None, longest)


def _others(places: Sequence[str], ground: Ground) -> tuple[Judgement, ...]:
    return tuple(judged for place in places if (judged := ground.judge(place)) is not None)


def _reduced(choice: Choice, chosen: str) -> Choice:
    """Return the answer for one place: where benefits can be drawn elsewhere only, nothing is short but the place."""
    if choice.trouble is not None or not choice.places:
        return choice
    if chosen in choice.places:
        return Choice(choice.asked, choice.others, choice.rule, choice.treaty, (chosen,), 0, None, choice.longest)
    own = choice.asked.shortfall
    trouble = Trouble("place_not_open", (("place", choice.asked.region.name), ("place_en", choice.asked.region.en)))
    return Choice(choice.asked, choice.others, choice.rule, choice.treaty, (), own or None, trouble, choice.longest)
