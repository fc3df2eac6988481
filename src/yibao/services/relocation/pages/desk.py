"""A transfer on the desk of either place: what was asked and found, the table, the money, and the steps to take."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.kernel.errors import Refused
from yibao.kernel.money import Money
from yibao.services.relocation import actions
from yibao.services.relocation import forms_transfer as forms
from yibao.services.relocation.models import Table, Transfer
from yibao.services.relocation.pages import halves, papers, several
from yibao.services.relocation.pages.sides import CLERK, NAME, desk_case
from yibao.services.relocation.pages.transfer import way_words
from yibao.store import audit_log, cases
from yibao.store.models import Case, CaseAction

FINANCE, PURPOSE = "finance", "case"
BATCHED = "pay"
"""Money goes out in payment batches: its button leads there."""


def workbench_nav(request: HttpRequest) -> list[dict[str, str]]:
    """Return this service's items of the staff's navigation: the counter, money on its way, many transfers at once."""
    items = ((CLERK, "moving", "counter.nav", "counter"), (FINANCE, NAME, "desk.nav", "money"))
    own = [
        {"code": code, "text": request.say(f"{NAME}.{words}"), "href": reverse(f"workbench_{NAME}:{address}")}
        for role, code, words, address in items
        if role in request.actor.roles
    ]
    return [*own, *several.nav(request)]


@open_to(STAFF, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show a transfer to its office; the look is logged and shown to the person."""
    held = desk_case(request, number)
    audit_log.record_read(
        reader=request.actor, person_id=held.person_id, purpose=PURPOSE, at=request.at, case_number=number,
        role=min(request.actor.roles),
    )  # fmt: skip
    return show(request, held)


def show(
    request: HttpRequest, held: Case, *, tried: str = "", errors: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """Return the desk's page of a transfer, with what is wrong with what was sent."""
    row, say = held.transfer, request.say
    english = say.language == "en"
    progress, table = actions.progress(number=held.number, on=request.on), _table(row)
    money = progress["money"]
    verbs = [verb for verb in actions.available(case=held, actor=request.actor) if verb in (*STEPS, BATCHED)]
    context = {
        "section": "queue",
        "case": held,
        "row": row,
        "side": say(f"{NAME}.desk.side.{row.side}"),
        "way": way_words(row, say),
        "kind": say(f"{NAME}.move.type.{row.type}") if row.type else "",
        "stage": progress["label_en" if english else "label"],
        "money_follows": progress["money_follows"],
        "checked": halves.checked(row, say),
        "reasons": halves.reasons(row, say),
        "clocks": list(halves.clocks(halves.alone(row), on=request.on, say=say)),
        "account": {**money, "words": money["label_en" if english else "label"]},
        "table": table,
        "periods": [halves.period_words(each, say) for each in table.body["rows"]] if table else [],
        "total": sum(each["months"] for each in table.body["rows"]) if table else 0,
        "settled": _settled(table),
        "signers": _signers(row),
        "events": events(held, say),
        "papers": papers.shown([row], request, space=papers.DESK),
        "buttons": [_button(verb, row, request, tried=tried) for verb in verbs],
        "together": several.links(request.actor, say, among=verbs),
        "seen": seen(held),
        "errors": dict(errors or {}),
        "written": request.written if tried and tried not in verbs else [],
    }
    return render(request, "relocation/desk.html", context, status=status)


def _table(row: Transfer) -> Table | None:
    return row.tables.order_by("version").last()


def _settled(table: Table | None) -> dict[str, Any] | None:
    return table.body["account"] if table and table.body["account"]["amount_fen"] else None


def seen(held: Case) -> str:
    """Return the hash of what the page shows: of the table, where there is one."""
    table = _table(held.transfer)
    return table.evidence_hash if table else held.evidence_hash


def _signers(row: Transfer) -> dict[str, str]:
    """Return the names of who made and who signed the latest table here."""
    table = _table(row)
    numbers = [each for each in (table.made_by, table.signed_by) if each.isdecimal()] if table else []
    names = {str(user.pk): user.get_full_name() for user in get_user_model().objects.filter(pk__in=numbers)}
    return {"made": names.get(table.made_by, ""), "signed": names.get(table.signed_by, "")} if table else {}


def events(held: Case, say: Any) -> list[dict[str, Any]]:
    """Return what happened to a case, the newest first."""
    timeline = [action for action in cases.timeline(held.number) if action.kind not in HIDDEN]
    return [
        {
            "title": say(f"{NAME}.move.event.{_event(action)}"),
            "who": say.find(f"common.role.{action.role}") or say(f"{NAME}.move.who.{action.actor_kind}"),
            "at": action.at,
            "why": action.reason,
        }
        for action in reversed(timeline)
    ]


LEGS = ("out", "in", "total")
HIDDEN = ("save_answers", "open", "take", "release", "hand_over", "assign", "print")


def _event(action: CaseAction) -> str:
    if action.kind in ("note", "decide", "approve") and action.data.get("step"):
        return str(action.data["step"])
    if action.kind == "escalate" and action.data.get("clock") in LEGS:
        return f"escalate_{action.data['clock']}"
    return str(action.kind)


def _button(verb: str, row: Transfer, request: HttpRequest, *, tried: str) -> dict[str, Any]:
    say = request.say
    typed = request.POST if tried == verb else {}
    fields = [
        {"component": kind, "id": f"{verb}-{name}", "name": name, "value": typed.get(name, ""),
         "label": {"text": say(f"{NAME}.desk.field.{verb}.{name}")}, **more}
        for name, kind, more in FIELDS.get(verb, ())
    ]  # fmt: skip
    return {
        "verb": verb,
        "text": say(f"{NAME}.desk.do.{verb}"),
        "lead": say.find(f"{NAME}.desk.lead.{verb}") or "",
        "fields": fields,
        "href": reverse("workbench:batches") if verb == BATCHED else "",
        "second": verb in SECOND,
    }


_TEXT: dict[str, Any] = {"rows": 2}
_ONE_LINE: dict[str, Any] = {"spellcheck": False}
FIELDS: Mapping[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "refuse": (("note", "textarea", _TEXT),),
    "send_back": (("why", "textarea", _TEXT),),
    "confirm_paid": (("reference", "input", _ONE_LINE),),
    "bounce": (("reason", "textarea", _TEXT),),
    "arrived": (("amount", "input", {**_ONE_LINE, "inputmode": "decimal"}), ("reference", "input", _ONE_LINE)),
}
"""What goes with a step: names of fields, and how each is drawn."""
SECOND = ("refuse", "send_back", "bounce")
"""Steps that are seldom the right one."""


@open_to(STAFF, own="case")
@require_POST
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take one step; what it refuses is shown on the page with what was typed."""
    held = desk_case(request, number)
    if verb not in STEPS:
        raise Http404
    given, errors = _read(request, verb)
    if errors:
        return show(request, held, tried=verb, errors=errors, status=400)
    try:
        STEPS[verb](number=number, by=request.actor, on=request.on, at=request.at, **given)
    except Refused as no:
        told = halves.refusal_words(no.refusal, request.say)
        held = desk_case(request, number)
        said = {"step": f"{told['why']} {told['next']}"}
        return show(request, held, tried=verb, errors=said, status=no.refusal.status)
    messages.success(request, request.say(f"{NAME}.desk.did.{verb}"))
    return redirect(f"workbench_{NAME}:case", number)


def _read(request: HttpRequest, verb: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a step is told, and what is wrong with it by field."""
    given: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, _, _ in FIELDS.get(verb, ()):
        sent = forms.text(post=request.POST, name=name)
        given[name] = sent.value
        if sent.error:
            errors[f"{verb}-{name}"] = request.say(f"{NAME}.desk.error.{name}")
    if "amount" in given:
        fen = forms.fen(given.pop("amount"))
        if fen is None:
            errors[f"{verb}-amount"] = request.say(f"{NAME}.desk.error.amount")
        given["amount_fen"] = fen
    if verb in SEEN:
        given["seen"] = request.POST.get("seen", "")
    return given, errors


SEEN = ("sign", "refuse", "check", "load")
STEPS: Mapping[str, Callable[..., Any]] = {
    "build": actions.build,
    "sign": actions.sign,
    "refuse": actions.refuse,
    "check": actions.check,
    "load": actions.load,
    "send_back": actions.send_back,
    "confirm_paid": actions.confirm_paid,
    "bounce": actions.bounced,
    "arrived": actions.arrived,
    "credit": actions.credit,
}


@open_to(FINANCE, own="region")
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """Show the money that is on its way here: what was announced, what came and waits to be credited."""
    rows = [_money_row(each, request) for each in actions.waiting_money(office=request.actor.region or "")]
    together = several.links(request.actor, request.say)
    return render(request, "relocation/desk_money.html", {"section": NAME, "rows": rows, "together": together})


def _money_row(move: Any, request: HttpRequest) -> dict[str, Any]:
    shown = actions.money_of(move.transfer, on=request.on)
    return {
        "number": move.transfer.case.number,
        "person": move.transfer.person.name,
        "way": way_words(move.transfer, request.say),
        "amount": Money(move.amount_fen),
        "words": shown["label_en" if request.say.language == "en" else "label"],
        "due": move.due_on,
        "late": shown["late"],
        "arrived": move.arrived_on,
    }
