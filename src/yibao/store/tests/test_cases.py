"""Actions are chained, the projection is written beside them, and a refused step changes nothing."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.errors import Refused
from yibao.store import audit_log, cases, chains, documents, keys, numbers, packs, papers, persons
from yibao.store.models import Case, CaseAction, CaseClock, CaseSignature, CaseTurn, IdempotencyKey, Person, ReadLog

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)


def act(number: str, kind: str, by, **more) -> Case:
    return cases.act(number=number, kind=kind, by=by, at=AT, on=DAY, **more)


class TestACase:
    def test_goes_from_application_to_money(self, desk, make_person, staff) -> None:
        number = desk.accepted(make_person()).number
        act(number, "approve", staff("reviewer", "reviewer"), seen="e1")
        act(number, "pay", staff("finance", "finance"))
        case = act(number, "confirm_paid", staff("finance", "finance"))
        assert (case.state, case.closed_on, case.action_count) == ("completed", DAY, 6)
        assert [action.kind for action in cases.timeline(number)] == [
            "open", "submit", "accept", "approve", "pay", "confirm_paid",
        ]  # fmt: skip
        assert CaseTurn.objects.count() == 0
        assert CaseClock.objects.get().finished_on == DAY

    def test_chains_every_action_to_the_one_before(self, desk, make_person) -> None:
        case = desk.accepted(make_person())
        first, second, third = cases.timeline(case.number)
        assert (first.previous_hash, second.previous_hash) == ("", first.hash)
        assert (third.previous_hash, case.chain_hash) == (second.hash, third.hash)

    def test_shows_deadline_amount_turn_and_signature(self, desk, make_person, staff) -> None:
        number = desk.accepted(make_person()).number
        case = cases.get(number)
        assert (case.due_on, case.amount_fen, case.level) == (date(2023, 3, 10), 194910, 1)
        assert [turn.role for turn in case.turns.all()] == ["reviewer"]
        act(number, "approve", staff("reviewer", "reviewer"), seen="e1")
        assert CaseSignature.objects.get().user.username == "reviewer"

    def test_changes_nothing_when_a_step_is_refused(self, desk, make_person, staff) -> None:
        number = desk.accepted(make_person()).number
        before = Case.objects.filter(number=number).values().get()
        with pytest.raises(Refused) as refused:
            act(number, "approve", staff("clerk", "clerk", "reviewer"), seen="e1")
        assert refused.value.refusal.code == "two_person_rule"
        assert Case.objects.filter(number=number).values().get() == before
        assert CaseAction.objects.count() == 3

    def test_refuses_an_approval_of_evidence_that_is_no_longer_there(self, desk, make_person, staff) -> None:
        number = desk.accepted(make_person()).number
        with pytest.raises(Refused) as refused:
            act(number, "approve", staff("reviewer", "reviewer"), seen="e0")
        assert (refused.value.refusal.code, refused.value.refusal.status) == ("evidence_changed", 409)

    def test_a_citizen_takes_no_step_of_the_system_on_their_own_approved_case(self, desk, make_person, staff) -> None:
        person = make_person()
        number = desk.accepted(person).number
        act(number, "approve", staff("reviewer", "reviewer"), seen="e1")
        for kind in ("complete", "evidence_changed", "escalate"):
            with pytest.raises(Refused) as refused:
                act(number, kind, Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED))
            assert refused.value.refusal.code == "not_your_role"
        assert cases.get(number).state == "approved"

    def test_notices_that_its_chain_was_cut(self, desk, make_person, staff) -> None:
        number = desk.accepted(make_person()).number
        Case.objects.filter(number=number).update(chain_hash="0" * 64)
        with pytest.raises(chains.ChainBroken):
            act(number, "take", staff("reviewer", "reviewer"))

    def test_takes_few_statements(self, desk, make_person, staff, django_assert_max_num_queries) -> None:
        number = desk.accepted(make_person()).number
        reviewer = staff("reviewer", "reviewer")
        with django_assert_max_num_queries(10):
            act(number, "approve", reviewer, seen="e1")

    def test_that_does_not_exist_is_a_refusal(self, staff) -> None:
        with pytest.raises(Refused) as refused:
            act("C404", "take", staff("reviewer", "reviewer"))
        assert refused.value.refusal.status == 404

    def test_cannot_be_signed_twice_by_one_person_even_past_the_code(self, desk, make_person, staff) -> None:
        case = desk.accepted(make_person())
        user = get_user_model().objects.get(pk=staff("reviewer").user_id)
        signature = {"case": case, "round": 1, "user": user, "at": AT, "evidence_hash": "e1"}
        CaseSignature.objects.create(level=1, role="reviewer", **signature)
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseSignature.objects.create(level=2, role="city_hrss", **signature)

    def test_keeps_its_decision_and_the_sealed_file_it_was_made_from(self, desk, make_person) -> None:
        case = desk.accepted(make_person())
        packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
        cases.record_decision(
            case=case, service="refund", decided_on=DAY, pack_version="v1", evidence_hash="e1",
            case_file={"service": "refund"}, canonical={"decision": "refund"}, outcome="refund",
            amount_fen=194910, at=AT,
        )  # fmt: skip
        kept = cases.decision(case.number)
        assert kept is not None
        assert (kept.case_file, kept.canonical) == ('{"service":"refund"}', {"decision": "refund"})


class TestAPerson:
    def test_is_found_by_the_whole_number_only(self, make_person) -> None:
        one = make_person(identity="50010119760301001x")
        assert persons.find(identity=" 50010119760301001X") == one
        assert persons.find(identity="5001011976030100") is None

    def test_is_sealed_in_the_database(self, make_person) -> None:
        one = make_person(identity="50010119760301001X", phone="13800000000")
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT identity, name, phone, identity_index, phone_index FROM store_person")
            row = cursor.fetchone()
        stored = b"".join(bytes(value) if not isinstance(value, str) else value.encode() for value in row)
        assert not any(plain.encode() in stored for plain in ("50010119760301001X", "张三", "13800000000"))
        assert (Person.objects.get().name, Person.objects.get().phone) == ("张三", "13800000000")
        assert Person.objects.get(persons.with_phone("138 0000 0000")) == one

    def test_is_not_two_persons(self, make_person) -> None:
        make_person(identity="50010119760301001X")
        with pytest.raises(IntegrityError), transaction.atomic():
            make_person(identity="50010119760301001x")

    def test_can_be_made_many_at_once(self) -> None:
        Person.objects.bulk_create(
            Person(identity=f"T{n}", identity_kind="temporary", name="某", sex="F", born=DAY, region="500000")
            for n in range(3)
        )
        assert persons.find(identity="T2", kind="temporary") is not None


class TestARequestKey:
    def test_takes_effect_once_and_gives_the_stored_answer_again(self) -> None:
        def ask(number: str) -> str:
            with keys.once(key="k", content={"a": 1}, at=AT) as slot:
                if not slot.repeated:
                    slot.answer = {"number": number}
            return slot.answer["number"]

        assert (ask("C1"), ask("C2")) == ("C1", "C1")

    def test_is_refused_with_other_content(self) -> None:
        with keys.once(key="k", content={"a": 1}, at=AT):
            pass
        with pytest.raises(Refused, match="key_reused"), keys.once(key="k", content={"a": 2}, at=AT):
            pass

    def test_is_free_again_when_the_work_failed(self) -> None:
        with pytest.raises(RuntimeError), keys.once(key="k", content=1, at=AT):
            raise RuntimeError("the work failed")
        assert IdempotencyKey.objects.count() == 0


def test_numbers_come_one_by_one_per_sequence() -> None:
    assert [numbers.next_number(name) for name in ("a", "a", "b", "a")] == [1, 2, 1, 3]


class TestAPackVersion:
    def test_is_kept_once_with_its_texts(self) -> None:
        for _ in range(2):
            packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
        assert packs.texts("v1") == {"a.yaml": "x: 1"}

    def test_is_never_kept_with_other_texts(self) -> None:
        packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
        with pytest.raises(ValueError, match="other texts"):
            packs.save(version="v1", region="500000", texts={"a.yaml": "x: 2"}, at=AT)


class TestAFile:
    def handed_in(self, desk, make_person, content: bytes = b"%PDF-1.7"):
        case = desk.submitted(make_person())
        return documents.add(
            case=case, material="id_document", name="身份证.pdf", content_type="application/pdf",
            content=content, by=desk.citizen(case.person), at=AT,
        )  # fmt: skip

    def test_comes_back_as_it_was_and_lies_sealed(self, desk, make_person) -> None:
        document = self.handed_in(desk, make_person, b"%PDF-1.7 secret")
        assert documents.content(document) == b"%PDF-1.7 secret"
        assert b"secret" not in documents.path_of(document.sha256).read_bytes()

    def test_that_was_changed_on_disk_is_refused(self, desk, make_person) -> None:
        document = self.handed_in(desk, make_person, b"%PDF-1.7 changed later")
        file = documents.path_of(document.sha256)
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(documents.FileDamaged):
            documents.content(document)
        file.unlink()

    def test_taken_back_stays_on_record(self, desk, make_person) -> None:
        document = self.handed_in(desk, make_person)
        documents.remove(document_id=document.pk, at=AT)
        document.refresh_from_db()
        assert document.removed_at == AT
        assert documents.content(document)

    def test_issued_is_found_by_number_and_code_and_counts_its_reprints(self, desk, make_person, staff) -> None:
        case = desk.submitted(make_person())
        made = papers.issue(
            case=case, kind="refund_slip", number="S1", check_code="ABCDEFGH2345", content=b"%PDF slip",
            by=staff("finance", "finance"), at=AT, on=DAY,
        )  # fmt: skip
        assert papers.reprint("S1") == 1
        found = papers.find(number="S1", check_code="abcdefgh2345 ")
        assert (found, found.reprints, papers.content(found)) == (made, 1, b"%PDF slip")
        with pytest.raises(Refused, match="no_such_paper"):
            papers.find(number="S1", check_code="ABCDEFGH2346")


@pytest.mark.django_db(transaction=True)
class TestALookAtARecord:
    def look(self, desk, person) -> None:
        audit_log.record_read(reader=desk.staff("reviewer"), person_id=person.pk, purpose="review", at=AT)

    def test_is_chained_and_shown_to_the_person(self, desk, make_person) -> None:
        person = make_person()
        for _ in range(3):
            self.look(desk, person)
        rows = list(ReadLog.objects.order_by("seq"))
        assert [row.seq for row in rows] == [1, 2, 3]
        assert [row.previous_hash for row in rows] == ["", rows[0].hash, rows[1].hash]
        assert len(audit_log.who_looked(person_id=person.pk)) == 3

    def test_that_was_rolled_back_leaves_no_hole(self, desk, make_person) -> None:
        person = make_person()
        self.look(desk, person)
        with transaction.atomic():
            self.look(desk, person)
            transaction.set_rollback(True)
        self.look(desk, person)
        for row in ReadLog.objects.filter(seq__gt=1):
            assert ReadLog.objects.filter(chain=row.chain, seq=row.seq - 1, hash=row.previous_hash).exists()

    def test_costs_one_statement(self, desk, make_person, django_assert_num_queries) -> None:
        person = make_person()
        self.look(desk, person)
        reader = desk.staff("reviewer")
        with django_assert_num_queries(1):
            audit_log.record_read(reader=reader, person_id=person.pk, purpose="review", at=AT)
