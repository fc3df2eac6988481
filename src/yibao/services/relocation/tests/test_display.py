"""Which record is shown, and why the places of insurance and payment differ: from the record alone."""

import pytest

import yibao
from yibao.kernel.errors import InputInvalid
from yibao.services.relocation.rules.display import REMEDIES
from yibao.services.relocation.rules.texts import words

CHONGQING, TAIYUAN = "500000", "140100"
ON = "2026-11-10"


def relation(key, region, start, **more):
    return {"id": key, "scheme": "employee", "as": "unit", "region": region, "from": start, **more}


def paid(key, enrolment, first, last, payer="unit"):
    return {
        "id": key, "enrolment": enrolment, "kind": "monthly", "from": first, "to": last, "amount": None, "payer": payer,
    }  # fmt: skip


def decide(enrolments, payments=(), events=(), **request):
    return yibao.decide(
        {
            "service": "relocation", "region": TAIYUAN, "on": ON, "person": {"born": "1985-03-01"},
            "enrolments": list(enrolments), "payments": list(payments), "events": list(events),
            "request": {"ask": "display", **request},
        }
    )  # fmt: skip


OLD = relation("e1", CHONGQING, "2020-01-01", to="2026-09-30")
NEW = relation("e2", TAIYUAN, "2026-10-01")
OLD_PAID, NEW_PAID = paid("p1", "e1", "2020-01", "2026-09"), paid("p2", "e2", "2026-10", "2026-11")
ALONE = relation("e3", CHONGQING, "2026-10-01", to="2026-10-31") | {"as": "individual"}
NEXT_YEAR = {"id": "e4", "scheme": "resident", "as": "resident", "region": CHONGQING, "from": "2027-01-01"}

CAUSES = [
    pytest.param([OLD, NEW], [OLD_PAID, NEW_PAID], [], "agree", id="moved, and paid at the new place"),
    pytest.param([], [], [], "agree", id="nothing on record"),
    pytest.param([OLD | {"to": None}, NEW], [NEW_PAID], [], "not_ended", id="the old relation still runs"),
    pytest.param(
        [OLD, NEW], [OLD_PAID], [{"kind": "transfer_accepted", "on": "2026-11-01"}], "half_moved", id="under way"
    ),
    pytest.param(
        [OLD, NEW],
        [OLD_PAID, NEW_PAID],
        [
            {"kind": kind, "on": "2026-11-01"} for kind in ("transfer_accepted", "table_loaded", "money_credited")
        ],
        "agree",
        id="years and money have arrived",
    ),
    pytest.param([OLD, NEW], [OLD_PAID], [], "not_loaded", id="no payment of the new place is there yet"),
    pytest.param(
        [relation("e2", TAIYUAN, "2020-01-01"), NEXT_YEAR],
        [NEW_PAID, paid("p4", "e4", "2027-01", "2027-12", "person")],
        [],
        "not_begun",
        id="next year is paid elsewhere",
    ),
    pytest.param(
        [relation("e2", TAIYUAN, "2020-01-01"), relation("e1", CHONGQING, "2026-10-01", status="suspended")],
        [paid("p2", "e2", "2026-01", "2026-09"), paid("p1", "e1", "2026-10", "2026-11")],
        [],
        "other_unit",
        id="a unit elsewhere paid last",
    ),
    pytest.param(
        [relation("e2", TAIYUAN, "2020-01-01"), ALONE],
        [paid("p2", "e2", "2026-01", "2026-09"), paid("p3", "e3", "2026-10", "2026-10")],
        [],
        "agent",
        id="an agent paid in the person's own name",
    ),
    pytest.param(
        [relation("e2", TAIYUAN, "2020-01-01"), ALONE],
        [paid("p2", "e2", "2026-01", "2026-09"), paid("p3", "e3", "2026-10", "2026-10", "person")],
        [],
        "elsewhere",
        id="the person chose the wrong place when paying",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("enrolments", "payments", "events", "cause"), CAUSES)
def test_the_record_says_why_the_places_differ_and_what_to_do(enrolments, payments, events, cause):
    told = decide(enrolments, payments, events)["diagnosis"]
    assert (told["code"], told["remedy"]) == (cause, REMEDIES[cause])
    assert min(len(told["next_zh"]), len(told["next_en"])) > 0


def test_every_cause_has_words_a_remedy_and_a_record_that_shows_it():
    tried = {each.values[3] for each in CAUSES}
    assert tried == set(REMEDIES) == set(words()["diagnosis"])


def test_the_newest_running_relation_is_shown_unless_another_was_chosen():
    both = [OLD | {"to": None}, NEW]
    assert decide(both)["shown"] == {
        "enrolment": "e2",
        "region": TAIYUAN,
        "scheme": "employee",
        "why": "running",
    }
    chosen = decide(both, enrolment="e1")
    assert chosen["shown"] == {"enrolment": "e1", "region": CHONGQING, "scheme": "employee", "why": "chosen"}
    # What is shown changes nothing about where the person is insured.
    assert chosen["diagnosis"]["insured_place"] == TAIYUAN
    assert chosen["refusals"][0]["code"] == "display_is_no_transfer"


def test_without_a_running_relation_the_latest_is_shown_and_states_are_told():
    ended = [OLD, relation("e2", TAIYUAN, "2026-10-01", status="suspended"), NEXT_YEAR]
    told = decide(ended)
    assert told["shown"]["why"] == "last"
    assert [each["state"] for each in told["records"]] == ["ended", "suspended", "not_begun"]


def test_a_chosen_relation_that_is_not_in_the_file_is_named():
    with pytest.raises(InputInvalid) as caught:
        decide([OLD, NEW], enrolment="e9")
    assert [each.where for each in caught.value.problems] == ["request.enrolment"]
