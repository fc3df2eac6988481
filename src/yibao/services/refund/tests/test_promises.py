"""A promise letter stands in for a paper where the pack allows it: signed, numbered, kept, checked, objected to."""

import io
from datetime import date, timedelta

import pypdf
import pytest

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.services.refund import actions, rulebook
from yibao.store import papers, promises
from yibao.store.models import PromiseCheck, PromiseLetter

WITHOUT_PROOF = ("id_document", "bank_card", "unemployment_record")


@pytest.fixture
def promised(walk):
    """A case whose payer lost the proof of payment and promised instead."""
    walk.materials = WITHOUT_PROOF
    walk.drafted()
    walk.letter = sign(walk)
    return walk


@pytest.fixture
def auditor(walk):
    return Actor(walk.staff["finance2"].user_id, "auditor", "staff", frozenset({"auditor"}), "500000")


def sign(walk, material="payment_proof", by=None, agreed=True):
    return actions.promise(number=walk.number, material=material, agreed=agreed, by=by or walk.citizen, **walk.now())


def satisfied(walk):
    return {
        one["code"]: one["satisfied"] for one in actions.preview(number=walk.number, on=walk.on).json()["materials"]
    }


def code_of(call):
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.code


def check(walk, by, outcome, *, closed=None):
    return promises.record(
        number=walk.letter.number, outcome=outcome, found="已向征收部门核实", closed=closed, by=by, **walk.now()
    )


def draw(walk, by, count=5):
    return promises.draw(office="500000", count=count, by=by, on=walk.on)


def test_a_promise_stands_where_the_paper_would(promised):
    assert satisfied(promised)["payment_proof"]
    actions.submit(number=promised.number, key="k", by=promised.citizen, **promised.now())
    assert promised.accept().state == "accepted"


def test_the_letter_says_what_was_told_promised_and_warned_of_and_who_signed_when(promised):
    letter = promised.letter
    pdf = pypdf.PdfReader(io.BytesIO(papers.content(letter.paper)))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert letter.number.startswith("CN-CQ-2023-")
    for words in (
        "凭证遗失的，可以用本承诺书代替",
        "没有用它在别处申请退费或报销",
        "追回已退费用",
        "陈建国",
        "2023-02-10",
    ):
        assert words in text
    assert letter.number in text
    assert promised.person.identity not in text


def test_it_is_kept_two_years_at_least(promised, settings):
    letter = promised.letter
    assert letter.keep_until == date(2025, 2, 10)
    assert list(promises.expired(on=date(2025, 2, 9))) == []
    assert list(promises.expired(on=date(2025, 2, 10))) == [letter]
    settings.YIBAO_PROMISE_YEARS = 3
    assert promises.keep_until(date(2024, 2, 29)) == date(2027, 2, 28)


def test_signing_twice_is_one_letter(promised):
    assert sign(promised) == promised.letter
    assert PromiseLetter.objects.count() == 1


def test_a_paper_the_pack_does_not_name_cannot_be_promised(promised):
    assert code_of(lambda: sign(promised, "id_document")) == "promise_not_allowed"


def test_nobody_signs_without_agreeing(walk):
    walk.materials = WITHOUT_PROOF
    walk.drafted()
    before = walk.case.action_count
    assert code_of(lambda: sign(walk, agreed=False)) == "promise_not_signed"
    assert (walk.case.action_count, PromiseLetter.objects.count()) == (before, 0)


def test_a_stranger_signs_nothing(promised, make_walk, record):
    stranger = Actor(None, "", "citizen", person_id="00000000-0000-0000-0000-000000000001")
    actions.take_back_promise(number=promised.number, material="payment_proof", by=promised.citizen, **promised.now())
    assert code_of(lambda: sign(promised, by=stranger)) == "not_your_case"
    assert PromiseLetter.objects.filter(taken_back_at=None).count() == 0


def test_taken_back_it_no_longer_counts_and_stays_on_record(promised):
    seen = promised.seen
    actions.take_back_promise(number=promised.number, material="payment_proof", by=promised.citizen, **promised.now())
    letter = PromiseLetter.objects.get()
    assert not satisfied(promised)["payment_proof"]
    assert letter.taken_back_at
    assert letter.paper.voided_at
    assert promised.seen != seen


def test_after_submission_it_is_not_taken_back(promised):
    actions.submit(number=promised.number, key="k", by=promised.citizen, **promised.now())
    take = lambda: actions.take_back_promise(  # noqa: E731
        number=promised.number, material="payment_proof", by=promised.citizen, **promised.now()
    )
    assert code_of(take) == "wrong_state"


def test_a_clerk_finds_it_by_person_number_case_service_and_period(promised):
    letter, person, case = promised.letter, promised.person, promised.number
    finds = [
        {"person_id": person.pk}, {"number": letter.number}, {"number": case}, {"service": "refund"},
        {"since": promised.on, "until": promised.on},
    ]  # fmt: skip
    for wanted in finds:
        assert promises.search(office="500000", **wanted) == [letter]
    missed = [{"number": "CN-CQ-2023-999999"}, {"service": "other"}, {"since": promised.on + timedelta(days=1)}]
    for wanted in missed:
        assert promises.search(office="500000", **wanted) == []
    assert promises.search(office="510000", person_id=person.pk) == []


def test_a_drawn_letter_is_checked_once_by_somebody_who_did_not_handle_it(promised, auditor):
    actions.submit(number=promised.number, key="k", by=promised.citizen, **promised.now())
    promised.accept()
    promised.approve(confirmed=True)
    assert [one.number for one in draw(promised, auditor)] == [promised.letter.number]
    assert draw(promised, auditor) == []
    assert code_of(lambda: check(promised, promised.staff["reviewer"], "kept")) == "promise_not_yours"
    assert check(promised, auditor, "kept").outcome == "kept"
    assert code_of(lambda: check(promised, auditor, "broken")) == "promise_no_check"
    assert promised.case.actions.order_by("-seq").first().data["outcome"] == "kept"


def test_a_clerk_draws_nothing(promised):
    assert code_of(lambda: draw(promised, promised.staff["clerk"])) == "promise_not_yours"


def test_a_check_says_how_it_was_found(promised, auditor):
    draw(promised, auditor)
    call = lambda: promises.record(  # noqa: E731
        number=promised.letter.number, outcome="kept", found=" ", closed=None, by=auditor, **promised.now()
    )
    assert code_of(call) == "promise_no_finding"
    assert PromiseCheck.objects.get().outcome == ""


def test_broken_with_a_known_term_closes_the_way_until_then(promised, auditor):
    draw(promised, auditor)
    check(promised, auditor, "broken", closed=promised.on + timedelta(days=30))
    actions.take_back_promise(number=promised.number, material="payment_proof", by=promised.citizen, **promised.now())
    assert code_of(lambda: sign(promised)) == "promise_closed"
    promised.on += timedelta(days=30)
    assert sign(promised).number != promised.letter.number


def test_broken_without_a_known_term_closes_nothing_and_is_seen_by_the_clerk(promised, auditor):
    assert promises.closed_by_broken(region=rulebook.region("500000"), service="refund", on=promised.on) is None
    draw(promised, auditor)
    check(promised, auditor, "broken")
    assert promises.closed_until(person_id=promised.person.pk, on=promised.on) is None
    assert promises.broken_before(promised.person.pk) == [promised.letter]


def test_a_pack_that_names_a_term_closes_the_way_for_it(monkeypatch):
    region = rulebook.region("500000")
    monkeypatch.setattr(type(region), "setting", lambda self, *_: {promises.CLOSED: {"months": "6"}})
    until = promises.closed_by_broken(region=region, service="refund", on=date(2023, 8, 31))
    assert until == date(2024, 2, 29)


def test_an_objection_is_looked_at_by_another_person_whose_finding_counts(promised, auditor):
    draw(promised, auditor)
    check(promised, auditor, "broken", closed=promised.on + timedelta(days=30))
    object_ = lambda: promises.object_to(  # noqa: E731
        number=promised.letter.number, text="凭证已补到", by=promised.citizen, **promised.now()
    )
    object_()
    assert code_of(object_) == "promise_no_objection"
    assert code_of(lambda: check(promised, auditor, "kept")) == "promise_not_yours"
    check(promised, promised.staff["reviewer2"], "kept")
    assert promises.closed_until(person_id=promised.person.pk, on=promised.on) is None
    assert promises.broken_before(promised.person.pk) == []


def test_there_is_nothing_to_object_to_before_a_check(promised):
    call = lambda: promises.object_to(  # noqa: E731
        number=promised.letter.number, text="x", by=promised.citizen, **promised.now()
    )
    assert code_of(call) == "promise_no_objection"
