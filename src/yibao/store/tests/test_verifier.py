"""The file of `yibao audit verifier` proves a real export without us, and fails wherever our own proof fails."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao.casework.verifier.proof import NotAnExport, Proof, faults
from yibao.cli.audit import command as audit
from yibao.store import accounts, audit_log, cases, heads, packs, verify

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
NOTHING = object()
TWO_LEVELS = [
    {"level": 1, "roles": ["reviewer"], "order": "any"},
    {"level": 2, "roles": ["county_hrss", "county_finance"], "order": "sequence"},
]


@pytest.fixture
def export(desk, make_person, staff, citizen, tmp_path: Path) -> Path:
    """An export with a paid case, one sent back and one signed anew, decisions, reads, and two signed heads."""
    packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
    person = make_person()
    back = desk.accepted(person, number="C1", levels=TWO_LEVELS)
    paid = desk.accepted(make_person(), number="C2")
    for row in (back, paid):
        cases.record_decision(
            case=row, service="refund", decided_on=DAY, pack_version="v1", evidence_hash="e1", at=AT,
            case_file={"service": "refund"}, canonical={"decision": "refund"}, outcome="refund", amount_fen=194910,
        )  # fmt: skip
    reviewer, finance, clerk = staff("reviewer", "reviewer"), staff("finance", "finance"), staff("clerk", "clerk")
    cases.act(number="C2", kind="approve", by=reviewer, at=AT, on=DAY, seen="e1")
    login = get_user_model().objects.get(username="reviewer")
    accounts.note(account=login, kind="role_given", actor_id=None, at=AT, data={"role": "reviewer"})
    heads.make_head(day=DAY, at=AT)
    accounts.note(account=login, kind="sign_in_failed", actor_id=None, at=AT)
    cases.act(number="C2", kind="pay", by=finance, at=AT, on=DAY)
    cases.act(number="C2", kind="bounce", by=finance, at=AT, on=DAY)
    cases.act(number="C1", kind="ask_correction", by=reviewer, at=AT, on=DAY, data={"clocks": {"correction": 5}})
    cases.act(number="C1", kind="resubmit", by=citizen(person), at=AT, on=DAY + timedelta(days=9), evidence_hash="e2")
    audit_log.record_read(reader=reviewer, person_id=person.pk, purpose="review", at=AT)
    heads.make_head(day=DAY + timedelta(days=1), at=AT)
    cases.act(number="C1", kind="accept", by=clerk, at=AT, on=DAY + timedelta(days=9), data={"levels": TWO_LEVELS})
    file = tmp_path / "export.jsonl"
    verify.export(what="audit", file=file)
    return file


@pytest.fixture
def alone(tmp_path: Path) -> Any:
    """Run the file that is handed out, in an empty folder, with nothing of ours to import."""
    file = tmp_path / "prove.py"
    handed = CliRunner().invoke(audit, ["verifier", str(file)])
    assert handed.exit_code == 0, handed.output
    empty = tmp_path / "empty"
    empty.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-I", "-S", str(file), *arguments]
        return subprocess.run(command, cwd=empty, env={}, capture_output=True, text=True, encoding="utf-8", check=False)

    return run


def program_says(file: Path) -> list[str] | None:
    """The faults our own proof finds; None when it takes the file for no export."""
    try:
        return verify.verify_audit(verify.read_export(file), public_key=heads.own_public_key())
    except verify.ExportUnreadable:
        return None


def file_says(file: Path) -> list[str] | None:
    try:
        return list(faults(file=file, proof=Proof(bytes.fromhex(heads.own_public_key()))))
    except NotAnExport:
        return None


class TestTheFileAlone:
    def test_proves_a_good_export_and_says_how_far_the_signatures_reach(self, export: Path, alone) -> None:
        done = alone(str(export), heads.own_public_key())
        assert (done.returncode, done.stderr) == (0, "")
        assert "2023-02-11" in done.stdout
        assert heads.AuditHead.objects.order_by("day").last().root in done.stdout
        # One action came after the last head.
        assert "After it 1 links" in done.stdout

    def test_fails_by_another_key(self, export: Path, alone) -> None:
        done = alone(str(export), "ab" * 32)
        assert done.returncode == 1
        assert done.stderr.count("签名不对") == 2

    @pytest.mark.parametrize("kind", ["head", "pack", "case", "decision", "read", "login", "end"])
    def test_fails_when_a_record_is_missing(self, export: Path, alone, kind: str) -> None:
        lines = export.read_text(encoding="utf-8").splitlines()
        first = next(at for at, line in enumerate(lines) if json.loads(line)["record"] == kind)
        export.write_text("\n".join(lines[:first] + lines[first + 1 :]), encoding="utf-8")
        assert alone(str(export), heads.own_public_key()).returncode == 1

    @pytest.mark.parametrize(("old", "new"), [(b'"version":"v1"', b'"version":"v2"'), (b'"version":', b'"versi0n":')])
    def test_fails_when_the_rules_of_a_decision_bear_another_name(self, export: Path, alone, old: bytes, new: bytes):
        content = export.read_bytes()
        assert old in content
        export.write_bytes(content.replace(old, new))
        assert alone(str(export), heads.own_public_key()).returncode == 1
        assert program_says(export) == file_says(export) != []

    @pytest.mark.parametrize("arguments", [[], ["x"], ["x", "y"], ["x", "ab" * 31], ["gone.jsonl", "ab" * 32]])
    def test_says_how_it_is_used(self, alone, arguments: list[str]) -> None:
        done = alone(*arguments)
        assert done.returncode == 2
        assert done.stderr
        assert "Traceback" not in done.stderr

    def test_calls_another_file_no_export(self, export: Path, alone) -> None:
        for content in (b"", b"\n", b"[]\n", b"{}\n", b'{"record": "end"}\n', b'{"record":1.5}\n', b"\xff\n"):
            export.write_bytes(content)
            done = alone(str(export), heads.own_public_key())
            assert done.returncode == (2 if content else 1)
            assert "Traceback" not in done.stderr


def test_an_export_spelt_in_another_way_is_no_export(export: Path) -> None:
    for old, new in ((b'"record"', b' "record"'), (b"\n", b"\r"), (b"refund", b"\\u0072efund")):
        spoilt = export.with_name("spoilt.jsonl")
        spoilt.write_bytes(export.read_bytes().replace(old, new, 1))
        assert (program_says(spoilt), file_says(spoilt)) == (None, None)


def test_one_changed_byte_is_judged_alike_and_goes_unseen_only_in_numbers_that_give_an_order(export: Path) -> None:
    size = len(export.read_bytes())
    changed = one_byte_changed(export)
    assert (program_says(export), file_says(export)) == ([], [])

    @settings(suppress_health_check=list(HealthCheck))
    @given(
        at=st.integers(0, size - 2),
        byte=st.one_of(st.sampled_from(b'0123456789abefABF "xT-'), st.integers(0, 255)),
    )
    def judge(at: int, byte: int) -> None:
        changed(at, byte)

    judge()


def test_no_place_of_an_export_escapes(export: Path, soaking: bool) -> None:
    good = export.read_bytes()
    changed = one_byte_changed(export)
    # In the long form every byte has its turn.
    for at in range(0, len(good) - 1, 1 if soaking else 101):
        for byte in b"01x":
            changed(at, byte)


def one_byte_changed(export: Path) -> Callable[[int, int], None]:
    """Return what changes one byte of an export and holds what both proofs say of it against what may be said."""
    good, spoilt = export.read_bytes(), export.with_name("spoilt.jsonl")

    def change(at: int, byte: int) -> None:
        spoilt.write_bytes(good[:at] + bytes([byte]) + good[at + 1 :])
        both = program_says(spoilt), file_says(spoilt)
        assert [found is None for found in both] in ([True, True], [False, False])
        assert bool(both[0]) == bool(both[1])
        if both[0] == [] and good[at] != byte:
            line = good[:at].count(b"\n")
            assert differing(good.splitlines()[line], spoilt.read_bytes().splitlines()[line]) == {"id"}

    return change


def differing(one: bytes, other: bytes) -> set[str]:
    """The members of a record, and of its actions, that differ."""
    left, right = json.loads(one), json.loads(other)
    found = unlike(left, right) - {"actions"}
    for mine, its in zip(left.get("actions", ()), right.get("actions", ()), strict=True):
        found |= unlike(mine, its)
    return found


def unlike(left: dict[str, Any], right: dict[str, Any]) -> set[str]:
    return {name for name in left.keys() | right.keys() if left.get(name, NOTHING) != right.get(name, NOTHING)}
