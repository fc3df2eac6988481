"""The proof that stands alone tells of every case and every export what the proof of the program tells."""

import ast
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao.casework import proof
from yibao.casework.chain import Action, action_hash
from yibao.casework.heads import leaf, root_of, signed_text
from yibao.casework.projection import carried, clock_columns, columns, signature_rows, turn_rows
from yibao.casework.standing import Standing, apply, opened
from yibao.casework.states import KEEPING, TRANSITIONS, State, verbs_from
from yibao.casework.verifier import one_file
from yibao.casework.verifier.proof import Proof
from yibao.casework.verifier.story import VERBS
from yibao.casework.verifier.workdays import MOVED, PUBLISHED_UNTIL
from yibao.casework.verifier.workdays import is_working_day as known_working_day
from yibao.kernel.canonical import canonical_json, content_hash, moment, text_hash
from yibao.kernel.workdays import is_working_day, last_published_year

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
PERSON = "00000000-0000-0000-0000-000000000001"
PROCESSES = [
    [{"level": 1, "roles": ["reviewer"], "order": "any"}],
    [{"level": 1, "roles": ["county_hrss", "county_finance"]}, {"level": 2, "roles": ["city_a", "city_b"],
     "order": "sequence"}],
]  # fmt: skip
CLOCKS = [{}, {"decision": 20}, {"decision": 3, "payment": 40}, {"correction": 5}, {"decision": 0}]
UNIT = "0d4f5b1e-0000-4000-8000-000000000002"
DATA = [{}, {}, {"amount_fen": 100}, {"amount_fen": 200}, {"pack": "v1"}, {"pack": "v2", "amount_fen": None},
        {"awaits": "other_place"}, {"awaits": ""}]  # fmt: skip


class TestTheKnowledgeOfTheFile:
    def test_of_the_steps_of_a_case_is_that_of_the_program(self) -> None:
        table: dict[str, tuple[set[str], set[str]]] = {}
        for (state, verb), after in TRANSITIONS.items():
            table.setdefault(verb, (set(), set()))[0].add(str(state))
            table[verb][1].add(str(after))
        for verb, states in KEEPING.items():
            table[verb] = ({str(state) for state in states}, {""})
        assert {verb: (set(states), {after}) for verb, (states, after) in VERBS.items()} == table

    def test_of_the_calendar_is_that_of_the_program(self) -> None:
        assert last_published_year() == PUBLISHED_UNTIL, "a new calendar: renew CALENDAR and PUBLISHED_UNTIL"
        assert set(MOVED) == set(range(2001, PUBLISHED_UNTIL + 4))
        first, after = date(min(MOVED), 1, 1), date(max(MOVED) + 1, 1, 1)
        days = [first + timedelta(n) for n in range((after - first).days)]
        assert [day for day in days if known_working_day(day) != is_working_day(day)] == []


class TestTheFile:
    def test_imports_nothing_but_the_standard_library(self) -> None:
        tree = ast.parse(one_file())
        imported = {
            (node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert imported <= sys.stdlib_module_names
        assert not imported & {"socket", "urllib", "http", "subprocess", "os", "ctypes", "importlib"}

    def test_is_written_for_python_three_nine_and_defines_each_name_once(self) -> None:
        tree = ast.parse(one_file(), feature_version=(3, 9))
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        names += [target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
        assert sorted({name for name in names if names.count(name) > 1}) == []

    def test_is_small(self) -> None:
        assert len(one_file().splitlines()) < 800


def told(number: str, draw: Any, first_id: int) -> dict[str, Any]:
    """A case of anything that may happen, as its record in an export."""
    applicant = draw(st.sampled_from([{}, {}, {"acting": {"kind": "unit", "unit": UNIT}}]))
    data = {"service": "refund", "region": "500112", "person": PERSON, **applicant, **draw(st.sampled_from(DATA))}
    day = date(draw(st.integers(2023, PUBLISHED_UNTIL)), draw(st.integers(1, 12)), 5)
    actions = [Action(1, "open", draw(st.sampled_from(["citizen", "staff"])), "7", "", AT, day, "", "e0", data)]
    standing = opened(actions[0])
    for seq in range(2, draw(st.integers(2, 14))):
        actions.append(next_action(seq, standing, day, draw))
        day = actions[-1].business_date
        standing = apply(standing=standing, action=actions[-1])
    return record_of(number, actions, standing, first_id)


def next_action(seq: int, standing: Standing, day: date, draw: Any) -> Action:
    verb = draw(st.sampled_from(verbs_from(standing.state)))
    turns = standing.turns() if verb == "approve" else ()
    data = {**draw(st.sampled_from(DATA)), "clocks": draw(st.sampled_from(CLOCKS))}
    if verb == "accept":
        data["levels"] = draw(st.sampled_from(PROCESSES))
    if verb in ("hand_over", "assign"):
        data["holder"] = 9
    return Action(
        seq, verb, draw(st.sampled_from(["staff", "staff", "citizen"])), draw(st.sampled_from(["3", "11"])),
        draw(st.sampled_from(turns)) if turns else "", AT + timedelta(hours=seq),
        day + timedelta(draw(st.integers(0, 30))),
        draw(st.sampled_from(["", "材料不清"])), draw(st.sampled_from(["", "e1", "e2"])), data,
    )  # fmt: skip


def record_of(number: str, actions: list[Action], standing: Standing, first_id: int) -> dict[str, Any]:
    plain, previous = [], ""
    for action in actions:
        hashed = action_hash(case_number=number, previous=previous, action=action)
        names = ("seq", "kind", "actor_kind", "actor_id", "role", "reason", "evidence_hash")
        plain.append({
            **{name: getattr(action, name) for name in names}, "id": first_id + action.seq, "at": moment(action.at),
            "business_date": action.business_date.isoformat(), "data": canonical_json(dict(action.data)),
            "previous_hash": previous, "hash": hashed,
        })  # fmt: skip
        previous = hashed
    shown = days({**columns(standing), "person_id": standing.person_id, "unit_id": standing.unit_id or None})
    return {
        "record": "case", "number": number, "chain_hash": previous, "action_count": len(plain), "actions": plain,
        "columns": {**shown, "process": canonical_json(shown["process"])},
        "turns": sorted(
            [role, day.isoformat(), "500112", "refund", number, *carried(standing).values()]
            for role, day in turn_rows(standing)
        ),
        "clocks": {clock.name: days(clock_columns(clock)) for clock in standing.clocks},
        "signatures": signature_rows(standing),
    }  # fmt: skip


def days(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def head_of(day: str, previous: str, last: tuple[int, int, int], leaves: list[str], **more: int) -> dict[str, Any]:
    head = {
        "day": day, "last_action_id": last[0], "last_transaction_id": last[1], "last_read_id": last[2], **more,
        "leaf_count": len(leaves), "root": root_of(previous_root=previous, leaves=leaves), "previous_root": previous,
        "made_at": moment(AT), "public_key": PUBLIC.hex(),
    }  # fmt: skip
    return {"record": "head", **head, "signature": KEY.sign(signed_text(head).encode()).hex()}


def login_of(account: int) -> list[dict[str, Any]]:
    """Three things that happened to a login."""
    events, previous = [], ""
    for seq, data in enumerate(({}, {"role": "clerk"}, {}), 1):
        event = {"account": account, "seq": seq, "kind": "role_given", "actor": None, "at": moment(AT)}
        hashed = content_hash({**event, "data": data, "previous": previous})
        kept = {"data": canonical_json(data), "previous": previous, "hash": hashed}
        events.append({"record": "login", "id": account * 10 + seq, **event, **kept})
        previous = hashed
    return events


def export_of(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two heads over two cases, a posting and two reads, the second also over two logins; more of all after them."""
    logins = [event for account in (7, 8) for event in login_of(account)]
    reads, previous = [], ""
    for seq in (1, 2, 3):
        read = {"chain": "2023", "seq": seq, "at": moment(AT), "person": PERSON, "previous": previous}
        previous = content_hash(read)
        reads.append({"record": "read", "id": seq, **read, "hash": previous})
    journal = [{"record": "journal", "id": n, "key": f"refund/{n}", "content_hash": f"{n:064d}"} for n in (1, 2)]
    named = {"case": "C1", "service": "refund", "pack": "v1"}
    decision = {**named, "sealed": "5" * 64, "canonical": {"decision": "refund"}}
    hashed = proof.decision_hash(decision)
    decision |= {"record": "decision", "id": 4, "canonical": canonical_json(decision["canonical"]), "sha256": hashed}
    ends = [[(a["id"], leaf(kind="case", chain=c["number"], end=f"{a['seq']} {a['hash']}")) for a in c["actions"]]
            for c in cases]  # fmt: skip
    first, second = ends[0][0], [*ends[0][1:], *ends[1]][-1]
    read_ends = [leaf(kind="read", chain="2023", end=f"{read['seq']} {read['hash']}") for read in reads]
    posted = leaf(kind="journal", chain="refund/1", end=f"{1:064d}")
    heads = [head_of("2023-02-10", "", (first[0], 1, 1), [first[1], posted, read_ends[0]])]
    later = [ends[0][-1][1]] if len(ends[0]) > 1 else []
    # The first head was made before logins were covered; the third event, the last of login 7, is the last covered.
    login_end = leaf(kind="login", chain="7", end=f"3 {logins[2]['hash']}")
    leaves = [*later, second[1], read_ends[1], login_end]
    heads.append(head_of("2023-02-11", heads[0]["root"], (second[0], 1, 2), leaves, last_login_id=logins[2]["id"]))
    pack = {"record": "pack", "version": "v1", "texts": '{"a":"x"}', "texts_sha256": text_hash('{"a":"x"}')}
    end = {"record": "end", "cases": 2, "actions": sum(map(len, ends)), "decisions": 1, "reads": 3, "logins": 6}
    return [*heads, pack, *journal, *cases, decision, *reads, *logins, end]


@st.composite
def exports(draw: Any) -> list[dict[str, Any]]:
    return export_of([told("C1", draw, 100), told("C2", draw, 200)])


def program_says(records: list[dict[str, Any]]) -> list[str]:
    return list(proof.faults(records, signed=signed))


def signed(head: Any) -> bool:
    try:
        signature = bytes.fromhex(head["signature"])
        KEY.public_key().verify(signature, signed_text(head).encode())
    except (InvalidSignature, TypeError, ValueError):
        return False
    return head["public_key"] == PUBLIC.hex() and signature.hex() == head["signature"]


def file_says(records: list[dict[str, Any]]) -> list[str]:
    alone = Proof(PUBLIC)
    return [*(fault for record in records for fault in alone.take(deepcopy(record))), *alone.finish()]


def kinds(faults: list[str]) -> list[str]:
    """The faults without the words of an error, which each program finds for itself."""
    return [re.sub(r"(cannot have happened|无法读出|cannot be read).*", r"\1", fault) for fault in faults]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))
    if not isinstance(value, dict | list) or not value:
        yield path


def changed(records: list[dict[str, Any]], path: tuple[Any, ...], other: Any) -> list[dict[str, Any]]:
    copy: Any = deepcopy(records)
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    was = inner[path[-1]]
    inner[path[-1]] = was + 1 if isinstance(was, int) and other is None else other
    return copy


@settings(suppress_health_check=list(HealthCheck))
@given(records=exports())
def test_whatever_happened_to_a_case_is_proven_by_both(records: list[dict[str, Any]]) -> None:
    assert program_says(records) == []
    assert file_says(records) == []


@settings(suppress_health_check=list(HealthCheck))
@given(records=exports(), data=st.data())
def test_a_changed_value_is_told_by_both_in_the_same_words(records: list[dict[str, Any]], data: Any) -> None:
    path = data.draw(st.sampled_from(list(places(records))))
    spoilt = changed(records, path, data.draw(st.sampled_from([None, "", "x", "2024-01-01", True, -1, [], {}])))
    assert kinds(file_says(spoilt)) == kinds(program_says(spoilt))


@settings(suppress_health_check=list(HealthCheck))
@given(records=exports(), data=st.data())
def test_a_record_dropped_doubled_or_moved_is_told_by_both(records: list[dict[str, Any]], data: Any) -> None:
    at, to = (data.draw(st.integers(0, len(records) - 1)) for _ in "ft")
    spoilt = deepcopy(records)
    one = spoilt.pop(at)
    spoilt[to:to] = data.draw(st.sampled_from([[], [one], [one, one]]))
    assert kinds(file_says(spoilt)) == kinds(program_says(spoilt))
    # Nothing in the file says that a later head was there, nor that a posting after the heads was.
    untold = {"journal"} if len(spoilt) < len(records) else {"journal", "pack"}
    if len(spoilt) != len(records) and one["record"] not in untold and at != 1:
        assert file_says(spoilt) != []


def test_a_later_state_without_its_action_is_told() -> None:
    data = {"service": "refund", "region": "500112", "person": PERSON}
    first = Action(1, "open", "citizen", "7", "", AT, date(2023, 2, 10), "", "e0", data)
    record = record_of("C1", [first], opened(first), 100)
    record["columns"]["state"] = str(State.COMPLETED)
    assert any("state = completed" in fault for fault in file_says([record]))


def test_another_applicant_than_the_actions_name_is_told_by_both() -> None:
    for acting, shown in (({}, UNIT), ({"acting": {"kind": "unit", "unit": UNIT}}, None)):
        data = {"service": "refund", "region": "500112", "person": PERSON, **acting}
        first = Action(1, "open", "citizen", "7", "", AT, date(2023, 2, 10), "", "e0", data)
        record = record_of("C1", [first], opened(first), 100)
        record["columns"]["unit_id"] = shown
        for faults in (file_says([record]), program_says([record])):
            assert any(f"unit_id = {shown}" in fault for fault in faults)
