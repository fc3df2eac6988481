"""Each message of a transfer as it is sent, inside the transaction of the step it tells of."""

from collections.abc import Sequence
from datetime import date, datetime

from yibao.kernel.errors import Refusal
from yibao.services.relocation import messages
from yibao.services.relocation.actions import looking
from yibao.services.relocation.models import Table, Transfer
from yibao.store.planned import AT_ONCE, Writer


def _send(
    row: Transfer, kind: str, body: messages.Body, *, on: date, at: datetime, about: object = "",
    writer: Writer = AT_ONCE,
) -> None:  # fmt: skip
    key = f"{row.thread}/{row.side}/{kind}/{about}"
    other = looking.area(row.other, on=on)
    writer.say(thread=row.thread, kind=kind, body=body.plain(), sender=row.place, receiver=other, key=key, at=at)


def request(
    row: Transfer, *, found: Sequence[messages.Found], on: date, at: datetime, writer: Writer = AT_ONCE
) -> None:
    """Ask the other place: this place's own checks are met."""
    who, own = row.person, looking.relation(row, on=on)
    body = messages.Request.model_validate(
        {
            "from": row.source, "to": row.target, "side": row.side, "applied_on": on, "by": row.by,
            "channel": row.channel, "materials": row.materials, "relation": own, "checks": list(found),
            "person": {"identity_kind": who.identity_kind, "identity": who.identity, "name": who.name},
            "bank": looking.known(row, on=on).bank,
        }
    )  # fmt: skip
    _send(row, "transfer.request", body, on=on, at=at, writer=writer)


def checked(
    row: Transfer, *, found: Sequence[messages.Found], on: date, at: datetime, writer: Writer = AT_ONCE
) -> None:
    """Answer that this place's checks are met too."""
    own, bank = looking.relation(row, on=on), looking.known(row, on=on).bank
    body = messages.Checks.model_validate({"relation": own, "checks": list(found), "bank": bank})
    _send(row, "transfer.checks", body, on=on, at=at, writer=writer)


def not_here(
    row: Transfer, *, refusals: Sequence[Refusal], found: Sequence[messages.Found], on: date, at: datetime
) -> None:
    """Answer that this place does not accept it."""
    body = messages.NotHere(reasons=looking.reasons(refusals), checks=list(found))
    _send(row, "transfer.refusal", body, on=on, at=at)


def accepted(row: Transfer, *, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Tell the day from which the clocks run at both places."""
    body = messages.Accepted.model_validate({"accepted_on": on, "type": row.type})
    _send(row, "transfer.accepted", body, on=on, at=at, writer=writer)


def table(row: Transfer, *, version: Table, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Send the table that was signed."""
    body = messages.TableBody.model_validate({"version": version.version, "sent_on": on, **version.body})
    _send(row, "transfer.table", body, on=on, at=at, about=version.version, writer=writer)


def loaded(row: Transfer, *, version: int, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Tell that the relation is the new place's."""
    body = messages.Loaded(version=version, loaded_on=on)
    _send(row, "transfer.loaded", body, on=on, at=at, writer=writer)


def correction(row: Transfer, *, version: int, why: str, on: date, at: datetime) -> None:
    """Send a wrong table back."""
    body = messages.Correction(version=version, why=why)
    _send(row, "transfer.correction", body, on=on, at=at, about=version)


def money_notice(
    row: Transfer, *, amount_fen: int, reference: str, on: date, at: datetime, writer: Writer = AT_ONCE
) -> None:
    """Tell that the money was paid."""
    body = messages.MoneyNotice(amount_fen=amount_fen, reference=reference, paid_on=on)
    _send(row, "transfer.money_notice", body, on=on, at=at, writer=writer)


def receipt(row: Transfer, *, amount_fen: int, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Tell that the money is where it belongs."""
    _send(row, "transfer.receipt", messages.Receipt(amount_fen=amount_fen, credited_on=on), on=on, at=at, writer=writer)


def cancellation(row: Transfer, *, code: str, on: date, at: datetime, note: str = "") -> None:
    """Tell that the transfer ends; from the new place, once it was accepted, a wish the old place decides."""
    _send(row, "transfer.cancellation", messages.Cancellation(code=code, note=note, on=on), on=on, at=at)
