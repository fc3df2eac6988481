"""Two people, or two clicks, at the same moment."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest
from django.db import connection, connections, transaction

from yibao.batch import worker
from yibao.kernel.errors import Refused
from yibao.services.refund import actions, documents
from yibao.store import verify
from yibao.store.models import CaseAction, JournalTransaction, Payment, Person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run calls in threads that start together; return what each gave or was refused with."""
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


def test_a_double_click_on_submit_submits_once(walk):
    walk.drafted()
    moment = walk.now()

    def click():
        return actions.submit(number=walk.number, key="one", by=walk.citizen, **moment).number

    assert at_once(click, click, click) == [walk.number] * 3
    assert CaseAction.objects.filter(case__number=walk.number, kind="submit").count() == 1


def test_of_two_reviewers_at_once_one_signs(walk):
    walk.accepted()
    seen, moment = walk.seen, walk.now()

    def sign(name):
        def call():
            case = actions.approve(number=walk.number, level=1, seen=seen, by=walk.staff[name], **moment)
            return case.state

        return call

    assert sorted(at_once(sign("reviewer"), sign("reviewer2"))) == ["approved", "wrong_state"]
    assert JournalTransaction.objects.filter(case_number=walk.number).count() == 1


def test_paying_twice_at_once_pays_once(walk):
    walk.approved()
    moment = walk.now()

    def click():
        return actions.pay(number=walk.number, key="one", by=walk.staff["finance"], **moment).pk

    first, second = at_once(click, click)
    assert first == second
    assert Payment.objects.count() == 1


def test_two_desks_with_keys_of_their_own_pay_once(walk):
    walk.approved()
    moment = walk.now()

    def click(key):
        def call():
            return actions.pay(number=walk.number, key=key, by=walk.staff["finance"], **moment).amount_fen

        return call

    assert sorted(map(str, at_once(click("a"), click("b")))) == ["194910", "wrong_state"]
    assert Payment.objects.count() == 1
    assert verify.verify_ledger() == []


def test_withdrawing_while_it_is_paid_does_one_of_the_two(walk):
    walk.approved()
    moment = walk.now()

    def pay():
        return "paid" if actions.pay(number=walk.number, key="a", by=walk.staff["finance"], **moment) else ""

    def withdraw():
        return actions.withdraw(number=walk.number, reason="x", by=walk.citizen, **moment).state

    done = set(at_once(pay, withdraw))
    assert done in ({"paid", "wrong_state"}, {"withdrawn", "wrong_state"})
    assert verify.verify_ledger() == []


def test_slips_are_numbered_once_for_two_clicks(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    moment = walk.now()

    def click():
        return actions.pay(number=walk.number, key="one", by=walk.staff["finance"], **moment).slip_number

    first, second = at_once(click, click)
    assert first == second
    assert walk.case.papers.filter(kind="refund_slip", voided_at=None).count() == 1


def test_while_a_letter_is_typeset_others_write(walk, monkeypatch):
    """A letter takes long to set; the case, the number and the whole database stay free for everybody else."""
    walk.submitted().accept()
    typeset, written = documents.typeset, []

    def slow(**given):
        def write():
            try:
                with transaction.atomic():
                    Person.objects.filter(pk=walk.case.person_id).update(phone="19900000009")
                    type(walk.case).objects.select_for_update().get(number=walk.number)
                    written.append(walk.number)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(write).result(timeout=20)
        return typeset(**given)

    monkeypatch.setattr(documents, "typeset", slow)
    paper = actions.make_paper(number=walk.number, kind="acceptance_receipt", by=walk.staff["clerk"], **walk.now())
    assert written == [walk.number]
    assert paper.size > 0


WRITE = """
import sys
from yibao.cli.django_setup import prepare
prepare()
from django.db import connection, transaction
from yibao.store.models import Case, Person
if connection.vendor == "sqlite":
    connection.settings_dict["OPTIONS"]["timeout"] = 0
else:
    connection.cursor().execute("SET lock_timeout = 1")
for number in sys.stdin:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(number=number.strip())
        Person.objects.filter(pk=case.person_id).update(phone="19900000009")
    print("written", flush=True)
"""


@pytest.fixture
def elsewhere(db, settings, monkeypatch):
    """Write to a case and its person from another process, which waits for no lock at all."""
    there = {
        "sqlite": "sqlite:///{NAME}",
        "postgresql": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}",
    }
    address = there[connection.vendor].format(**connection.settings_dict)
    monkeypatch.setenv("YIBAO_DATABASE_URL", address)
    monkeypatch.setenv("YIBAO_HOME", str(settings.YIBAO_HOME))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WRITE], **pipes) as other:
        turn = Lock()

        def write(number: str) -> str:
            with turn:
                other.stdin.write(f"{number}\n")
                other.stdin.flush()
                return other.stdout.readline().strip()

        yield write
        other.stdin.close()


def test_while_the_worker_typesets_no_transaction_is_open_and_another_process_writes(
    chen, record, make_walk, elsewhere, monkeypatch
):
    """Each of the letters of one look: the worker holds nothing while Typst is at work."""
    people = [chen, *(record.chen(f"50011219760301{tail}") for tail in ("2007", "2015"))]
    numbers = [make_walk(person).approved().number for person in people]
    own, typeset, seen = connections["default"], documents.typeset, []

    def watched(**given):
        seen.append((own.in_atomic_block, elsewhere(given["stamp"].case_number)))
        return typeset(**given)

    monkeypatch.setattr(documents, "typeset", watched)
    now = make_walk(chen).now()
    done = worker.look(name="test", on=now["on"], at=now["at"].replace(hour=23))
    assert done.failures == []
    # Of each case the application form, the receipt and the decision.
    assert sorted(done.letters) == sorted(numbers * 3)
    assert seen == [(False, "written")] * len(done.letters)
