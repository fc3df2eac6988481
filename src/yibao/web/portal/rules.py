"""Which rules do we know, from which document, how sure: open to everybody, made from the packs in use."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yibao import services
from yibao.casework.entry import public
from yibao.policy import PackErrors, Packs, Region
from yibao.policy.cases import read_cases
from yibao.policy.documents import GRADES
from yibao.policy.folder import QUALITIES
from yibao.policy.overview import Overview, count, overview
from yibao.web.bands import picture

VERSIONS_KEPT = 2
PAGES_KEPT = 64
HUNDRED = 100
# Texts of the rules change only with their version, which is part of the key they are kept by.
KEEP_SECONDS = 24 * 60 * 60


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show all regions: how complete, when checked, how many documents, rules and examples, how sure."""
    packs = services.packs()
    context = {
        "section": "rules",
        "regions": [card(packs, region) for region in packs.regions.values()],
        "qualities": QUALITIES,
        "grades": GRADES,
        "keep": KEEP_SECONDS,
    }
    return render(request, "portal/rules.html", context)


@public
@require_safe
def of_region(request: HttpRequest, region: str) -> HttpResponse:
    """Show everything known of one region."""
    packs = services.packs()
    if region not in packs.regions:
        raise Http404
    shown = _overview(packs.version, region, request.say.language)
    context = {
        "section": "rules",
        "shown": shown,
        "card": card(packs, shown.region),
        "picture": picture(shown.documents, on=request.on),
        "always": [note for note in shown.notes if not note.about],
        "differs": [note for note in shown.notes if note.about],
        "own_parameters": [each for each in shown.parameters if each.values],
        "parameters_above": [each for each in shown.parameters if not each.values and each.region],
        "keep": KEEP_SECONDS,
    }
    return render(request, "portal/region_rules.html", context)


def card(packs: Packs, region: Region) -> dict[str, Any]:
    """Return the figures of a region: counts, worked examples, share of rules that rest on hints only in percent."""
    counted = count(region)
    share = counted.weak_rules * HUNDRED // counted.rules if counted.rules else None
    return {
        "region": region,
        "counted": counted,
        "examples": _examples(packs.version).get(region.code),
        "share": share,
        "depth": len(region.chain) - 1,
    }


@lru_cache(maxsize=VERSIONS_KEPT)
def _examples(version: str) -> dict[str, int | None]:
    """Return how many worked examples each region has; counted once for each version of the packs."""
    return {code: _counted(folder) for code, folder in services.packs().folders.items()}


def _counted(folder: Path) -> int | None:
    """Return how many worked examples a pack has, None where they cannot be read just now: no rule rests on them."""
    try:
        return len(read_cases(folder=folder))
    except (PackErrors, OSError, UnicodeDecodeError):
        return None


@lru_cache(maxsize=PAGES_KEPT)
def _overview(version: str, code: str, language: str) -> Overview:
    """Return what is known of a region; put into words once for each version of the packs."""
    return overview(packs=services.packs(), code=code, language=language)
