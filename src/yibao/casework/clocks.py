"""Limits in working days that run while the office has the case and stand still while the citizen has it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from yibao.kernel.workdays import WorkingDay, add_working_days, working_days_between

CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit of one case.

    Attributes:
        name: Which limit, such as decision; `correction` is the citizen's own.
        working_days: How many it allows.
        started_on: The day it began; counting starts with the next working day.
        running_since: The day it last began to run; None while it stands still or has ended.
        days_used: Working days used before `running_since`.
        finished_on: The day it ended, or None.
    """

    name: str
    working_days: int
    started_on: date
    running_since: date | None
    days_used: int = 0
    finished_on: date | None = None

    @classmethod
    def start(cls, *, name: str, working_days: int, on: date) -> Clock:
        """Return a clock that begins to run.

        Examples:
            >>> Clock.start(name="decision", working_days=2, on=date(2024, 2, 8)).due
            WorkingDay(day=datetime.date(2024, 2, 18), provisional=False)
        """
        return cls(name, working_days, on, on)

    @property
    def due(self) -> WorkingDay | None:
        """Return the last day of the limit; None while the clock stands still or has ended."""
        if self.running_since is None:
            return None
        return add_working_days(day=self.running_since, n=max(self.working_days - self.days_used, 0))

    def days_left(self, on: date) -> int:
        """Return the working days left after `on`; below zero when overdue.

        Examples:
            >>> Clock.start(name="decision", working_days=5, on=date(2024, 3, 1)).days_left(date(2024, 3, 4))
            4
        """
        return self.working_days - self.days_used - self._running_days(on)

    def stopped(self, on: date) -> Clock:
        """Return the clock standing still from `on`; unchanged when it stands already."""
        if self.running_since is None:
            return self
        return replace(self, running_since=None, days_used=self.days_used + self._running_days(on))

    def resumed(self, on: date) -> Clock:
        """Return the clock running again from `on`; unchanged when it runs or has ended."""
        if self.running_since is not None or self.finished_on is not None:
            return self
        return replace(self, running_since=on)

    def finished(self, on: date) -> Clock:
        """Return the clock ended on a day; unchanged when it ended before."""
        if self.finished_on is not None:
            return self
        return replace(self.stopped(on), finished_on=on)

    def _running_days(self, on: date) -> int:
        if self.running_since is None or on <= self.running_since:
            return 0
        return working_days_between(start=self.running_since, end=on)


def after(
    *,
    clocks: tuple[Clock, ...],
    kind: str,
    on: date,
    started: dict[str, int],
    closed: bool,
    ended: Collection[str] = (),
) -> tuple[Clock, ...]:
    """Return the clocks of a case after an action.

    Args:
        clocks: The clocks before.
        kind: Verb of the action: ask_correction stops the office's clocks, resubmit lets them go on.
        on: Business date of the action.
        started: Clocks the action starts: name to working days; a name that exists is started anew.
        closed: Whether the action closes the case; then every clock ends.
        ended: Names of the clocks the action ends.
    """
    if closed:
        return tuple(clock.finished(on) for clock in clocks)
    clocks = tuple(clock.finished(on) if clock.name in ended else clock for clock in clocks)
    if kind == "ask_correction":
        clocks = tuple(clock.stopped(on) for clock in clocks)
    if kind == "resubmit":
        clocks = tuple(clock.finished(on) if clock.name == CORRECTION else clock.resumed(on) for clock in clocks)
    kept = tuple(clock for clock in clocks if clock.name not in started)
    return (*kept, *(Clock.start(name=name, working_days=days, on=on) for name, days in sorted(started.items())))


def earliest_due(clocks: tuple[Clock, ...]) -> WorkingDay | None:
    """Return the first due day of the clocks that run, or None where none runs."""
    due = [day for clock in clocks if (day := clock.due) is not None]
    return min(due, key=lambda working_day: working_day.day) if due else None
