"""A posting that is written along with other rows says and refuses what one by itself does."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import posting, ready, verify
from yibao.store.models import Entry, IdempotencyKey, JournalTransaction, LedgerAccount, Outbox

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
BANK = Account(AccountKind.BANK, "500000", "employee")
POOL = Account(AccountKind.POOL, "500000", "employee")


def draft(key: str, fen: int = 7) -> Draft:
    return Draft(key, "test", DAY, (Posting(POOL, fen), Posting(BANK, -fen)))


def along(one: Draft) -> int:
    """Write a posting along with a job; return how many statements it took."""
    writes = ready.Writes()
    with CaptureQueriesContext(connection) as captured:
        posted = posting.post_along(draft=one, at=AT, writes=writes)
        writes.insert([ready.new(Outbox, kind="test", case_number=one.key, data={}, due_at=AT)])
        writes.send()
        posted()
    return len(captured)


def refused(one: Draft) -> str:
    with pytest.raises(Refused) as raised, transaction.atomic():
        along(one)
    return raised.value.refusal.code


def test_a_posting_that_goes_along_is_the_one_posted_by_itself():
    posting.post(draft=draft("alone"), at=AT)
    taken = along(draft("along"))
    alone, other = JournalTransaction.objects.order_by("id")
    assert posting.draft_of(other).postings == posting.draft_of(alone).postings == draft("").postings
    assert (other.key, other.posted_at, other.reverses_id) == ("along", AT, None)
    held = IdempotencyKey.objects.in_bulk(field_name="key")
    assert {key: row.answer for key, row in held.items()} == {"journal/alone": "alone", "journal/along": "along"}
    # By itself again it is found, so the key was written as a posting by itself writes it.
    assert posting.post(draft=draft("along"), at=AT) == other
    assert verify.verify_ledger() == []
    assert (taken == 2) is (connection.vendor == "postgresql")


def test_the_first_posting_opens_its_accounts():
    along(draft("first"))
    assert LedgerAccount.objects.count() == 2
    assert Entry.objects.count() == 2


def test_the_same_posting_again_is_not_written_twice():
    along(draft("one"))
    along(draft("one"))
    assert (JournalTransaction.objects.count(), Entry.objects.count()) == (1, 2)


def test_another_posting_under_its_key_is_refused():
    along(draft("one"))
    assert refused(draft("one", 8)) == "key_reused"


def test_a_closed_account_and_a_closed_month_are_refused():
    along(draft("one"))
    LedgerAccount.objects.filter(code=BANK.code).update(closed_on=DAY)
    assert refused(draft("two")) == "account_closed"
    LedgerAccount.objects.update(closed_on=None)
    posting.close_period(region="500000", month=Month.of(DAY), by=Actor.system(), at=AT)
    assert refused(draft("three")) == "period_closed"
    assert JournalTransaction.objects.count() == 1
