"""What it takes to apply: few statements, whoever applies and wherever."""

import pytest
from django.db import connection

from yibao.kernel.errors import Refused
from yibao.services.relocation import actions
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk, make_person
from yibao.store import exchange
from yibao.store.models import OutboxMessage

pytestmark = pytest.mark.django_db
MOST = {"postgresql": 9, "sqlite": 26}


@pytest.mark.parametrize("at_old", [False, True])
def test_an_application_takes_nine_statements_on_a_server_at_either_place(staff, at_old):
    walk = Walk(make_person(), staff, at_old=at_old)
    sent = []

    def counted(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        walk.submitted()
    assert OutboxMessage.objects.get().thread == walk.thread
    assert len(sent) <= MOST[connection.vendor], sent


def test_a_request_that_was_said_before_is_not_said_again_and_nothing_changes(staff):
    walk = Walk(make_person(), staff).drafted()
    exchange.send(
        thread=walk.thread, kind="transfer.request", body={"a": 1}, sender=NEW, receiver=OLD,
        key=f"{walk.thread}/in/transfer.request/", at=walk.now()["at"],
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
    assert no.value.refusal.code == "key_reused"
    row = Transfer.objects.select_related("case").get(case__number=walk.thread)
    assert (row.stage, row.live, row.case.state, row.checks) == ("draft", False, "draft", {})


def test_what_is_on_record_is_the_same_read_alone_and_with_others(staff):
    people = [make_person("500112197603011995"), make_person("500112197603021990", balance=BALANCE + 1)]
    sides = [
        Transfer(person=person, thread=f"T{n}", side=side, place=place, source=OLD, target=NEW, applied_here=True)
        for n, person in enumerate(people)
        for side, place in (("out", OLD), ("in", NEW))
    ]
    on = Walk(people[0], staff).now()["on"]
    looking.gather(sides, on=on)
    together = [(each.known.balance_fen, each.known.owed_fen, each.known.bank) for each in sides]
    for each in sides:
        del each.known
    alone = [looking.known(each, on=on) for each in sides]
    assert together == [(one.balance_fen, one.owed_fen, one.bank) for one in alone]
    assert [one[0] for one in together] == [BALANCE, 0, BALANCE + 1, 0]
    assert [one[2] is None for one in together] == [True, False, True, False]
    assert looking.gather([], on=on) == []
