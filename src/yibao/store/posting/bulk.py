"""Many postings at once, as imports and the demo city need them: a few statements per thousand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from yibao.kernel.canonical import content_hash
from yibao.kernel.months import Month
from yibao.ledger import recipes
from yibao.ledger.balances import sums
from yibao.ledger.journal import Draft
from yibao.store import ready
from yibao.store.models import Contribution, Entry, IdempotencyKey, JournalTransaction, LedgerAccount
from yibao.store.posting.accounts import accounts_of, check_period, move_balances
from yibao.store.posting.single import head_of, key_of
from yibao.store.refusals import refuse

CHUNK = 500


def post_many(*, drafts: Iterable[Draft], at: datetime) -> int:
    """Post drafts in chunks, each chunk whole or not at all; those posted before are passed over.

    Args:
        drafts: Read one chunk at a time; none reverses another.
        at: Now.

    Returns:
        How many were posted now.

    Raises:
        Refused: As `post`; the chunks before stay posted, and the same call may be made again.
    """
    rest = iter(drafts)
    posted = 0
    while chunk := list(islice(rest, CHUNK)):
        with transaction.atomic():
            posted += len(_post_chunk(_fresh(chunk), at))
    return posted


def record_contributions(*, contributions: QuerySet[Contribution], on: date, at: datetime) -> int:
    """Post what contributions brought in: Dr bank, Cr pool, large claims and the personal account.

    The account is credited for the months begun by `on`. Contributions of unknown amount, and those
    posted before, are passed over.

    Args:
        contributions: Which; their parts and credits are read along.
        on: Last day counted for monthly credits, and the accounting date where no day of payment is known.
        at: Now.

    Returns:
        How many were posted now.

    Raises:
        Refused: `account_counted_twice`, a contribution has both a part paid into the personal account and monthly
            credits of the pool; `period_closed`. The chunks before stay posted; correct the record and call again.
    """
    rows = contributions.filter(amount_fen__gt=0).select_related("enrolment").prefetch_related("parts", "credits")
    return post_many(drafts=(_received(row, on) for row in rows.iterator(chunk_size=CHUNK)), at=at)


def _received(row: Contribution, on: date) -> Draft:
    parts = {"pool": row.amount_fen or 0} if not row.parts.all() else _by_fund(row)
    credits_ = [one for one in row.credits.all() if one.kind == "credit"]
    if parts.get("account") and credits_:
        raise refuse("account_counted_twice", str(row.pk))
    begun = Month.of(on).index + 1
    credit = sum(one.amount_fen * max(min(one.end_month, begun) - one.first_month, 0) for one in credits_)
    postings = recipes.contribution_received(
        region=row.enrolment.region,
        scheme=row.enrolment.scheme,
        person_id=row.enrolment.person_id,
        parts=parts,
        credit_fen=credit,
    )
    return Draft(f"contribution/{row.pk}", "contribution_received", row.paid_on or on, postings)


def _by_fund(row: Contribution) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for part in row.parts.all():
        found[part.fund] = found.get(part.fund, 0) + part.amount_fen
    return found


def _fresh(drafts: Sequence[Draft]) -> list[Draft]:
    wanted = {f"journal/{draft.key}": draft for draft in drafts}
    known = dict(IdempotencyKey.objects.filter(key__in=list(wanted)).values_list("key", "content_hash"))
    for key, digest in known.items():
        if digest != content_hash(wanted[key].content_hash):
            raise refuse("key_reused", wanted[key].key)
    return [draft for key, draft in wanted.items() if key not in known]


def post_all(*, drafts: Sequence[Draft], at: datetime) -> list[JournalTransaction]:
    """Post drafts none of which was posted before, in the caller's transaction, and return what was made of each.

    Args:
        drafts: None reverses another.
        at: Now.

    Raises:
        Refused: As `post`; key_reused also where one was posted before. End the transaction.
    """
    return _post_chunk(drafts, at)


def _post_chunk(drafts: Sequence[Draft], at: datetime) -> list[JournalTransaction]:
    keys = [key_of(draft=draft, at=at) for draft in drafts]
    if ready.insert(keys, ignore_conflicts=True) != len(keys):
        raise refuse("key_reused")
    for region, on in {(draft.region, draft.accounting_date.replace(day=1)) for draft in drafts}:
        check_period(region=region, on=on)
    rows = accounts_of(posting.account for draft in drafts for posting in draft.postings)
    move_balances(rows=rows, sums=sums(posting for draft in drafts for posting in draft.postings))
    made = [ready.new(JournalTransaction, **head_of(draft=draft, at=at)) for draft in drafts]
    ready.insert_keyed(made)
    ready.insert(list(_entries(drafts, made, rows)))
    return made


def _entries(
    drafts: Sequence[Draft], made: Sequence[JournalTransaction], rows: Mapping[str, LedgerAccount]
) -> Iterator[Entry]:
    for draft, row in zip(drafts, made, strict=True):
        for line, posting in enumerate(draft.postings, 1):
            account = rows[posting.account.code]
            yield ready.new(
                Entry, transaction_id=row.pk, line=line, account_id=account.pk, amount_fen=posting.amount_fen
            )
