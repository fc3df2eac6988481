"""Contents go when their time has passed; rows, hashes, chains and whatever is open stay."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.contrib.sessions.models import Session

from yibao.casework.actors import Actor
from yibao.cli import main
from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.store import cases, documents, keys, own_data, papers, posting, retention, verify
from yibao.store.models import (
    Case,
    DataCopy,
    Document,
    IdempotencyKey,
    IssuedPaper,
    Outbox,
    PromiseLetter,
    Representation,
    Unit,
    UnitAgent,
)

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = AT.date()
LATER = AT + timedelta(days=400)
MUCH_LATER = AT + timedelta(days=800)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def draft(make_person, citizen) -> Case:
    one = make_person()
    by = citizen(one)
    return cases.open_case(number="D1", service="refund", region="500112", person_id=one.pk, by=by, at=AT, on=DAY)


def add(case: Case, content: bytes, at: datetime = AT) -> Document:
    return documents.add(
        case=case, material="bank_card", name="张三.png", content_type="image/png", content=content,
        by=Actor.system(), at=at,
    )  # fmt: skip


def counts(at: datetime, *, dry: bool = False) -> dict[str, int]:
    return {gone.rule.code: gone.count for gone in retention.run(at=at, dry=dry) if gone.count}


def test_papers_of_a_draft_left_alone_go_and_their_hash_stays(draft):
    held = add(draft, b"card")
    assert counts(AT + timedelta(days=100)) == {}
    before = held.sha256
    assert counts(LATER, dry=True) == {"files": 1}
    assert documents.content(held) == b"card"
    assert counts(LATER) == {"files": 1}
    held.refresh_from_db()
    assert (held.sha256, held.name, held.purged_at, held.removed_at) == (before, "", LATER, LATER)
    with pytest.raises(documents.FileDamaged):
        documents.content(held)
    assert verify.verify_audit() == []
    assert counts(LATER) == {}


def test_an_open_case_is_not_touched(desk, make_person):
    case = desk.submitted(make_person())
    kept, taken_back = add(case, b"kept"), add(case, b"taken back")
    documents.remove(document_id=taken_back.pk, at=AT)
    assert counts(LATER) == {}
    Case.objects.filter(pk=case.pk).update(state="completed", closed_on=DAY)
    assert counts(LATER) == {"files": 1}
    assert documents.content(kept) == b"kept"


def test_a_file_that_another_case_shows_too_stays(draft, desk, make_person):
    add(draft, b"the same")
    other = add(desk.submitted(make_person()), b"the same")
    assert counts(LATER) == {"files": 1}
    assert documents.content(other) == b"the same"
    assert verify.verify_audit() == []


def test_a_promise_letter_goes_after_its_years_and_not_while_it_is_looked_at(desk, make_person):
    case = desk.submitted(make_person())
    paper = papers.issue(
        case=case, kind="promise_letter", number="P1", check_code="ABC", content=b"pdf", by=Actor.system(), at=AT,
        on=DAY,
    )  # fmt: skip
    letter = PromiseLetter.objects.create(
        number="P1", case=case, person=case.person, service="refund", region="500112", material="bank_card",
        paper=paper, signer="张三", signed_at=AT, signed_on=DAY, keep_until=DAY + timedelta(days=730),
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(state="completed", closed_on=DAY)
    assert counts(LATER) == {}
    check = letter.checks.create(drawn_on=DAY)
    assert counts(MUCH_LATER) == {}
    check.outcome = "kept"
    check.save()
    assert counts(MUCH_LATER) == {"promises": 1}
    with pytest.raises(Refused) as refused:
        papers.content(IssuedPaper.objects.get())
    assert refused.value.refusal.code == "paper_deleted"
    # The test closed the case by hand; of files nothing is told.
    assert [fault for fault in verify.verify_audit() if "文件" in fault] == []


def test_sessions_work_copies_and_orphans_go(make_person, citizen, settings):
    person = make_person()
    Session.objects.create(session_key="a", expire_date=AT)
    Session.objects.create(session_key="b", expire_date=MUCH_LATER)
    Outbox.objects.create(kind="refund.paper", due_at=AT, done_at=AT)
    Outbox.objects.create(kind="refund.paper", due_at=AT)
    own_data.make(copy_id=own_data.ask(person_id=person.pk, by=citizen(person), at=AT).pk, at=AT)
    digest = DataCopy.objects.get().sha256
    lost = documents.path_of(documents.put(b"nobody's"))
    # The file is as old as the test; only a moment well after today makes it left behind.
    assert counts(LATER) == {"sessions": 1, "work": 1, "copies": 1}
    assert not documents.path_of(digest).exists()
    assert counts(datetime.now(UTC) + timedelta(days=2)) == {"sessions": 1, "orphans": 1}
    assert not lost.exists()
    assert Outbox.objects.filter(done_at=None).count() == 2


def test_papers_by_which_somebody_acts_for_another_stay(make_person):
    one, other = make_person(), make_person()
    now = {"start": DAY, "end": LATER.date()}
    right = Representation.objects.create(
        **now, kind="proxy", representative=one, represented=other, paper_sha256=documents.put(b"authorised"),
        paper_type="application/pdf", asked_at=AT,
    )  # fmt: skip
    unit = Unit.objects.create(name="某公司", credit_code="91500000MA5U00000X", region="500000")
    agent = UnitAgent.objects.create(
        **now, unit=unit, agent=one, paper_sha256=documents.put(b"letter"), paper_type="application/pdf",
        recorded_at=AT, recorded_by="1",
    )  # fmt: skip
    assert counts(datetime.now(UTC) + timedelta(days=2)) == {}
    assert [documents.get(row.paper_sha256) for row in (right, agent)] == [b"authorised", b"letter"]
    assert verify.verify_audit() == []
    for row in (right, agent):
        documents.path_of(row.paper_sha256).unlink()
    gone = verify.verify_audit()
    assert [f"right {right.pk} is gone" in gone[0], f"unit {agent.pk} is gone" in gone[1]] == [True, True]


def test_every_column_that_names_a_file_is_asked_before_a_file_goes():
    named = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("sha256")
    }
    # Texts of rules and decisions lie in the database; of a bank's message and a token only the hash is kept.
    no_file = {"PackVersion", "StoredDecision", "BankMessage", "ApiToken"}
    assert {(model, name) for model, name in named if model.__name__ not in no_file} == set(retention.HOLDERS)


def test_the_command_lists_before_it_deletes(draft):
    held = add(draft, b"card")
    listed = CliRunner().invoke(main, ["retention", "--dry-run"])
    assert (listed.exit_code, "D1 bank_card" in listed.output) == (0, True)
    assert documents.content(held) == b"card"
    assert CliRunner().invoke(main, ["retention"]).exit_code == 0
    with pytest.raises(documents.FileDamaged):
        documents.content(held)


def test_keys_of_requests_go_after_their_time_and_those_that_guard_money_stay(settings, make_person):
    settings.YIBAO_KEEP_KEY_DAYS = 30
    for name, passing in (("submit/1", True), ("pay/1", False)):
        with keys.once(key=name, content={}, at=AT, passing=passing) as slot:
            slot.answer = "done"
    pool, bank = (Account(kind, "500000", "employee") for kind in (AccountKind.POOL, AccountKind.BANK))
    posting.post(draft=Draft("t1", "credit", DAY, (Posting(pool, 5), Posting(bank, -5))), at=AT)
    assert counts(AT + timedelta(days=30)) == {}
    with keys.once(key="submit/1", content={}, at=AT + timedelta(days=30)) as slot:
        assert (slot.repeated, slot.answer) == (True, "done")
    assert counts(AT + timedelta(days=31), dry=True) == {"keys": 1}
    assert counts(AT + timedelta(days=31)) == {"keys": 1}
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"pay/1", "journal/t1"}
    assert counts(MUCH_LATER) == {}
