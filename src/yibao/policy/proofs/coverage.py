"""Subtracting boxes: what is left of a box once others are taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibao.policy.proofs.boxes import Box, Space
from yibao.policy.proofs.order import consistent

MOST_STEPS = 20_000


class Search:
    """Looks for what is left of a box outside other boxes.

    Attributes:
        steps: how many more boxes it may look at; 0 once it has given up, then nothing is proved.
    """

    def __init__(self, space: Space, steps: int = MOST_STEPS) -> None:
        self.space = space
        self.full = [axis.full for axis in space.axes]
        self.steps = steps

    def left(self, box: Box, others: Sequence[Box]) -> Iterator[dict[int, int]]:
        """Yield disjoint boxes that make up what is left of a box outside the others."""
        if self.steps <= 0:
            return
        self.steps -= 1
        near: list[Box] = []
        best: list[int] | None = None
        for other in others:
            outside = self._outside(box, other)
            if outside is None:
                continue
            if not outside:
                return
            if best is None or len(outside) < len(best):
                best, chosen = outside, other
            near.append(other)
        if best is None:
            if consistent(space=self.space, box=box):
                yield dict(box)
            return
        yield from self._around(box, chosen, best, [other for other in near if other is not chosen])

    def _outside(self, box: Box, other: Box) -> list[int] | None:
        """Return the axes on which a box reaches out of another one, None where the two do not meet."""
        found = []
        for axis, mask in other.items():
            own = box.get(axis, self.full[axis])
            if not own & mask:
                return None
            if own & ~mask:
                found.append(axis)
        return found

    def _around(self, box: Box, chosen: Box, axes: list[int], others: list[Box]) -> Iterator[dict[int, int]]:
        rest = dict(box)
        for axis in axes:
            own, mask = rest.get(axis, self.full[axis]), chosen[axis]
            yield from self.left({**rest, axis: own & ~mask}, others)
            rest[axis] = own & mask
