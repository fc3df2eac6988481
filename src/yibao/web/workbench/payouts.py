"""The pages of money out: batches of payments, one batch, and its file for the bank."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yibao.casework.entry import open_to
from yibao.casework.standing import PAYOUT_ROLE
from yibao.services import payouts
from yibao.store import audit_log, batches, keys
from yibao.store.models import PaymentBatch

SHOWN_MAX = 50
KEY_LENGTH = 16
TAGS = {"made": "app-tag--turn", "sent": "app-tag--done", "dropped": "app-tag--quiet"}
PAYMENT_TAGS = {"paid": "app-tag--done", "bounced": "app-tag--turn"}
READ_PURPOSE = "bank_file"


def finance_only(request: HttpRequest) -> None:
    """Let nobody but finance pass.

    Raises:
        PermissionDenied: the reader pays nothing out.
    """
    if PAYOUT_ROLE not in request.actor.roles:
        raise PermissionDenied


@open_to(PAYOUT_ROLE, own="region")
@require_http_methods(["GET", "HEAD", "POST"])
def batch_list(request: HttpRequest) -> HttpResponse:
    """Show what is due and the batches of the office; make a batch."""
    finance_only(request)
    if request.method == "POST":
        wanted = {name: request.POST.get(name, "")[:20] for name in ("region", "scheme", "flow")}
        key = f"{request.actor.id}/{keys.pressed(request.POST)}"
        made = payouts.make(**wanted, key=key, **acting(request))
        messages.success(request, request.say("desk.batch.did.make", number=made.number))
        return redirect("workbench:batch", made.number)
    groups, others = payouts.due(by=request.actor)
    listed = batches.of_office(request.actor.region).annotate(size=Count("items"), sum=Sum("items__amount_fen"))
    context = {
        "section": "batches",
        "groups": [{"group": group, "title": group_words(group, request)} for group in groups],
        "others": [{"due": due, "why": why_words(due.hindrance, request)} for due in others[:SHOWN_MAX]],
        "batches": [
            {"batch": batch, "title": group_words(batch, request), "tag": tag(batch.state, request)}
            for batch in listed[:SHOWN_MAX]
        ],
        "key": get_random_string(KEY_LENGTH),
    }
    return render(request, "workbench/batches.html", context)


def acting(request: HttpRequest) -> dict[str, Any]:
    """Return what every action is told: by whom and when."""
    return {"by": request.actor, "on": request.on, "at": request.at}


def group_words(group: Any, request: HttpRequest) -> str:
    """Return scheme and flow in words."""
    say = request.say
    flow = say.find(f"desk.batch.flow.{group.flow}") or group.flow
    return f"{say.find(f'desk.scheme.{group.scheme}') or group.scheme} · {flow}"


def why_words(code: str, request: HttpRequest) -> str:
    """Return why a case stands in no batch, or was left out of one."""
    say = request.say
    return (say.find(f"desk.batch.why.{code}") or say("desk.batch.why.other", code=code)) if code else ""


def tag(state: str, request: HttpRequest) -> dict[str, str]:
    """Return the tag of a batch's state."""
    return {"text": request.say(f"desk.batch.state.{state}"), "classes": TAGS.get(state, "")}


def own_batch(request: HttpRequest, batch: str) -> PaymentBatch:
    """Return a batch of the reader's office.

    Raises:
        Http404: there is none, or it is another office's; the two look alike on purpose.
    """
    finance_only(request)
    found = batches.of_office(request.actor.region).filter(number=batch).first()
    if found is None:
        raise Http404
    return found


@open_to(PAYOUT_ROLE, own="region")
@require_safe
def one_batch(request: HttpRequest, batch: str) -> HttpResponse:
    """Show a batch: who made it, who released it, and each payment's state."""
    held = own_batch(request, batch)
    items = list(held.items.select_related("case", "bank_account", "payment__bank_account"))
    mine = held.made_by_id == request.actor.user_id
    context = {
        "section": "batches",
        "batch": held,
        "title": group_words(held, request),
        "tag": tag(held.state, request),
        "rows": [_row(item, request) for item in items],
        "sum": sum(item.amount_fen for item in items),
        "mine": mine,
        "release": held.state == "made" and not mine,
        "carry_on": held.state == "released" and not mine,
        "drop": held.state == "made",
        "key": f"{held.number}/{request.actor.id}",
    }
    return render(request, "workbench/batch.html", context)


def _row(item: Any, request: HttpRequest) -> dict[str, Any]:
    payment = item.payment
    state = payment.status if payment else ("left_out" if item.left_out else "waiting")
    account = payment.bank_account if payment else item.bank_account
    return {
        "item": item,
        "href": reverse(f"workbench_{item.case.service}:case", args=[item.case.number]),
        "account": account,
        "tag": {"text": request.say(f"desk.batch.item.{state}"), "classes": PAYMENT_TAGS.get(state, "")},
        "why": why_words(item.left_out, request) or (payment.reason if payment else ""),
    }


VERBS = ("release", "carry_on", "drop")


@open_to(PAYOUT_ROLE, own="region", fresh=("release", "carry_on"))
@require_POST
def batch_step(request: HttpRequest, batch: str, verb: str) -> HttpResponse:
    """Release a batch, go on with a released one, or drop it."""
    held = own_batch(request, batch)
    if verb not in VERBS:
        raise Http404
    if verb == "release":
        payouts.release(number=batch, key=keys.pressed(request.POST), **acting(request))
    elif verb == "carry_on":
        payouts.carry_on(number=batch, **acting(request))
    else:
        batches.drop(number=batch, by=request.actor)
    messages.success(request, request.say(f"desk.batch.did.{verb}", number=held.number))
    return redirect("workbench:batch", batch)


@open_to(PAYOUT_ROLE, own="region")
@require_safe
def batch_file(request: HttpRequest, batch: str) -> HttpResponse:
    """Give the file for the bank; the look at each person's account is logged."""
    held = own_batch(request, batch)
    content = batches.file_of(held)
    for item in held.items.filter(payment__isnull=False).select_related("case"):
        audit_log.record_read(
            reader=request.actor, person_id=item.case.person_id, purpose=READ_PURPOSE, at=request.at,
            case_number=item.case.number, role=PAYOUT_ROLE,
        )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{held.number}.xml"'}
    return HttpResponse(content, content_type="application/xml", headers=headers)
