"""Each completed step of one's own case may be rated once; a bad rating is called back by somebody else."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import ratings
from yibao.store.models import CallBack, CitizenLogin, Rating, ReadLog, StaffRole

REMARK = "等了三次才说清要什么材料"


def rate(walk, step, grade=5, by=None, reasons=(), remark=""):
    seq = next(one.seq for one in ratings.steps(walk.case) if one.step == step)
    return ratings.rate(
        number=walk.number, seq=seq, grade=grade, reasons=reasons, remark=remark, by=by or walk.citizen, on=walk.on
    )


def code_of(call, *args, **options):
    with pytest.raises(Refused) as no:
        call(*args, **options)
    return no.value.refusal.code


def test_every_completed_step_can_be_rated_and_none_before(walk):
    walk.submitted()
    assert ratings.steps(walk.case) == []
    walk.accept()
    assert [one.step for one in ratings.steps(walk.case)] == ["accepted"]
    walk.approve(confirmed=True)
    walk.pay()
    assert [one.step for one in ratings.steps(walk.case)] == ["accepted", "decided"]
    walk.confirm()
    assert [one.step for one in ratings.steps(walk.case)] == ["accepted", "decided", "paid"]


def test_a_step_is_rated_once(walk):
    walk.accepted()
    rate(walk, "accepted")
    assert code_of(rate, walk, "accepted", 1) == "rating_given"
    assert Rating.objects.get().grade == 5


def test_nobody_rates_another_persons_case(walk):
    walk.accepted()
    stranger = Actor(None, "", "citizen", person_id="00000000-0000-0000-0000-000000000001")
    assert code_of(rate, walk, "accepted", by=stranger) == "rating_not_yours"
    assert code_of(rate, walk, "accepted", by=walk.staff["clerk"]) == "rating_not_yours"


def test_a_grade_is_needed_and_only_reasons_of_the_channel_are_kept(walk):
    walk.accepted()
    assert code_of(rate, walk, "accepted", 0) == "rating_no_grade"
    rate(walk, "accepted", 3, reasons=["ease", "attitude", "nonsense"])
    assert Rating.objects.get().reasons == ["ease"]


def test_rating_changes_nothing_about_the_case(walk):
    walk.accepted()
    before = walk.case.chain_hash
    rate(walk, "accepted", 1, remark=REMARK)
    assert walk.case.chain_hash == before


@pytest.mark.parametrize(("grade", "calls"), [(5, 0), (4, 0), (3, 0), (2, 1), (1, 1)])
def test_the_last_two_grades_open_a_call_back(walk, grade, calls):
    walk.accepted()
    rate(walk, "accepted", grade)
    assert CallBack.objects.count() == calls


def test_the_call_back_is_due_in_five_working_days(walk):
    # 2023-02-10 is a Friday: 13, 14, 15, 16, 17 February.
    walk.accepted()
    rate(walk, "accepted", 1)
    assert CallBack.objects.get().due_on == date(2023, 2, 17)


class TestTheCallBack:
    @pytest.fixture
    def call(self, walk):
        walk.accepted()
        rate(walk, "accepted", 1, remark=REMARK)
        return CallBack.objects.get()

    def answer(self, walk, call, by, **changed):
        given = {"outcome": "fixed", "found": "材料清单没有一次说清", "done": "已改正清单", **changed}
        return ratings.answer(number=call.pk, **given, by=by, **{"at": walk.now()["at"]})

    def test_whoever_handled_the_case_neither_sees_nor_makes_it(self, walk, call):
        assert list(ratings.waiting(by=walk.staff["clerk"])) == []
        assert code_of(self.answer, walk, call, walk.staff["clerk"]) == "call_back_not_yours"
        assert list(ratings.waiting(by=walk.staff["clerk2"])) == [call]

    def test_finance_and_other_regions_see_none(self, walk, call):
        far = Actor(walk.staff["clerk2"].user_id, "far", "staff", frozenset({"clerk"}), "510000")
        for actor in (walk.staff["finance"], far):
            assert list(ratings.waiting(by=actor)) == []
            assert code_of(ratings.take, number=call.pk, by=actor) == "call_back_not_yours"

    def test_one_colleague_takes_it(self, walk, call):
        ratings.take(number=call.pk, by=walk.staff["clerk2"])
        assert code_of(ratings.take, number=call.pk, by=walk.staff["reviewer"]) == "call_back_held"
        assert code_of(self.answer, walk, call, walk.staff["reviewer"]) == "call_back_held"

    @pytest.mark.parametrize("changed", [{"outcome": ""}, {"outcome": "x"}, {"found": " "}, {"done": ""}])
    def test_everything_is_written_down(self, walk, call, changed):
        assert code_of(self.answer, walk, call, walk.staff["clerk2"], **changed) == "call_back_empty"
        call.refresh_from_db()
        assert call.outcome == ""

    def test_it_is_answered_once(self, walk, call):
        self.answer(walk, call, walk.staff["clerk2"])
        assert code_of(self.answer, walk, call, walk.staff["clerk2"]) == "call_back_held"
        assert list(ratings.waiting(by=walk.staff["clerk2"])) == []


class TestFigures:
    def test_they_are_one_statement_and_small_groups_stand_in_the_sum_only(
        self, make_walk, record, django_assert_num_queries
    ):
        # Three rated acceptances (5, 5, 2) and one rated decision (1): content 2 of 4.
        walks = [make_walk(record.chen(identity=f"50011219760301199{n}")) for n in range(3)]
        for walk, grade in zip(walks, (5, 5, 2), strict=True):
            walk.accepted()
            rate(walk, "accepted", grade)
        walks[0].approve(confirmed=True)
        rate(walks[0], "decided", 1)
        with django_assert_num_queries(1):
            whole, accepted = ratings.figures(office="500000", since=walks[0].on, until=walks[0].on)
        assert (whole.total, whole.content_percent) == (4, 50)
        assert (accepted.step, accepted.channel, accepted.total, accepted.content_percent) == (
            "accepted",
            "online",
            3,
            66,
        )
        assert whole.counts == {5: 2, 4: 0, 3: 0, 2: 1, 1: 1}

    def test_another_office_counts_none(self, walk):
        walk.accepted()
        rate(walk, "accepted")
        assert ratings.figures(office="510000", since=walk.on, until=walk.on) == []


class TestPages:
    @pytest.fixture
    def own(self, walk):
        walk.accepted()
        user = get_user_model().objects.create(username="chen")
        CitizenLogin.objects.create(user=user, person=walk.person)
        return browser(user)

    def test_a_person_rates_from_their_case_and_reads_the_answer(self, walk, own):
        case = own.get(f"/refund/cases/{walk.number}").content.decode()
        page = f"/cases/{walk.number}/ratings"
        assert page in case
        seq = ratings.steps(walk.case)[0].seq
        form = own.get(f"{page}/{seq}").content.decode()
        assert all(words in form for words in ("非常满意", "基本满意", "非常不满意", "办事效率", "是否方便"))
        assert "业务水平" not in form
        assert own.post(f"{page}/{seq}", {"remark": REMARK}).status_code == 422
        assert own.post(f"{page}/{seq}", {"grade": "1", "reasons": ["ease"], "remark": REMARK}).status_code == 302
        assert own.get(f"{page}/{seq}").status_code == 302

        caller = browser(get_user_model().objects.get(username="clerk2"))
        call = CallBack.objects.get()
        address = f"/workbench/call-backs/{call.pk}"
        assert walk.number in caller.get("/workbench/call-backs").content.decode()
        assert REMARK in caller.get(address).content.decode()
        assert ReadLog.objects.filter(purpose="call_back", person_id=walk.person.pk).exists()
        assert caller.post(address, {"do": "take"}).status_code == 302
        assert caller.post(address, {"outcome": "fixed", "found": "", "done": "x"}).status_code == 422
        assert caller.post(address, {"outcome": "fixed", "found": "清单不清", "done": "已改正"}).status_code == 302
        told = own.get(page).content.decode()
        assert all(words in told for words in ("情况属实，当场改正", "清单不清", "已改正"))

    def test_those_who_handled_the_case_never_see_the_rating(self, walk, own):
        seq = ratings.steps(walk.case)[0].seq
        own.post(f"/cases/{walk.number}/ratings/{seq}", {"grade": "1", "remark": REMARK})
        clerk = browser(get_user_model().objects.get(username="clerk"))
        call = CallBack.objects.get()
        assert clerk.get(f"/workbench/call-backs/{call.pk}").status_code == 404
        for address in ("/workbench/call-backs", f"/workbench/refund/cases/{walk.number}", "/workbench/"):
            assert REMARK not in clerk.get(address).content.decode()
        assert walk.number not in clerk.get("/workbench/call-backs").content.decode()

    def test_a_stranger_and_finance_stay_outside(self, walk, own, record):
        user = get_user_model().objects.create(username="stranger")
        CitizenLogin.objects.create(user=user, person=record.chen(identity="500112197603011987"))
        stranger, seq = browser(user), ratings.steps(walk.case)[0].seq
        assert stranger.get(f"/cases/{walk.number}/ratings").status_code == 404
        assert stranger.post(f"/cases/{walk.number}/ratings/{seq}", {"grade": "1"}).status_code == 404
        assert browser(get_user_model().objects.get(username="finance")).get("/workbench/call-backs").status_code == 403
        assert not StaffRole.objects.filter(user__username="stranger").exists()


def browser(user):
    client = Client()
    client.force_login(user)
    return client
