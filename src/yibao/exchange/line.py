"""A line between two agencies that can be bad, by seed: what is sent is lost, comes late, comes twice, comes in another
order; or it arrives, and only the answer is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

CERTAIN = 100


class LineBroken(ConnectionError):
    """No answer came; whether what was sent arrived nobody knows."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the line is: of a hundred requests so many meet with each misfortune, 0 to 100.

    Attributes:
        drop: The request is lost.
        mute: The request arrives, its answer is lost.
        delay: The request arrives only after a later one.
        repeat: The request arrives twice.
    """

    drop: int = 0
    mute: int = 0
    delay: int = 0
    repeat: int = 0


class BadLine:
    """Passes requests on as the weather has it; the same seed and the same requests meet the same misfortunes.

    Args:
        weather: How bad the line is.
        seed: Any whole number.

    Examples:
        >>> line = BadLine(weather=Weather(drop=100), seed=1)
        >>> line.send(b"hello", post=lambda request: b"answer")
        Traceback (most recent call last):
            ...
        yibao.exchange.line.LineBroken: the request was lost
    """

    def __init__(self, *, weather: Weather, seed: int) -> None:
        self._weather = weather
        self._chance = random.Random(seed)
        self._held: list[Callable[[], bytes]] = []
        self.met: dict[str, int] = {"passed": 0, "drop": 0, "mute": 0, "delay": 0, "repeat": 0}

    def send(self, request: bytes, *, post: Callable[[bytes], bytes]) -> bytes:
        """Return the answer to a request, where one comes.

        Args:
            request: What is sent.
            post: Takes it to the other end.

        Raises:
            LineBroken: No answer came.
        """
        if self._meets("drop", self._weather.drop):
            raise LineBroken("the request was lost")
        if self._meets("delay", self._weather.delay):
            self._held.append(lambda: post(request))
            raise LineBroken("no answer in time")
        if self._meets("repeat", self._weather.repeat):
            post(request)
        answer = post(request)
        self.clear()
        if self._meets("mute", self._weather.mute):
            raise LineBroken("the answer was lost")
        self.met["passed"] += 1
        return answer

    def clear(self) -> None:
        """Let what was held up arrive now, in any order; nobody waits for its answers any more."""
        late, self._held = self._held, []
        self._chance.shuffle(late)
        for arrive in late:
            try:
                arrive()
            except Exception:
                # Who sent it gave up long ago and will send it again.
                continue

    def _meets(self, what: str, of_a_hundred: int) -> bool:
        hit = self._chance.randrange(CERTAIN) < of_a_hundred
        self.met[what] += hit
        return hit
