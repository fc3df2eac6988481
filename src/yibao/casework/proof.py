"""The proof of the casework: chains, projections, decisions and signed heads, all recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from yibao.casework.chain import Action, action_hash
from yibao.casework.heads import HeadBook
from yibao.casework.projection import carried, clock_columns, columns, signature_rows, turn_rows
from yibao.casework.standing import Standing, standing_of
from yibao.kernel.canonical import canonical_json, content_hash, moment, text_hash
from yibao.kernel.errors import Refused
from yibao.kernel.workdays import last_published_year

Record = Mapping[str, Any]
Check = Callable[[Record], bool]
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def faults(records: Iterable[Record], *, signed: Check) -> Iterator[str]:
    """Return every fault of the casework, each as a sentence in Chinese and English.

    Args:
        records: Plain records in this order, each with `record` naming its kind: head by rising day,
            pack, journal by rising id, case with all its actions, decision, read by chain and number, login by
            account and number, and end. Days and moments are text; `data` of an action and of a login, and the
            canonical decision, are their stored text.
        signed: Whether a head's signature is that of the right key.

    Examples:
        >>> end = {"record": "end", "cases": 0, "actions": 0, "decisions": 0, "reads": 0}
        >>> list(faults([end], signed=lambda head: True))
        []
    """
    audit = _Audit(signed)
    for record in records:
        yield from _readable(audit.read(record))
    yield from audit.finished()


def _readable(found: Iterator[str]) -> Iterator[str]:
    """A value that cannot even be read is a fault like any other."""
    try:
        yield from found
    except _UNREADABLE as error:
        yield f"有记录无法读出：{error!r}。 / A record cannot be read: {error!r}."


class _Audit:
    def __init__(self, signed: Check) -> None:
        self.heads = HeadBook(signed)
        self.counted = {"cases": 0, "actions": 0, "decisions": 0, "reads": 0, "logins": 0}
        self.chain, self.chain_seq, self.chain_hash = "", 0, ""
        self.account, self.account_seq, self.account_hash = 0, 0, ""
        self.versions: set[str] = set()
        self.ended = False

    def read(self, record: Record) -> Iterator[str]:
        if self.ended:
            yield "结尾之后还有记录。 / There are records after the end."
        reader = getattr(self, f"_{record['record']}", None)
        if reader is None:
            yield f"有一条记录的种类不认识：{record['record']}。 / A record is of unknown kind: {record['record']}."
            return
        yield from reader(record)

    def finished(self) -> Iterator[str]:
        yield from _readable(self.heads.faults())
        if not self.ended:
            yield "审计记录不完整：没有结尾。 / The audit records are cut short: their end is missing."

    def _head(self, record: Record) -> Iterator[str]:
        self.heads.add(record)
        yield from ()

    def _journal(self, record: Record) -> Iterator[str]:
        self.heads.note(kind="journal", id_=record["id"], chain=record["key"], end=record["content_hash"])
        yield from ()

    def _pack(self, record: Record) -> Iterator[str]:
        version = record["version"]
        self.versions.add(version)
        if text_hash(record["texts"]) != record["texts_sha256"]:
            yield f"规则版本 {version} 的文本与校验值不符。 / Pack version {version} is not what its hash says."

    def _case(self, record: Record) -> Iterator[str]:
        self.counted["cases"] += 1
        self.counted["actions"] += len(record["actions"])
        found = list(chain_faults(record))
        for action in record["actions"]:
            end = f"{action['seq']} {action['hash']}"
            self.heads.note(kind="case", id_=action["id"], chain=record["number"], end=end)
        yield from found
        if not found:
            yield from projection_faults(record)

    def _decision(self, record: Record) -> Iterator[str]:
        self.counted["decisions"] += 1
        name = f"{record['case']}#{record['id']}"
        if not record["sealed"]:
            yield f"决定 {name} 的案情封存已被改动。 / The sealed case file of decision {name} was changed."
        elif _decision_hash(record) != record["sha256"]:
            yield f"决定 {name} 的内容与其校验值不符。 / Decision {name} is not what its hash says."
        if record["pack"] not in self.versions:
            yield f"决定 {name} 所依的规则版本 {record['pack']} 没有留存。 / The rules of decision {name} are not kept."

    def _read(self, record: Record) -> Iterator[str]:
        self.counted["reads"] += 1
        if record["chain"] != self.chain:
            self.chain, self.chain_seq, self.chain_hash = record["chain"], 0, ""
        name = f"{record['chain']}#{record['seq']}"
        if (record["seq"], record["previous"]) != (self.chain_seq + 1, self.chain_hash):
            yield f"查阅记录 {name} 没有接上前一条。 / Read record {name} does not follow the one before."
        hashed = {key: value for key, value in record.items() if key not in ("record", "id", "hash")}
        if content_hash(hashed) != record["hash"]:
            yield f"查阅记录 {name} 与其校验值不符。 / Read record {name} is not what its hash says."
        self.chain_seq, self.chain_hash = record["seq"], record["hash"]
        self.heads.note(kind="read", id_=record["id"], chain=record["chain"], end=f"{record['seq']} {record['hash']}")

    def _login(self, record: Record) -> Iterator[str]:
        self.counted["logins"] += 1
        if record["account"] != self.account:
            self.account, self.account_seq, self.account_hash = record["account"], 0, ""
        name = f"{record['account']}#{record['seq']}"
        if (record["seq"], record["previous"]) != (self.account_seq + 1, self.account_hash):
            yield f"账号记录 {name} 没有接上前一条。 / Login record {name} does not follow the one before."
        if login_hash(record) != record["hash"]:
            yield f"账号记录 {name} 与其校验值不符。 / Login record {name} is not what its hash says."
        self.account_seq, self.account_hash = record["seq"], record["hash"]
        end = f"{record['seq']} {record['hash']}"
        self.heads.note(kind="login", id_=record["id"], chain=str(record["account"]), end=end)

    def _end(self, record: Record) -> Iterator[str]:
        self.ended = True
        # Exports from before logins were part of them do not count them.
        expected = {"logins": 0, **record}
        for name, number in self.counted.items():
            told = expected[name]
            if told != number:
                yield f"{name}：应有 {told} 条，实有 {number} 条。 / {name}: {told} expected, {number} found."


def decision_hash(record: Record) -> str:
    """Return the hash of a stored decision: what went in, what came out, by which rules, when.

    Args:
        record: The members of a decision record; `canonical` is the value, `sealed` the hash of the case file.
    """
    return content_hash({key: value for key, value in record.items() if key not in ("record", "id", "sha256")})


def login_hash(record: Record) -> str:
    """Return the hash of what happened to a login, with the event before; empty where its data is no stored text.

    Args:
        record: account, seq, kind, actor, at, data as its stored text, and previous.
    """
    try:
        value = json.loads(record["data"])
    except (TypeError, ValueError):
        return ""
    if canonical_json(value) != record["data"]:
        return ""
    kept = {key: record[key] for key in ("account", "seq", "kind", "actor", "at", "previous")}
    return content_hash({**kept, "data": value})


def chain_faults(record: Record) -> Iterator[str]:
    """Return the faults of one case's chain of actions.

    Args:
        record: number, chain_hash, action_count, and actions in order.
    """
    number, previous, actions = record["number"], "", record["actions"]
    for place, plain in enumerate(actions, 1):
        name = f"{number}#{plain['seq']}"
        if plain["seq"] != place or plain["previous_hash"] != previous:
            yield f"案件动作 {name} 没有接上前一个。 / Action {name} does not follow the one before."
        if _hash_of(number, previous, plain) != plain["hash"]:
            yield f"案件动作 {name} 与其校验值不符。 / Action {name} is not what its hash says."
        previous = plain["hash"]
    if (record["chain_hash"], record["action_count"]) != (previous, len(actions)):
        yield f"案件 {number} 的动作链没有到登记的末端。 / The chain of case {number} does not end where the case says."


def projection_faults(record: Record) -> Iterator[str]:
    """Return where the columns of a case, its turns, clocks and signatures differ from what its actions give."""
    number = record["number"]
    try:
        compared = list(_compared(record, standing_of(action_of(plain) for plain in record["actions"])))
    except (*_UNREADABLE, Refused) as error:
        yield f"案件 {number} 的动作不能依次发生。 / The actions of case {number} cannot have happened: {error}."
        return
    for name, (stored, computed) in compared:
        if stored != computed:
            yield (
                f"案件 {number} 的 {name} 登记为 {stored}，按动作应为 {computed}。"
                f" / Case {number} shows {name} = {stored}; its actions give {computed}."
            )


def action_of(plain: Record) -> Action:
    """Return an action of its plain record."""
    return Action(
        seq=plain["seq"],
        kind=plain["kind"],
        actor_kind=plain["actor_kind"],
        actor_id=plain["actor_id"],
        role=plain["role"],
        at=datetime.fromisoformat(plain["at"]),
        business_date=date.fromisoformat(plain["business_date"]),
        reason=plain["reason"],
        evidence_hash=plain["evidence_hash"],
        data=json.loads(plain["data"]),
    )


def _compared(record: Record, standing: Standing) -> Iterator[tuple[str, tuple[Any, Any]]]:
    computed = _texts({**columns(standing), "person_id": standing.person_id, "unit_id": standing.unit_id or None})
    computed["process"] = canonical_json(computed["process"])
    stored = record["columns"]
    limits = ("due_on", "due_provisional")
    recount = _awaits_recount(stored)
    yield from ((name, (stored[name], value)) for name, value in computed.items() if not (recount and name in limits))
    beside = [standing.region, standing.service, record["number"], *carried(standing).values()]
    turns = [[role, day.isoformat(), *beside] for role, day in sorted(turn_rows(standing))]
    clocks = {clock.name: _texts(clock_columns(clock)) for clock in standing.clocks}
    if recount:
        turns = [[role, was[1], *rest] for (role, _, *rest), was in zip(turns, record["turns"], strict=False)]
    else:
        yield "clocks", (record["clocks"], clocks)
    yield "turns", (record["turns"], turns)
    yield "signatures", (record["signatures"], signature_rows(standing))


def _awaits_recount(stored: Record) -> bool:
    """A deadline counted before the calendar of its year was published is right until it is counted again."""
    due_on = stored["due_on"]
    return bool(stored["due_provisional"] and due_on and int(due_on[:4]) >= last_published_year())


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _hash_of(number: str, previous: str, plain: Record) -> str:
    try:
        action = action_of(plain)
        told = (canonical_json(dict(action.data)), moment(action.at), action.business_date.isoformat())
        if told != (plain["data"], plain["at"], plain["business_date"]):
            return ""
        return action_hash(case_number=number, previous=previous, action=action)
    except (ValueError, TypeError):
        return ""


def _decision_hash(record: Record) -> str:
    try:
        value = json.loads(record["canonical"])
        if canonical_json(value) != record["canonical"]:
            return ""
        return decision_hash({**record, "canonical": value})
    except (ValueError, TypeError):
        return ""
