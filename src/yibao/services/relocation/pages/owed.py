"""What is owed at the old place, where that keeps a transfer: how much, which months, who pays, and how."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from yibao import services
from yibao.policy import UnknownRegion
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.pages.places import guide_address, place_words

CODE = "in_arrears"


def shown(row: Transfer, found: list[dict[str, Any]], request: HttpRequest) -> dict[str, Any] | None:
    """Return what is owed, for a draft of which a place says so; None where nothing is.

    Args:
        row: The draft.
        found: What both places find.
        request: The reader's.
    """
    if not any(no["code"] == CODE for half in found for no in half["refusals"]):
        return None
    return told(row, request)


def told(row: Transfer, request: HttpRequest) -> dict[str, Any]:
    """Return what the person of a transfer owes at the old place, in words.

    Args:
        row: Either side.
        request: The reader's.
    """
    say = request.say
    owing = actions.owed(person_id=row.person_id, place=row.source, on=request.on)
    return {
        "place": place_words(row.source, say),
        "total": owing.total_fen,
        "noted": [{"amount": amount, "on": on} for amount, on in owing.noted],
        "months": [
            {
                "words": str(each.first) if each.first == each.last else say(
                    "relocation.owed.run", first=each.first, last=each.last
                ),
                "count": each.last.index - each.first.index + 1,
                "payer": say(f"relocation.owed.payer.{each.payer}"),
            }
            for each in owing.months
        ],
        "ways": [say(f"relocation.owed.way.{payer}") for payer in sorted({each.payer for each in owing.months})]
        or [say("relocation.owed.way.person"), say("relocation.owed.way.unit")],
        "guide": _guide(row.source),
    }  # fmt: skip


def _guide(code: str) -> str:
    try:
        return guide_address(services.packs().region_for(code))
    except UnknownRegion:
        return reverse("portal:guide")
