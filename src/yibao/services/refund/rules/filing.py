"""What a refund needs around the money: papers, levels of approval, the way back of the money."""

from collections.abc import Mapping
from typing import Any

from yibao.policy.casefile import Enrolment
from yibao.services.refund.rules.decision import Paper, Refusal
from yibao.services.refund.rules.lines import History
from yibao.services.refund.rules.results import Result, reviewed_first

REVIEW_FIRST = "review"
"""The chain that stands before the others where a decision needs a look first."""


def papers(*, history: History, results: list[Result]) -> list[Paper]:
    """Return the papers the rows of a refund ask for, with those every refund needs first.

    Args:
        history: The record; its materials are those that are there.
        results: Lines that refund.

    Returns:
        Papers in the order of the pack, satisfied where the paper or one accepted instead is there.
    """
    known = _setting(history, "materials")
    present = {item.code for item in history.case.materials}
    wanted = [code for code, each in known.items() if "always" in each]
    wanted += [code for code, each in known.items() if history.case.applicant.kind in each.get("for_applicant", ())]
    for result in results:
        asked = result.asks("evidence")
        wanted += [str(code) for code in asked] if isinstance(asked, tuple | list) else []
    return [
        Paper(code, known[code]["label"], known[code]["en"], not present.isdisjoint([code, *_instead(known[code])]))
        for code in dict.fromkeys(wanted)
    ]


def missing(*, history: History, asked: list[Paper]) -> list[Refusal]:
    """Return one refusal for each paper that is not there."""
    known = _setting(history, "materials")
    found = []
    for paper in asked:
        if paper.satisfied:
            continue
        others = [known[code] for code in _instead(known[paper.code])]
        detail = {
            "label": paper.label,
            "label_en": paper.label_en,
            "instead_zh": "".join(f"，或{each['label']}" for each in others),
            "instead_en": "".join(f", or the {each['en']}" for each in others),
        }
        found.append(Refusal("missing_material", paper.code, tuple(detail.items())))
    return found


def told(*, results: list[Result], absent: list[Refusal]) -> list[Refusal]:
    """Return what is said of missing papers; first, where a row says so, that the file is not accepted as it is."""
    if absent and any(result.asks("file") == "refused_if_incomplete" for result in results):
        return [Refusal("incomplete_refused"), *absent]
    return absent


def _setting(history: History, name: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(history.region.setting("refund", name))
    return found


def _instead(material: Mapping[str, Any]) -> list[str]:
    return list(material.get("instead", ()))


def approval(*, history: History, results: list[Result]) -> list[dict[str, Any]]:
    """Return the levels of approval: the longest chain a line asks for, after a review where one is due.

    Args:
        history: The record.
        results: Lines that refund or wait for an amount.

    Returns:
        Levels from 1 on, each with its roles and their names on the day of application.
    """
    chains, roles = _setting(history, "chains"), _setting(history, "roles")
    asked = [str(result.asks("chain")) for result in results if result.asks("chain")]
    if not asked:
        return []
    name = max(asked, key=lambda chain: len(chains[chain]["levels"]))
    levels = list(chains[name]["levels"])
    if any(reviewed_first(result) for result in results) and REVIEW_FIRST in chains:
        levels = [*chains[REVIEW_FIRST]["levels"], *levels]
    return [
        {
            "level": position,
            "roles": list(level["roles"]),
            "order": level["order"],
            "labels": [roles[role]["zh"] for role in level["roles"]],
            "labels_en": [roles[role]["en"] for role in level["roles"]],
        }
        for position, level in enumerate(levels, start=1)
    ]


def payout(*, history: History, results: list[Result]) -> tuple[dict[str, str], str | None]:
    """Return how the money goes back, and where the request is taken in, None where the pack does not say.

    Args:
        history: The record; the row decides first, then the channel of the request, then who collected the payment.
        results: Lines that refund.
    """
    table = _setting(history, "payout")
    way: dict[str, Any] = dict(table["default"])
    for result in results:
        way |= table.get("collectors", {}).get(result.facts["collector"], {})
    channel = history.case.request.channel
    if channel is not None and channel in table.get("channels", {}):
        asked = table["channels"][channel]
        known = way.get("intake") if channel != "agency_list" else None
        way = {**way, **asked, "intake": known or asked.get("intake")}
    for result in results:
        way |= {name: result.asks(name) for name in ("flow", "intake") if result.asks(name)}
    return {"flow": str(way["flow"]), "route": str(way["route"])}, way.get("intake")


def kept(*, history: History, results: list[Result]) -> str | None:
    """Return the enrolment that is kept where two cover the same months, None where no row asks."""
    for result in results:
        rule = result.asks("keep")
        if rule == "latest_unit":
            return _latest(_overlapping(history, result, relation="unit"))
        if rule == "employee":
            return _latest(_overlapping(history, result, relation=None))
    return None


def _overlapping(history: History, result: Result, *, relation: str | None) -> list[Enrolment]:
    return [
        each
        for each in history.case.enrolments
        if each.scheme == "employee"
        and (relation is None or each.relation == relation)
        and (each.id == result.line.enrolment.id or result.line.covered_months(each))
    ]


def _latest(enrolments: list[Enrolment]) -> str | None:
    if not enrolments:
        return None
    return max(enrolments, key=lambda each: (each.end is None, each.end or each.start, each.start)).id
