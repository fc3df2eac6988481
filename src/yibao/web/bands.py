"""Which document is in force when, drawn as bands over the years; the words beside them say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yibao.policy import Source
from yibao.policy.overview import DocumentEntry

WIDTH = 1000
STEPS = 4
NARROWEST = 6


@dataclass(frozen=True, slots=True)
class Band:
    """One document: where its band begins and how long it is, in thousandths of the whole.

    Attributes:
        source: the document.
        x: where it begins.
        width: how long it is.
        attested: whether its first day in force is not known.
    """

    source: Source
    x: int
    width: int
    attested: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The bands of a region's documents, oldest first, and the years written under them, evenly apart."""

    years: tuple[int, ...]
    bands: tuple[Band, ...]


def picture(documents: Sequence[DocumentEntry], *, on: date) -> Picture:
    """Return the bands of documents from the year of the oldest to this year.

    Args:
        documents: of one region.
        on: today; what has not ended is drawn up to it.
    """
    sources = sorted((each.source for each in documents), key=lambda source: (source.starts, source.id))
    first = min((source.starts.year for source in sources), default=on.year)
    step = max(1, -((first - on.year - 1) // STEPS))
    last = on.year + 1
    years = tuple(range(last - step * STEPS, last + 1, step))
    start, end = date(years[0], 1, 1).toordinal(), date(years[-1], 1, 1).toordinal()

    def along(day: date) -> int:
        return min(max((day.toordinal() - start) * WIDTH // (end - start), 0), WIDTH)

    return Picture(years, tuple(_band(source, along(source.starts), along(source.until or on)) for source in sources))


def _band(source: Source, x: int, until: int) -> Band:
    x = min(x, WIDTH - NARROWEST)
    return Band(source, x, max(until - x, NARROWEST), source.in_force_from is None)
