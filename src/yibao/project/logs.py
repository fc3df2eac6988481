"""Log lines without personal data: an exception is told by its kind and its place, and long numbers are blotted out."""

import logging
import re
import traceback
from types import TracebackType

# Identity numbers, accounts and telephones: eleven digits or more, the last perhaps an X. Case numbers are shorter.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){9,22}[ -]?[\dXx](?![0-9A-Za-z])")
BLOT = "***"


class Discreet(logging.Formatter):
    """Write a record as configured, without the texts of exceptions and without long numbers.

    The text of an exception may hold what a person typed or what a row of the database says.

    Examples:
        >>> record = logging.makeLogRecord({"msg": "no such person: %s", "args": ("50011219760301199X",)})
        >>> Discreet("{message}", style="{").format(record)
        'no such person: ***'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines where an exception is told."""
        return _NUMBER.sub(BLOT, super().format(record))

    def formatException(self, ei: object) -> str:
        """Return where it happened and the kind of each exception, without their texts."""
        told: list[str] = []
        error = ei[1] if isinstance(ei, tuple) else None
        while isinstance(error, BaseException):
            told = [*_places(error.__traceback__), type(error).__qualname__, *told]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(told)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
