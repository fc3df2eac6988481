"""What stands around the decision on the desk: papers beside facts, what changed, how long, who else, notes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from yibao.kernel.identifiers import holds_a_number, mask_account, mask_id, mask_name
from yibao.kernel.money import Money
from yibao.kernel.workdays import working_days_between
from yibao.services.refund import actions, forms
from yibao.services.refund.pages import buttons, find, track, views
from yibao.store import cases, queues
from yibao.store.models import Case, CaseAction

ACCOUNT_SHOWN = 4
OTHERS_SHOWN_MAX = 10
STOPS, GOES_ON = "ask_correction", ("resubmit", "withdraw")
TOLD = (*track.TOLD, "note", "take", "release", "hand_over", "assign", "escalate", "print")
ANSWERS_TOLD = ("reason", "payments", "bank_number", "seen_at_window", "determined", "applicant")
ON_RECORD = "档案"


def papers(
    held: Case, shown: Iterable[Mapping[str, Any]], steps: list[dict[str, Any]], request: HttpRequest
) -> list[Any]:
    """Return every paper handed in, each with the facts that are read off it or were found on record for it.

    Args:
        held: The case.
        shown: The materials of the decision, each with its `files`.
        steps: The computed steps, which tell what was found on record.
        request: The reader's.
    """
    facts = _facts(held, request)
    found = [{"label": step["label"], "value": step["value"]} for step in steps if step["value"] and not step["rule"]]
    return [
        {"label": item["label"], "files": item["files"], "facts": facts.get(item["code"], found)}
        for item in shown
        if item["files"]
    ]


def _facts(held: Case, request: HttpRequest) -> dict[str, list[dict[str, str]]]:
    say, person, account = request.say, held.person, held.refund.bank_account

    def fact(name: str, value: str) -> dict[str, str]:
        return {"label": say(f"refund.review.{name}"), "value": value}

    record = find.record(request, held.person_id)
    chosen = held.refund.chosen
    paid = [
        {
            "label": find.title(one, record, say),
            "value": say("refund.review.yuan", sum=_yuan(chosen[one["id"]].amount_fen)),
        }
        for one in record["payments"]
        if one["id"] in chosen
    ]
    known = {
        "payment_proof": paid,
        "id_document": [fact("name", mask_name(person.name)), fact("identity", mask_id(person.identity))],
    }
    if account:
        holder = account.holder if account.unit_id else mask_name(account.holder)
        shown = f"**** {mask_account(account.number)[-ACCOUNT_SHOWN:]}"
        known["bank_card"] = [
            fact("bank", account.bank_name), fact("holder", holder), fact("number", shown),
        ]  # fmt: skip
    return known


def _yuan(fen: int | None) -> str:
    return "" if fen is None else Money(fen).display()


def linked(steps: list[dict[str, Any]], decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the computed steps, each that rests on a document and not on the record with the rule it follows."""
    for step, told in zip(steps, decision["steps"], strict=True):
        step["rule"] = "" if told["source"].startswith(ON_RECORD) else told["rule"]
    return steps


def changed(held: Case, say: Any) -> dict[str, Any] | None:
    """Return what differs from the submission before the last notice, or None where nothing was corrected."""
    timeline = cases.timeline(held.number)
    asked = max((action.seq for action in timeline if action.kind == STOPS), default=0)
    again = [action for action in timeline if action.kind == "resubmit" and action.seq > asked]
    if not asked or not again:
        return None
    between = [action for action in timeline if asked < action.seq <= again[-1].seq]
    before = next(action for action in timeline if action.seq == asked)
    rows = [
        *_papers_changed(between, say),
        *_answers_changed(between, say),
        *_sum_changed(timeline, asked, again[-1], say),
    ]
    return {"since": before.at, "rows": rows}


def _papers_changed(between: list[CaseAction], say: Any) -> list[dict[str, str]]:
    done = {"attach": "added", "detach": "removed"}
    return [
        {"what": views.material_words(action.data["material"], say), "how": say(f"refund.review.{done[action.kind]}")}
        for action in between
        if action.kind in done
    ]


def _answers_changed(between: list[CaseAction], say: Any) -> list[dict[str, str]]:
    names = {name for action in between if action.kind == "save_answers" for name in action.data.get("answers", ())}
    how = say("refund.review.answered")
    return [{"what": say(f"refund.review.answer.{name}"), "how": how} for name in ANSWERS_TOLD if name in names]


def _sum_changed(timeline: list[CaseAction], asked: int, again: CaseAction, say: Any) -> list[dict[str, str]]:
    sums = [action.data["amount_fen"] for action in timeline if action.seq < asked and "amount_fen" in action.data]
    before, after = (sums[-1] if sums else None), again.data.get("amount_fen")
    if before == after:
        return []
    none = say("refund.review.no_sum")
    how = say("refund.review.from_to", before=_yuan(before) or none, after=_yuan(after) or none)
    return [{"what": say("refund.amount.total"), "how": how}]


def history(held: Case, request: HttpRequest, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return everything that happened, newest first: who, when, how long it took, and where the clock stood still."""
    say = request.say
    told = [action for action in cases.timeline(held.number) if action.kind in TOLD]
    shown = []
    before: date | None = None
    stopped = False
    for action in told:
        event = track.event(action, say, "staff")
        on = timezone.localtime(action.at).date()
        days = working_days_between(start=before, end=on) if before and before <= on else 0
        event["took"] = say(f"refund.review.{'stood' if stopped else 'took'}", days=days) if days else ""
        event["who"] = " ".join(filter(None, (event["who"], names.get(action.actor_id, ""))))
        if receiver := names.get(str(action.data.get("holder", ""))):
            event["title"] = say("refund.review.given_to", title=event["title"], name=receiver)
        event["stops"] = action.kind == STOPS
        stopped = action.kind == STOPS or (stopped and action.kind not in GOES_ON)
        before = on
        shown.append(event)
    return shown[::-1]


def others(held: Case, request: HttpRequest) -> list[Case]:
    """Return the other cases of the same person that the reader's office answers for, newest first."""
    found = (case for case in queues.of_person(held.person_id) if case.pk != held.pk and case.state != "draft")
    return [case for case in found if request.actor.works_in(case.region)][:OTHERS_SHOWN_MAX]


def closed(held: Case, offered: Iterable[str], request: HttpRequest) -> list[dict[str, str]]:
    """Return the steps the case's state allows but the reader may not take, each with the reason."""
    refusals = actions.blocked(case=held, actor=request.actor)
    english = request.say.language == "en"
    return [
        {
            "step": request.say(f"refund.review.step.{verb}"),
            "why": refusal.en[:1].upper() + refusal.en[1:] if english else refusal.zh,
            "next": refusal.next_en if english else refusal.next_zh,
        }
        for verb in buttons.ORDER
        if verb not in offered and (refusal := refusals.get(verb))
    ]


def note_form(request: HttpRequest) -> forms.Form:
    """Read a note for colleagues; one that holds somebody's number is sent back."""
    form = forms.note(post=request.POST, name="note", missing="refund.error.no_note_text")
    if not form.errors and holds_a_number(form.answers["note"]):
        form.errors["note"] = "refund.error.note_number"
    return form


def note_field(say: Any, typed: str) -> dict[str, Any]:
    """Return the field of a note."""
    return {
        "component": "textarea",
        "id": "note-note",
        "name": "note",
        "rows": 2,
        "value": typed,
        "label": {"text": say("refund.review.note")},
        "hint": {"text": say("refund.review.note_hint")},
    }
