"""The case on a member of staff's desk: evidence beside the computed steps, and the decision."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yibao.casework.entry import STAFF, open_to
from yibao.kernel.errors import Refused
from yibao.services.papers.sending import send_paper
from yibao.services.refund import actions, forms, workflow
from yibao.services.refund.pages import apply, buttons, promises, review, sides, track, views
from yibao.services.refund.pages.papers import by_then, issued
from yibao.services.refund.pages.sides import desk_case
from yibao.store import cases, keys
from yibao.store.models import Case, CaseAction, CaseSignature, Person
from yibao.store.promises import broken_before

MONTHS_IN_YEAR = 12
MANUAL = ("manual",)
OPEN_FOR_AMOUNT = ("submitted", "accepted", "in_review")
INTAKE = sides.CLERK


@open_to(STAFF, own="case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show a case to its office; the look is logged and shown to the person."""
    held = desk_case(request, number)
    if held.state == "draft":
        return redirect(sides.COUNTER.at("check", number))
    sides.record_look(request, held, purpose="case")
    return show(request, held)


def show(
    request: HttpRequest, held: Case, form: forms.Form | None = None, *, verb: str = "", status: int = 200
) -> HttpResponse:
    """Return the case page, with what was typed and what is wrong with it."""
    form, say = form or forms.Form(), request.say
    made = track.decision_of(held, request)
    decision = made.json()
    shown = track.views_of(decision, say)
    files = [one for one in held.documents.all() if one.removed_at is None]
    for item in shown["materials"]:
        item["files"] = [one for one in files if one.material == item["code"]]
    promises.beside(held, shown["materials"], request)
    verbs = [
        *actions.available(case=held, actor=request.actor),
        *(["determine"] if may_determine(held, decision, request) else []),
    ]
    shown["steps"] = review.linked(shown["steps"], decision)
    offered = buttons.shown(verbs)
    context = {
        "section": "queue",
        "case": held,
        **shown,
        "reason_words": reason_words(held, say),
        **around(held, shown, request),
        "closed": review.closed(held, [one["verb"] for one in offered], request),
        "note_to_keep": review.note_field(say, form.typed.get("note", "") if verb == "note" else ""),
        "due": track.due(held, request),
        "account": held.refund.bank_account,
        "person": person_facts(held.person, request),
        "why": views.considered(made.trace_lines(say.language)),
        "boxes": boxes(held, request),
        "buttons": offered,
        "nothing": nothing_to_do(held, request),
        **buttons.fields(say, typed=form.typed, tried=verb, materials=shown["materials"], reasons=reasons(say)),
        "payments": payments(held, say),
        "papers": papers(held, say),
        "issued": issued(held, request, space="workbench_refund"),
        "broken": broken_before(held.person_id),
        "at_counter": at_counter(held, request),
        "tried": verb,
        "written": request.written if verb and verb not in {one["verb"] for one in offered} | {"note"} else [],
        "weak": decision.get("low_confidence") or decision["decision"] in MANUAL,
        "errors": {f"{verb}-{name}": say.find(key) or key for name, key in form.errors.items()},
    }
    return render(request, "refund/desk.html", context, status=status)


def around(held: Case, shown: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """Return what stands around the decision: papers with their facts, what was corrected, history, other cases."""
    return {
        "evidence": review.papers(held, shown["materials"], shown["steps"], request),
        "changed": review.changed(held, request.say),
        "events": review.history(held, request, names_of(cases.timeline(held.number))),
        "others": review.others(held, request),
    }


@open_to(STAFF, own="case")
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a note for colleagues in the case's history."""
    held = desk_case(request, number)
    form = review.note_form(request)
    if form.errors:
        return show(request, held, form, verb="note", status=400)
    cases.act(kind="note", reason=form.answers["note"], **shared(request, held))
    messages.success(request, request.say("refund.review.noted"))
    return redirect("workbench_refund:case", number)


def at_counter(held: Case, request: HttpRequest) -> str:
    """Return the counter page on which a clerk puts right what waits for the applicant, or an empty text."""
    if held.refund.channel != sides.WINDOW or INTAKE not in request.actor.roles:
        return ""
    if held.state == "correction_due":
        return sides.COUNTER.at("correct", held.number)
    return sides.COUNTER.at("account", held.number) if apply.account_is_wrong(held, request) else ""


def may_determine(held: Case, decision: Mapping[str, Any], request: HttpRequest) -> bool:
    """Return whether an amount may be entered by hand: no rule computes it, and the case is with the office."""
    return decision["decision"] in MANUAL and held.state in OPEN_FOR_AMOUNT and INTAKE in request.actor.roles


def reason_words(held: Case, say: Any) -> str:
    """Return why the person asks, in the words of the form."""
    return views.reason_words(held.refund.reason or forms.UNSURE, say)


def nothing_to_do(held: Case, request: HttpRequest) -> str:
    """Return why the reader has no button: the case waits for another, or the reader has acted on it already."""
    under_review = held.state in ("accepted", "in_review") and held.level > 0
    roles = held.process[held.level - 1]["roles"] if under_review else []
    return request.say("refund.desk.not_you" if set(roles) & request.actor.roles else "refund.desk.nothing")


def payments(held: Case, say: Any) -> list[Any]:
    """Return the payments of a case with their state and route in words."""
    found = list(held.payments.all())
    for payment in found:
        payment.status_words = say(f"refund.desk.status.{payment.status}")
        payment.route_words = say(f"refund.desk.routes.{payment.route}")
    return found


def papers(held: Case, say: Any) -> list[dict[str, str]]:
    """Return the papers staff may print in the case's state."""
    kinds = ["application_form"] if held.submitted_on else []
    kinds += ["acceptance_receipt"] if held.process else []
    kinds += ["correction_notice"] if held.state == "correction_due" else []
    kinds += ["not_accepted_notice"] if held.state == "not_accepted" else []
    kinds += by_then(held)
    kinds += ["refund_slip"] if any(payment.slip_number for payment in held.payments.all()) else []
    return [{"kind": kind, "label": say("common.print_paper", name=say(f"refund.paper.{kind}"))} for kind in kinds]


@open_to(STAFF, own="case", fresh=("pay",))
@require_POST
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take one step of the case; a refused step is shown on the page with what was typed."""
    held = desk_case(request, number)
    if verb not in STEPS:
        raise Http404
    form = STEPS[verb].read(request)
    if form.errors:
        return show(request, held, form, verb=verb, status=400)
    try:
        STEPS[verb].act(request, held, form)
    except Refused as refused:
        form.errors = {"step": views.refusal_words(refused, request.say)}
        held.refresh_from_db()
        return show(request, held, form, verb=verb, status=refused.refusal.status)
    messages.success(request, request.say(f"refund.did.{verb}", number=number))
    return redirect("workbench_refund:case", number)


class Step:
    """A button of the case page: how its form is read, and which action it calls."""

    def __init__(self, read: Callable[[HttpRequest], forms.Form], act: Callable[..., object]) -> None:
        self.read = read
        self.act = act


def shared(request: HttpRequest, held: Case) -> dict[str, Any]:
    """Return what every action is told: which case, by whom, when."""
    return {"number": held.number, "by": request.actor, "on": request.on, "at": request.at}


def _seen(request: HttpRequest) -> str:
    return request.POST.get("seen", "")


def _nothing(request: HttpRequest) -> forms.Form:
    return forms.Form()


def _level(request: HttpRequest) -> forms.Form:
    level = request.POST.get("level", "")
    confirmed = request.POST.get("confirmed") == "1"
    form = forms.Form(answers={"level": int(level[:3]) if level.isdecimal() else 0, "confirmed": confirmed})
    if request.POST.get("weak") == "1" and not confirmed:
        form.errors["confirmed"] = "refund.error.not_confirmed"
    return form


def _items(request: HttpRequest) -> forms.Form:
    return forms.correction(post=request.POST, materials={code: code for code in request.POST.getlist("items")})


def _refusal(request: HttpRequest) -> forms.Form:
    return forms.refusal(post=request.POST, codes=workflow.REFUSE_REASONS)


def _accept(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.accept(seen=_seen(request), **shared(request, held))


def _not_accept(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.not_accept(reason=form.answers["reason"], seen=_seen(request), **shared(request, held))


def _ask(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.ask_correction(items=form.answers["items"], seen=_seen(request), **shared(request, held))


def _approve(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.approve(
        level=form.answers["level"], confirmed=form.answers["confirmed"], seen=_seen(request), **shared(request, held)
    )


def _refuse(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.refuse(**form.answers, seen=_seen(request), **shared(request, held))


def _pay(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.pay(key=keys.pressed(request.POST), **shared(request, held))


def _confirm(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.confirm_paid(reference=form.answers["reference"], **shared(request, held))


def _bounce(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.bounced(reason=form.answers["reason"], **shared(request, held))


def _determine(request: HttpRequest, held: Case, form: forms.Form) -> None:
    actions.save_answers(answers={"determined": form.answers}, **shared(request, held))


STEPS: Mapping[str, Step] = {
    "accept": Step(_nothing, _accept),
    "not_accept": Step(
        lambda request: forms.note(post=request.POST, name="reason", missing="refund.error.no_note"), _not_accept
    ),
    "ask_correction": Step(_items, _ask),
    "approve": Step(_level, _approve),
    "refuse": Step(_refusal, _refuse),
    "pay": Step(_nothing, _pay),
    "confirm_paid": Step(
        lambda request: forms.note(post=request.POST, name="reference", missing="refund.error.no_reference"), _confirm
    ),
    "bounce": Step(
        lambda request: forms.note(post=request.POST, name="reason", missing="refund.error.no_note"), _bounce
    ),
    "determine": Step(lambda request: forms.determined(post=request.POST), _determine),
}


def person_facts(person: Person, request: HttpRequest) -> dict[str, Any]:
    """Return what the page says of the person; names and numbers are masked by the template."""
    months = (request.on.year - person.born.year) * MONTHS_IN_YEAR + request.on.month - person.born.month
    return {"name": person.name, "identity": person.identity, "age": months // MONTHS_IN_YEAR}


def reasons(say: Any) -> list[dict[str, str]]:
    """Return why a case may be refused."""
    english = say.language == "en"
    return [{"value": code, "text": en if english else zh} for code, (zh, en) in workflow.REFUSE_REASONS.items()]


def boxes(held: Case, request: HttpRequest) -> list[dict[str, Any]]:
    """Return who entered, who accepted and who signs at each level, as named boxes."""
    say = request.say
    timeline = cases.timeline(held.number)
    accepted = [action for action in timeline if action.kind == "accept"]
    signed = list(held.signatures.select_related("user"))
    latest = max((signature.round for signature in signed), default=1)
    entered = held.entered_by.get_full_name() if held.entered_by else say("refund.box.online")
    shown = [{"title": say("refund.box.entered"), "name": entered, "at": held.submitted_on, "state": "signed"}]
    shown.append(_accept_box(accepted, held, say, names_of(timeline)))
    current = [one for one in signed if one.round == latest]
    for number, level in enumerate(held.process, start=1):
        shown += [_level_box(number, role, current, held, request) for role in level["roles"]]
    return shown


def names_of(timeline: list[CaseAction]) -> dict[str, str]:
    """Return the names of the staff who acted on a case or were given it, by the number an action is signed with."""
    numbers = {action.actor_id for action in timeline if action.actor_kind == "staff"}
    numbers |= {str(action.data["holder"]) for action in timeline if "holder" in action.data}
    return {str(user.pk): user.get_full_name() for user in get_user_model().objects.filter(pk__in=numbers)}


def _accept_box(accepted: list[CaseAction], held: Case, say: Any, names: Mapping[str, str]) -> dict[str, Any]:
    done = bool(accepted) and held.state not in ("submitted", "correction_due")
    return {
        "title": say("refund.role.clerk"),
        "name": names.get(accepted[-1].actor_id, "") if done else say("refund.box.open"),
        "at": accepted[-1].business_date if done else None,
        "state": "signed" if done else "open",
    }


def _level_box(number: int, role: str, signed: list[CaseSignature], held: Case, request: HttpRequest) -> dict[str, Any]:
    say = request.say
    mine = next((one for one in signed if (one.level, one.role) == (number, role)), None)
    title = say("refund.box.level", level=number, role=say.find(f"refund.role.{role}") or role)
    if mine is not None:
        return {
            "title": title,
            "name": mine.user.get_full_name(),
            "at": timezone.localtime(mine.at).date(),
            "state": "signed",
        }
    turn = held.level == number and held.state in ("accepted", "in_review") and role in request.actor.roles
    words = say("refund.box.yours") if turn else say("refund.box.open")
    return {"title": title, "name": words, "at": None, "state": "mine" if turn else "open"}


@open_to(STAFF, own="case")
@require_POST
def make_paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Make a paper, or find the one made before, and open it."""
    held = desk_case(request, number)
    made = actions.make_paper(kind=kind, **shared(request, held))
    return redirect(reverse("workbench_refund:paper", args=[number, made.number]))


@open_to(STAFF, own="case")
@require_safe
def paper(request: HttpRequest, number: str, paper_number: str) -> FileResponse:
    """Send an issued paper; the look is logged."""
    held = desk_case(request, number)
    sides.record_look(request, held, purpose="paper")
    return send_paper(held.papers.filter(number=paper_number).first())


@open_to(STAFF, own="case")
@require_safe
def document(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    """Send a handed-in file; the look is logged."""
    held = desk_case(request, number)
    sides.record_look(request, held, purpose="document")
    return track.send_document(held.documents.filter(pk=document_id, removed_at=None).first())
