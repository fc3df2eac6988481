"""Batches of messages and receipts, signed: JSON Web Signatures in compact form with Ed25519 (RFC 7515, 9864)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import to_bytes, urlsafe_b64decode, urlsafe_b64encode

from yibao.exchange.envelope import AREA, Read, read
from yibao.exchange.refusals import refuse
from yibao.kernel.canonical import canonical_json, text_hash

MESSAGES_MAX = 100
BATCH_BYTES_MAX = 4 * 1024 * 1024
TEXTS_BYTES_MAX = 2 * 1024 * 1024
"""A sender puts no more text than this into one batch, so that it stays below what a receiver takes."""
CONTENT_TYPE = "application/jose"
TAKEN = "taken"

_BATCH, _RECEIPT = "yibao-batch+jws", "yibao-receipt+jws"
_ALGORITHM = "Ed25519"
_CURVE: Literal["Ed25519"] = "Ed25519"
_VERSION_MAX = 10**6


class _Sizes(jws.JWSRegistry):
    max_payload_length = BATCH_BYTES_MAX * 4 // 3 + 4


_SIZES = _Sizes(algorithms=[_ALGORITHM])


@dataclass(frozen=True, slots=True)
class Signer:
    """A key an area signs with.

    Attributes:
        area: Six digits.
        version: Of the key.
        secret: The private half, as `new_key` gives it.
    """

    area: str
    version: int
    secret: str


class PublicKeys(Protocol):
    """Gives the public key of an area and version, or None where there is none that holds."""

    def __call__(self, *, area: str, version: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one sender to one receiver.

    Attributes:
        sender: Six digits of the area.
        receiver: Six digits of the area.
        messages: At most 100.
        hash: SHA-256 of the signed text, which the receipt names.
    """

    sender: str
    receiver: str
    messages: tuple[Read, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of each message of a batch at the door of its receiver.

    Attributes:
        batch: Hash of the batch.
        results: For each message's number `taken`, or the code of the refusal.
    """

    batch: str
    results: Mapping[str, str]


def new_key() -> tuple[str, str]:
    """Return a new key: its private and its public half, 43 characters each.

    Examples:
        >>> [len(half) for half in new_key()]
        [43, 43]
    """
    made = OKPKey.generate_key(_CURVE).as_dict(private=True)
    return str(made["d"]), str(made["x"])


def is_public(text: str) -> bool:
    """Return whether a text is the public half of a key.

    Examples:
        >>> is_public(new_key()[1]), is_public("abc")
        (True, False)
    """
    try:
        return bool(OKPKey.import_key({"kty": "OKP", "crv": _CURVE, "x": text}).public_key)
    except (JoseError, ValueError, TypeError):
        return False


def sign_batch(*, texts: Sequence[str], receiver: str, by: Signer) -> tuple[bytes, str]:
    """Return a signed batch and its hash.

    Args:
        texts: The canonical texts of at most 100 messages of the signer's area to the receiver.
        receiver: Six digits of the area.
        by: Who signs.
    """
    head, foot = '{"messages":[', f'],"receiver":"{receiver}","sender":"{by.area}"}}'
    text = head + ",".join(texts) + foot
    return _signed(text, _BATCH, by), text_hash(text)


def open_batch(token: bytes, *, keys: PublicKeys) -> Batch:
    """Return the messages of a signed batch, once the signature and every member are proven.

    Args:
        token: As it came.
        keys: The public keys that are known.

    Raises:
        Refused: batch_too_large, batch_unreadable, key_unknown, signature_wrong, batch_not_canonical, batch_mixed,
            message_malformed, message_too_large; nothing of the batch is taken.
    """
    if len(token) > BATCH_BYTES_MAX:
        raise refuse("batch_too_large")
    text, signer = _opened(token, _BATCH, keys)
    value = _object(text)
    messages = value.get("messages")
    if value.keys() != {"messages", "receiver", "sender"} or not isinstance(messages, list):
        raise refuse("batch_unreadable")
    if not 1 <= len(messages) <= MESSAGES_MAX:
        raise refuse("batch_too_large")
    found = tuple(read(one) for one in messages)
    sides = {(one.envelope.sender, one.envelope.receiver) for one in found}
    if sides != {(signer, value["receiver"])} or value["sender"] != signer:
        raise refuse("batch_mixed")
    whole = '{"messages":[' + ",".join(one.text for one in found) + f'],"receiver":"{value["receiver"]}"'
    if whole + f',"sender":"{signer}"}}' != text:
        raise refuse("batch_not_canonical")
    return Batch(signer, value["receiver"], found, text_hash(text))


def sign_receipt(*, receipt: Receipt, by: Signer) -> bytes:
    """Return a signed receipt.

    Args:
        receipt: What became of a batch.
        by: The receiver of the batch.
    """
    text = canonical_json({"batch": receipt.batch, "results": dict(receipt.results)})
    return _signed(text, _RECEIPT, by)


def open_receipt(token: bytes, *, keys: PublicKeys, of: str, batch: str, ids: Sequence[str]) -> Receipt:
    """Return a receipt, once it is proven to be about what was sent.

    Args:
        token: As it came.
        keys: The public keys that are known.
        of: Six digits of the area the batch went to.
        batch: Hash of the batch.
        ids: Numbers of its messages.

    Raises:
        Refused: batch_too_large, batch_unreadable, key_unknown, signature_wrong, receipt_wrong; send the batch again
            later.
    """
    if len(token) > BATCH_BYTES_MAX:
        raise refuse("batch_too_large")
    text, signer = _opened(token, _RECEIPT, keys)
    value = _object(text)
    results = value.get("results")
    right = value.keys() == {"batch", "results"} and value["batch"] == batch and signer == of
    if not right or not isinstance(results, dict) or results.keys() != set(ids):
        raise refuse("receipt_wrong")
    if not all(isinstance(result, str) for result in results.values()):
        raise refuse("receipt_wrong")
    return Receipt(batch, results)


def _signed(text: str, kind: str, by: Signer) -> bytes:
    header = {"alg": _ALGORITHM, "kid": f"{by.area}/{by.version}", "typ": kind}
    public = _public_half(by.secret)
    key = OKPKey.import_key({"kty": "OKP", "crv": _CURVE, "x": public, "d": by.secret})
    return jws.serialize_compact(header, text.encode(), key, None, _SIZES).encode()


def _opened(token: bytes, kind: str, keys: PublicKeys) -> tuple[str, str]:
    """Return the text and the area that signed it."""
    try:
        signed = jws.extract_compact(token, None, _SIZES)
        header = signed.headers()
        area, version = _kid(header.get("kid"))
    except (JoseError, ValueError, TypeError, RecursionError):
        raise refuse("batch_unreadable") from None
    if header != {"alg": _ALGORITHM, "kid": f"{area}/{version}", "typ": kind}:
        raise refuse("batch_unreadable")
    public = keys(area=area, version=version)
    if public is None:
        raise refuse("key_unknown", area, version)
    key = OKPKey.import_key({"kty": "OKP", "crv": _CURVE, "x": public})
    try:
        proven = jws.validate_compact(signed, key, None, _SIZES)
        text = signed.payload.decode() if proven is not False else None
    except (JoseError, UnicodeDecodeError):
        text = None
    if text is None:
        raise refuse("signature_wrong", area, version)
    return text, area


def _public_half(secret: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(to_bytes(secret)))
    return urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()


def _kid(told: Any) -> tuple[str, int]:
    area, _, version = str(told).partition("/")
    if not AREA.fullmatch(area) or not version.isascii() or not version.isdigit() or int(version) > _VERSION_MAX:
        raise ValueError("no name of a key")
    return area, int(version)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise refuse("batch_unreadable") from None
    if not isinstance(value, dict):
        raise refuse("batch_unreadable")
    return value
