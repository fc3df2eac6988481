"""The page that reads the bank's answers in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yibao.bank.orders import BankFileInvalid
from yibao.casework.entry import open_to
from yibao.casework.standing import PAYOUT_ROLE
from yibao.kernel.errors import Refused
from yibao.services import payouts
from yibao.web.workbench.payouts import acting, finance_only

TAGS = {"paid": "app-tag--done", "bounced": "app-tag--turn", "contradicts": "app-tag--turn", "unknown": "app-tag--turn"}


@open_to(PAYOUT_ROLE, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def read_in(request: HttpRequest) -> HttpResponse:
    """Ask for the file of an answer, read it in, and show what came of each line."""
    finance_only(request)
    context: dict[str, Any] = {"section": "batches", "file_field": _field(request)}
    status = 200
    if request.method == "POST":
        found, wrong = _read(request)
        context |= {"found": found, "rows": _rows(found, request)} if found else {"errors": {"file": wrong}}
        status = 200 if found else 422
    return render(request, "workbench/bank_results.html", context, status=status)


def _field(request: HttpRequest) -> dict[str, Any]:
    return {
        "component": "file_upload",
        "id": "file",
        "name": "file",
        "label": {"text": request.say("desk.results.file")},
        "hint": {"text": request.say("desk.results.hint")},
        "attributes": {"accept": ".xml"},
    }


def _read(request: HttpRequest) -> tuple[payouts.Imported | None, str]:
    """Return what came of the file, or why nothing did."""
    file = request.FILES.get("file")
    if file is None:
        return None, request.say("desk.results.no_file")
    english = request.say.language == "en"
    try:
        return payouts.read_in(content=file.read(), **acting(request)), ""
    except BankFileInvalid as error:
        return None, request.say("desk.results.unreadable", why=error.en if english else error.zh)
    except Refused as no:
        told = no.refusal
        return None, f"{told.en}. {told.next_en}" if english else f"{told.zh}。{told.next_zh}"


def _rows(found: payouts.Imported, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "result": result,
            "case": result.payment.case if result.payment else None,
            "tag": {
                "text": request.say(f"desk.results.effect.{result.effect}"),
                "classes": TAGS.get(result.effect, ""),
            },
        }
        for result in found.results
    ]
