"""The proof of the books: everything recomputed from the entries, from a database or from an export alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yibao.kernel.months import Month
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.balances import natural
from yibao.ledger.journal import hash_of

Record = Mapping[str, Any]
HEAD = ("key", "kind", "region", "accounting_date", "case_number", "memo", "reverses", "posted_at")


def faults(records: Iterable[Record]) -> Iterator[str]:
    """Return every fault of the books, each as a sentence in Chinese and English.

    Args:
        records: Plain records in this order, each with `record` naming its kind:
            account (code, region, scheme, kind, owner), period (region, month, closed_at),
            checkpoint (account, through, balance_fen), transaction (id, the members of `HEAD`, content_hash,
            entries as lists of line, account code and fen) by rising id,
            balance (account, balance_fen, imported_negative), and end (how many of each).

    Examples:
        >>> end = {"record": "end", "accounts": 0, "checkpoints": 0, "transactions": 0, "entries": 0, "balances": 0}
        >>> list(faults([end]))
        []
        >>> list(faults([]))
        ['账务记录不完整：没有结尾。 / The books are cut short: their end is missing.']
    """
    books = _Books()
    for record in records:
        yield from books.read(record)
    yield from books.finished()


class _Books:
    def __init__(self) -> None:
        self.sums: dict[str, int] = {}
        self.kinds: dict[str, str] = {}
        self.keys: set[str] = set()
        self.undone: set[str] = set()
        self.closed: dict[tuple[str, int], str] = {}
        self.checkpoints: list[tuple[int, str, int]] = []
        self.running: dict[str, int] = {}
        self.counted = dict.fromkeys(("accounts", "checkpoints", "transactions", "entries", "balances"), 0)
        self.ended = False

    def read(self, record: Record) -> Iterator[str]:
        reader = getattr(self, f"_{record['record']}", None)
        if reader is None:
            yield f"有一条记录的种类不认识：{record['record']}。 / A record is of unknown kind: {record['record']}."
            return
        counted = f"{record['record']}s"
        if counted in self.counted:
            self.counted[counted] += 1
        yield from reader(record)

    def finished(self) -> Iterator[str]:
        yield from self._checked(None)
        for code in sorted(code for code, kind in self.kinds.items() if kind == AccountKind.PERSONAL):
            if code not in self.running:
                yield f"个人账户 {code} 没有余额记录。 / Personal account {code} has no running balance."
        if not self.ended:
            yield "账务记录不完整：没有结尾。 / The books are cut short: their end is missing."

    def _account(self, record: Record) -> Iterator[str]:
        code = record["code"]
        self.kinds[code] = record["kind"]
        try:
            account = Account.parse(code)
        except ValueError:
            yield f"账户代码 {code} 不能识别。 / Account code {code} names no account."
            return
        owner = account.person_id or account.unit_id
        expected = (account.region, account.scheme, str(account.kind), owner.hex if owner else "")
        if (record["region"], record["scheme"], record["kind"], record["owner"]) != expected:
            yield f"账户 {code} 的登记与代码不符。 / Account {code} is registered as something else."

    def _period(self, record: Record) -> Iterator[str]:
        self.closed[record["region"], record["month"]] = record["closed_at"]
        yield from ()

    def _checkpoint(self, record: Record) -> Iterator[str]:
        self.checkpoints.append((record["through"], record["account"], record["balance_fen"]))
        self.checkpoints.sort(reverse=True)
        yield from ()

    def _transaction(self, record: Record) -> Iterator[str]:
        key, entries = record["key"], record["entries"]
        yield from self._checked(record["id"])
        expected = hash_of(head={name: record[name] for name in HEAD}, entries=[tuple(entry) for entry in entries])
        if expected != record["content_hash"]:
            yield f"凭证 {key} 的内容与其校验值不符。 / Transaction {key} is not what its hash says."
        total = sum(fen for _, _, fen in entries)
        if total or len(entries) < 2:
            yield f"凭证 {key} 借贷不平，差 {total} 分。 / Transaction {key} is out of balance by {total} fen."
        yield from self._reversal(record)
        yield from self._dating(record)
        self.keys.add(key)
        self.counted["entries"] += len(entries)
        for _, code, fen in entries:
            self.sums[code] = self.sums.get(code, 0) + fen
            if code not in self.kinds:
                yield f"凭证 {key} 记入未登记的账户 {code}。 / Transaction {key} posts to unknown account {code}."

    def _reversal(self, record: Record) -> Iterator[str]:
        undone = record["reverses"]
        if undone and (undone not in self.keys or undone in self.undone):
            key = record["key"]
            yield f"凭证 {key} 冲销的凭证不在前，或已被冲销。 / Transaction {key} reverses nothing open before it."
        if undone:
            self.undone.add(undone)

    def _dating(self, record: Record) -> Iterator[str]:
        try:
            month = Month.parse(record["accounting_date"][:7]).index
        except ValueError:
            yield f"凭证 {record['key']} 的记账日期无效。 / Transaction {record['key']} has no valid accounting date."
            return
        closed_at = self.closed.get((record["region"], month))
        if closed_at is not None and record["posted_at"] > closed_at:
            yield f"凭证 {record['key']} 记入已结账月份。 / Transaction {record['key']} was posted into a closed month."

    def _balance(self, record: Record) -> Iterator[str]:
        code, stored = record["account"], record["balance_fen"]
        self.running[code] = stored
        computed = natural(kind=AccountKind.PERSONAL, sum_fen=self.sums.get(code, 0))
        if computed != stored:
            yield (
                f"个人账户 {code} 余额 {stored} 分，按分录应为 {computed} 分。"
                f" / Personal account {code} shows {stored} fen; its entries give {computed}."
            )
        if (stored < 0) != record["imported_negative"]:
            yield f"个人账户 {code} 的负余额标记不符。 / The below-zero flag of account {code} is wrong."

    def _end(self, record: Record) -> Iterator[str]:
        self.ended = True
        for name, number in self.counted.items():
            if record[name] != number:
                told = record[name]
                yield f"{name}：应有 {told} 条，实有 {number} 条。 / {name}: {told} expected, {number} found."

    def _checked(self, before_id: int | None) -> Iterator[str]:
        while self.checkpoints and (before_id is None or self.checkpoints[-1][0] < before_id):
            _, code, stored = self.checkpoints.pop()
            computed = natural(kind=Account.parse(code).kind, sum_fen=self.sums.get(code, 0))
            if computed != stored:
                yield (
                    f"账户 {code} 的结存点为 {stored} 分，按分录应为 {computed} 分。"
                    f" / A checkpoint of account {code} says {stored} fen; its entries give {computed}."
                )
