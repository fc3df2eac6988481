"""Can I get a refund? A few questions without signing in; the answers stand in the address, nothing is kept."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yibao import services
from yibao.casework.entry import public
from yibao.policy import NoRuleInForce, Region
from yibao.policy.interview import UNSURE, Interview, Standing
from yibao.policy.interview_terms import Term
from yibao.services.refund import forms
from yibao.services.refund import interview as questions

QUESTIONS_MAX = 6
SHOWN_MAX = 6
REGION, ASKED, REASON = "region", "asked", "reason"
ORDER = ("refund", "accounts_merged", "manual", "no_refund")


def portal_open(request: HttpRequest) -> dict[str, str]:
    """Return the link that visitors find beside the sign-in."""
    return {"href": reverse("refund:can"), "text": request.say("refund.can.link")}


@public
@require_safe
def can(request: HttpRequest) -> HttpResponse:
    """Ask the place, then what can still change the answer, then answer."""
    region = _region(request)
    asked = None if region is None else _interview(region, request)
    if region is None or asked is None:
        return _ask_region(request, region)
    answers = _answers(request.GET, asked)
    standing = asked.standing(answers)
    if standing.question is not None and len(answers) < QUESTIONS_MAX:
        return _ask(request, region, asked, answers, standing.question)
    return _tell(request, region, asked, answers, standing)


def _region(request: HttpRequest) -> Region | None:
    return services.packs().regions.get(request.GET.get(REGION, ""))


def _interview(region: Region, request: HttpRequest) -> Interview | None:
    try:
        return questions.interview(region=region, on=request.on)
    except NoRuleInForce:
        return None


def _answers(sent: QueryDict, asked: Interview) -> dict[str, str]:
    """Return the answers to the questions that were asked, in their order; from the first that has none on, nothing."""
    answers: dict[str, str] = {}
    while len(answers) < QUESTIONS_MAX and (term := asked.standing(answers).question) is not None:
        code = sent.get(term.key, "")
        if code not in [UNSURE, *(choice.code for choice in term.choices)]:
            break
        answers[term.key] = code
    return answers


def _address(region: Region, answers: Mapping[str, str]) -> str:
    return reverse("refund:can") + "?" + urlencode({REGION: region.code, **answers})


def _ask_region(request: HttpRequest, region: Region | None) -> HttpResponse:
    say, sent = request.say, ASKED in request.GET
    known = [each for each in services.packs().regions.values() if ("refund", "situation") in each.stacks]
    part = {
        "component": "select",
        "name": REGION,
        "label": {"text": say("refund.can.region"), "classes": "govuk-label--l", "is_page_heading": True},
        "hint": {"text": say("refund.can.region_hint")},
        "items": [{"value": "", "text": say("refund.can.choose")}]
        + [{"value": each.code, "text": each.en if say.language == "en" else each.name} for each in known],
        "value": region.code if region else "",
    }
    key = "refund.can.no_rule" if region else "refund.can.no_region"
    return _page(request, [part], {REGION: say(key)} if sent else {}, {}, reverse("portal:sign_in"), REGION, 0)


def _ask(
    request: HttpRequest, region: Region, asked: Interview, answers: Mapping[str, str], term: Term
) -> HttpResponse:
    say, english = request.say, request.say.language == "en"
    items = _choices(request, asked, term)
    if term.key != REASON:
        items += [{"divider": say("refund.ask.or")}, {"value": UNSURE, "text": say("refund.can.unsure")}]
    hint = term.hint_en if english else term.hint_zh
    title = {
        "text": term.en if english else term.zh,
        "classes": "govuk-fieldset__legend--l",
        "is_page_heading": True,
    }
    part = {
        "component": "radios",
        "name": term.key,
        "fieldset": {"legend": title},
        "items": items,
        "hint": {"text": hint} if hint else None,
    }
    errors = {term.key: say("refund.can.no_answer")} if request.GET.get(ASKED) == term.key else {}
    kept = {REGION: region.code, **answers}
    before = dict(list(answers.items())[:-1])
    back = _address(region, before) if answers else reverse("refund:can")
    return _page(request, [part], errors, kept, back, term.key, len(answers) + 1)


def _choices(request: HttpRequest, asked: Interview, term: Term) -> list[dict[str, Any]]:
    """Return the answers of a question; of reasons only those some rule is about, the commonest first."""
    say, english = request.say, request.say.language == "en"
    named = {choice.code: choice.en if english else choice.zh for choice in term.choices}
    if term.key != REASON:
        return [{"value": code, "text": text} for code, text in named.items()]
    rest = asked.table.decision_rows[-1].id
    told = [code for code in named if code == forms.UNSURE or asked.rows({REASON: code}) != (rest,)]
    order = [*forms.REASONS, *(code for code in told if code not in (*forms.REASONS, forms.UNSURE)), forms.UNSURE]
    return [
        {"value": code, "text": say.find(f"refund.reason.{code}.text") or named[code]} for code in order if code in told
    ]


def _page(
    request: HttpRequest,
    fields: list[dict[str, Any]],
    errors: Mapping[str, str],
    kept: Mapping[str, str],
    back: str,
    asked: str,
    count: int,
) -> HttpResponse:
    context = {
        "fields": fields,
        "errors": errors,
        "kept": kept,
        "back": back,
        "asked": asked,
        "count": count,
        "title": request.say("refund.can.title"),
    }
    return render(request, "refund/interview.html", context, status=400 if errors else 200)


def _tell(
    request: HttpRequest, region: Region, asked: Interview, answers: Mapping[str, str], standing: Standing
) -> HttpResponse:
    at = int(request.say.language == "en")
    told = questions.answer(region=region, asked=asked, standing=standing)
    possible = [
        {
            "label": each.label[at],
            "outcome": request.say(f"refund.can.outcome.{each.outcome}"),
            "why": each.why[at],
            "next": each.next[at],
            "terms": [{"name": name[at], "value": value[at]} for name, value in each.terms],
        }
        for each in sorted(told.possible, key=lambda each: ORDER.index(each.outcome))
    ]
    context = {
        "place": region.en if at else region.name,
        "region": region.code,
        "outcome": told.outcome,
        "title": request.say(f"refund.can.heading.{told.outcome}"),
        "possible": possible[:SHOWN_MAX],
        "more": max(len(possible) - SHOWN_MAX, 0),
        "materials": [label[at] for _, label in told.materials],
        "sources": [
            {"id": one.id, "number": one.number, "title": one.title, "grade": one.grade, "region": region.code}
            for one in told.sources
        ],
        "weak": told.low_confidence,
        "remarks": [each[at] for each in told.remarks],
        "answers": _summary(request, region, asked, answers),
        "back": _address(region, dict(list(answers.items())[:-1])),
        "again": reverse("refund:can"),
    }
    return render(request, "refund/interview_answer.html", context)


def _summary(
    request: HttpRequest, region: Region, asked: Interview, answers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return what was answered, each with the way back to its question."""
    say, english = request.say, request.say.language == "en"
    terms = {term.key: term for term in asked.terms}
    rows, before = [], dict[str, str]()
    for key, code in answers.items():
        term = terms[key]
        shown = {UNSURE: say("refund.can.unsure")} | {
            choice.code: choice.en if english else choice.zh for choice in term.choices
        }
        text = (say.find(f"refund.reason.{code}.text") if key == REASON else None) or shown[code]
        question = term.en if english else term.zh
        change = {"href": _address(region, before), "text": say("common.change"), "visually_hidden_text": question}
        rows.append({"key": {"text": question}, "value": {"text": text}, "actions": {"items": [change]}})
        before[key] = code
    return rows
