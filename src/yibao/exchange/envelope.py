"""One message between two agencies: who says what to whom, and at which place of which thread."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yibao.exchange.refusals import refuse
from yibao.kernel.canonical import canonical_json, moment, text_hash

AREA = re.compile(r"[0-9]{6}")
NAME = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
THREAD = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./-]{0,59}")
POSITION_MAX = 2**31 - 1
TEXT_BYTES_MAX = 64 * 1024
DEPTH_MAX = 12

_MEMBERS = frozenset({"body", "id", "kind", "position", "receiver", "sender", "sent_at", "thread"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message.

    Attributes:
        id: Its own number, given once by the sender.
        thread: What it belongs to, such as a case; messages of one thread and direction are handled in order.
        position: Its place among the messages of this thread from this sender to this receiver, from 1.
        kind: What it says, such as `transfer.request`.
        sender: Six digits of the area that says it.
        receiver: Six digits of the area it is said to.
        sent_at: When it was said.
        body: Plain data: texts, whole numbers, truth values, None, lists and mappings of these.
    """

    id: UUID
    thread: str
    position: int
    kind: str
    sender: str
    receiver: str
    sent_at: datetime
    body: Mapping[str, Any]

    def text(self) -> str:
        """Return the one spelling of this message, which its hash is taken of.

        Raises:
            TypeError: The body holds something that is no plain data; that is a bug in the caller.
            Refused: message_too_large; message_malformed where a text holds half of a sign.

        Examples:
            >>> from datetime import UTC
            >>> Envelope(UUID(int=1), "T-1", 1, "note", "500000", "140100",
            ...          datetime(2026, 1, 5, tzinfo=UTC), {"b": 1}).text()[:40]
            '{"body":{"b":1},"id":"00000000-0000-0000'
        """
        text = canonical_json(
            {
                "body": self.body,
                "id": str(self.id),
                "kind": self.kind,
                "position": self.position,
                "receiver": self.receiver,
                "sender": self.sender,
                "sent_at": moment(self.sent_at),
                "thread": self.thread,
            }
        )
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise refuse("message_malformed", "body") from None
        if size > TEXT_BYTES_MAX:
            raise refuse("message_too_large", self.kind)
        return text


@dataclass(frozen=True, slots=True)
class Read:
    """A message that was read, with its one spelling.

    Attributes:
        envelope: The message.
        text: Its canonical text.
        hash: SHA-256 of the text, 64 hexadecimal digits.
    """

    envelope: Envelope
    text: str
    hash: str


def read(value: Any) -> Read:
    """Return the message a JSON value stands for, every member checked.

    Args:
        value: As `json` gives it.

    Raises:
        Refused: message_malformed with the member that is wrong, message_too_large.

    Examples:
        >>> read({"id": "x"})
        Traceback (most recent call last):
            ...
        yibao.kernel.errors.Refused: message_malformed: 报文内容不符合格式
    """
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise refuse("message_malformed", "members")
    envelope = Envelope(
        id=_id(value["id"]),
        thread=_text(value, "thread", THREAD),
        position=_position(value["position"]),
        kind=_text(value, "kind", NAME),
        sender=_text(value, "sender", AREA),
        receiver=_text(value, "receiver", AREA),
        sent_at=_moment(value["sent_at"]),
        body=_body(value["body"]),
    )
    if envelope.sender == envelope.receiver:
        raise refuse("message_malformed", "receiver")
    text = envelope.text()
    return Read(envelope, text, text_hash(text))


def read_text(text: str) -> Read:
    """Return the message its canonical text stands for.

    Raises:
        Refused: message_malformed, message_too_large.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise refuse("message_malformed", "text") from None
    return read(value)


def _id(value: Any) -> UUID:
    try:
        found = UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise refuse("message_malformed", "id") from None
    if str(found) != value:
        raise refuse("message_malformed", "id")
    return found


def _text(value: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    text = value[name]
    if not isinstance(text, str) or not form.fullmatch(text):
        raise refuse("message_malformed", name)
    return text


def _position(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= POSITION_MAX:
        raise refuse("message_malformed", "position")
    return value


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        same = moment(found) == value
    except (ValueError, TypeError):
        raise refuse("message_malformed", "sent_at") from None
    if not same:
        raise refuse("message_malformed", "sent_at")
    return found


def _body(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not _plain(value, DEPTH_MAX):
        raise refuse("message_malformed", "body")
    return value


def _plain(value: Any, depth: int) -> bool:
    """Return whether a value holds plain data only: no broken numbers, not nested without end."""
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, str):
        return "\x00" not in value
    if depth == 0:
        return False
    if isinstance(value, list):
        return all(_plain(inner, depth - 1) for inner in value)
    if isinstance(value, dict):
        return all(_plain(name, 0) and _plain(inner, depth - 1) for name, inner in value.items())
    return False
