"""Rules of a place and of the nation that contradict one another: told with the decision that turns on them."""

from typing import TYPE_CHECKING, Any

from yibao.policy.conflicts import Conflict, Side

if TYPE_CHECKING:
    from yibao.services.refund.rules.results import Result


def of_line(result: "Result") -> tuple[Conflict, ...]:
    """Return what the row that holds contradicts, where both documents were there on the day of application.

    Args:
        result: The line decided.

    Returns:
        Nothing for a line no rule is in force for.

    Source:
        Key `conflicts` of the region's tables.
    """
    if result.row is None:
        return ()
    row = result.row.table.row(result.row.row)
    return tuple(each for each in row.conflicts if each.holds(result.line.case.on))


def told(*, rule: str, conflict: Conflict) -> dict[str, Any]:
    """Return a contradiction in the published form: both sides, which one stands, and the sentence in both languages.

    Args:
        rule: Id of the row that decided.
        conflict: What it contradicts.
    """
    return {
        "rule": rule,
        "stands": conflict.stands,
        "local": _side(conflict.local),
        "national": _side(conflict.national),
        "zh": conflict.sentence("zh"),
        "en": conflict.sentence("en"),
    }


def _side(side: Side) -> dict[str, str]:
    place = f"{side.source.id}#{side.citation.article}".rstrip("#")
    return {"source": place, "says": side.zh, "says_en": side.en}
