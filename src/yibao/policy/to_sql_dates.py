"""How DuckDB and Spark write names, texts, lists, whole division and the functions of the rule language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yibao.policy.types import Kind

WORKDAYS = "workdays"
CALENDAR = date(1990, 1, 1), date(2049, 12, 31)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of one engine.

    Attributes:
        engine: `duckdb` or `spark`.
        quote: what stands around names.
        division: the operator of whole division; both operands are never negative, or it cuts towards 0.
        has: the function that tests whether a list holds a value.
    """

    engine: str
    quote: str
    division: str
    has: str

    def name(self, name: str) -> str:
        """Return a name, quoted."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def quoted(self, text: str) -> str:
        """Return a text, quoted."""
        if self is SPARK:
            text = text.replace("\\", "\\\\")
            return "'" + text.replace("'", "\\'") + "'"
        return "'" + text.replace("'", "''") + "'"

    def listed(self, items: list[str]) -> str:
        """Return a list of texts."""
        inner = ", ".join(items)
        if self is SPARK:
            return f"CAST(array({inner}) AS ARRAY<STRING>)"
        return f"CAST([{inner}] AS VARCHAR[])"

    def contains(self, operand: str, item: str) -> str:
        """Return the test whether a list holds a value."""
        return f"{self.has}({operand}, {item})"

    def joined(self, lists: list[str]) -> str:
        """Return several lists as one."""
        return f"concat({', '.join(lists)})" if self is SPARK else "(" + " || ".join(lists) + ")"

    def divided(self, top: str, under: str) -> str:
        """Return a whole division."""
        return f"({top} {self.division} {under})"

    def call(self, function: str, kinds: list[Kind], arguments: list[str]) -> str:
        """Return a call of a function of the rule language."""
        printers = _OF_MONTHS if kinds[0] is Kind.MONTH else _OF_DAYS
        return printers[function](self, *arguments)


DUCKDB = Dialect("duckdb", '"', "//", "list_contains")
SPARK = Dialect("spark", "`", "DIV", "array_contains")


def month_number(day: str) -> str:
    """Return the number of the month a day lies in."""
    return f"(CAST(year({day}) AS BIGINT) * 12 + month({day}) - 1)"


def _completed(dialect: Dialect, start: str, end: str) -> str:
    """Completed months from a day to one not earlier; the last day of a month completes every month."""
    short = f"CASE WHEN day({start}) > day({end}) AND {end} <> last_day({end}) THEN 1 ELSE 0 END"
    return f"({month_number(end)} - {month_number(start)} - {short})"


def _months_between(dialect: Dialect, start: str, end: str) -> str:
    later, earlier = _completed(dialect, start, end), _completed(dialect, end, start)
    return f"(CASE WHEN {end} < {start} THEN -{earlier} ELSE {later} END)"


def _add_months(dialect: Dialect, day: str, n: str) -> str:
    if dialect is SPARK:
        return f"add_months({day}, CAST({n} AS INT))"
    return f"CAST({day} + to_months(CAST({n} AS INTEGER)) AS DATE)"


def _days_between(dialect: Dialect, start: str, end: str) -> str:
    return f"CAST(datediff({end}, {start}) AS BIGINT)" if dialect is SPARK else f"date_diff('day', {start}, {end})"


def _add_days(dialect: Dialect, day: str, n: str) -> str:
    return f"date_add({day}, CAST({n} AS INT))" if dialect is SPARK else f"({day} + CAST({n} AS INTEGER))"


def _date(dialect: Dialect, year: str, month: str, day: str) -> str:
    if dialect is SPARK:
        return f"make_date(CAST({year} AS INT), CAST({month} AS INT), CAST({day} AS INT))"
    return f"make_date({year}, {month}, {day})"


def _first_of_month(dialect: Dialect, month: str) -> str:
    return _date(dialect, dialect.divided(month, "12"), f"({month} % 12 + 1)", "1")


def _first_of_day(dialect: Dialect, day: str) -> str:
    return f"trunc({day}, 'MM')" if dialect is SPARK else f"CAST(date_trunc('month', {day}) AS DATE)"


def _workdays_after(dialect: Dialect, day: str, n: str) -> str:
    """The n-th working day after a day; the engine stops where that lies beyond the calendar."""
    first, last = (f"DATE '{end}'" for end in CALENDAR)
    beyond = f"workdays_after: beyond the working days of {CALENDAR[0].year} to {CALENDAR[1].year}"
    days, counts = (_calendar(dialect, column) for column in ("_days", "_counts"))
    if dialect is DUCKDB:
        found = f"({first} + {days}[{counts}[date_diff('day', {first}, {day}) + 1] + {n}])"
        stop = f"CAST(error('{beyond}') AS DATE)"
    else:
        found = f"date_add({first}, get({days}, CAST(get({counts}, datediff({day}, {first})) + {n} - 1 AS INT)))"
        stop = f"CAST(raise_error('{beyond}') AS DATE)"
    within = f"{n} > 0 AND {day} BETWEEN {first} AND {last}"
    return f"(CASE WHEN {n} = 0 THEN {day} WHEN {within} THEN coalesce({found}, {stop}) ELSE {stop} END)"


def _calendar(dialect: Dialect, column: str) -> str:
    """The numbers of a column of the relation of working days."""
    if dialect is DUCKDB:
        return f"(SELECT CAST(string_split({column}, ',') AS INTEGER[]) FROM {WORKDAYS})"
    return f"(SELECT CAST(split({column}, ',') AS ARRAY<INT>) FROM {WORKDAYS})"


_Printer = Callable[..., str]
_OF_DAYS: dict[str, _Printer] = {
    "months_between": _months_between,
    "years_between": lambda dialect, start, end: dialect.divided(_months_between(dialect, start, end), "12"),
    "days_between": _days_between,
    "add_months": _add_months,
    "add_days": _add_days,
    "workdays_after": _workdays_after,
    "year_of": lambda _, day: f"CAST(year({day}) AS BIGINT)",
    "month_of": lambda _, day: month_number(day),
    "month_start": _first_of_day,
    "month_end": lambda _, day: f"last_day({day})",
    "nth_month": lambda dialect, day, n: f"({month_number(day)} + {n} - 1)",
    "date": _date,
    "month": lambda _, year, month: f"({year} * 12 + {month} - 1)",
}
_OF_MONTHS: dict[str, _Printer] = {
    "months_between": lambda _, start, end: f"({end} - {start})",
    "add_months": lambda _, start, n: f"({start} + {n})",
    "year_of": lambda dialect, month: dialect.divided(month, "12"),
    "month_start": _first_of_month,
    "month_end": lambda dialect, month: f"last_day({_first_of_month(dialect, month)})",
    "nth_month": lambda _, start, n: f"({start} + {n} - 1)",
}
