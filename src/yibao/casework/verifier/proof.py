"""The proof: one pass over the records of the export, then the daily heads over all that was seen."""

from __future__ import annotations

import io
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yibao.casework.verifier.signature import signature_is_good
from yibao.casework.verifier.story import NO_LIMIT, Story
from yibao.casework.verifier.texts import canonical, merkle_root, parsed, sha256
from yibao.casework.verifier.workdays import PUBLISHED_UNTIL

Record = dict[str, Any]
COUNTED = {"case": "cases", "decision": "decisions", "read": "reads", "login": "logins"}
LAST = {"case": "last_action_id", "journal": "last_transaction_id", "read": "last_read_id", "login": "last_login_id"}
# Heads from before logins were covered say nothing of them.
LOGINS = "last_login_id"
SIGNED = (
    *("day", "last_action_id", "last_transaction_id", "last_read_id"),
    *("leaf_count", "root", "previous_root", "made_at"),
)
ACTION = ("seq", "kind", "actor_kind", "actor_id", "role", "at", "business_date", "reason", "evidence_hash")
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
KEY = re.compile("[0-9a-fA-F]{64}")


class NotAnExport(ValueError):
    """A line of the file is not what `yibao audit export` writes."""


def records_of(file: Path) -> Iterator[Record]:
    """Return the records of an export, one at a time.

    Raises:
        NotAnExport: A line is no record in its one spelling; the message names it.
    """
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                record = parsed(line.decode().removesuffix("\n"))
                record["record"]
            except (LookupError, RecursionError, TypeError, ValueError) as error:
                raise NotAnExport(f"{file}:{number}: 不是导出的记录 / no record of an export") from error
            yield record


class Proof:
    """Takes in the records of an export in their order, and tells what is wrong.

    Args:
        key: The agency's public key, 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.counts = {"cases": 0, "actions": 0, "decisions": 0, "reads": 0, "logins": 0}
        self.heads: list[Record] = []
        self.unsigned = 0
        self._ends: list[dict[tuple[str, str], tuple[int, str]]] = []
        self._chain, self._seq, self._hash = "", 0, ""
        self._account, self._event, self._link = 0, 0, ""
        self._versions: set[str] = set()
        self._ended = False
        self._checks = {
            "head": self._head, "journal": self._journal, "pack": self._pack, "case": self._case,
            "decision": self._decision, "read": self._read, "login": self._login, "end": self._end,
        }  # fmt: skip

    def take(self, record: Record) -> Iterator[str]:
        """Take in the next record and return what is wrong with it."""
        kind = str(record["record"])
        if self._ended:
            yield "结尾之后还有记录。 / There are records after the end."
        if kind in COUNTED:
            self.counts[COUNTED[kind]] += 1
        check = self._checks.get(kind)
        if check is None:
            yield f"有一条记录的种类不认识：{kind}。 / A record is of unknown kind: {kind}."
        else:
            yield from _readable(check(record))

    def finish(self) -> Iterator[str]:
        """Return what is wrong with the heads, and whether the end is missing."""
        yield from _readable(self._heads_and_roots())
        if not self._ended:
            yield "审计记录不完整：没有结尾。 / The audit records are cut short: their end is missing."

    def _head(self, record: Record) -> Iterator[str]:
        self.heads.append(record)
        self._ends.append({})
        yield from ()

    def _journal(self, record: Record) -> Iterator[str]:
        self._note("journal", record["id"], record["key"], record["content_hash"])
        yield from ()

    def _pack(self, record: Record) -> Iterator[str]:
        version = record["version"]
        self._versions.add(version)
        if sha256(record["texts"]) != record["texts_sha256"]:
            yield f"规则版本 {version} 的文本与校验值不符。 / Pack version {version} is not what its hash says."

    def _case(self, record: Record) -> Iterator[str]:
        self.counts["actions"] += len(record["actions"])
        found = list(_chain_faults(record))
        for action in record["actions"]:
            self._note("case", action["id"], record["number"], f"{action['seq']} {action['hash']}")
        yield from found
        if not found:
            yield from _display_faults(record)

    def _decision(self, record: Record) -> Iterator[str]:
        name = f"{record['case']}#{record['id']}"
        if not record["sealed"]:
            yield f"决定 {name} 的案情封存已被改动。 / The sealed case file of decision {name} was changed."
        elif _decision_hash(record) != record["sha256"]:
            yield f"决定 {name} 的内容与其校验值不符。 / Decision {name} is not what its hash says."
        if record["pack"] not in self._versions:
            yield f"决定 {name} 所依的规则版本 {record['pack']} 没有留存。 / The rules of decision {name} are not kept."

    def _read(self, record: Record) -> Iterator[str]:
        if record["chain"] != self._chain:
            self._chain, self._seq, self._hash = record["chain"], 0, ""
        name = f"{record['chain']}#{record['seq']}"
        if (record["seq"], record["previous"]) != (self._seq + 1, self._hash):
            yield f"查阅记录 {name} 没有接上前一条。 / Read record {name} does not follow the one before."
        if sha256(canonical(_without(record, "record", "id", "hash"))) != record["hash"]:
            yield f"查阅记录 {name} 与其校验值不符。 / Read record {name} is not what its hash says."
        self._seq, self._hash = record["seq"], record["hash"]
        self._note("read", record["id"], record["chain"], f"{record['seq']} {record['hash']}")

    def _login(self, record: Record) -> Iterator[str]:
        if record["account"] != self._account:
            self._account, self._event, self._link = record["account"], 0, ""
        name = f"{record['account']}#{record['seq']}"
        if (record["seq"], record["previous"]) != (self._event + 1, self._link):
            yield f"账号记录 {name} 没有接上前一条。 / Login record {name} does not follow the one before."
        if _login_hash(record) != record["hash"]:
            yield f"账号记录 {name} 与其校验值不符。 / Login record {name} is not what its hash says."
        self._event, self._link = record["seq"], record["hash"]
        self._note("login", record["id"], str(record["account"]), f"{record['seq']} {record['hash']}")

    def _end(self, record: Record) -> Iterator[str]:
        self._ended = True
        # Exports from before logins were part of them do not count them.
        expected = {"logins": 0, **record}
        for name, number in self.counts.items():
            told = expected[name]
            if told != number:
                yield f"{name}：应有 {told} 条，实有 {number} 条。 / {name}: {told} expected, {number} found."

    def _note(self, kind: str, number: int, chain: str, end: str) -> None:
        """The first head that reaches the number covers it; the last link of a chain under a head counts."""
        place = bisect_left([head.get(LAST[kind], 0) for head in self.heads], number)
        if place == len(self.heads):
            self.unsigned += 1
            return
        known = self._ends[place].get((kind, chain))
        if known is None or known[0] < number:
            self._ends[place][kind, chain] = (number, end)

    def _heads_and_roots(self) -> Iterator[str]:
        previous = ""
        for head, ends in zip(self.heads, self._ends):  # noqa: B905  # Both grow together; Python 3.9 has no `strict`.
            day = head["day"]
            leaves = sorted(f"{kind} {chain} {end}" for (kind, chain), (_, end) in ends.items())
            root = merkle_root([previous, *leaves])
            if (head["root"], head["previous_root"], head["leaf_count"]) != (root, previous, len(leaves)):
                yield f"{day} 的日头与记录不符，此前记录有改动。 / The head of {day} does not cover the record."
            if not self._is_signed(head):
                yield f"{day} 的日头签名不对。 / The head of {day} is not signed by the right key."
            previous = head["root"]

    def _is_signed(self, head: Record) -> bool:
        if head["public_key"] != self.key.hex():
            return False
        try:
            signature = bytes.fromhex(head["signature"])
        except (ValueError, TypeError):
            return False
        names = (*SIGNED, LOGINS) if LOGINS in head else SIGNED
        text = canonical({name: head[name] for name in names})
        good = signature_is_good(key=self.key, message=text.encode(), signature=signature)
        return good and signature.hex() == head["signature"]


def _chain_faults(record: Record) -> Iterator[str]:
    number, previous, actions = record["number"], "", record["actions"]
    for place, action in enumerate(actions, 1):
        name = f"{number}#{action['seq']}"
        if action["seq"] != place or action["previous_hash"] != previous:
            yield f"案件动作 {name} 没有接上前一个。 / Action {name} does not follow the one before."
        if _action_hash(number, previous, action) != action["hash"]:
            yield f"案件动作 {name} 与其校验值不符。 / Action {name} is not what its hash says."
        previous = action["hash"]
    if (record["chain_hash"], record["action_count"]) != (previous, len(actions)):
        yield f"案件 {number} 的动作链没有到登记的末端。 / The chain of case {number} does not end where the case says."


def _display_faults(record: Record) -> Iterator[str]:
    number, actions = record["number"], record["actions"]
    try:
        story = Story(actions[0], parsed(actions[0]["data"]))
        for action in actions[1:]:
            story.then(action, parsed(action["data"]))
        compared = list(_compared(record, story))
    except UNREADABLE as error:
        yield f"案件 {number} 的动作不能依次发生。 / The actions of case {number} cannot have happened: {error}."
        return
    for name, stored, computed in compared:
        if stored != computed:
            yield (
                f"案件 {number} 的 {name} 登记为 {stored}，按动作应为 {computed}。"
                f" / Case {number} shows {name} = {stored}; its actions give {computed}."
            )


def _compared(record: Record, story: Story) -> Iterator[tuple[str, Any, Any]]:
    """Each thing the case shows, with what its actions give."""
    shown, day = record["columns"], (story.due() or NO_LIMIT).isoformat()
    given = story.columns()
    carried = [given[name] for name in ("level", "amount_fen", "holder_id")]
    beside = [story.region, story.service, record["number"], *carried]
    turns = [[role, day, *beside] for role in sorted(story.waiting())]
    # A deadline counted before the calendar of its year was published is right until it is counted again.
    recount = bool(shown["due_provisional"] and shown["due_on"] and int(shown["due_on"][:4]) >= PUBLISHED_UNTIL)
    for name, computed in given.items():
        if not (recount and name in ("due_on", "due_provisional")):
            yield name, shown[name], computed
    if recount:
        turns = [[turn[0], was[1], *turn[2:]] for turn, was in zip(turns, record["turns"])]  # noqa: B905
    else:
        yield "clocks", record["clocks"], {clock.name: clock.shown() for clock in story.clocks}
    yield "turns", record["turns"], turns
    yield "signatures", record["signatures"], story.signatures


def _action_hash(number: str, previous: str, action: Record) -> str:
    try:
        told = {name: action[name] for name in ACTION}
        return sha256(canonical({"case": number, "previous": previous, **told, "data": parsed(action["data"])}))
    except (ValueError, TypeError):
        return ""


def _decision_hash(record: Record) -> str:
    try:
        told = {**_without(record, "record", "id", "sha256"), "canonical": parsed(record["canonical"])}
        return sha256(canonical(told))
    except (ValueError, TypeError):
        return ""


def _login_hash(record: Record) -> str:
    told = {name: record[name] for name in ("account", "seq", "kind", "actor", "at", "previous")}
    try:
        return sha256(canonical({**told, "data": parsed(record["data"])}))
    except (ValueError, TypeError):
        return ""


def _without(record: Record, *names: str) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def _readable(faults: Iterator[str]) -> Iterator[str]:
    """A value that cannot even be read is a fault like any other."""
    try:
        yield from faults
    except UNREADABLE as error:
        yield f"有记录无法读出：{error!r}。 / A record cannot be read: {error!r}."


def faults(*, file: Path, proof: Proof) -> Iterator[str]:
    """Return every fault of an export, each as a sentence in Chinese and English.

    Raises:
        NotAnExport: The file is something else.
    """
    for record in records_of(file):
        yield from proof.take(record)
    yield from proof.finish()


def main(arguments: list[str]) -> int:
    """Prove the export named first by the key named second; return 0 proven, 1 faults, 2 nothing to prove."""
    if len(arguments) != 2 or not KEY.fullmatch(arguments[1]):
        sys.stderr.write("用法 / usage: python3 -I -S verifier.py EXPORT PUBLIC_KEY (64 hexadecimal digits)\n")
        return 2
    proof, found = Proof(bytes.fromhex(arguments[1])), 0
    try:
        for fault in faults(file=Path(arguments[0]), proof=proof):
            found += 1
            sys.stderr.write(f"✗ {fault}\n")
    except (NotAnExport, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if found:
        sys.stderr.write(f"共 {found} 处不符。 / {found} faults.\n")
        return 1
    sys.stdout.write(_proven(proof))
    return 0


def _proven(proof: Proof) -> str:
    counted = ", ".join(f"{name} {number}" for name, number in proof.counts.items())
    last = proof.heads[-1] if proof.heads else {"day": "无 none", "root": "无 none"}
    return (
        f"办件与查阅记录核对无误。 / Cases and reads are proven. ({counted})\n"
        f"签名日头 {len(proof.heads)} 个，最后一个 {last['day']}，根 {last['root']}。"
        f" / Signed heads: {len(proof.heads)}, the last of {last['day']}, root {last['root']}.\n"
        f"其后 {proof.unsigned} 条已成链、未签名。 / After it {proof.unsigned} links are chained, not yet signed.\n"
    )


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
