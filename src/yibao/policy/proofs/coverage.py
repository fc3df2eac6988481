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
        waiting: list[tuple[Box, Sequence[Box]]] = [(box, others)]
        while waiting and self.steps > 0:
            self.steps -= 1
            held, near = waiting.pop()
            met = self._met(held, near)
            if met:
                chosen, axes = min(met, key=lambda each: len(each[1]))
                if axes:
                    rest = [other for other, _ in met if other is not chosen]
                    waiting += [(part, rest) for part in reversed(self._around(held, chosen, axes))]
            elif consistent(space=self.space, box=held):
                yield dict(held)

    def _met(self, box: Box, others: Sequence[Box]) -> list[tuple[Box, list[int]]]:
        """Return the boxes a box meets, with the axes on which it reaches out of them; one it lies in, alone."""
        found = []
        for other in others:
            outside = self._outside(box, other)
            if outside is not None:
                found.append((other, outside))
                if not outside:
                    return found[-1:]
        return found

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

    def _around(self, box: Box, chosen: Box, axes: list[int]) -> list[Box]:
        """Return what of a box lies outside another one, as one box per axis on which it reaches out."""
        rest = dict(box)
        found: list[Box] = []
        for axis in axes:
            own, mask = rest.get(axis, self.full[axis]), chosen[axis]
            found.append({**rest, axis: own & ~mask})
            rest[axis] = own & mask
        return found


class Near:
    """Finds which of many boxes a box meets without looking at each: by axis, what the boxes ask for there.

    Boxes are the bits of a number, so that one operation tells of all of them.
    """

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._asking: dict[int, dict[int, int]] = {}
        self._apart: dict[tuple[int, int], int] = {}
        for at, box in enumerate(boxes):
            for axis, mask in box.items():
                masks = self._asking.setdefault(axis, {})
                masks[mask] = masks.get(mask, 0) | 1 << at

    def met(self, *, box: Box, first: int) -> list[int]:
        """Return the places of those of the first so many boxes that a box meets, in their order.

        Args:
            box: any box over the same axes.
            first: how many are asked for.
        """
        apart = 0
        for axis, mask in box.items():
            apart |= self._outside(axis, mask)
        left = ~apart & (1 << first) - 1
        found = []
        while left:
            lowest = left & -left
            found.append(lowest.bit_length() - 1)
            left ^= lowest
        return found

    def _outside(self, axis: int, mask: int) -> int:
        """Return the boxes that have nothing in common with some classes of an axis."""
        known = self._apart.get((axis, mask))
        if known is None:
            known = 0
            for asked, asking in self._asking.get(axis, {}).items():
                if not asked & mask:
                    known |= asking
            self._apart[axis, mask] = known
        return known
