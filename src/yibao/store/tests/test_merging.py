"""A person under two records becomes one, with all payments and every fen."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import crypto, guards, merging, persons, posting, startup, verify
from yibao.store.models import Person

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
POOL = Account(AccountKind.POOL, "500000", "employee")


def account_of(person: Person) -> Account:
    return Account(AccountKind.PERSONAL, "500000", "employee", person.pk)


def credit(person: Person, fen: int) -> None:
    postings = (Posting(POOL, fen), Posting(account_of(person), -fen))
    posting.post(draft=Draft(f"credit {person.pk}", "credit", DAY, postings), at=AT)


def merge(source: Person, target: Person) -> Person:
    return merging.merge_persons(source_id=source.pk, target_id=target.pk, key="m", on=DAY, at=AT)


def test_money_and_history_move_to_the_kept_record_once(make_person: Callable[..., Person]) -> None:
    newborn = make_person(identity="出生证 P500000001", identity_kind="temporary")
    kept = make_person(identity="50010120220301001X")
    credit(newborn, 300)
    credit(kept, 500)
    assert merge(newborn, kept) == merge(newborn, kept) == kept
    assert posting.personal_balance(account_of(kept)) == 800
    assert verify.verify_ledger() == []


def test_an_earlier_duplicate_follows(make_person: Callable[..., Person]) -> None:
    first, second, kept = make_person(), make_person(), make_person()
    merging.merge_persons(source_id=first.pk, target_id=second.pk, key="a", on=DAY, at=AT)
    merge(second, kept)
    assert {person.merged_into_id for person in Person.objects.exclude(pk=kept.pk)} == {kept.pk}


def test_a_record_that_was_merged_is_not_merged_elsewhere(make_person: Callable[..., Person]) -> None:
    source, kept, third = make_person(), make_person(), make_person()
    merge(source, kept)
    for pair in ((source, third), (third, source), (kept, kept)):
        with pytest.raises(Refused, match="not_the_same_person"):
            merge(*pair)


class TestTheStart:
    def test_goes_on_when_guards_and_keys_are_right(self, make_person: Callable[..., Person]) -> None:
        make_person()
        startup.require()

    def test_is_refused_without_guards(self) -> None:
        guards.remove()
        with pytest.raises(startup.NotReady, match="store_entry_balances"):
            startup.require()

    @pytest.mark.parametrize("keys", [("record.key",), ("index.key",)], ids=lambda keys: keys[0])
    def test_is_refused_with_keys_of_another_installation(
        self, make_person: Callable[..., Person], settings, tmp_path: Path, keys: tuple[str, ...]
    ) -> None:
        make_person()
        for name in {"record.key", "index.key"} - set(keys):
            (tmp_path / name).write_bytes((Path(settings.YIBAO_KEYS_DIR) / name).read_bytes())
        settings.YIBAO_KEYS_DIR = tmp_path
        with pytest.raises(startup.NotReady, match="keys"):
            startup.require()


def test_keys_are_readable_by_their_owner_only(settings, tmp_path: Path) -> None:
    settings.YIBAO_KEYS_DIR = tmp_path / "keys"
    persons.with_identity("50010119760301001X")
    crypto.audit_key()
    assert {file.stat().st_mode & 0o777 for file in settings.YIBAO_KEYS_DIR.iterdir()} == {0o600}
    assert settings.YIBAO_KEYS_DIR.stat().st_mode & 0o777 == 0o700
