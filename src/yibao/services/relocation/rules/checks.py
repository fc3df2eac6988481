"""What both places look at before a transfer is accepted, in the published order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao.policy.documents import Citation
from yibao.services.relocation.rules.decision import NAME, Words
from yibao.services.relocation.rules.texts import words

if TYPE_CHECKING:
    from yibao.services.relocation.rules.transfer import Move

_STOPPED = ("suspended", "ended")


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        code: Its name.
        words: What it looks at, in Chinese and English.
        passed: Whether it is met.
        place: Code of the place that looks.
        refusal: Name of the reason where it is not met.
        citation: Where it is written.
    """

    code: str
    words: Words
    passed: bool
    place: str
    refusal: str
    citation: Citation

    def json(self) -> dict[str, Any]:
        """Return the check in the published form; the remedy stands where it is not met."""
        told = words()["refusals"][self.refusal]
        remedy, english = (None, None) if self.passed else (told["next_zh"], told["next_en"])
        return {
            "passed": self.passed,
            "place": self.place,
            "remedy": remedy,
            "remedy_en": english,
            "label": self.words[0],
            "label_en": self.words[1],
        }


def made(*, move: Move) -> Iterator[Check]:
    """Yield every check of a transfer.

    Args:
        move: The transfer asked for; the new place's rules list the checks.

    Source:
        Setting `checks` of the packs.
    """
    listed: dict[str, Any] = dict(move.new.setting(NAME, "checks") or {})
    for code, written in listed.items():
        source, _, article = str(written["source"]).partition("#")
        place = move.source if written["place"] == "from" else move.target
        citation = Citation(move.new.source(source), article)
        told = (str(written["zh"]), str(written["en"]))
        yield Check(code, told, _PASSED[code](move), place, str(written["refusal"]), citation)


def _stopped(move: Move) -> bool:
    on, told = move.case.on, move.case.request.records.stopped_on
    if told is not None:
        return told <= on
    left, joined = move.left, move.joined
    if left is None:
        return False
    if left.status in _STOPPED:
        return True
    return left.end is not None and (left.end < on or (joined is not None and left.end < joined.start))


def _enrolled(move: Move) -> bool:
    joined = move.joined
    return joined is not None and joined.status == "normal" and (joined.end is None or joined.end >= move.case.on)


def _in_hospital(move: Move) -> bool:
    told, on = move.case.request.records.in_hospital, move.case.on
    if told is not None:
        return told
    stays = [each for each in move.case.events if each.kind == "hospital_stay"]
    return any(each.on <= on and (each.end is None or each.end > on) for each in stays)


def _retired(move: Move) -> bool:
    retired = move.case.person.retired_on
    return retired is not None and retired <= move.case.on and move.left is not None and move.left.scheme == "employee"


_PASSED: dict[str, Callable[[Move], bool]] = {
    "stopped": _stopped,
    "enrolled": _enrolled,
    "arrears": lambda move: not move.case.request.records.arrears,
    "account": lambda move: (move.case.request.records.account_balance or 0) >= 0,
    "in_hospital": lambda move: not _in_hospital(move),
    "open_transfer": lambda move: not move.case.request.records.open_transfer,
    "retired": lambda move: not _retired(move),
}
