"""What the pages show of a decision and of a case: plain values for templates, no question to the database."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from yibao.kernel.errors import Refused
from yibao.kernel.money import Money

AMOUNT = re.compile(r"-?\d+\.\d{2}")
AMOUNT_WITH_UNIT = re.compile(r"(?P<amount>[−-]?[\d,]+\.\d{2})\s*(元|yuan|CNY)?")
PERCENT = 100
# A line of the trace that tells an amount begins with its label and a colon, one that tells a row with the row's id.
AFTER_HEAD = {"：", ":"}
READY = ("refund", "incomplete")


def steps(decision: Mapping[str, Any], say: Any) -> list[dict[str, Any]]:
    """Return the computed steps: label, value or amount, and source; the last amount is the result."""
    suffix = "_en" if say.language == "en" else ""
    shown = [
        {"label": say.pick(step), "source": step["source" + suffix], "total": False, **_value(step["value" + suffix])}
        for step in decision["steps"]
    ]
    money = [step for step in shown if step["amount"]]
    if money and decision["decision"] in READY:
        money[-1]["total"] = True
    return shown


def _value(value: str) -> dict[str, str]:
    found = AMOUNT_WITH_UNIT.fullmatch(value)
    return {"amount": found["amount"], "value": ""} if found else {"amount": "", "value": value}


def considered(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of the trace: id, why it fails or holds, and whether it is the one that holds.

    Example:
        >>> considered(["[p1]", "R4c 不适用：险种为“职工医保”"])
        [{'id': 'R4c', 'text': '不适用：险种为“职工医保”', 'chosen': False}]
    """
    split = (line.partition(" ") for line in lines if " " in line)
    return [{"id": head, "text": rest, "chosen": "→" in rest} for head, _, rest in split if not AFTER_HEAD & set(head)]


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


def sums(decision: Mapping[str, Any], say: Any) -> list[dict[str, Any]]:
    """Return what a person is shown of the amount: what was paid, what is set off, what is refunded.

    Months that are not due yet, and lines that refund nothing, have no row of their own.
    """
    rows: list[dict[str, Any]] = []
    for line in decision.get("lines") or []:
        if not _fen(line["refund"]):
            continue
        rows.append(
            {
                "label": say("refund.amount.paid", months=line["months"]),
                "value": amount_words(line["paid"]),
                "source": say("refund.amount.record", payment=line["payment"]),
            }
        )
        other = _fen(line["paid"]) - _fen(line["offset"]) - _fen(line["refund"])
        if _fen(line["offset"]):
            rows.append(
                {
                    "label": say("refund.amount.offset"),
                    "value": "−" + amount_words(line["offset"]),
                    "source": say("refund.amount.rule", rule=line["rules"][0]),
                }
            )
        if other > 0:
            rows.append(
                {
                    "label": say("refund.amount.kept"),
                    "value": "−" + Money(other).display(),
                    "source": say("refund.amount.rule", rule=line["rules"][0]),
                }
            )
    total = {
        "label": say("refund.amount.total"),
        "value": amount_words(decision["amount"]),
        "source": "",
        "total": True,
    }
    return [*rows, total] if rows else []


def _months(line: Mapping[str, Any]) -> int:
    return int(line.get("months") or 0)


def _fen(text: str | None) -> int:
    return Money.parse(text).fen if text else 0


def verdict(decision: Mapping[str, Any]) -> str:
    """Return what a person is told first: can, early, cannot, manual or merged."""
    words = {
        "refund": "can",
        "incomplete": "can",
        "too_early": "early",
        "manual": "manual",
        "accounts_merged": "merged",
    }
    return words.get(decision["decision"], "cannot")


def awaits_a_person(decision: Mapping[str, Any]) -> bool:
    """Return whether a rule names the situation and leaves only a number or a fact to a person."""
    codes = [refusal["code"] for refusal in decision.get("refusals") or []]
    return decision["decision"] == "manual" and "no_rule_matches" not in codes


def refusals(decision: Mapping[str, Any], say: Any) -> list[dict[str, str]]:
    """Return the named refusals of a decision as sentences; those of materials are left out, as they are listed."""
    papers = {item["code"] for item in decision.get("materials") or []}
    told = [refusal for refusal in decision.get("refusals") or [] if refusal.get("about") not in papers]
    return [{"text": refusal[say.language], "next": refusal[f"next_{say.language}"]} for refusal in told]


def materials(decision: Mapping[str, Any], say: Any) -> list[dict[str, Any]]:
    """Return the materials a decision asks for, the missing ones first."""
    shown = [
        {
            "code": item["code"],
            "label": say.pick(item),
            "satisfied": item["satisfied"],
            "how": say.find(f"refund.how.{item['code']}") or "",
        }
        for item in decision.get("materials") or []
    ]
    return sorted(shown, key=lambda item: item["satisfied"])


def sources(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the documents a decision cites, each with its number, title, grade and the region that decided."""
    return [
        {
            "number": "" if source.get("number") in (None, "unknown") else source["number"],
            "title": source.get("title", ""),
            "grade": source.get("grade", ""),
            "id": source.get("id", ""),
            "region": decision["pack"]["region"],
        }
        for source in decision.get("sources") or []
    ]


def missing(shown: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the materials that are not there yet."""
    return [item for item in shown if not item["satisfied"]]


def refusal_words(refused: Refused, say: Any) -> str:
    """Return why and what to do next, as one text."""
    refusal = refused.refusal
    if say.language == "en":
        return f"{refusal.en[:1].upper()}{refusal.en[1:]}. {refusal.next_en}"
    return f"{refusal.zh}。{refusal.next_zh}"


def material_words(code: str, say: Any) -> str:
    """Return what a paper is called, as it stands at the head of a line."""
    return _headed(say(f"refund.enums.material.{code}"))


def reason_words(code: str, say: Any) -> str:
    """Return why a refund is asked for: in the words of the question, or of the rules where no question offers it."""
    asked: str | None = say.find(f"refund.reason.{code}.text")
    return asked or _headed(say.find(f"refund.enums.reason.{code}") or code)


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]
