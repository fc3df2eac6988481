"""The reasoning about years as steps, made only when somebody reads it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from yibao.kernel.money import Money
from yibao.kernel.months import MONTHS_PER_YEAR
from yibao.policy import Citation
from yibao.policy.answers import Step
from yibao.policy.rows import Row
from yibao.services.relocation.rules.texts import step_label, words
from yibao.services.relocation.rules.years.choosing import Choice
from yibao.services.relocation.rules.years.counting import Converted, Share, Sums
from yibao.services.relocation.rules.years.decision import Remedy
from yibao.services.relocation.rules.years.judging import UNBROKEN, Judgement, Test, Way
from yibao.services.relocation.rules.years.treaties import OutOfForce, Treaty

_Text = tuple[str, str]
_RECORD: _Text = ("档案：参保与缴费记录", "record: enrolments and payments")


def steps(*, choice: Choice, ways: Sequence[Remedy], outcome: str) -> list[Step]:
    """Return what changed the result, in that order, each with its source.

    Args:
        choice: What the places say.
        ways: What can be done about a shortfall.
        outcome: qualifies, short or manual.
    """
    found = list(_counted(choice.asked.sums))
    for judgement in choice.looked_at:
        found += _judged(judgement)
    if choice.treaty is not None:
        found += _of_treaty(choice.treaty)
    if choice.out_of_force is not None:
        found.append(_not_in_force(choice.out_of_force))
    found.append(_of_row("choice", choice.rule, choice.rule.sources))
    if choice.longest is not None and not choice.places:
        found.append(Step(step_label("longest"), (choice.longest, choice.longest), _RECORD, choice.rule.id))
    found += [_of_way(each) for each in ways]
    told = words()["outcomes"][outcome]
    places = "、".join(choice.places)
    value = (
        f"{told['zh']}（{places}）" if places else told["zh"],
        f"{told['en']} ({places})" if places else told["en"],
    )
    ways_of_places = [way for each in choice.looked_at for way in each.ways]
    rests_on = ways_of_places[0].row if ways_of_places else choice.rule
    return [*found, Step(step_label("outcome"), value, _cite(rests_on.sources, rests_on.id), rests_on.id)]


def span(months: int) -> _Text:
    """Return months as years and months, in Chinese and English.

    Example:
        >>> span(301), span(8)
        (('301 个月（25 年 1 个月）', '301 months (25 years 1 month)'), ('8 个月', '8 months'))
    """
    years, rest = divmod(months, MONTHS_PER_YEAR)
    zh, en = f"{months} 个月", _plural(months, "month")
    if not years:
        return zh, en
    more = (f" {rest} 个月", f" {_plural(rest, 'month')}") if rest else ("", "")
    return f"{zh}（{years} 年{more[0]}）", f"{en} ({_plural(years, 'year')}{more[1]})"


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _counted(sums: Sums) -> Iterator[Step]:
    for share in sums.shares:
        yield _of_share(share)
    for each in sums.conversions:
        yield _of_conversion(each)
    rules = "counting"
    if sums.overlap:
        yield Step(step_label("overlap"), span(sums.overlap), _RECORD, rules)
    named = (("cumulative", sums.cumulative), ("actual", sums.actual), ("deemed", sums.deemed))
    for code, months in (*named, ("converted", sums.converted)):
        if months or code == "cumulative":
            yield Step(step_label(code), span(months), _RECORD, rules)


def _of_share(share: Share) -> Step:
    kept, where = span(len(share.months)), share.stretch.place
    cut = span(share.cut_off) if share.cut_off else None
    zh = f"{share.row.label}：{where}，{kept[0]}" + (f"；{share.until} 以后的 {cut[0]}不计" if cut else "")
    en = f"{share.row.en}: {where}, {kept[1]}" + (f"; {cut[1]} after {share.until} left out" if cut else "")
    label = (f"参保关系 {share.stretch.enrolment}", f"enrolment {share.stretch.enrolment}")
    return Step(label, (zh, en), _cite(share.cited, share.row.id, share.row.readings), share.row.id)


def _of_conversion(each: Converted) -> Step:
    paid, months = span(each.paid), span(each.months)
    value = (f"{each.row.label}：{paid[0]} → {months[0]}", f"{each.row.en}: {paid[1]} → {months[1]}")
    return Step(step_label("conversion"), value, _cite(each.cited, each.row.id, each.row.readings), each.row.id)


def _judged(judgement: Judgement) -> Iterator[Step]:
    for way in judgement.ways:
        for test in way.tests:
            yield _of_test(judgement, way, test)
        for name in way.unstated:
            label = step_label(name)
            value = step_label("number_unknown")
            yield Step(label, value, _cite(way.cited, way.row.id, way.row.readings), way.row.id)


def _of_test(judgement: Judgement, way: Way, test: Test) -> Step:
    label, place = step_label(test.name), judgement.place
    if test.name == UNBROKEN:
        answer = ("是", "yes") if test.met else ("否", "no")
    else:
        required, have = span(test.required), span(test.have)
        answer = (f"要求 {required[0]}，已有 {have[0]}", f"asked for {required[1]}, there are {have[1]}")
    value = (f"{place} {way.row.label}：{answer[0]}", f"{place} {way.row.en}: {answer[1]}")
    return Step(label, value, _cite(way.cited, way.row.id, way.row.readings), way.row.id)


def _of_treaty(treaty: Treaty) -> Iterator[Step]:
    joint = span(treaty.joint)
    asked = span(treaty.required) if treaty.required is not None else step_label("number_unknown")
    value = (
        f"{treaty.label}：要求 {asked[0]}，合计 {joint[0]}",
        f"{treaty.en}: asked for {asked[1]}, together {joint[1]}",
    )
    cited = _cite(treaty.cited, treaty.name)
    yield Step(step_label("treaty"), value, cited, treaty.name)
    if treaty.topped_up:
        yield Step(step_label("topped_up"), span(treaty.topped_up), cited, treaty.name)


def _not_in_force(treaty: OutOfForce) -> Step:
    cited = _cite(treaty.cited, treaty.name)
    if treaty.ended is not None:
        value = (
            f"{treaty.label}：{treaty.ended} 起不再适用，两地月数不再合计",
            f"{treaty.en}: no longer in force from {treaty.ended}, the months of the places no longer add up",
        )
    else:
        value = (
            f"{treaty.label}：{treaty.begins} 起才适用",
            f"{treaty.en}: in force only from {treaty.begins}",
        )
    return Step(step_label("treaty"), value, cited, treaty.name)


def _of_way(remedy: Remedy) -> Step:
    told: Any = words()["ways"][remedy.way]
    months = ("", "") if remedy.months is None else span(remedy.months)
    if remedy.cost is None:
        cost = step_label("no_price")
    else:
        shown = Money(remedy.cost).display()
        cost = (f"{shown} 元", f"{shown} yuan")
    value = (
        f"{told['zh']} {months[0]}".rstrip() + f"，{cost[0]}",
        f"{told['en']} {months[1]}".rstrip() + f", {cost[1]}",
    )
    return Step(step_label("way"), value, (f"规则 {remedy.rule}", f"rule {remedy.rule}"), remedy.rule)


def _of_row(code: str, row: Row, cited: Iterable[Citation]) -> Step:
    return Step(step_label(code), (row.label, row.en), _cite(cited, row.id, row.readings), row.id)


def _cite(cited: Iterable[Citation], rule: str, readings: Sequence[str] = ()) -> _Text:
    """Return citations as they are read in Chinese and English, with the rule and the readings taken."""
    found = list({(each.source.id, each.article): each for each in cited}.values())
    taken = "、".join(readings)
    zh = "；".join(each.shown() for each in found)
    en = "; ".join(
        f"{each.source.number or each.source.en or each.source.shown()} {each.article}".strip() for each in found
    )
    return (
        f"{zh}（规则 {rule}{'，解读 ' + taken if taken else ''}）",
        f"{en} (rule {rule}{', readings ' + taken if taken else ''})",
    )
