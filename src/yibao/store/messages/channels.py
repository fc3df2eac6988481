"""The ways out of the house: e-mail through Django, text messages through whatever the setting names.

A channel is given the same `key` again when nobody knows whether the first attempt arrived (the process was killed
between sending and writing it down). It must pass the key on, or drop what it has sent before.
"""

import hashlib
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

TIMEOUT_SECONDS = 10
_REFUSED_FOR_GOOD = range(400, 500)
_TRY_AGAIN = (408, 409, 425, 429)


class Undeliverable(Exception):
    """A channel could not deliver.

    Attributes:
        permanent: Trying again is useless: the address does not exist, the text was refused.
    """

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: no name, no amount, no link.

    Attributes:
        to: Address or telephone number.
        subject: For channels that have one.
        text: The whole text.
        key: The same for every attempt at one message.
    """

    to: str
    subject: str
    text: str
    key: str


class Channel(Protocol):
    """A way out. `YIBAO_CHANNELS` names the class of each; it is made without arguments for every letter."""

    def send(self, letter: Letter) -> None:
        """Deliver, or raise `Undeliverable`; any other error counts as one that may pass."""


class MailChannel:
    """E-mail by Django's backend; the key is the Message-ID, by which mail programs drop a second copy."""

    def send(self, letter: Letter) -> None:
        """Send one e-mail.

        Raises:
            Undeliverable: The mail server does not take it.
        """
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        headers = {"Message-ID": f"<{_digest(letter.key)}@{host}>", "Auto-Submitted": "auto-generated"}
        try:
            EmailMessage(letter.subject, letter.text, to=[letter.to], headers=headers).send()
        except OSError as error:
            raise Undeliverable(type(error).__name__) from error


class FileChannel:
    """Text messages into a folder, one file each, for a demonstration: `YIBAO_HOME/outbox/sms`."""

    def send(self, letter: Letter) -> None:
        """Write one file; the same key again writes nothing."""
        folder = settings.YIBAO_OUTBOX_DIR / "sms"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{_digest(letter.key)}.txt"
        if file.exists():
            return
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{letter.to}\n{letter.text}\n", encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(file)


class HttpChannel:
    """Text messages through a gateway that takes JSON: `YIBAO_SMS_URL`; the key goes along as `Idempotency-Key`."""

    def send(self, letter: Letter) -> None:
        """Post one message.

        Raises:
            Undeliverable: The gateway refuses it (for good where it says so), or cannot be reached.
        """
        address = settings.YIBAO_SMS_URL
        if urlsplit(address).scheme not in ("http", "https"):
            raise Undeliverable("no_gateway")
        request = urllib.request.Request(
            address,
            data=json.dumps({"to": letter.to, "text": letter.text}).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": _digest(letter.key)},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            lasting = error.code in _REFUSED_FOR_GOOD and error.code not in _TRY_AGAIN
            raise Undeliverable(f"http_{error.code}", permanent=lasting) from error
        except OSError as error:
            raise Undeliverable(type(error).__name__) from error


def channel(name: str) -> Channel:
    """Return the channel of a name, `email` or `sms`, as the setting has it."""
    made: Channel = import_string(settings.YIBAO_CHANNELS[name])()
    return made


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
