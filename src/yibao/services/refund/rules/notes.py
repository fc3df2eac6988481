"""What a place says about its own rules: what was not found, how sure their texts are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from yibao.policy import Region
from yibao.policy.documents import Citation

if TYPE_CHECKING:
    from yibao.services.refund.rules.results import Result

ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a row, or on the place as a whole.

    Attributes:
        about: id of the row, or `always`.
        zh: the remark in Chinese.
        en: the remark in English.
        citations: the documents it compares.
    """

    about: str
    zh: str
    en: str
    citations: tuple[Citation, ...]

    def json(self) -> dict[str, Any]:
        """Return the remark in the published form."""
        sources = [f"{each.source.id}#{each.article}".rstrip("#") for each in self.citations]
        return {"about": self.about, "zh": self.zh, "en": self.en, "sources": sources}


def of_line(result: "Result") -> list[Note]:
    """Return the remarks of the place that touch a line: on the row that holds, then on the place as a whole.

    Args:
        result: The line decided.

    Returns:
        Remarks whose documents were all there on the day of application.

    Source:
        Setting `notes` of the region's pack.
    """
    rows = [] if result.row is None else [result.row.row]
    return of_rows(region=result.line.history.region, rows=rows, on=result.line.case.on)


def of_rows(*, region: Region, rows: Iterable[str], on: date) -> list[Note]:
    """Return the remarks of a place on some rows, then on the place as a whole.

    Args:
        region: Whose rules.
        rows: Ids of the rows that hold, or may hold.
        on: The day of application.

    Returns:
        Remarks whose documents were all there on the day.

    Source:
        Setting `notes` of the region's pack.
    """
    written: dict[str, Any] = dict(region.setting("refund", "notes") or {})
    found = [_note(region, about, written[about]) for about in (*rows, ALWAYS) if about in written]
    return [note for note in found if all(each.source.starts <= on for each in note.citations)]


def _note(region: Region, about: str, words: dict[str, Any]) -> Note:
    places = [str(each).partition("#") for each in words["source"]]
    cited = tuple(Citation(region.source(source), article) for source, _, article in places)
    return Note(about, words["zh"], words["en"], cited)
