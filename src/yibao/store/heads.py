"""Making and checking the signed daily heads."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction
from django.db.models import Max, Model

from yibao.casework.heads import leaf, root_of, signed_text
from yibao.kernel.canonical import moment
from yibao.store import crypto
from yibao.store.models import AccountEvent, AuditHead, CaseAction, JournalTransaction, ReadLog

KEY_DIGITS = 64
_P = 2**255 - 19
# The second coordinates of the eight points whose eightfold is nothing, in every spelling of 255 bits (RFC 8032, 5.1).
_SMALL_ORDER = {
    *(0, 1, _P - 1, _P, _P + 1),
    *(
        int.from_bytes(bytes.fromhex(spelt), "little")
        for spelt in (
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        )
    ),
}


class HeadExists(ValueError):
    """The day has its head already; heads are never made again."""


def make_head(*, day: date, at: datetime) -> AuditHead:
    """Sign one root over everything written since the head before.

    Writers wait for a moment, so that nothing with a lower number can follow.

    Args:
        day: The day the head is of; later than the last head's.
        at: Now.

    Raises:
        HeadExists: The day, or a later one, has a head.
    """
    with transaction.atomic():
        _stop_writers()
        before = AuditHead.objects.order_by("day").last()
        if before is not None and before.day >= day:
            raise HeadExists(f"the head of {before.day} is on record")
        head = AuditHead(
            day=day,
            last_action_id=_last(CaseAction, before and before.last_action_id),
            last_transaction_id=_last(JournalTransaction, before and before.last_transaction_id),
            last_read_id=_last(ReadLog, before and before.last_read_id),
            last_login_id=_last(AccountEvent, before and before.last_login_id),
            previous_root=before.root if before else "",
            made_at=at,
        )
        leaves = list(_leaves(before, head))
        head.leaf_count = len(leaves)
        head.root = root_of(previous_root=head.previous_root, leaves=leaves)
        _sign(head)
        head.save(force_insert=True)
    return head


def sign_due(*, on: date, at: datetime) -> AuditHead | None:
    """Sign the head of the day before, once; the worker calls it at every look.

    Args:
        on: Today.
        at: Now.

    Returns:
        The head made now; None when the day has one, or nothing was ever written.
    """
    yesterday = on - timedelta(days=1)
    written = CaseAction.objects.exists() or AccountEvent.objects.exists()
    if not written or AuditHead.objects.filter(day__gte=yesterday).exists():
        return None
    try:
        return make_head(day=yesterday, at=at)
    except HeadExists:
        # Another worker was quicker.
        return None


def plain(head: AuditHead) -> dict[str, Any]:
    """Return a head as plain values, as it is exported and signed."""
    # A head from before logins were covered is told as it was signed.
    logins = {} if head.last_login_id is None else {"last_login_id": head.last_login_id}
    return {
        **logins,
        "day": head.day.isoformat(),
        "last_action_id": head.last_action_id,
        "last_transaction_id": head.last_transaction_id,
        "last_read_id": head.last_read_id,
        "leaf_count": head.leaf_count,
        "root": head.root,
        "previous_root": head.previous_root,
        "made_at": moment(head.made_at),
        "public_key": head.public_key,
        "signature": head.signature,
    }


def own_public_key() -> str:
    """Return the public half of this installation's key, 64 hexadecimal digits; hand it to those who check."""
    return crypto.audit_key().public_key().public_bytes_raw().hex()


def is_key(public_key: str) -> bool:
    """Return whether a text can be somebody's public key: 64 hexadecimal digits, and no point of small order.

    Under a key of small order, such as 32 zero bytes, noise passes for a signature; whose key it is, nobody can say.

    Args:
        public_key: As it was handed over.
    """
    try:
        number = int.from_bytes(bytes.fromhex(public_key), "little")
    except ValueError:
        return False
    return len(public_key) == KEY_DIGITS and number % 2**255 not in _SMALL_ORDER


def signed_by(head: Mapping[str, Any], *, public_key: str) -> bool:
    """Return whether a plain head is signed by a key.

    Args:
        head: As `plain` gives it.
        public_key: 64 hexadecimal digits, got from the agency and not from the head itself.
    """
    if head["public_key"] != public_key or not is_key(public_key):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        signature = bytes.fromhex(head["signature"])
        key.verify(signature, signed_text(head).encode())
    except (InvalidSignature, TypeError, ValueError):
        return False
    # One spelling only: no capital digit, no space between.
    return signature.hex() == head["signature"]


def _sign(head: AuditHead) -> None:
    key = crypto.audit_key()
    head.public_key = own_public_key()
    head.signature = key.sign(signed_text(plain(head)).encode()).hex()


def _last(model: type[Model], before: int | None) -> int:
    return model._default_manager.aggregate(last=Max("id"))["last"] or before or 0


def _leaves(before: AuditHead | None, head: AuditHead) -> Iterator[str]:
    start = before or AuditHead(last_action_id=0, last_transaction_id=0, last_read_id=0)
    actions = CaseAction.objects.filter(id__gt=start.last_action_id, id__lte=head.last_action_id).order_by("id")
    ends = {
        number: (seq, hashed) for number, seq, hashed in actions.values_list("case__number", "seq", "hash").iterator()
    }
    yield from (leaf(kind="case", chain=number, end=f"{seq} {hashed}") for number, (seq, hashed) in ends.items())
    journal = JournalTransaction.objects.filter(
        id__gt=start.last_transaction_id, id__lte=head.last_transaction_id
    ).values_list("key", "content_hash")
    yield from (leaf(kind="journal", chain=key, end=hashed) for key, hashed in journal.iterator())
    reads = ReadLog.objects.filter(id__gt=start.last_read_id, id__lte=head.last_read_id).order_by("id")
    tails = {chain: (seq, hashed) for chain, seq, hashed in reads.values_list("chain", "seq", "hash").iterator()}
    yield from (leaf(kind="read", chain=chain, end=f"{seq} {hashed}") for chain, (seq, hashed) in tails.items())
    # The first head that covers logins covers all that ever happened to them.
    events = AccountEvent.objects.filter(id__gt=start.last_login_id or 0, id__lte=head.last_login_id).order_by("id")
    links = {login: (seq, hashed) for login, seq, hashed in events.values_list("account_id", "seq", "hash").iterator()}
    yield from (leaf(kind="login", chain=str(login), end=f"{seq} {hashed}") for login, (seq, hashed) in links.items())


def _stop_writers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "LOCK TABLE store_caseaction, store_journaltransaction, store_readlog, store_accountevent IN SHARE MODE"
            )
