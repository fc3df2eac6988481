"""Cases that change hands: put back, handed over, given out by a head; each once, and to whom may have it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from yibao.bank.pain002 import BANK_TIME
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.services import handing
from yibao.services.handing import Gift
from yibao.store import cases, holding, seats, verify
from yibao.store.models import Case, CaseAction, StaffRole

pytestmark = pytest.mark.django_db
THREADS = pytest.mark.django_db(transaction=True)
NOW = {"on": date(2023, 2, 10), "at": datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)}
NOTE = "下周休假，材料已核对到第三项"


@pytest.fixture
def held(walk):
    """An accepted case that the first reviewer has in hand."""
    walk.accepted()
    handing.take(number=walk.number, by=walk.staff["reviewer"], **NOW)
    return walk


@pytest.fixture
def many(make_walk, record):
    """Four accepted cases of four persons."""
    people = (make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial) for serial in range(4))
    return [make_walk(record.chen(identity)).accepted() for identity in people]


def gift(walk, to, key="k", note=NOTE, **more):
    user_id = walk.staff[to].user_id if to in walk.staff else to
    return Gift(walk.number, user_id, note, key, **more)


def hand(walk, to, by="reviewer", **more):
    return handing.hand_over(gift=gift(walk, to, **more), by=walk.staff[by], **NOW)


def code_of(work):
    with pytest.raises(Refused) as told:
        work()
    return told.value.refusal.code


def verbs(number):
    kinds = CaseAction.objects.filter(case__number=number, kind__in=holding.HOLDING).order_by("seq")
    return list(kinds.values_list("kind", flat=True))


def at_once(*calls):
    ready = Barrier(len(calls))

    def run(call):
        try:
            ready.wait(timeout=20)
            return call()
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


def someone(name, role, region="500000"):
    user = get_user_model().objects.create(username=name, first_name=name)
    StaffRole.objects.create(user=user, role=role, region=region)
    return user.pk


class TestPuttingBack:
    def test_leaves_the_case_to_everybody_and_happens_once(self, held):
        me = held.staff["reviewer"]
        handing.release(number=held.number, by=me, **NOW)
        assert handing.release(number=held.number, by=me, **NOW).holder_id is None
        assert verbs(held.number) == ["take", "release"]
        held.approve("reviewer2", confirmed=True)

    def test_is_for_who_has_it(self, held):
        other = held.staff["reviewer2"]
        assert code_of(lambda: handing.release(number=held.number, by=other, **NOW)) == "held_by_other"
        handing.release(number=held.number, by=held.staff["reviewer"], **NOW)
        assert code_of(lambda: handing.release(number=held.number, by=other, **NOW)) == "not_held_by_you"

    def test_taking_twice_takes_once(self, held):
        handing.take(number=held.number, by=held.staff["reviewer"], **NOW)
        assert verbs(held.number) == ["take"]
        assert code_of(lambda: handing.take(number=held.number, by=held.staff["clerk"], **NOW)) == "held_by_other"


class TestHandingOver:
    def test_gives_the_case_with_its_note_to_a_colleague_who_can_go_on(self, held):
        assert [one.name for one in handing.may_receive(held.case)] == ["reviewer2"]
        case = hand(held, "reviewer2")
        assert case.holder.username == "reviewer2"
        got = holding.received([case])[case.pk]
        assert (got.kind, got.name, got.note) == ("hand_over", "reviewer", NOTE)
        held.approve("reviewer2", confirmed=True)
        assert holding.received([held.case]) == {}
        assert verify.verify_audit() == []

    def test_the_same_key_gives_it_once(self, held):
        hand(held, "reviewer2")
        assert hand(held, "reviewer2").holder.username == "reviewer2"
        assert verbs(held.number) == ["take", "hand_over"]
        assert code_of(lambda: hand(held, "reviewer2", key="other")) == "held_by_other"
        assert code_of(lambda: hand(held, "reviewer2", note="别的")) == "key_reused"

    @pytest.mark.parametrize(
        ("to", "code"),
        [
            ("reviewer", "colleague_has_it"),
            ("clerk", "colleague_without_role"),
            ("county_agency", "colleague_without_role"),
            (0, "colleague_without_role"),
        ],
    )
    def test_is_refused_for_who_could_not_go_on(self, held, to, code):
        assert code_of(lambda: hand(held, to)) == code
        assert held.case.holder.username == "reviewer"

    def test_is_refused_for_another_region_and_for_a_locked_login(self, held):
        away = someone("away", "reviewer", "510000")
        assert code_of(lambda: hand(held, away)) == "colleague_not_of_region"
        gone = someone("gone", "reviewer")
        get_user_model().objects.filter(pk=gone).update(is_active=False)
        assert code_of(lambda: hand(held, gone)) == "colleague_without_role"
        assert [one.name for one in handing.may_receive(held.case)] == ["reviewer2"]

    def test_is_refused_for_who_handled_the_case_before(self, held):
        clerk = held.staff["clerk"].user_id
        StaffRole.objects.create(user_id=clerk, role="reviewer", region="500000")
        assert code_of(lambda: hand(held, clerk)) == "colleague_handled_before"
        assert "clerk" not in [one.name for one in handing.may_receive(held.case)]

    def test_is_refused_without_a_note_and_for_a_case_nobody_holds(self, held):
        assert code_of(lambda: hand(held, "reviewer2", note=" ")) == "no_handing_note"
        handing.release(number=held.number, by=held.staff["reviewer"], **NOW)
        assert code_of(lambda: hand(held, "reviewer2")) == "not_held_by_you"

    def test_is_refused_while_nobody_of_the_office_has_the_turn(self, walk):
        walk.submitted()
        handing.take(number=walk.number, by=walk.staff["clerk"], **NOW)
        assert [one.name for one in handing.may_receive(walk.case)] == ["clerk2"]
        walk.drafted()
        assert handing.may_receive(walk.case) == []
        assert code_of(lambda: handing._fewest(cases.standing(walk.case))) == "wrong_state"

    def test_an_office_above_may_receive_and_one_below_may_not(self, held):
        below = someone("below", "reviewer", "500112")
        assert code_of(lambda: hand(held, below)) == "colleague_not_of_region"
        assert [one.name for one in seats.colleagues(region="500112", role="reviewer")] == [
            "below",
            "reviewer",
            "reviewer2",
        ]

    @THREADS
    def test_of_two_at_once_one_gives_it(self, held):
        someone("third", "reviewer")
        third = get_user_model().objects.get(username="third").pk

        def give(to, key):
            return lambda: hand(held, to, key=key).holder.username

        found = at_once(give("reviewer2", "a"), give(third, "b"))
        assert "held_by_other" in found
        assert held.case.holder.username in found
        assert verbs(held.number) == ["take", "hand_over"]

    @THREADS
    def test_a_double_click_at_once_gives_it_once(self, held):
        found = at_once(*[lambda: hand(held, "reviewer2").holder.username] * 3)
        assert found == ["reviewer2"] * 3
        assert verbs(held.number) == ["take", "hand_over"]


class TestGivingOut:
    def test_is_for_the_role_named_first_in_the_level(self, walk):
        walk.submitted()
        assert "reviewer" in handing.head_roles("500000")
        assert handing.head_roles("990000") == frozenset()
        for name in ("clerk", "finance", "county_finance"):
            wish = gift(walk, "clerk2")
            assert code_of(lambda wish=wish, name=name: handing.assign(gift=wish, by=walk.staff[name], **NOW)) == (
                "not_your_role"
            )
        handing.assign(gift=gift(walk, "clerk2"), by=walk.staff["reviewer"], **NOW)
        assert walk.case.holder.username == "clerk2"
        walk.accept("clerk2")
        wish = gift(walk, "reviewer2")
        assert code_of(lambda: handing.assign(gift=wish, by=walk.staff["city_agency"], **NOW)) == "not_your_role"

    def test_an_even_share_goes_to_who_has_the_fewest(self, many):
        staff = many[0].staff
        third = someone("third", "reviewer")
        handing.take(number=many[0].number, by=staff["reviewer"], **NOW)
        outcomes = handing.give_out([gift(one, None) for one in many[1:]], by=staff["reviewer"], **NOW)
        assert [one.name for one in outcomes] == ["reviewer2", "third", "reviewer"]
        ids = [staff["reviewer"].user_id, staff["reviewer2"].user_id, third]
        assert holding.counts(ids) == {ids[0]: 2, ids[1]: 1, ids[2]: 1}
        again = handing.give_out([gift(one, None) for one in many[1:]], by=staff["reviewer"], **NOW)
        assert again == outcomes
        assert verify.verify_audit() == []

    def test_one_row_that_cannot_be_given_stops_no_other(self, many):
        staff = many[0].staff
        many[1].approve("reviewer", confirmed=True)
        gifts = [gift(one, "reviewer2") for one in many]
        kept = handing.assign

        def broken(*, gift, **more):
            if gift.number == many[2].number:
                raise ValueError
            return kept(gift=gift, **more)

        with mock.patch.object(handing, "assign", broken):
            outcomes = handing.give_out([*gifts, Gift("CQ-0000-000000", None, "", "k")], by=staff["reviewer"], **NOW)
        codes = [one.refusal and one.refusal.code for one in outcomes]
        assert codes == [None, "colleague_without_role", "not_given", None, "no_such_case"]

    def test_a_case_that_got_another_holder_meanwhile_stays_with_them(self, many):
        staff, case = many[0].staff, many[0]
        handing.take(number=case.number, by=staff["reviewer2"], **NOW)
        third = someone("third", "reviewer")
        wish = gift(case, third)
        assert code_of(lambda: handing.assign(gift=wish, by=staff["reviewer"], **NOW)) == "holder_changed"
        wish = gift(case, third, holder=staff["reviewer2"].user_id)
        assert handing.assign(gift=wish, by=staff["reviewer"], **NOW).holder_id == third

    @THREADS
    def test_of_two_heads_at_once_one_gives_it(self, many):
        staff, case = many[0].staff, many[0]

        def give(to, by):
            return lambda: handing.assign(gift=gift(case, to), by=staff[by], **NOW).holder.username

        found = at_once(give("reviewer2", "reviewer"), give("reviewer", "reviewer2"))
        assert sorted(found) == sorted(["holder_changed", case.case.holder.username])
        assert verbs(case.number) == ["assign"]

    def test_nobody_to_give_it_to_is_told(self, many):
        staff = many[0].staff
        StaffRole.objects.filter(user_id=staff["reviewer2"].user_id).delete()
        handing.take(number=many[0].number, by=staff["reviewer"], **NOW)
        wish = gift(many[0], None, holder=staff["reviewer"].user_id)
        assert code_of(lambda: handing.assign(gift=wish, by=staff["reviewer"], **NOW)) == "nobody_to_give"


class TestThePages:
    @pytest.fixture
    def desk(self):
        def sit(actor):
            client = Client(raise_request_exception=False)
            client.force_login(get_user_model().objects.get(pk=actor.user_id))
            return client

        return sit

    def test_from_the_case_to_the_colleague_s_list(self, held, desk):
        number, giver = held.number, desk(held.staff["reviewer"])
        assert "移交同事" in giver.get(f"/workbench/refund/cases/{number}").content.decode()
        address = f"/workbench/cases/{number}/hand-over"
        form = giver.get(address).content.decode()
        assert "reviewer2" in form
        assert "county_agency" not in form.split("<form", 1)[1]
        to = held.staff["reviewer2"].user_id
        assert giver.post(address, {"to": to, "note": NOTE, "key": "k"}).status_code == 302
        receiver = desk(held.staff["reviewer2"])
        told = f"reviewer移交给您：{NOTE}"
        assert told in receiver.get("/workbench/").content.decode()
        page = receiver.get(f"/workbench/refund/cases/{number}").content.decode()
        assert told in page
        assert "移交给reviewer2" in page
        assert told not in giver.get(f"/workbench/refund/cases/{number}").content.decode()

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"note": "x"}, "请选交给哪位同事"),
            ({"to": "1"}, "请写明为什么移交"),
            ({"to": "1", "note": "电话 19900000000"}, "一长串数字"),
            ({"to": "1", "note": "长" * 501}, "500 字以内"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self, held, desk, typed, words):
        answer = desk(held.staff["reviewer"]).post(f"/workbench/cases/{held.number}/hand-over", typed)
        assert (answer.status_code, words in answer.content.decode()) == (400, True)
        assert typed.get("note", "") in answer.content.decode()
        assert verbs(held.number) == ["take"]

    def test_a_refused_colleague_is_named_beside_the_form(self, held, desk):
        typed = {"to": held.staff["clerk"].user_id, "note": NOTE, "key": "k"}
        answer = desk(held.staff["reviewer"]).post(f"/workbench/cases/{held.number}/hand-over", typed)
        assert (answer.status_code, NOTE in answer.content.decode()) == (422, True)
        assert "这位同事的岗位现在不能办理本件" in answer.content.decode()

    def test_a_form_without_its_key_is_shown_again_with_one_and_nothing_typed_is_lost(self, held, desk):
        typed = {"to": held.staff["reviewer2"].user_id, "note": NOTE, "key": ""}
        answer = desk(held.staff["reviewer"]).post(f"/workbench/cases/{held.number}/hand-over", typed)
        page = answer.content.decode()
        assert (answer.status_code, NOTE in page, "没有带上页面的编号" in page) == (400, True, True)
        assert re.search(r'name="key" value="\w{16}"', page)
        assert verbs(held.number) == ["take"]
        many = {"role": "reviewer", "to": "even", "note": NOTE, "rows": f"{held.number}~{typed['to']}"}
        answer = desk(held.staff["reviewer"]).post("/workbench/assign", many)
        page = answer.content.decode()
        assert (answer.status_code, NOTE in page, "没有带上页面的编号" in page) == (400, True, True)
        assert verbs(held.number) == ["take"]

    def test_put_back_and_taken_on_the_case_page(self, held, desk):
        number, other = held.number, desk(held.staff["reviewer2"])
        assert "reviewer在办" in other.get("/workbench/").content.decode()
        assert other.post(f"/workbench/cases/{number}/release").status_code == 409
        assert "不能移交" in other.get(f"/workbench/cases/{number}/hand-over").content.decode()
        assert desk(held.staff["reviewer"]).post(f"/workbench/cases/{number}/release").status_code == 302
        assert other.post(f"/workbench/cases/{number}/take").status_code == 302
        assert Case.objects.get(number=number).holder.username == "reviewer2"

    def test_a_head_gives_rows_out_and_sees_what_came_of_each(self, many, desk):
        head = desk(many[0].staff["reviewer"])
        page = head.get("/workbench/assign?role=reviewer").content.decode()
        assert all(f'value="{one.number}~"' in page for one in many)
        assert "平均分配" in page
        rows = [f"{one.number}~" for one in many]
        sent = {"role": "reviewer", "rows": rows, "to": "even", "key": "k"}
        answer = head.post("/workbench/assign", sent).content.decode()
        assert "4 件已分派，共 4 件" in answer
        assert "4 件已分派，共 4 件" in head.post("/workbench/assign", sent).content.decode()
        assert CaseAction.objects.filter(kind="assign").count() == 4
        late = head.post("/workbench/assign", {**sent, "key": "other", "to": many[0].staff["reviewer2"].user_id})
        assert "承办人已有变动" in late.content.decode()
        assert "分派给您" in desk(many[0].staff["reviewer2"]).get("/workbench/").content.decode()

    def test_nothing_chosen_is_said(self, many, desk):
        answer = desk(many[0].staff["reviewer"]).post("/workbench/assign", {"role": "reviewer", "note": "先办"})
        assert answer.status_code == 400
        for words in ("请至少勾选一件", "请选交给哪位同事", "先办"):
            assert words in answer.content.decode()

    def test_who_is_no_head_is_told_who_is(self, many, desk):
        helper = desk(many[0].staff["county_finance"])
        assert "您的岗位不分派待办" in helper.get("/workbench/assign").content.decode()
        assert helper.post("/workbench/assign", {"to": "even"}).status_code == 403
        assert desk(many[0].staff["clerk"]).get("/workbench/assign").status_code == 403

    def test_who_has_what_names_what_is_late(self, held, desk):
        page = desk(held.staff["clerk"]).get("/workbench/held").content.decode()
        assert "reviewer" in page
        assert held.number in page.split("<table")[1]
        handing.release(number=held.number, by=held.staff["reviewer"], **NOW)
        assert "没有人领办" in desk(held.staff["clerk"]).get("/workbench/held").content.decode()
