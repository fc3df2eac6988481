"""One step on many transfers: the list holds what the reader may do, and each ticked row is done or refused by name."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.services import handing
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk, deliver, make_person
from yibao.services.relocation.tests.simulation import identity
from yibao.store.models import CaseAction, CaseTurn, Contribution, StaffRole

pytestmark = pytest.mark.django_db
COUNT = 3
SEVERAL = "/workbench/relocation/several"
DONE = f"{SEVERAL}/done"


@pytest.fixture
def walks(staff):
    """A few persons whose transfers both places have accepted."""
    on = timezone.localdate()
    found = [Walk(make_person(identity(7, n)), staff, on=on).submitted() for n in range(COUNT)]
    carry(found)
    return found


@pytest.fixture
def built(walks):
    """The same with their tables made."""
    for walk in walks:
        walk.build()
    return walks


@pytest.fixture
def arrived(built):
    """The same with the years in and the money recorded, to be credited by somebody else."""
    for steps in (("sign",), ("check", "load"), ("pay", "confirm"), ("arrive",)):
        for walk in built:
            for step in steps:
                getattr(walk, step)()
        carry(built)
    return built


def carry(walks):
    deliver(walks[-1].now()["at"])


def signed_in(username):
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def rows_of(client, step):
    """Return the ticks of a list: number of the case to what is sent with it."""
    page = client.get(f"{SEVERAL}/{step}").content.decode()
    return {value.partition("~")[0]: value for value in re.findall(r'name="rows" value="([^"]+)"', page)}


def press(client, step, rows, key="k1"):
    return client.post(f"{SEVERAL}/{step}", {"rows": list(rows), "key": key})


def stages(walks, side="out"):
    return [walk.side(side).stage for walk in walks]


def numbers(walks, side="out"):
    return {walk.number(side) for walk in walks}


def test_the_list_holds_what_waits_in_the_readers_office_for_the_readers_step(walks):
    clerk = signed_in(f"clerk-{OLD}")
    page = clerk.get(f"{SEVERAL}/build").content.decode()
    assert set(rows_of(clerk, "build")) == numbers(walks)
    assert walks[0].person.name not in page
    assert "太原" in page
    assert rows_of(clerk, "check") == rows_of(signed_in(f"clerk-{NEW}"), "build") == {}
    for username, step in ((f"reviewer-{OLD}", "build"), (f"clerk-{OLD}", "sign"), (f"reviewer-{OLD}", "credit")):
        assert signed_in(username).get(f"{SEVERAL}/{step}").status_code == 403


def test_two_ticked_of_three_are_done_and_the_third_still_waits(walks):
    clerk = signed_in(f"clerk-{OLD}")
    rows = rows_of(clerk, "build")
    assert press(clerk, "build", [rows[walk.number("out")] for walk in walks[:2]]).url == DONE
    assert "已办 2 件，0 件没有办成" in clerk.get(DONE).content.decode()
    assert stages(walks) == ["table_built", "table_built", "accepted"]
    assert set(rows_of(clerk, "build")) == {walks[2].number("out")}


def test_the_tables_are_told_before_they_are_signed_and_go_on_to_the_other_place(built):
    reviewer = signed_in(f"reviewer-{OLD}")
    page = reviewer.get(f"{SEVERAL}/sign").content.decode()
    assert page.count("24 个月") == page.count("1,234.56") == COUNT
    press(reviewer, "sign", rows_of(reviewer, "sign").values())
    carry(built)
    for step, username in (("check", f"clerk-{NEW}"), ("load", f"reviewer-{NEW}")):
        colleague = signed_in(username)
        press(colleague, step, rows_of(colleague, step).values())
    assert stages(built, "in") == ["loaded"] * COUNT


def test_a_row_whose_table_changed_since_is_refused_by_name_and_the_others_are_done(built):
    reviewer = signed_in(f"reviewer-{OLD}")
    rows = rows_of(reviewer, "sign")
    changed = built[1]
    Contribution.objects.filter(enrolment__person=changed.person, base_fen=650000).update(base_fen=660000)
    changed.build()
    press(reviewer, "sign", rows.values())
    page = reviewer.get(DONE).content.decode()
    assert "已办 2 件，1 件没有办成" in page
    assert f'/workbench/relocation/cases/{changed.number("out")}"' in page
    assert "材料" in page
    assert not [walk for walk in built if walk is not changed and walk.number("out") in page]
    assert stages(built) == ["table_sent", "table_built", "table_sent"]


def test_what_one_made_oneself_is_not_listed_and_sent_all_the_same_is_refused(built):
    clerk = get_user_model().objects.get(username=f"clerk-{OLD}")
    StaffRole.objects.create(user=clerk, role="reviewer", region=OLD)
    both = signed_in(clerk.username)
    rows = rows_of(signed_in(f"reviewer-{OLD}"), "sign")
    assert len(rows) == COUNT
    assert rows_of(both, "sign") == {}
    press(both, "sign", rows.values())
    assert f"已办 0 件，{COUNT} 件没有办成" in both.get(DONE).content.decode()
    assert stages(built) == ["table_built"] * COUNT


def test_what_a_colleague_has_in_hand_is_not_listed(built):
    number = built[0].number("out")
    user = get_user_model().objects.create(username="second")
    StaffRole.objects.create(user=user, role="reviewer", region=OLD)
    handing.take(number=number, by=built[0].staff[OLD]["reviewer"], on=built[0].on, at=timezone.now())
    assert number in rows_of(signed_in(f"reviewer-{OLD}"), "sign")
    assert set(rows_of(signed_in("second"), "sign")) == numbers(built) - {number}


def test_a_table_that_was_sent_back_waits_on_the_page_of_its_case_alone(built):
    walk = built[0]
    walk.sign()
    walk.carry()
    clerk = walk.staff[NEW]["clerk"]
    actions.send_back(number=walk.number("in"), why="起始月份不对", by=clerk, **walk.now())
    walk.carry()
    assert walk.side("out").stage == "table_returned"
    assert rows_of(signed_in(f"clerk-{OLD}"), "build") == {}


def test_cases_of_another_office_and_of_nobody_are_refused_whole(walks):
    clerk, stranger = signed_in(f"clerk-{OLD}"), signed_in(f"clerk-{NEW}")
    rows = list(rows_of(clerk, "build").values())
    assert press(stranger, "build", rows).status_code == 403
    assert press(clerk, "build", [*rows, "RL-500000-2026-999999~"]).status_code == 404
    assert stages(walks) == ["accepted"] * COUNT


def test_nothing_ticked_does_nothing_and_says_so(walks):
    clerk = signed_in(f"clerk-{OLD}")
    answer = press(clerk, "build", [])
    assert answer.status_code == 400
    assert "请至少勾选一件" in answer.content.decode()
    assert stages(walks) == ["accepted"] * COUNT
    assert clerk.get(DONE).url == f"{SEVERAL}/build"


def test_sent_again_and_shown_again_it_does_nothing_twice(built):
    reviewer = signed_in(f"reviewer-{OLD}")
    rows = list(rows_of(reviewer, "sign").values())
    press(reviewer, "sign", rows)
    done, count = reviewer.get(DONE).content.decode(), CaseAction.objects.count()
    assert press(reviewer, "sign", rows).url == DONE
    again = reviewer.get(DONE).content.decode()
    assert "已办 3 件，0 件没有办成" in done
    assert "已办 3 件，0 件没有办成" in again
    press(reviewer, "sign", rows, key="another")
    assert "已办 0 件，3 件没有办成" in reviewer.get(DONE).content.decode()
    assert CaseAction.objects.count() == count


def test_a_form_without_its_key_does_nothing(walks):
    clerk = signed_in(f"clerk-{OLD}")
    answer = clerk.post(f"{SEVERAL}/build", {"rows": list(rows_of(clerk, "build").values())})
    assert 400 <= answer.status_code < 500
    assert stages(walks) == ["accepted"] * COUNT


def test_money_that_came_is_credited_by_another_one_of_finance(arrived):
    assert rows_of(signed_in(f"finance-{NEW}"), "credit") == {}
    finance = signed_in(f"finance2-{NEW}")
    rows = rows_of(finance, "credit")
    assert set(rows) == numbers(arrived, "in")
    money = finance.get("/workbench/relocation/money").content.decode()
    assert f"批量记入个人账户：{COUNT} 件在等" in money
    press(finance, "credit", [rows[walk.number("in")] for walk in arrived[1:]])
    carry(arrived)
    assert [walk.balance(NEW) for walk in arrived] == [0, BALANCE, BALANCE]
    for walk in arrived:
        walk.whole()


def test_the_page_of_a_case_leads_to_those_that_wait_for_the_same_step(walks):
    page = signed_in(f"clerk-{OLD}").get(f"/workbench/relocation/cases/{walks[0].number('out')}").content.decode()
    assert f"批量生成信息表：{COUNT} 件在等" in page
    assert f'href="{SEVERAL}/build"' in page


def test_the_oldest_deadline_comes_first_and_the_next_page_goes_on_behind_it(walks):
    clerk, late = walks[0].staff[OLD]["clerk"], timezone.localdate() - timedelta(days=3)
    CaseTurn.objects.filter(case__number=walks[2].number("out"), role="clerk").update(due_on=late)
    first = actions.queued(step="build", by=clerk, size=2)
    second = actions.queued(step="build", by=clerk, size=2, after=first.next)
    order = [waiting.row.case.number for waiting in (*first.rows, *second.rows)]
    assert order == [walks[n].number("out") for n in (2, 0, 1)]
    assert (first.rows[0].due_on, len(first.rows), second.next) == (late, 2, None)
    page = signed_in(f"clerk-{OLD}").get(f"{SEVERAL}/build?after={first.next.text()}").content.decode()
    assert walks[1].number("out") in page
    assert walks[2].number("out") not in page


def test_a_list_of_many_takes_no_more_statements_than_one_of_few(built, django_assert_max_num_queries):
    reviewer = built[0].staff[OLD]["reviewer"]
    with django_assert_max_num_queries(2):
        page = actions.queued(step="sign", by=reviewer)
        told = [(each.row.person.name, each.row.other, each.table.body["account"]) for each in page.rows]
    assert len(told) == Transfer.objects.filter(stage="table_built").count() == COUNT
