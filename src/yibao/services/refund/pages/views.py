"""What the pages show of a decision and of a case: plain values for templates, no question to the database."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from yibao.kernel.money import Money

AMOUNT = re.compile(r"-?\d+\.\d{2}")
PERCENT = 100
READY = ("refund", "incomplete")


def steps(decision: Mapping[str, Any], say: Any) -> list[dict[str, Any]]:
    """Return the computed steps: label, value and source, with the last amount as the total."""
    shown = [
        {
            "label": say.pick(step),
            "value": amount_words(step["value_en" if say.language == "en" else "value"]),
            "source": step.get("source", ""),
            "total": False,
        }
        for step in decision["steps"]
    ]
    if decision.get("amount") is not None and decision["decision"] in READY:
        shown.append(
            {"label": say("refund.amount.total"), "value": amount_words(decision["amount"]),
             "source": "", "total": True}
        )
    return shown


def amount_words(value: Any) -> str:
    """Return a value as a person reads it: money with thousands, everything else as it is.

    Example:
        >>> amount_words("2937.00"), amount_words("-987.90"), amount_words("6 个月")
        ('2,937.00', '−987.90', '6 个月')
    """
    text = "" if value is None else str(value)
    if not AMOUNT.fullmatch(text):
        return text
    sign, bare = ("−", text[1:]) if text.startswith("-") else ("", text)
    return sign + Money.parse(bare).display()


def amount(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sum and what it is made of: refund, offset, what was paid in these months."""
    lines = decision.get("lines") or []
    total = {name: sum(_fen(line.get(name)) for line in lines) for name in ("paid", "offset", "refund")}
    share = f"{PERCENT * total['refund'] / total['paid']:.1f}" if total["paid"] else ""
    return {**total, "total": decision.get("amount"), "share": share, "months": sum(_months(line) for line in lines)}


def _months(line: Mapping[str, Any]) -> int:
    return int(line.get("months") or 0)


def _fen(text: str | None) -> int:
    return Money.parse(text).fen if text else 0


def verdict(decision: Mapping[str, Any]) -> str:
    """Return what a person is told first: can, early, cannot, manual or merged."""
    words = {"refund": "can", "incomplete": "can", "too_early": "early", "manual": "manual", "accounts_merged": "merged"}
    return words.get(decision["decision"], "cannot")


def refusals(decision: Mapping[str, Any], say: Any) -> list[dict[str, str]]:
    """Return the named refusals of a decision as sentences; those of materials are left out, as they are listed."""
    papers = {item["code"] for item in decision.get("materials") or []}
    told = [refusal for refusal in decision.get("refusals") or [] if refusal.get("about") not in papers]
    return [{"text": refusal[say.language], "next": refusal[f"next_{say.language}"]} for refusal in told]


def materials(decision: Mapping[str, Any], say: Any) -> list[dict[str, Any]]:
    """Return the materials a decision asks for, the missing ones first."""
    shown = [
        {"code": item["code"], "label": say.pick(item), "satisfied": item["satisfied"],
         "how": say.find(f"refund.how.{item['code']}") or ""}
        for item in decision.get("materials") or []
    ]
    return sorted(shown, key=lambda item: item["satisfied"])


def sources(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documents a decision cites, each with its number, title and grade."""
    return [
        {
            "number": "" if source.get("number") in (None, "unknown") else source["number"],
            "title": source.get("title", ""), "grade": source.get("grade", ""), "id": source.get("id", ""),
        }
        for source in decision.get("sources") or []
    ]


def missing(shown: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the materials that are not there yet."""
    return [item for item in shown if not item["satisfied"]]
