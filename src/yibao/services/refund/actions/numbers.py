"""Numbers of cases: an abbreviation of the place, the year, a running number."""

from datetime import date

from yibao.services.papers.numbers import letters
from yibao.store.numbers import next_number

_DIGITS = 6


def case_number(*, region: str, on: date) -> str:
    """Take and return the next case number of a province and year, such as CQ-2023-000127."""
    place = letters(region)
    return f"{place}-{on.year}-{next_number(name=f'case/{place}/{on.year}'):0{_DIGITS}d}"
