"""What a place says about its own rules: which rules differ from others, which stands, what was not found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    region = result.line.history.region
    written: dict[str, Any] = dict(region.setting("refund", "notes") or {})
    wanted = [*([] if result.row is None else [result.row.row]), ALWAYS]
    found = [_note(result, about, written[about]) for about in wanted if about in written]
    return [note for note in found if all(each.source.starts <= result.line.case.on for each in note.citations)]


def _note(result: "Result", about: str, words: dict[str, Any]) -> Note:
    region = result.line.history.region
    places = [str(each).partition("#") for each in words["source"]]
    cited = tuple(Citation(region.source(source), article) for source, _, article in places)
    return Note(about, words["zh"], words["en"], cited)
