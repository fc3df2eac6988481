"""Every fact of the vocabulary, worked out from the record when a rule first asks for it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from yibao.services.relocation.rules.history import History

NONE = "none"
NO_WAITING = "no_waiting"


class Facts(dict[str, Any]):
    """Facts of one question by name; each is computed once, when it is first read."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self.history = history

    def __missing__(self, name: str) -> Any:
        value = self[name] = _FACTS[name](self.history)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return a fact, computed when it is first read; a missing one is None."""
        return self[name]


def groups_of(history: History) -> dict[str, Any]:
    """Return the groups a person may belong to here: those of moves and those of refunds, by code."""
    region = history.region
    return {**(region.setting("refund", "groups") or {}), **(region.setting("relocation", "groups") or {})}


def _exempt(history: History) -> bool:
    known = groups_of(history)
    marked = any(known.get(code, {}).get(NO_WAITING) == "yes" for code in history.case.person.groups)
    return marked or history.joined.relation == "newborn"


def _first_in_scheme(history: History) -> bool:
    return all(each.scheme != history.joined.scheme for each in history.before.values())


def _ordered_until(history: History) -> date | None:
    orders = [each for each in history.case.events if each.kind == "arrears_ordered"]
    return orders[-1].until if orders else None


def _scheme_before(history: History) -> str:
    return NONE if history.previous is None else history.previous.scheme


def _relation_before(history: History) -> str:
    return NONE if history.previous is None else history.previous.relation


_FACTS: dict[str, Callable[[History], Any]] = {
    "applied_on": lambda history: history.case.on,
    "scheme": lambda history: history.joined.scheme,
    "joining_as": lambda history: history.joined.relation,
    "scheme_before": _scheme_before,
    "relation_before": _relation_before,
    "first_ever": lambda history: history.last is None,
    "first_in_scheme": _first_in_scheme,
    "from_outside": lambda history: history.from_outside,
    "gap_months": lambda history: len(history.gap),
    "gap_days": lambda history: history.days_since,
    "gap_paid_back": lambda history: history.gap_paid_back,
    "something_paid_back": lambda history: bool(history.late),
    "run_months": lambda history: history.run(),
    "run_in_scheme": lambda history: history.run(scheme=history.joined.scheme),
    "earlier_breaks": lambda history: history.earlier_breaks,
    "unpaid_in_year": lambda history: history.unpaid_in_year,
    "missed_years": lambda history: history.missed_years,
    "insured_year": lambda history: history.insured_year,
    "joins_on": lambda history: history.joined.start,
    "registered_on": lambda history: history.registered_on,
    "paid_on": lambda history: history.paid_on,
    "born": lambda history: history.case.person.born,
    "paid_before_year": lambda history: history.paid_on.year < history.insured_year,
    "exempt": _exempt,
    "ordered_until": _ordered_until,
    "unpaid_since": lambda history: history.unpaid_since,
}
