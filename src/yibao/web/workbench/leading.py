"""The numbers of an office over a period, drawn by the server, each drawing with its table, and all as a file."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import yibao.services
from yibao.casework.entry import open_to
from yibao.kernel.money import Money
from yibao.store import figures
from yibao.store.counting import AGES
from yibao.store.figures import Figures
from yibao.web.places import FIGURE_READERS
from yibao.web.sections import contributions
from yibao.web.workbench import charts
from yibao.web.workbench.filters import place_words, regions_of

PERIODS = (7, 30, 90)
USUAL = 30
DAYS_MAX = 92
STREAMS = (("submit", "submit"), ("accept", "accept"), ("approve", "approve"))


@open_to(*FIGURE_READERS, own="region")
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Show the numbers of the reader's office, or of one below it, over a period."""
    first, last, errors = _period(request)
    regions = regions_of(request)
    region = request.GET.get("region", "")
    region = region if region in regions else request.actor.region
    found = figures.of_period(region=region, first=first, last=last, on=request.on, at=request.at)
    query = urlencode({"first": first.isoformat(), "last": last.isoformat(), "region": region})
    context = {
        "section": "figures",
        "found": found,
        "quick": [_quick(days, request, first, last, region) for days in PERIODS],
        "fields": _fields(request, first, last),
        "regions": [{"value": code, "text": words, "selected": code == region} for code, words in regions.items()],
        "region": region,
        "query": query,
        "errors": errors,
        "headline": _headline(found, request.say),
        "daily": list(_daily(found, request.say)),
        "tables": list(_tables(found, request)),
    }
    return render(request, "workbench/figures.html", context, status=400 if errors else 200)


@open_to(*FIGURE_READERS, own="region")
@require_safe
def as_file(request: HttpRequest) -> HttpResponse:
    """Send the numbers of each day as a table that a spreadsheet opens."""
    first, last, _ = _period(request)
    region = request.GET.get("region", "")
    region = region if region in regions_of(request) else request.actor.region
    found = figures.of_period(region=region, first=first, last=last, on=request.on, at=request.at)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([request.say(f"desk.figures.column.{name}") for name in ("day", *COLUMNS)])
    columns = _columns(found)
    for day in found.days():
        row = [column[day] for column in columns]
        table.writerow([day.isoformat(), *row[:-1], str(Money(row[-1]))])
    # The mark at the beginning tells spreadsheets that the text is UTF-8.
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="figures-{first}-{last}.csv"'
    return answer


COLUMNS = ("submit", "accept", "ask_correction", "approve", "refuse", "not_accept", "decided", "late", "paid", "sum")


def _columns(found: Figures) -> list[Any]:
    return [*(found.steps[kind] for kind in figures.KINDS), found.decided, found.late, found.paid, found.fen]


def _period(request: HttpRequest) -> tuple[date, date, dict[str, str]]:
    """Return the days asked for; where they make no period, the usual one and what is wrong."""
    usual = (request.on - timedelta(days=USUAL - 1), request.on)
    typed = [request.GET.get(name, "") for name in ("first", "last")]
    if not any(typed):
        return *usual, {}
    try:
        first, last = (date.fromisoformat(text) if text else day for text, day in zip(typed, usual, strict=True))
    except ValueError:
        return *usual, {"first": request.say("desk.figures.no_day")}
    if not timedelta(0) <= last - first < timedelta(days=DAYS_MAX):
        return *usual, {"first": request.say("desk.figures.no_period", most=DAYS_MAX)}
    return first, last, {}


def _quick(days: int, request: HttpRequest, first: date, last: date, region: str) -> dict[str, Any]:
    begin = request.on - timedelta(days=days - 1)
    query = urlencode({"first": begin.isoformat(), "last": request.on.isoformat(), "region": region})
    here = (first, last) == (begin, request.on)
    return {"text": request.say("desk.figures.last_days", days=days), "href": f"?{query}", "here": here}


def _fields(request: HttpRequest, first: date, last: date) -> list[dict[str, Any]]:
    values = {
        "first": request.GET.get("first") or first.isoformat(),
        "last": request.GET.get("last") or last.isoformat(),
    }
    return [
        {
            "component": "input",
            "id": name,
            "name": name,
            "value": value,
            "classes": "govuk-input--width-10",
            "label": {"text": request.say(f"desk.figures.{name}")},
        }
        for name, value in values.items()
    ]


def _headline(found: Figures, say: Any) -> list[dict[str, str]]:
    decided, late = sum(found.decided.values()), sum(found.late.values())
    told = {
        "came": str(sum(found.steps["submit"].values())),
        "decided": str(decided),
        "late": str(late),
        "out": Money(sum(found.fen.values())).display(),
    }
    return [{"label": say(f"desk.figures.{name}"), "value": value} for name, value in told.items()]


def _daily(found: Figures, say: Any) -> Iterator[dict[str, Any]]:
    """Give the drawings over days: what came, was accepted and signed, and what was paid."""
    for name, kind in STREAMS:
        yield _drawing(found, say, name, found.steps[kind], money=False)
    yield _drawing(found, say, "late", found.late, money=False)
    yield _drawing(found, say, "sum", found.fen, money=True)


def _drawing(found: Figures, say: Any, name: str, numbers: Any, *, money: bool) -> dict[str, Any]:
    bars = charts.days(numbers, found.days())
    total, most = sum(numbers.values()), max(numbers.values(), default=0)
    words = (Money(total).display(), Money(most).display()) if money else (str(total), str(most))
    return {
        "name": name,
        "title": say(f"desk.figures.column.{name}"),
        "bars": bars,
        "rows": [bar for bar in bars if bar.number],
        "money": money,
        "total": words[0],
        "most": words[1],
        "first": found.first,
        "last": found.last,
    }


def _tables(found: Figures, request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Give the tables with a bar beside each number."""
    say = request.say

    def table(
        name: str, rows: Iterable[tuple[str, int]], *, money: bool = False, ordered: bool = False
    ) -> dict[str, Any]:
        drawn = charts.in_order(rows) if ordered else charts.shares(rows)
        return {"name": name, "title": say(f"desk.figures.table.{name}"), "rows": drawn, "money": money}

    roles = {
        role: say.find(f"common.role.{role}") or say.find(f"desk.queue.turn.{role}") or role for role in found.waiting
    }
    yield table("waiting", [(roles[role], number) for role, (number, _) in found.waiting.items()])
    yield table("overdue", [(roles[role], late) for role, (_, late) in found.waiting.items() if late])
    ages = [say("desk.figures.up_to", days=days) for days in AGES] + [say("desk.figures.older", days=AGES[-1])]
    yield table("ages", zip(ages, found.ages, strict=True), ordered=True)
    yield table("regions", [(place_words(request, code), fen) for code, fen in found.fen_by_region.items()], money=True)
    services = yibao.services.find()
    named = [(say.pick(services[name]), fen) for name, fen in found.fen_by_service.items()]
    yield table("services", named, money=True)
    words = {code: text for told in contributions("refusal_reasons", request) for code, text in told.items()}
    unknown = say("desk.figures.none_given")
    yield table("reasons", [(words.get(code, unknown), number) for code, number in found.reasons.items()])
    yield table("corrections", [(_material(code, say), number) for code, number in found.corrections.items()])


def _material(code: str, say: Any) -> str:
    """Return the first service's words of a paper; services call the same paper by the same name."""
    if not code:
        return say("desk.figures.no_paper")
    found = (say.find(f"{name}.enums.material.{code}") for name in sorted(yibao.services.find()))
    return next(filter(None, found), code)
