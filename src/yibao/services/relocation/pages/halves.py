"""Both halves of a transfer, as far as they are kept here: what each place checked, and how far each track came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao import services
from yibao.kernel.errors import Refusal
from yibao.services.relocation import actions
from yibao.services.relocation.actions import closing, looking
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.workflow import IN, OUT, Money


@dataclass(frozen=True, slots=True)
class Halves:
    """The two sides of one transfer; one that another installation keeps is None."""

    out: Transfer | None
    into: Transfer | None

    @property
    def any(self) -> Transfer:
        """Return a side there is."""
        found = self.into or self.out
        assert found is not None
        return found


def of(row: Transfer) -> Halves:
    """Return both sides of a transfer."""
    rows = Transfer.objects.filter(thread=row.thread).select_related("case", "money", "person")
    found = {each.side: each for each in rows}
    return Halves(found.get(OUT), found.get(IN))


def refusal_words(refusal: Refusal, say: Any) -> dict[str, str]:
    """Return a reason and what to do next, in the reader's language."""
    zh, en = closing.why(refusal)
    return {"why": en, "next": refusal.next_en} if say.language == "en" else {"why": zh, "next": refusal.next_zh}


def looked(row: Transfer, *, on: date, say: Any) -> list[dict[str, Any]]:
    """Return what each place finds with a draft now: its checks, and what keeps it, with the remedy.

    The other place's half is looked at beforehand only where it is kept here; elsewhere it answers by message.

    Args:
        row: The draft.
        on: Today.
        say: The reader's words.
    """
    return [
        {
            "place": place_words(half.side.source if half.side.side == OUT else half.side.target, say),
            "side": half.side.side,
            "checks": [check_words(half.side, each.plain(), say) for each in half.found],
            "refusals": [{**refusal_words(each, say), "code": each.code, "details": each.details}
                         for each in half.refusals],
        }
        for half in looking.both(row, on=on)
    ]  # fmt: skip


def check_words(row: Transfer, check: Mapping[str, Any], say: Any) -> dict[str, Any]:
    """Return a check in words, with whether it was met."""
    listed = services.packs().region_for(row.target).setting("relocation", "checks") or {}
    written: Mapping[str, Any] = listed.get(check["code"], {})
    words = written.get("en" if say.language == "en" else "zh") or check["code"]
    return {"text": words, "passed": check["passed"], "code": check["code"]}


def checked(row: Transfer, say: Any) -> list[dict[str, Any]]:
    """Return what both places found when the application was handed in, the old place first."""
    found = []
    for side, key in ((OUT, "own" if row.side == OUT else "other"), (IN, "own" if row.side == IN else "other")):
        checks = row.checks.get(key)
        if checks:
            place = place_words(row.source if side == OUT else row.target, say)
            found.append({"place": place, "side": side, "checks": [check_words(row, each, say) for each in checks]})
    return found


def reasons(row: Transfer, say: Any) -> list[dict[str, str]]:
    """Return why a transfer ended without the years, as the place that said so told it, and what a reviewer wrote."""
    note = closing.decided(row).note if closing.way(row) == closing.REFUSED else ""
    told = [refusal_words(each, say) for each in closing.reasons(row)]
    return [*told, {"why": note, "next": ""}] if note else told


def years_track(both: Halves, say: Any) -> dict[str, Any]:
    """Return how far the relation and its years came: steps newest first, what comes next, and the limits."""
    row = both.any
    into, out = both.into or row, both.out or row
    days = (
        ("submitted", row.case.submitted_on or row.case.opened_on, True),
        ("accepted", row.accepted_on, True),
        ("sent", out.sent_on, True),
        ("received", into.received_on, both.into is not None),
        ("loaded", into.loaded_on or out.loaded_on, True),
    )
    return _track("years", days, ended=row.ended_on is not None and row.stage != "loaded", say=say)


def money_track(both: Halves, say: Any) -> dict[str, Any]:
    """Return how far the account's money came, as `years_track`."""
    out, into = both.out and both.out.money, both.into and both.into.money
    payment = both.out.case.payments.exclude(status="bounced").order_by("-pk").first() if both.out else None
    done = (into.ended_on if into else out.ended_on) if into or out else None
    moves = any(each and each.amount_fen for each in (out, into))
    days = (
        ("departed", both.any.sent_on if moves else None, both.out is not None),
        ("paid", payment.sent_on if payment else None, both.out is not None),
        ("arrived", into.arrived_on if into else None, both.into is not None),
        ("credited", done if moves else None, both.into is not None),
    )
    return _track("money", days, ended=both.any.ended_on is not None and both.any.stage != "loaded", say=say)


def account_state(both: Halves) -> str:
    """Return where the account's money is, as far as either side knows."""
    into, out = both.into, both.out
    if into is not None and into.money.state not in (Money.HERE, Money.ANNOUNCED):
        return str(into.money.state)
    return str(out.money.state if out is not None else into.money.state if into is not None else Money.HERE)


def _track(kind: str, days: tuple[tuple[str, date | None, bool], ...], *, ended: bool, say: Any) -> dict[str, Any]:
    shown = [(code, on) for code, on, here in days if here]
    done = [{"title": say(f"relocation.move.{kind}.{code}"), "on": on} for code, on in shown if on]
    coming = [say(f"relocation.move.{kind}.{code}_next") for code, on in shown if not on]
    finished = not coming and bool(done)
    if done:
        done[-1]["done"] = finished
    return {"events": done[::-1], "coming": [] if ended else coming, "finished": finished}


def clocks(both: Halves, *, on: date, say: Any) -> Iterator[dict[str, Any]]:
    """Yield the limits of the relation's way: the whole, the way out and the way in, each with its own day."""
    told: dict[str, dict[str, Any]] = {}
    into, out = both.into or both.any, both.out or both.any
    reached = {"out": out.sent_on or into.received_on, "in": into.loaded_on or out.loaded_on}
    for row in (both.out, both.into):
        if row is not None:
            for name, clock in actions.progress(number=row.case.number, on=on)["clocks"].items():
                if clock["due"] or clock["done"] or name not in told:
                    told[name] = clock
    for name in ("out", "in", "total"):
        if name in told:
            # The limit of a transfer that was called off stops with it, and nothing was done.
            word = "done" if reached.get(name, reached["in"]) else "ended"
            names = {"name": say(f"relocation.move.clock.{name}"), "word": say(f"relocation.move.clock.{word}")}
            yield {**names, **told[name]}


def periods(both: Halves, say: Any) -> list[dict[str, Any]]:
    """Return the periods of the latest table of a transfer, as they went or came."""
    for row in (both.into, both.out):
        table = row.tables.order_by("version").last() if row is not None else None
        if table is not None:
            return [period_words(each, say) for each in table.body["rows"]]
    return []


def period_words(period: Mapping[str, Any], say: Any) -> dict[str, Any]:
    """Return one period of a table in words."""
    return {
        **period,
        "scheme": say(f"relocation.enums.scheme.{period['scheme']}"),
        "category": say(f"common.category.{period['as']}"),
        "kind": say(f"relocation.move.kind.{period['kind']}"),
        "place": place_words(str(period["region"]), say),
    }


def alone(row: Transfer) -> Halves:
    """Return one side as its own office knows it."""
    return Halves(row, None) if row.side == OUT else Halves(None, row)
