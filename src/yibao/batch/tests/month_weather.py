"""How rough a made month is, and what it tells when it is over."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Weather:
    """How rough the month is, in percent unless it says otherwise.

    Attributes:
        seed: Of everything that happens.
        start: First day.
        days: How many days somebody applies on.
        new: Applications a day, at most.
        kill: Acts during which the process is killed first.
        bounce: Orders the bank rejects.
        drop: Messages of the bank that are lost, and said again another day.
        repeat: Messages that come twice.
        change: Payments of which the bank later says the contrary.
        jump: Acts done by a clock that is wrong by hours, back or forth.
    """

    seed: int
    start: date = date(2023, 12, 18)
    days: int = 10
    new: int = 1
    kill: int = 10
    bounce: int = 20
    drop: int = 30
    repeat: int = 30
    change: int = 5
    jump: int = 5


@dataclass(slots=True)
class Told:
    """What the month was, to be printed."""

    cases: int = 0
    acts: int = 0
    kills: int = 0
    messages: int = 0
    effects: dict[str, int] = field(default_factory=dict)
    statements: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    escalated: int = 0
    paid_fen: int = 0
    difference_fen: int = 0
    named: list[str] = field(default_factory=list)
