"""With whom messages are exchanged: areas kept here and areas of other installations, and the keys of each."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yibao.exchange.batch import Signer, is_public, new_key
from yibao.exchange.envelope import AREA
from yibao.store.exchange.refusals import refuse
from yibao.store.models import ExchangeKey, ExchangePartner

ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?")
PAUSE = timedelta(seconds=10)
PAUSE_DOUBLINGS_MAX = 6
ERROR_MAX = 60


def host(*, area: str, at: datetime) -> ExchangePartner:
    """Have an area kept here take part, with a key of its own; harmless when it does already.

    Args:
        area: Six digits.
        at: Now.

    Raises:
        Refused: area_wrong.
    """
    if not AREA.fullmatch(area):
        raise refuse("area_wrong", area)
    with transaction.atomic():
        row, _ = ExchangePartner.objects.get_or_create(area=area, defaults={"joined_at": at})
        if not row.address and not row.keys.exists():
            _make_key(row, 1, at)
    return row


def join(*, area: str, address: str, public: str, version: int, at: datetime) -> ExchangePartner:
    """Enter an area of another installation, or one more version of its key.

    Args:
        area: Six digits.
        address: Where its messages are sent, such as `https://yibao.example/api/exchange`.
        public: The public half of its key, as it was told by a way that can be trusted.
        version: Of the key, 1 or more.
        at: Now.

    Raises:
        Refused: area_wrong, address_wrong, public_key_wrong, key_version_taken.
    """
    if not AREA.fullmatch(area):
        raise refuse("area_wrong", area)
    if not ADDRESS.fullmatch(address):
        raise refuse("address_wrong")
    if not is_public(public):
        raise refuse("public_key_wrong")
    with transaction.atomic():
        row, _ = ExchangePartner.objects.update_or_create(
            area=area,
            defaults={"address": address, "paused_until": None, "failures": 0},
            create_defaults={"address": address, "joined_at": at},
        )
        key, made = ExchangeKey.objects.get_or_create(
            partner=row, version=version, defaults={"public": public, "made_at": at}
        )
        if not made and (key.public != public or key.ended_at):
            raise refuse("key_version_taken", version)
    return row


def new_version(*, area: str, at: datetime) -> ExchangeKey:
    """Make the next key of an area kept here; it signs nothing before `use_key`, so that the others can enter it first.

    Raises:
        Refused: area_not_joined: it is not kept here.
    """
    with transaction.atomic():
        row = ExchangePartner.objects.select_for_update().filter(area=area, address="").first()
        if row is None:
            raise refuse("area_not_joined", area)
        last = row.keys.order_by("-version").values_list("version", flat=True).first() or 0
        return _make_key(row, last + 1, at)


def use_key(*, area: str, version: int) -> None:
    """Sign with a version from now on; the one before still proves what it signed.

    Raises:
        Refused: no_such_signing_key: the area is not kept here, or has no such version that holds.
    """
    good = ExchangeKey.objects.filter(partner=area, version=version, ended_at=None, private__isnull=False)
    if not good.exists():
        raise refuse("no_such_signing_key", area, version)
    ExchangePartner.objects.filter(area=area).update(signs_with=version)


def end_key(*, area: str, version: int, at: datetime) -> None:
    """Trust a version of a key no more; nothing it signed is taken from now on.

    Raises:
        Refused: no_such_signing_key; signing_key_in_use: the area is kept here and signs with it.
    """
    with transaction.atomic():
        row = ExchangePartner.objects.select_for_update().filter(area=area).first()
        if row is not None and not row.address and row.signs_with == version:
            raise refuse("signing_key_in_use", area, version)
        if not ExchangeKey.objects.filter(partner=area, version=version).update(ended_at=at, private=None):
            raise refuse("no_such_signing_key", area, version)


def all_of() -> list[ExchangePartner]:
    """Return every area messages are exchanged with, and its keys."""
    return list(ExchangePartner.objects.prefetch_related("keys").order_by("area"))


def is_here(area: str) -> bool:
    """Return whether an area is kept in this database."""
    return ExchangePartner.objects.filter(area=area, address="").exists()


def signer(area: str) -> Signer:
    """Return the key an area kept here signs with.

    Raises:
        Refused: area_not_joined.
    """
    good = ExchangeKey.objects.filter(partner=area, ended_at=None, private__isnull=False)
    key = good.filter(version=F("partner__signs_with")).first()
    if key is None:
        raise refuse("area_not_joined", area)
    return Signer(area, key.version, str(key.private))


def public_key(*, area: str, version: int) -> str | None:
    """Return a public key that holds, or None."""
    found = ExchangeKey.objects.filter(partner=area, version=version, ended_at=None)
    return found.values_list("public", flat=True).first()


def answered(area: str) -> None:
    """Note that an area answers again."""
    paused = ExchangePartner.objects.filter(area=area, failures__gt=0)
    paused.update(failures=0, paused_until=None, last_error="")


def silent(*, area: str, why: str, at: datetime) -> None:
    """Leave an area alone for a while: ten seconds, twice as long after each failure, at most about ten minutes.

    Args:
        area: Six digits.
        why: Kind of the failure or code of the refusal; nothing of a person.
        at: Now.
    """
    with transaction.atomic():
        row = ExchangePartner.objects.select_for_update().get(area=area)
        doubled = PAUSE * 2 ** min(row.failures, PAUSE_DOUBLINGS_MAX)
        ExchangePartner.objects.filter(area=area).update(
            failures=F("failures") + 1, paused_until=at + doubled, last_error=why[:ERROR_MAX]
        )


def _make_key(row: ExchangePartner, version: int, at: datetime) -> ExchangeKey:
    private, public = new_key()
    return ExchangeKey.objects.create(partner=row, version=version, private=private, public=public, made_at=at)
