"""What is deleted when its time has passed: contents only. Rows, hashes, chains, books and signed heads stay.

Source: 中华人民共和国个人信息保护法 (2021-08-20), art. 19 (no longer than the purpose needs) and art. 47 (deletion);
an open case, and a paper whose law wants it longer, are never touched.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from yibao.casework.states import State
from yibao.store import documents
from yibao.store.models import (
    Case,
    DataCopy,
    Document,
    IdempotencyKey,
    InboxMessage,
    IssuedPaper,
    Outbox,
    OutboxMessage,
    PaymentBatch,
    Representation,
    UnitAgent,
)

CLOSED = (State.COMPLETED, State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN)
ORPHAN_AFTER = timedelta(days=1)
SHOWN = 3
PIECE = 1000
"""Rows deleted in one transaction, so that nobody waits long for one of them."""
PURGED = (Document, IssuedPaper)
# Every column that names a kept file; a file none of them names is nobody's.
HOLDERS: tuple[tuple[type[Model], str], ...] = (
    (Document, "sha256"),
    (IssuedPaper, "sha256"),
    (DataCopy, "sha256"),
    (PaymentBatch, "file_sha256"),
    (Representation, "paper_sha256"),
    (UnitAgent, "paper_sha256"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of content that goes.

    Attributes:
        code: Its name.
        zh: What goes, and when.
        en: The same in English.
        due: What is due at a moment, as names that tell nobody anything.
        delete: Deletes what is due; returns how many.
    """

    code: str
    zh: str
    en: str
    due: Callable[[datetime], list[str]]
    delete: Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Gone:
    """What one rule found due, or deleted."""

    rule: Rule
    count: int
    names: tuple[str, ...]


def run(*, at: datetime, dry: bool) -> list[Gone]:
    """Delete what is due, or only list it.

    Args:
        at: Now.
        dry: Change nothing.

    Returns:
        One entry for each rule: those of the store in their order, then those told with `also`.
    """
    found = []
    for rule in (*RULES, *_also.values()):
        names = rule.due(at)
        count = len(names) if dry or not names else rule.delete(at)
        found.append(Gone(rule, count, tuple(names[:SHOWN])))
    return found


def also(*, rules: Iterable[Rule]) -> None:
    """Have rows of an application above the store deleted too; told when it is loaded."""
    _also.update({rule.code: rule for rule in rules})


def in_pieces(rows: QuerySet[Any]) -> int:
    """Delete rows, a piece in a transaction of its own; returns how many.

    Args:
        rows: What is due; the same is asked again as a row is deleted, so that one that is due no more stays.
    """
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        count += rows.filter(pk__in=keys).delete()[0]
    return count


def _sessions(at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=at)


def _work(at: datetime) -> QuerySet[Outbox]:
    return Outbox.objects.filter(done_at__lt=at - timedelta(days=settings.YIBAO_KEEP_WORK_DAYS))


def _files(at: datetime) -> QuerySet[Document]:
    """Return files of drafts nobody went on with, and files taken back from cases long closed."""
    long_ago = at - timedelta(days=settings.YIBAO_KEEP_DRAFT_DAYS)
    touched = Q(case__actions__at__gte=long_ago)
    left = Q(case__state=State.DRAFT, added_at__lt=long_ago) & ~touched
    taken_back = Q(case__state__in=CLOSED, removed_at__lt=long_ago, case__closed_on__lt=long_ago.date())
    return Document.objects.filter(left | taken_back, purged_at=None).order_by("pk").distinct()


def _letters(at: datetime) -> QuerySet[IssuedPaper]:
    """Return promise letters kept as long as they must be, of closed cases in which no check is open."""
    due = IssuedPaper.objects.filter(
        promise__keep_until__lt=at.date(), case__state__in=CLOSED, purged_at=None, promise__isnull=False
    )
    return due.exclude(promise__checks__outcome="").order_by("pk")


def _copies(at: datetime) -> QuerySet[DataCopy]:
    return DataCopy.objects.filter(Q(until__lt=at) | Q(fetched_at__isnull=False)).exclude(sha256="")


def _orphans(at: datetime) -> Iterator[str]:
    """Yield files nobody refers to: left by a crash between the file and its row."""
    for file in sorted(documents.folder().glob("??/*")):
        if file.stat().st_mtime < (at - ORPHAN_AFTER).timestamp() and not _held(file.name):
            yield file.name


def _held(digest: str) -> bool:
    holders = (
        model._default_manager.filter(**{name: digest, **({"purged_at": None} if model in PURGED else {})})
        for model, name in HOLDERS
    )
    return any(rows.exists() for rows in holders)


def _drop(digest: str) -> None:
    if not _held(digest):
        documents.path_of(digest).unlink(missing_ok=True)


def _purge(rows: QuerySet[Document] | QuerySet[IssuedPaper], at: datetime) -> int:
    """Mark rows first and delete their files after: a run that is killed leaves a file nobody refers to."""
    count = 0
    for row in rows:
        with transaction.atomic():
            # Under the lock of the case nobody goes on with it meanwhile; what changed before is left alone.
            Case.objects.select_for_update().get(pk=row.case_id)
            if not rows.filter(pk=row.pk).exists():
                continue
            row.purged_at = at
            if isinstance(row, Document):
                row.name, row.removed_at = "", row.removed_at or at
            row.save()
        _drop(row.sha256)
        count += 1
    return count


def _drop_copies(at: datetime) -> int:
    digests = list(_copies(at).values_list("sha256", flat=True))
    _copies(at).update(sha256="")
    for digest in digests:
        _drop(digest)
    return len(digests)


def _drop_orphans(at: datetime) -> int:
    digests = list(_orphans(at))
    for digest in digests:
        _drop(digest)
    return len(digests)


def _keys(at: datetime) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(until__lt=at)


def _said(at: datetime) -> list[QuerySet[Any]]:
    """Return messages of other areas whose thread has been quiet for long; their numbers and hashes stay."""
    long_ago = at - timedelta(days=settings.YIBAO_KEEP_WORK_DAYS)
    heard = Exists(InboxMessage.objects.filter(thread=OuterRef("thread"), received_at__gte=long_ago))
    said = Exists(OutboxMessage.objects.filter(thread=OuterRef("thread"), sent_at__gte=long_ago))
    ended = {OutboxMessage: ("delivered", "refused"), InboxMessage: ("done", "refused")}
    return [
        model._default_manager.filter(~heard, ~said, state__in=states, content__isnull=False)
        for model, states in ended.items()
    ]


RULES = (
    Rule(
        "sessions", "已过期的登录会话", "sessions that have ended",
        lambda at: ["session"] * _sessions(at).count(), lambda at: in_pieces(_sessions(at)),
    ),
    Rule(
        "work", "早已办完的后台任务记录", "records of work done long ago",
        lambda at: [f"{row.kind} {row.case_number}" for row in _work(at)], lambda at: in_pieces(_work(at)),
    ),
    Rule(
        "keys", "不会再重复的请求的防重键", "keys of requests nobody repeats any more",
        lambda at: ["key"] * _keys(at).count(), lambda at: in_pieces(_keys(at)),
    ),
    Rule(
        "exchange", "早已办完的跨区报文的内容", "contents of messages between areas, done long ago",
        lambda at: ["message"] * sum(rows.count() for rows in _said(at)),
        lambda at: sum(rows.update(content=None) for rows in _said(at)),
    ),
    Rule(
        "files", "久未提交的草稿的材料，办结后久已撤回的材料", "files of drafts left alone, or taken back long ago",
        lambda at: [f"{row.case.number} {row.material}" for row in _files(at).select_related("case")],
        lambda at: _purge(_files(at), at),
    ),
    Rule(
        "promises", "保存期满的告知承诺书", "promise letters kept as long as they must be",
        lambda at: [row.number for row in _letters(at)], lambda at: _purge(_letters(at), at),
    ),
    Rule(
        "copies", "已下载或已过期的个人信息副本", "copies of own data that were fetched or have lapsed",
        lambda at: [f"copy {pk}" for pk in _copies(at).values_list("pk", flat=True)], _drop_copies,
    ),
    Rule(
        "orphans", "没有记录引用的文件", "files nobody refers to",
        lambda at: list(_orphans(at)), _drop_orphans,
    ),
)  # fmt: skip
_also: dict[str, Rule] = {}
