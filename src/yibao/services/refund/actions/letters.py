"""The decision letter: made from the stored decision, by the rules it was made by, whatever the rules say today."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from yibao.casework.states import State
from yibao.kernel.identifiers import mask_id
from yibao.kernel.money import Money
from yibao.policy import Region
from yibao.services.papers import remedies as shared
from yibao.services.refund import documents, rulebook, workflow
from yibao.services.refund.actions import contents, employer, evidence, money, wording
from yibao.services.refund.documents import LetterStep, Told
from yibao.store import cases
from yibao.store.models import Case, CaseAction

GRANTED = (State.APPROVED, State.EXECUTING, State.COMPLETED)
_RESULTS = {
    "refund": Told("准予退费", "the refund is granted"),
    "no_refund": Told("不予退费", "the refund is refused"),
    "accounts_merged": Told("合并个人账户，不退现金", "the accounts are merged, no cash is paid"),
}


def decision_letter(*, case: Case) -> tuple[documents.DecisionLetter, str] | None:
    """Return the 决定书 of a decided case, and what it states; None while nothing is decided.

    Args:
        case: approved, being paid, completed or refused.
    """
    decided, stored = _decided(case), cases.decision(case.number)
    if decided is None or stored is None:
        return None
    plain, granted = evidence.as_stored(stored).json(), decided.kind == "approve"
    if case.unit_id is not None:
        plain = employer.shown(plain)
    merged = granted and plain["decision"] == "accounts_merged"
    letter = documents.DecisionLetter(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=contents.ITEM,
        decided_on=decided.business_date,
        result=_RESULTS["accounts_merged" if merged else "refund" if granted else "no_refund"],
        amount=Money(case.amount_fen) if granted and case.amount_fen is not None else None,
        lines=tuple(_lines(case, plain)) if granted else (),
        reasons=tuple(_reasons(decided, plain)),
        steps=tuple(_step(step) for step in plain["steps"]),
        sources=tuple(_source(source) for source in plain["sources"]),
        low_confidence=bool(plain["low_confidence"]),
        remedies=tuple(remedies(region=rulebook.region(case.region), on=decided.business_date)),
    )
    return letter, decided.hash


def _decided(case: Case) -> CaseAction | None:
    kind = "refuse" if case.state == State.REFUSED else "approve" if case.state in GRANTED else ""
    return case.actions.filter(kind=kind).order_by("-seq").first()


def _lines(case: Case, plain: Mapping[str, Any]) -> Iterator[documents.PaidLine]:
    for line in money.paid_lines(plain=plain, request=case.refund):
        row = case.refund.chosen.get(line["payment"])
        receivers = "、".join(wording.receiver(part["receiver"]) for part in line["parts"])
        if row is not None:
            yield contents.paid_line(row=row, refund=Money.parse(line["refund"]), receiver=receivers)


def _reasons(decided: CaseAction, plain: Mapping[str, Any]) -> Iterator[Told]:
    code = str(decided.data.get("reason_code", ""))
    if code in workflow.REFUSE_REASONS and code != "other":
        zh, en = workflow.REFUSE_REASONS[code]
        yield Told(f"{zh}。", f"{en[:1].upper()}{en[1:]}.")
    if decided.reason:
        yield Told(decided.reason, "")
    for refusal in plain["refusals"]:
        if decided.kind == "refuse":
            yield Told(f"{refusal['zh']}{refusal['next_zh']}", f"{refusal['en']} {refusal['next_en']}")


def _step(step: Mapping[str, str]) -> LetterStep:
    names = ("label", "value", "source")
    return LetterStep(*(Told(step[name], step[f"{name}_en"]) for name in names))


def _source(source: Mapping[str, Any]) -> str:
    title = f"《{source['title']}》" if source["title"] else ""
    return f"{title}{source['number'] or '文号不详'}（可信度 grade {source['grade']}）"


def remedies(*, region: Region, on: date) -> Iterator[Told]:
    """Return what can be done against a decision, each with its term and articles, as far as they are known."""
    return (Told(zh, en) for zh, en in shared.remedies(region=region, on=on))
