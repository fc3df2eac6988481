"""Whatever stands in a well-formed case file, the answer is a decision that keeps its promises."""

from datetime import date
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.kernel.months import Month
from yibao.policy.casefile import codes
from yibao.services.refund.rules.texts import refusal_order

REASONS = st.sampled_from([None, *get_args(codes.Reason)])
DAYS = st.dates(min_value=date(2013, 12, 1), max_value=date(2026, 12, 31)).map(date.isoformat)
MONTHS = st.integers(min_value=Month(2015, 1).index, max_value=Month(2025, 12).index)
MONEY = st.integers(min_value=0, max_value=10**7).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
RELATIONS = {"employee": ("unit", "individual", "unemployed"), "resident": ("resident", "student", "newborn")}
SPAN_MAX = 30


def maybe(strategy):
    return st.one_of(st.none(), strategy)


@st.composite
def enrolments(draw, name):
    scheme = draw(st.sampled_from(sorted(RELATIONS)))
    return {
        "id": name,
        "scheme": scheme,
        "as": draw(st.sampled_from(RELATIONS[scheme])),
        "tier": draw(st.sampled_from([None, 1, 2])),
        "region": draw(st.sampled_from(["500000", "500112", "500103", "510100"])),
        "from": "2015-01-01",
        "to": draw(maybe(st.sampled_from(["2021-12-31", "2025-12-31"]))),
        "status": draw(st.sampled_from(["normal", "suspended", "ended"])),
    }


@st.composite
def payments(draw, name):
    start = draw(MONTHS)
    span = draw(st.one_of(st.just(12), st.integers(min_value=1, max_value=SPAN_MAX)))
    return {
        "id": name,
        "enrolment": draw(st.sampled_from(["e1", "e2"])),
        "kind": draw(st.sampled_from(get_args(codes.PaymentKind))),
        "paid_on": draw(maybe(DAYS)),
        "from": str(Month.from_index(start)),
        "to": str(Month.from_index(start + span - 1)),
        "amount": draw(maybe(MONEY)),
        "payer": draw(st.sampled_from(get_args(codes.Payer))),
        "standard": draw(maybe(st.sampled_from(["prescribed", "county"]))),
        "account_credit_monthly": draw(maybe(MONEY)),
        "retiree_credit_monthly": draw(maybe(MONEY)),
    }


EVENTS = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["stop_requested", "employed", "enlisted"]), "on": DAYS}),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["concession_recognised", "subsidy_recognised"]), "on": DAYS, "amount": maybe(MONEY)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("stop_failed"), "on": DAYS, "cause": maybe(st.sampled_from(["agency", "system"]))}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("mis_posted"), "on": DAYS, "what": maybe(st.sampled_from(get_args(codes.MisPosted)))}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("retirement_approved"), "on": DAYS, "required_months": st.just(120),
         "paid_months": st.integers(min_value=100, max_value=130)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("years_redetermined"), "on": DAYS, "due_months": st.integers(min_value=0, max_value=40)}
    ),
)  # fmt: skip


@st.composite
def cases(draw):
    return {
        "service": "refund",
        "region": draw(st.sampled_from(["500000", "500112"])),
        "on": draw(DAYS),
        "person": {"born": "1976-03-01", "died": draw(maybe(DAYS)), "retired_on": draw(maybe(DAYS))},
        "enrolments": [draw(enrolments("e1")), draw(enrolments("e2"))],
        "payments": [draw(payments("p1")), draw(payments("p2"))],
        "benefits": draw(
            st.lists(
                st.fixed_dictionaries(
                    {"enrolment": st.just("e1"), "on": DAYS, "kind": st.sampled_from(get_args(codes.BenefitKind))}
                ),
                max_size=2,
            )
        ),
        "events": draw(st.lists(EVENTS, max_size=3)),
        "materials": draw(st.lists(st.sampled_from(get_args(codes.Material)), max_size=6)),
        "request": {
            "reason": draw(REASONS),
            "payments": draw(maybe(st.sampled_from([["p1"], ["p2"], ["p1", "p2"]]))),
            "channel": draw(maybe(st.sampled_from(["window", "tax_wechat", "agency_list"]))),
        },
    }


@given(case=cases())
def test_any_case_is_decided_and_the_answer_adds_up(case):
    try:
        decision = services.decide(case)
    except InputInvalid:
        return
    answer = decision.json()
    paid = {each["id"]: each["amount"] for each in case["payments"]}
    if decision.amount is None:
        assert answer["decision"] == "manual"
        assert answer["refusals"]
    else:
        assert decision.amount == sum(part.amount for entry in decision.entries for part in entry.parts)
        assert decision.amount == 0 or answer["decision"] in ("refund", "incomplete")
    for entry in decision.entries:
        assert entry.refund == sum(part.amount for part in entry.parts)
        assert entry.refund == 0 or paid[entry.payment] is not None
    assert all(each["code"] in refusal_order() for each in answer["refusals"])
    assert all(step["source"] and step["label_en"] for step in answer["steps"])
    assert decision.canonical() == services.decide(case).canonical()
    assert bool(decision.trace_lines("zh")) == bool(answer["lines"])
