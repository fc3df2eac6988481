"""How a figure is taken, and how it is shown."""

import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, how much, and what it must not exceed, or must reach."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    beside: str = ""
    least: float | None = None

    @property
    def shown(self) -> str:
        """The figure with its unit; counts without decimals, a line for what was not measured."""
        if math.isnan(self.value):
            return "–"
        return f"{self.value:g} {self.unit}" if self.unit == "statements" else f"{self.value:.2f} {self.unit}"

    @property
    def target(self) -> str:
        """The limit with its unit, empty where there is none."""
        if self.least is not None:
            return f"≥ {self.least:g} {self.unit}"
        return "" if self.limit is None else f"≤ {self.limit:g} {self.unit}"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.least is not None:
            return self.value >= self.least
        return None if self.limit is None else self.value <= self.limit


def median_seconds(*, run: Callable[[], object], times: int, warm: int = 3) -> float:
    """Return the median time of one call, in seconds."""
    for _ in range(warm):
        run()
    spans = []
    for _ in range(times):
        start = time.perf_counter_ns()
        run()
        spans.append(time.perf_counter_ns() - start)
    return statistics.median(spans) / 1e9


def median_seconds_over(*, run: Callable[[object], object], inputs: Iterable[object], rounds: int) -> float:
    """Return the median over rounds of the mean time of one call, for calls too short to time singly."""
    items = list(inputs)
    means = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for item in items:
            run(item)
        means.append((time.perf_counter_ns() - start) / len(items))
    return statistics.median(means) / 1e9
