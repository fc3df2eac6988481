"""What the rules answer: the day, the waiting, the calendar, and what paying back would change."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest

from yibao import services
from yibao.kernel.months import Month
from yibao.services.relocation import forms_cover as forms
from yibao.services.relocation.pages.calendar import picture
from yibao.services.relocation.pages.cover_fields import month_words
from yibao.services.relocation.pages.places import place_words
from yibao.services.relocation.pages.sources import documents

BY_YEAR = (forms.RESIDENT, forms.STUDENT, forms.NEWBORN)
SURE = ("covered", "waiting")
BEFORE_SHOWN = 6
REPAIR_MAX = 6
INCOMPLETE, OPEN_READING = "incomplete", "open_reading"


def told(*, kept: Mapping[str, str], request: HttpRequest) -> dict[str, Any]:
    """Return everything the page of the answer shows.

    Args:
        kept: All answers.
        request: The reader's.

    Raises:
        InputInvalid: The answers contradict one another in a way no page could see.
    """
    say, on = request.say, request.on  # type: ignore[attr-defined]
    decision = _decide(kept, on)
    region, gap = decision["pack"]["region"], forms.gap(kept)
    others, sure = list(_others(kept, on, decision, say)), decision["decision"] in SURE
    return {
        "place": place_words(kept["place"], say),
        "decision": decision,
        "sure": sure and decision["benefits_from"] is not None,
        "must_pay_first": decision["decision"] == INCOMPLETE,
        **_calendar(decision, gap),
        "waiting": _waiting(decision, say),
        "meanwhile": [say(f"relocation.cal.cover.{code}") for code in decision["cover_while_waiting"]],
        "refusals": [_refusal(each, say.language) for each in decision["refusals"] if each["code"] != OPEN_READING],
        "possible": sorted({each["benefits_from"] for each in decision.get("readings", ()) if each["benefits_from"]}),
        "others": others,
        "no_use": sure and bool(gap) and not others and kept["joining"] not in BY_YEAR,
        "steps": _steps(decision, say.language),
        "sources": documents(decision, region=region),
        "weak": decision["low_confidence"],
    }


def _decide(kept: Mapping[str, str], on: Any, *, back: tuple[Month, ...] = (), repair: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = services.decide(forms.case_file(kept=kept, on=on, back=back, repair=repair)).json()
    return made


def _calendar(decision: Mapping[str, Any], gap: tuple[Month, ...] = ()) -> dict[str, Any]:
    runs = decision["calendar"]
    since = gap[-BEFORE_SHOWN:][0] if gap else None
    if runs and since is not None and str(since) < runs[0]["from"]:
        runs = [{"from": str(since), "to": str(Month.parse(runs[0]["from"]).plus(-1)), "cover": "none"}, *runs]
    return {"years": picture(runs), "runs": _joined(runs)}


def _joined(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return runs of which no two of one kind stand side by side."""
    found: list[dict[str, Any]] = []
    for run in runs:
        if found and found[-1]["cover"] == run["cover"]:
            found[-1] = {**found[-1], "to": run["to"]}
        else:
            found.append(dict(run))
    return found


def _waiting(decision: Mapping[str, Any], say: Any) -> list[str]:
    """Return how long the waiting is and how it is counted, a sentence each."""
    wait = decision["waiting"]
    if not wait["amount"] or decision["decision"] not in SURE:
        return []
    found = [say(f"relocation.cover.wait.{wait['unit']}", count=wait["amount"])]
    if wait["anchor"]:
        found.append(say("relocation.cover.wait.anchor", anchor=say(f"relocation.enums.anchor.{wait['anchor']}")))
    if wait["fixed"] is not None:
        parts = {name: wait[name] or 0 for name in ("fixed", "variable", "repaired")}
        found.append(say("relocation.cover.wait.parts", **parts))
    if wait["floor"] is not None:
        found.append(say("relocation.cover.wait.floor", count=wait["floor"]))
    if wait["must_keep_paying"]:
        found.append(say("relocation.cover.wait.keep_paying"))
    return found


def _others(kept: Mapping[str, str], on: Any, base: Mapping[str, Any], say: Any) -> Iterator[dict[str, Any]]:
    """Yield what paying back the gap, or missed years, would change; nothing where it changes nothing."""
    gap = forms.gap(kept)
    if kept["joining"] not in BY_YEAR:
        decision = _decide(kept, on, back=gap) if gap else base
        if _differs(decision, base):
            first, last = month_words(gap[0], say), month_words(gap[-1], say)
            title = say("relocation.cover.other.back", count=len(gap), first=first, last=last)
            yield {"title": title, **_other(decision, say)}
        return
    shown = base
    for years in range(1, (base["waiting"]["variable"] or 0) + 1):
        decision = _decide(kept, on, repair=years)
        if years > REPAIR_MAX or not _differs(decision, shown):
            return
        yield {"title": say("relocation.cover.other.repair", count=years), **_other(decision, say)}
        shown = decision


def _differs(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    told = ("decision", "benefits_from", "retroactive")
    return one["decision"] in SURE and any(one[name] != other[name] for name in told)


def _other(decision: Mapping[str, Any], say: Any) -> dict[str, Any]:
    retroactive = decision["retroactive"]
    return {
        "from": decision["benefits_from"],
        "retroactive": say(f"relocation.cover.retroactive.{retroactive}") if retroactive else "",
        "until": decision["back_payment"]["until"],
        "price": decision["price"]["amount"],
        "plus_subsidy": decision["price"]["plus_subsidy"],
        **_calendar(decision),
    }


def _refusal(refusal: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"text": refusal[language], "next": refusal[f"next_{language}"]}


def _steps(decision: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    suffix = "_en" if language == "en" else ""
    return [{name: step[f"{name}{suffix}"] for name in ("label", "value", "source")} for step in decision["steps"]]
