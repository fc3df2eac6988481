"""The interview ends in the decision of the full facts, and asks only what can still change it."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from yibao.policy import Table
from yibao.policy.interview import UNSURE, Interview, next_question
from yibao.policy.interview_diagram import Forest
from yibao.policy.tests.making import DAY, FACTS, load, replaced

ROWS = """\
      - {id: A, label: a, en: a, from: 2014-01-01, source: nat, when: {reason: [any, overlap], scheme: employee, overlap: "> 0"}, then: {outcome: refund}}
      - {id: B, label: b, en: b, from: 2014-01-01, source: nat, when: {reason: wish, retired: 否}, then: {outcome: no_refund}}
      - {id: C, label: c, en: c, from: 2014-01-01, source: nat, when: {second: 是, overlap: "1..6"}, then: {outcome: refund}}
      - {id: D, label: d, en: d, from: 2014-01-01, source: nat, when: {died_on: 有, paid_more: 是}, then: {outcome: no_refund}}
"""  # noqa: E501
NAMED = """\
  second: {label: 二档, en: second tier, is: "known(tier) and (tier == 2 or retired)"}
  paid_more: {label: 缴费多于划入, en: paid more than was credited, is: "paid > credited"}
"""
VALUES = {
    "reason": ("any", "overlap", "death", "wish"),
    "scheme": ("employee", "resident"),
    "overlap": (0, 1, 6, 7),
    "retired": (True, False),
    "tier": (None, 0, 2, 3),
    "died_on": (None, date(2020, 1, 1)),
    "paid": (0, 5),
}


@pytest.fixture
def table(tmp_path: Path) -> Table:
    files = replaced("000000_national/refund.yaml", "      - {id: N1", f"{ROWS}      - {{id: N1")
    text = files["000000_national/refund.yaml"].replace("facts:\n", f"facts:\n{NAMED}", 1)
    packs = load(folder=tmp_path, files={**files, "000000_national/refund.yaml": text})
    return packs.region_for("000000").table("refund", "situation", on=DAY)


def every_case() -> list[dict[str, object]]:
    return [{**FACTS, **dict(zip(VALUES, values, strict=True))} for values in itertools.product(*VALUES.values())]


def everything(_term: object) -> bool:
    return True


def test_answering_always_ends_in_the_decision_of_the_full_facts(table: Table) -> None:
    interview = Interview(table, {"applied_on": DAY}, everything)
    for facts in every_case():
        answers: dict[str, str] = {}
        while (term := interview.standing(answers).question) is not None:
            assert term.key not in answers
            answers[term.key] = term.answer(table, facts)
        assert interview.standing(answers).rows == (table.decide(facts).row,)


def test_every_question_can_still_change_the_decision(table: Table) -> None:
    """Found by trying: some case that fits the answers comes out otherwise when only this fact is another."""
    interview = Interview(table, {"applied_on": DAY}, everything)
    cases = [facts for facts in every_case() if facts["paid"] == 5]
    rows = {tuple(facts[name] for name in VALUES): table.decide(facts).row for facts in cases}
    waiting, checked = [{}], 0
    while waiting:
        answers = waiting.pop()
        term = interview.standing(answers).question
        if term is None:
            continue
        if term.key in VALUES:
            fitting = [key for key in rows if fits(interview, answers, dict(zip(VALUES, key, strict=True)))]
            place = list(VALUES).index(term.key)
            groups: dict[tuple[object, ...], set[str]] = {}
            for key in fitting:
                groups.setdefault(key[:place] + key[place + 1 :], set()).add(rows[key])
            assert any(len(group) > 1 for group in groups.values()) or not fitting, (answers, term.key)
            checked += 1
        waiting += [{**answers, term.key: choice.code} for choice in term.choices]
    assert checked > 10


def fits(interview: Interview, answers: dict[str, str], facts: dict[str, object]) -> bool:
    terms = {term.key: term for term in interview.terms}
    return all(terms[key].answer(interview.table, {**FACTS, **facts}) == code for key, code in answers.items())


def test_what_is_known_is_not_asked(table: Table) -> None:
    interview = Interview(table, {"applied_on": DAY, "reason": "wish", "retired": False}, everything)
    assert interview.standing({}).question is None
    assert interview.standing({}).rows == ("B",)


def test_values_no_rule_tells_apart_are_one_answer(table: Table) -> None:
    terms = {term.key: term for term in Interview(table, {"applied_on": DAY}, everything).terms}
    assert [choice.code for choice in terms["overlap"].choices] == ["0", "1-6", "7+"]
    assert [choice.zh for choice in terms["overlap"].choices] == ["0 个月", "1 至 6 个月", "7 个月或更多"]
    assert [choice.code for choice in terms["tier"].choices] == ["none", "0-1", "2", "3+"]
    assert [choice.code for choice in terms["died_on"].choices] == ["none", "known"]


def test_a_condition_upon_several_facts_is_asked_by_its_label(table: Table) -> None:
    terms = {term.key: term for term in Interview(table, {"applied_on": DAY}, everything).terms}
    assert terms["paid_more"].zh == "是不是这种情况：缴费多于划入？"
    assert terms["paid_more"].en == "Is this so: paid more than was credited?"
    assert terms["paid_more"].answer(table, {**FACTS, "paid": 0, "credited": 1}) == "no"


def test_what_somebody_does_not_know_stays_open_and_is_not_asked_again(table: Table) -> None:
    interview = Interview(table, {"applied_on": DAY, "reason": "wish"}, everything)
    first = interview.standing({}).question
    assert first is not None
    after = interview.standing({first.key: UNSURE})
    assert after.question != first
    assert first.key in after.open
    assert len(after.rows) > 1


def test_only_what_the_vocabulary_has_words_for_is_asked(table: Table) -> None:
    asked = next_question(table=table, known={"applied_on": DAY}, answers={})
    assert asked is not None
    assert asked.key in ("paid_more", "died_early")


def test_an_answer_that_is_no_choice_is_an_error(table: Table) -> None:
    with pytest.raises(KeyError):
        Interview(table, {"applied_on": DAY}, everything).standing({"reason": "hunger"})


def test_a_diagram_holds_only_what_matters() -> None:
    forest = Forest()
    yes, no = forest.leaf("yes"), forest.leaf("no")
    first, second = (forest.branch(place, [forest.leaf("true"), forest.leaf("false")]) for place in (0, 1))
    either = forest.choose(first, yes, forest.choose(second, yes, no))

    assert forest.support(either) == {0, 1}
    assert forest.support(forest.given(either, {0: 0})) == frozenset()
    assert forest.leaves(forest.given(either, {0: 1})) == ("yes", "no")
    assert forest.choose(first, either, either) == either
    assert forest.choose(second, forest.choose(first, yes, no), forest.choose(first, yes, no)) == forest.choose(
        first, yes, no
    )
