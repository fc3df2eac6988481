"""What holds for every record: no month counts twice, order does not matter, paying here never makes it worse."""

from hypothesis import given
from hypothesis import strategies as st

import yibao
from yibao.kernel.months import Month
from yibao.services.relocation.tests.test_years import case, enrolment, payment

FIRST, LAST = Month(1992, 1).index, Month(2023, 12).index
ON = "2024-06-15"
REGIONS = ("500000", "510100", "330100", "430100", "120000", "440500")
ASKED = ("500000", "330100", "430100", "120000")


@st.composite
def stretches(draw):
    """One enrolment with the months it was paid for."""
    start = draw(st.integers(min_value=FIRST, max_value=LAST))
    end = min(start + draw(st.integers(min_value=0, max_value=150)), LAST)
    kind = draw(st.sampled_from(["actual", "actual", "deemed", "military", "converted", "resident"]))
    return draw(st.sampled_from(REGIONS)), kind, start, end


RECORD = st.lists(stretches(), max_size=5)
PEOPLE = st.fixed_dictionaries({"sex": st.sampled_from(["M", "F"]), "asked": st.sampled_from(ASKED)})


def decide(record, sex, asked):
    enrolments, payments = [], []
    for number, (region, kind, start, end) in enumerate(record):
        first, last = Month.from_index(start), Month.from_index(end)
        more = {"years_kind": kind}
        if kind == "resident":
            more = {"scheme": "resident", "as": "resident", "years_kind": None}
        enrolments.append(enrolment(f"e{number}", region, str(first.first_day), str(last.last_day), **more))
        if kind in ("actual", "resident"):
            payments.append(payment(f"p{number}", f"e{number}", str(first), str(last)))
    return yibao.decide(case(asked, ON, enrolments=enrolments, payments=payments, sex=sex, pension_from="2024-06-01"))


def calendar_months(record):
    return len({month for _, _, start, end in record for month in range(start, end + 1)})


@given(record=RECORD, person=PEOPLE)
def test_no_month_counts_twice(record, person):
    answer = decide(record, **person)
    assert answer["cumulative_months"] == answer["actual_months"] + answer["deemed_months"]
    assert 0 <= answer["converted_months"] <= answer["cumulative_months"] <= calendar_months(record)
    again = decide([*record, *record], **person)
    for name in ("cumulative_months", "actual_months", "deemed_months", "converted_months", "shortfall_months"):
        assert again[name] == answer[name], name


@given(record=RECORD, person=PEOPLE, data=st.data())
def test_the_order_of_the_enrolments_does_not_matter(record, person, data):
    told = {name: value for name, value in decide(record, **person).items() if name not in ("steps", "sources")}
    other = decide(data.draw(st.permutations(record)), **person)
    assert {name: other[name] for name in told} == told


@given(
    record=RECORD, person=PEOPLE, month=st.integers(min_value=FIRST, max_value=LAST), region=st.sampled_from(REGIONS)
)
def test_a_month_more_never_lowers_a_sum(record, person, month, region):
    before = decide(record, **person)
    after = decide([*record, (region, "actual", month, month)], **person)
    assert after["cumulative_months"] >= before["cumulative_months"]
    assert after["actual_months"] >= before["actual_months"]


@given(record=RECORD, person=PEOPLE, month=st.integers(min_value=FIRST, max_value=LAST))
def test_a_month_more_here_never_makes_the_shortfall_larger(record, person, month):
    before = decide(record, **person)
    after = decide([*record, (person["asked"], "actual", month, month)], **person)
    if before["shortfall_months"] is not None:
        assert after["shortfall_months"] <= before["shortfall_months"]


@given(record=RECORD, person=PEOPLE)
def test_nothing_is_short_if_and_only_if_benefits_can_be_drawn(record, person):
    answer = decide(record, **person)
    if answer["decision"] == "manual":
        assert answer["qualifies"] is None
        assert answer["refusals"]
        return
    assert (answer["shortfall_months"] == 0) == answer["qualifies"] == bool(answer["places"])
    assert bool(answer["ways"]) == (not answer["qualifies"])


@given(record=RECORD, person=PEOPLE)
def test_paying_the_shortfall_here_is_enough(record, person):
    answer = decide(record, **person)
    short = answer["shortfall_months"]
    free = [month for month in range(FIRST, LAST + 1) if all(not s <= month <= e for _, _, s, e in record)]
    if short is None or len(free) < short:
        return
    filled = [(person["asked"], "actual", month, month) for month in free[:short]]
    assert decide([*record, *filled], **person)["qualifies"]
