"""Many at once: nothing is spent twice, signed twice, numbered twice or lost."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, connections

from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import cases, counting, figures, keys, numbers, posting, verify
from yibao.store.models import CaseAction, CaseSignature, CountedDay, DayFigure, JournalTransaction

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
POOL = Account(AccountKind.POOL, "500000", "employee")


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in threads of their own, started together; return each result or refusal code."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            results[place] = work()
        except Refused as refused:
            results[place] = refused.refusal.code
        except Exception as error:  # A broken thread must show in the result, not vanish.
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def account_of(person) -> Account:
    return Account(AccountKind.PERSONAL, "500000", "employee", person.pk)


def post(key: str, *postings: Posting) -> JournalTransaction:
    return posting.post(draft=Draft(key, "test", DAY, postings), at=AT)


def move(key: str, source: Account, target: Account, fen: int) -> JournalTransaction:
    return post(key, Posting(source, fen), Posting(target, -fen))


def test_two_claims_of_800_against_1000_never_overspend(make_person) -> None:
    mine = account_of(make_person())
    for turn in range(5):
        move(f"credit {turn}", POOL, mine, 1000 - posting.personal_balance(mine))
        claims = [lambda n=n, turn=turn: move(f"claim {turn} {n}", mine, POOL, 800) for n in range(4)]
        results = at_once(*claims)
        assert sorted(map(str, results)).count("balance_too_low") == 3, results
        assert posting.personal_balance(mine) == 200
    assert verify.verify_ledger() == []


def test_one_key_posted_from_many_sides_is_one_transaction(make_person) -> None:
    mine = account_of(make_person())
    results = at_once(*[lambda: move("one", POOL, mine, 500).pk for _ in range(4)])
    assert len(set(results)) == 1, results
    assert JournalTransaction.objects.count() == 1
    assert posting.personal_balance(mine) == 500


def test_money_going_both_ways_between_two_accounts_blocks_nobody(make_person) -> None:
    one, other = account_of(make_person()), account_of(make_person())
    move("a", POOL, one, 1000)
    move("b", POOL, other, 1000)

    def there_and_back(name: str, source: Account, target: Account) -> int:
        return len([move(f"{name} {n}", source, target, 10) for n in range(10)])

    works = [lambda: there_and_back("there", one, other), lambda: there_and_back("back", other, one)]
    assert at_once(*works) == [10, 10]
    assert verify.verify_ledger() == []


def test_two_reversals_of_one_transaction_undo_it_once(make_person) -> None:
    made = move("credit", POOL, account_of(make_person()), 500)
    results = at_once(
        *[
            lambda n=n: posting.reverse(transaction_id=made.pk, key=f"back {n}", accounting_date=DAY, at=AT).kind
            for n in range(2)
        ]
    )
    assert sorted(results) == ["already_reversed", "test.reversal"]


def test_two_reviewers_pressing_approve_at_once_sign_once(desk, make_person, staff) -> None:
    number = desk.accepted(make_person()).number
    reviewers = [staff(f"reviewer {n}", "reviewer") for n in range(3)]
    results = at_once(
        *[
            lambda by=by: cases.act(number=number, kind="approve", by=by, at=AT, on=DAY, seen="e1").state
            for by in reviewers
        ]
    )
    assert sorted(results) == ["approved", "wrong_state", "wrong_state"]
    assert CaseSignature.objects.count() == 1
    assert verify.verify_audit() == []


def test_steps_of_many_keep_one_chain(desk, make_person, staff) -> None:
    number = desk.accepted(make_person()).number
    colleagues = [staff(f"colleague {n}", "reviewer") for n in range(4)]
    results = at_once(
        *[lambda by=by: cases.act(number=number, kind="note", by=by, at=AT, on=DAY).number for by in colleagues]
    )
    assert results == [number] * 4
    assert CaseAction.objects.count() == 7
    assert verify.verify_audit() == []


def test_a_double_click_takes_effect_once(desk, make_person) -> None:
    person = make_person()
    by = desk.citizen(person)

    def submit() -> str:
        with keys.once(key="click", content={"person": str(person.pk)}, at=AT) as slot:
            if not slot.repeated:
                number = f"C{threading.get_ident()}"
                cases.open_case(
                    number=number, service="refund", region="500112", person_id=person.pk, by=by, at=AT, on=DAY
                )
                slot.answer = number
        return slot.answer

    assert len(set(at_once(submit, submit, submit))) == 1
    assert CaseAction.objects.count() == 1


def test_numbers_are_given_once() -> None:
    given = at_once(*[lambda: [numbers.next_number("case/CQ/2023") for _ in range(5)] for _ in range(4)])
    assert sorted(number for some in given for number in some) == list(range(1, 21))


def test_the_figures_of_a_day_are_right_while_two_write_and_one_counts_and_reads(desk, make_person) -> None:
    each, closed_on = 4, date(2023, 2, 11)
    people = [make_person() for _ in range(2 * each)]
    seen: list[int] = []

    def write(side: int) -> Callable[[], None]:
        own = people[side * each : (side + 1) * each]
        return lambda: [desk.submitted(one, number=f"W{side}-{place}") for place, one in enumerate(own)] and None

    def submitted() -> int:
        found = figures.of_period(region="500000", first=DAY, last=DAY, on=closed_on, at=AT)
        return sum(found.steps["submit"].values())

    def read() -> None:
        while not seen or seen[-1] < len(people):
            assert len(seen) < 2000, "what was written is never seen"
            seen.append(submitted())
            counting.close(days=[DAY], at=AT)

    results = at_once(write(0), write(1), read)
    assert results == [None, None, None]
    assert seen == sorted(seen)
    counting.close_due(on=closed_on, at=AT)
    assert CountedDay.objects.filter(day=DAY).exists()
    assert (submitted(), DayFigure.objects.get(day=DAY, kind="submit").number) == (len(people), len(people))
    assert counting.faults() == []
