"""The journal: once per key, never below zero, closed months closed, corrections only as reversals."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.ledger import recipes
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import posting
from yibao.store.models import (
    AccountCredit,
    Contribution,
    ContributionPart,
    Enrolment,
    Entry,
    JournalTransaction,
    LedgerAccount,
    Person,
    PersonalAccountBalance,
)

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
BANK = Account(AccountKind.BANK, "500000", "employee")
POOL = Account(AccountKind.POOL, "500000", "employee")


def person(identity: str = "50010119760301001X", merged_into: Person | None = None) -> Person:
    return Person.objects.create(
        identity=identity, name="张三", sex="M", born=date(1976, 3, 1), region="500000", merged_into=merged_into
    )


def account_of(one: Person) -> Account:
    return Account(AccountKind.PERSONAL, "500000", "employee", one.pk)


def draft(key: str, *postings: Posting, kind: str = "test", on: date = DAY) -> Draft:
    return Draft(key, kind, on, postings)


def credit(one: Person, fen: int, key: str = "credit") -> JournalTransaction:
    return posting.post(draft=draft(key, Posting(POOL, fen), Posting(account_of(one), -fen)), at=AT)


def spend(one: Person, fen: int, key: str = "spend") -> JournalTransaction:
    return posting.post(draft=draft(key, Posting(account_of(one), fen), Posting(BANK, -fen)), at=AT)


def refused(code: str, act: Callable[[], object]) -> None:
    before = (JournalTransaction.objects.count(), Entry.objects.count())
    balances = list(PersonalAccountBalance.objects.order_by("pk").values_list())
    with pytest.raises(Refused) as raised:
        act()
    assert raised.value.refusal.code == code
    assert (JournalTransaction.objects.count(), Entry.objects.count()) == before
    assert list(PersonalAccountBalance.objects.order_by("pk").values_list()) == balances


class TestPosting:
    def test_moves_money_between_accounts(self) -> None:
        one = person()
        credit(one, 1000)
        spend(one, 800)
        assert posting.personal_balance(account_of(one)) == 200
        assert posting.balance(account_of(one)) == 200
        assert posting.balance(BANK) == -800

    def test_takes_effect_once_however_often_it_arrives(self) -> None:
        one = person()
        assert credit(one, 1000) == credit(one, 1000)
        assert posting.personal_balance(account_of(one)) == 1000

    def test_refuses_other_content_under_a_used_key(self) -> None:
        one = person()
        credit(one, 1000)
        refused("key_reused", lambda: credit(one, 1001))

    def test_never_takes_a_personal_account_below_zero(self) -> None:
        one = person()
        credit(one, 1000)
        refused("balance_too_low", lambda: spend(one, 1001))
        spend(one, 1000)
        assert posting.personal_balance(account_of(one)) == 0

    def test_flags_a_negative_balance_that_is_taken_over_and_only_lets_it_rise(self) -> None:
        one = person()
        taken_over = draft("import", Posting(account_of(one), 300), Posting(POOL, -300))
        posting.post(draft=taken_over, at=AT, importing=True)
        assert PersonalAccountBalance.objects.get().imported_negative
        refused("balance_too_low", lambda: spend(one, 1))
        credit(one, 100, "part")
        assert PersonalAccountBalance.objects.get().imported_negative
        credit(one, 200, "rest")
        assert not PersonalAccountBalance.objects.get().imported_negative

    def test_refuses_a_closed_month(self) -> None:
        posting.close_period(region="500000", month=Month.of(DAY), by=Actor.system(), at=AT)
        refused("period_closed", lambda: credit(person(), 5))
        later = draft("later", Posting(BANK, 5), Posting(POOL, -5), on=date(2023, 3, 1))
        assert posting.post(draft=later, at=AT).accounting_date == date(2023, 3, 1)

    def test_uses_few_statements(self, django_assert_max_num_queries) -> None:
        one = person()
        credit(one, 1000)
        spend(one, 5, "first")
        with django_assert_max_num_queries(9):
            spend(one, 5)

    def test_the_database_refuses_a_negative_balance_without_the_flag(self) -> None:
        credit(person(), 5)
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonalAccountBalance.objects.update(balance_fen=-1)


class TestAReversal:
    def test_undoes_a_transaction_and_points_at_it(self) -> None:
        one = person()
        made = credit(one, 1000)
        back = posting.reverse(transaction_id=made.pk, key="back", accounting_date=DAY, at=AT, memo="误记")
        assert back.reverses == made
        assert posting.personal_balance(account_of(one)) == 0
        assert posting.reverse(transaction_id=made.pk, key="back", accounting_date=DAY, at=AT, memo="误记") == back

    def test_happens_once(self) -> None:
        made = credit(person(), 1000)
        posting.reverse(transaction_id=made.pk, key="back", accounting_date=DAY, at=AT)
        refused(
            "already_reversed",
            lambda: posting.reverse(transaction_id=made.pk, key="again", accounting_date=DAY, at=AT),
        )

    def test_is_refused_when_the_person_has_spent_the_money(self) -> None:
        one = person()
        made = credit(one, 1000)
        spend(one, 400)
        refused(
            "balance_too_low", lambda: posting.reverse(transaction_id=made.pk, key="back", accounting_date=DAY, at=AT)
        )


class TestMergingTwoAccounts:
    def merge(self, source: Person, target: Person, key: str = "merge") -> JournalTransaction | None:
        return posting.merge_personal_accounts(
            source=account_of(source), target=account_of(target), key=key, on=DAY, at=AT
        )

    def test_moves_the_whole_balance_in_one_transaction_and_closes_the_duplicate(self) -> None:
        kept = person()
        duplicate = person("500101197603010028", merged_into=kept)
        credit(kept, 500)
        credit(duplicate, 300, "other")
        made = self.merge(duplicate, kept)
        assert made is not None
        assert made.entries.count() == 2
        assert posting.personal_balance(account_of(kept)) == 800
        assert posting.personal_balance(account_of(duplicate)) == 0
        refused("account_closed", lambda: credit(duplicate, 5, "late"))

    def test_happens_once_under_its_key(self) -> None:
        kept = person()
        duplicate = person("500101197603010028", merged_into=kept)
        credit(duplicate, 300)
        assert self.merge(duplicate, kept) == self.merge(duplicate, kept)
        refused("account_closed", lambda: self.merge(duplicate, kept, "second"))

    def test_refuses_accounts_of_two_persons(self) -> None:
        one, other = person(), person("500101197603010028")
        credit(one, 300)
        credit(other, 300, "other")
        refused("not_the_same_person", lambda: self.merge(one, other))

    def test_closes_an_empty_duplicate_without_a_transaction(self) -> None:
        kept = person()
        duplicate = person("500101197603010028", merged_into=kept)
        credit(duplicate, 300)
        spend(duplicate, 300)
        assert self.merge(duplicate, kept) is None
        assert LedgerAccount.objects.get(code=account_of(duplicate).code).closed_on == DAY


def contribution(one: Person, amount_fen: int | None = 587400) -> Contribution:
    enrolment = Enrolment.objects.create(
        person=one, scheme="employee", category="individual", tier=2, region="500000", start=date(2023, 1, 1)
    )
    january = Month(2023, 1).index
    made = Contribution.objects.create(
        enrolment=enrolment,
        kind="annual",
        first_month=january,
        end_month=january + 12,
        paid_on=date(2023, 1, 5),
        amount_fen=amount_fen,
        payer="person",
    )
    AccountCredit.objects.create(contribution=made, first_month=january, end_month=january + 12, amount_fen=16465)
    return made


class TestContributionsThatCameIn:
    def record(self) -> int:
        return posting.record_contributions(contributions=Contribution.objects.all(), on=DAY, at=AT)

    def test_stand_in_bank_funds_and_account(self) -> None:
        one = person()
        made = contribution(one)
        for fund, fen in (("pool", 489500), ("large_claim", 97900)):
            ContributionPart.objects.create(contribution=made, fund=fund, payer="person", amount_fen=fen)
        assert self.record() == 1
        assert posting.balance(BANK) == 587400
        # January and February have begun by the tenth of February.
        assert posting.personal_balance(account_of(one)) == 2 * 16465
        assert posting.balance(POOL) == 489500 - 2 * 16465

    def test_are_posted_once(self) -> None:
        contribution(person())
        assert (self.record(), self.record()) == (1, 0)

    def test_with_an_account_part_and_credits_are_refused_and_nothing_is_posted(self) -> None:
        made = contribution(person())
        for fund, fen in (("pool", 489500), ("account", 97900)):
            ContributionPart.objects.create(contribution=made, fund=fund, payer="person", amount_fen=fen)
        with pytest.raises(Refused) as no:
            self.record()
        assert (no.value.refusal.code, no.value.refusal.details) == ("account_counted_twice", (str(made.pk),))
        assert posting.balance(BANK) == 0
        AccountCredit.objects.all().delete()
        assert self.record() == 1
        assert posting.balance(BANK) == 587400

    def test_of_unknown_amount_are_passed_over(self) -> None:
        contribution(person(), amount_fen=None)
        assert self.record() == 0


def test_many_postings_are_a_few_statements(django_assert_max_num_queries) -> None:
    drafts = [draft(f"k{n}", Posting(BANK, 1 + n), Posting(POOL, -1 - n)) for n in range(400)]
    with django_assert_max_num_queries(20):
        assert posting.post_many(drafts=drafts, at=AT) == 400
    assert posting.post_many(drafts=drafts, at=AT) == 0
    assert posting.balance(BANK) == sum(range(1, 401))


def test_many_postings_refuse_a_key_with_other_content() -> None:
    posting.post_many(drafts=[draft("k", Posting(BANK, 1), Posting(POOL, -1))], at=AT)
    refused("key_reused", lambda: posting.post_many(drafts=[draft("k", Posting(BANK, 2), Posting(POOL, -2))], at=AT))


def test_a_checkpoint_and_the_entries_after_it_give_the_same_balance() -> None:
    paid = recipes.refund_paid(region="500000", scheme="employee", amount_fen=700)
    posting.post(draft=Draft("one", "refund_paid", DAY, paid), at=AT)
    assert posting.checkpoint("500000") == 2
    posting.post(draft=Draft("two", "refund_paid", DAY, paid), at=AT)
    assert posting.balance(BANK) == -1400
