"""What to bring, where and how long, for a service somewhere: open to everybody, from the packs in use."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from yibao import services
from yibao.casework.entry import public
from yibao.policy.guide import DOMAIN, KINDS, Guide, Item, guide


def _served() -> list[services.Service]:
    """Return the services somebody wrote a guide to."""
    regions = services.packs().regions.values()
    known = {name for region in regions for domain, name in region.settings if domain == DOMAIN}
    return [each for name, each in services.offered().items() if name in known]


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Ask for the service and the place."""
    say, sent = request.say, request.GET  # type: ignore[attr-defined]
    served, regions = _served(), services.packs().regions
    chosen = {"service": sent.get("service", ""), "region": sent.get("region", "")}
    known = {"service": [each.name for each in served], "region": list(regions)}
    errors = {name: say(f"portal.guide.no_{name}") for name in chosen if sent and chosen[name] not in known[name]}
    if sent and not errors:
        return redirect("portal:guide_of", **chosen)
    names = {"service": [(each.name, say.pick(each)) for each in served]}
    names["region"] = [(code, say.pick(region)) for code, region in regions.items()]
    fields = [
        {
            "component": "select",
            "name": name,
            "label": {"text": say(f"portal.guide.{name}")},
            "items": [{"value": "", "text": say("portal.guide.choose")}]
            + [{"value": code, "text": text} for code, text in choices],
            "value": chosen[name],
        }
        for name, choices in names.items()
    ]
    context = {"section": "guide", "fields": fields, "errors": errors}
    return render(request, "portal/guides.html", context, status=400 if errors else 200)


@public
@require_safe
def of_region(request: HttpRequest, service: str, region: str) -> HttpResponse:
    """Show the guide to a service somewhere."""
    served, regions = {each.name: each for each in _served()}, services.packs().regions
    if service not in served or region not in regions:
        raise Http404
    found = guide(service=service, region=regions[region], on=request.on)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    say = request.say  # type: ignore[attr-defined]
    context = {
        "section": "guide",
        "title": say.pick(served[service]),
        "region": regions[region],
        "parts": [_part(found, kind, say) for kind in KINDS],
        "interview": {"refund": "refund:can", "relocation": "relocation:index"}.get(service, ""),
    }
    return render(request, "portal/guide.html", context)


def _part(found: Guide, kind: str, say: Any) -> dict[str, Any]:
    at = int(say.language == "en")
    items = [_item(item, at, found.region.code) for item in found.of(kind)]
    return {"kind": kind, "title": say(f"portal.guide.part.{kind}"), "rows": items}


def _item(item: Item, at: int, region: str) -> dict[str, Any]:
    sources = [{"id": each.source.id, "region": region, "text": each.shown(), "grade": each.source.grade}
               for each in item.sources]  # fmt: skip
    label = item.label[at]
    return {
        "label": label[:1].upper() + label[1:],
        "how": item.how[at],
        "value": item.value[at] if item.value else "",
        "limit": item.kind == KINDS[-1],
        "known": item.known,
        "low": item.low_confidence,
        "sources": sources,
    }
