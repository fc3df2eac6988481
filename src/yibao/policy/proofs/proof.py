"""What is proved of a sequence of rows: rows never reached, cases nobody decides, cases two rows decide."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate, islice

from yibao.policy.proofs.atoms import Evaluate, Reader
from yibao.policy.proofs.boxes import Box, Space, TooMany
from yibao.policy.proofs.concrete import Maker, usual
from yibao.policy.proofs.coverage import MOST_STEPS, Near, Search
from yibao.policy.rows import Row
from yibao.policy.terms import Vocabulary
from yibao.policy.tree import Expression, facts_of
from yibao.policy.types import Value

MOST_BOXES_TRIED = 32
Facts = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Dead:
    """A row that is never reached.

    Attributes:
        row: its position.
        by: positions of the earlier rows that decide all its cases; empty where its own conditions contradict.
        facts: a case that meets the row, None where none was found.
    """

    row: int
    by: tuple[int, ...]
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A case nobody decides; `facts` is None where no case could be shown, and none could be ruled out.

    Only the facts the case turns on are kept.
    """

    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """A case two rows decide, by their positions."""

    row: int
    other: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything proved of a sequence of rows."""

    dead: tuple[Dead, ...] = ()
    gap: Gap | None = None
    overlaps: tuple[Overlap, ...] = ()


class Prover:
    """Proves things of rows of one table on one day.

    Attributes:
        rows: in the order in which they are tried.
        space: the axes of their conditions.
        boxes: of every row; None where there are too many to look through.
    """

    def __init__(
        self,
        *,
        rows: tuple[Row, ...],
        vocabulary: Vocabulary,
        days: Mapping[str, tuple[int, int]],
        evaluate: Evaluate,
        names: Collection[str] = (),
    ) -> None:
        """Cut the axes of some rows.

        Args:
            rows: in the order in which they are tried.
            vocabulary: of their domain.
            days: bounds of days that are narrower here, such as those of the decision's own date.
            evaluate: gives the value of an expression for a case.
            names: facts every case must give, beside those the conditions read.
        """
        self.rows = rows
        conditions = [[cell.condition for cell in row.cells] for row in rows]
        everything = [condition for found in conditions for condition in found]
        self.space = Space(conditions=everything, vocabulary=vocabulary, reader=Reader(evaluate), days=days)
        names = {name for condition in everything for name in facts_of(condition)} | {*days, *names}
        self.maker = Maker(self.space, usual(vocabulary=vocabulary, names=names, days=days), evaluate)
        self.boxes = [self._boxes(found) for found in conditions]
        # The boxes of all rows in order, those nobody can look through left out, and how many stand before each row.
        self.all = [box for boxes in self.boxes for box in boxes or ()]
        self.near = Near(self.all)
        self.starts = [0, *accumulate(len(boxes or ()) for boxes in self.boxes)]

    def _boxes(self, conditions: list[Expression]) -> list[dict[int, int]] | None:
        try:
            return self.space.row(conditions)
        except TooMany:
            return None

    def before(self, position: int, box: Box) -> list[Box]:
        """Return the boxes of the rows before one that a box meets; those nobody can look through are left out."""
        return [self.all[at] for at in self.near.met(box=box, first=self.starts[position])]

    def sharing(self, position: int) -> tuple[int, ...]:
        """Return the earlier rows that share cases with a row."""
        first = self.starts[position]
        found = {at for box in self.boxes[position] or () for at in self.near.met(box=box, first=first)}
        return tuple(sorted({bisect_right(self.starts, at) - 1 for at in found}))

    def dead(self, position: int) -> Dead | None:
        """Return why a row is never reached, None where it is or nothing can be proved."""
        boxes, search = self.boxes[position], Search(self.space)
        if boxes is None:
            return None
        for box in boxes:
            if next(search.left(box, self.before(position, box)), None) is not None or not search.steps:
                return None
        shown = (self.telling(box, made) for box in boxes if (made := self.maker.make(box)) is not None)
        return Dead(position, self.sharing(position), next(shown, None))

    def gap(self) -> Gap | None:
        """Return a case no row decides, None where every case is decided."""
        search = Search(self.space)
        left = search.left({}, self.before(len(self.rows), {}))
        some = False
        for box in islice(left, MOST_BOXES_TRIED):
            some = True
            facts = self.maker.make(box)
            if facts is not None:
                return Gap(self.telling(box, facts))
        return Gap(None) if some or not search.steps or None in self.boxes else None

    def telling(self, box: Box, facts: Facts) -> Facts:
        """Return the facts of a case that lie in a box because of what they are."""
        axes = [self.space.axes[axis] for axis, mask in box.items() if mask != self.space.axes[axis].full]
        sides = [side for axis in axes for side in (axis.node, axis.other) if side is not None]
        return {name: facts[name] for side in sides for name in sorted(facts_of(side)) if name in facts}

    def overlaps(self) -> tuple[Overlap, ...]:
        """Return, for any two rows that decide the same case, such a case."""
        found = []
        for at, boxes in enumerate(self.boxes):
            for other in self.sharing(at):
                facts = self._shared(boxes or [], self.boxes[other] or [])
                if facts is not None:
                    found.append(Overlap(at, other, facts))
        return tuple(found)

    def _shared(self, boxes: list[dict[int, int]], others: list[dict[int, int]]) -> Facts | None:
        for box in boxes:
            for other in others:
                both = {axis: box.get(axis, mask) & mask for axis, mask in {**box, **other}.items()}
                both = {axis: mask & other.get(axis, mask) for axis, mask in both.items()}
                if all(both.values()):
                    facts = self.maker.make(both)
                    if facts is not None:
                        return self.telling(both, facts)
        return None

    def reached(self, position: int) -> Facts | None:
        """Return a case a row is the first to decide, None where none was found."""
        search = Search(self.space, MOST_STEPS)
        for box in self.boxes[position] or ():
            for left in islice(search.left(box, self.before(position, box)), MOST_BOXES_TRIED):
                facts = self.maker.make(left)
                if facts is not None:
                    return facts
        return None


def prove(prover: Prover, *, hit: str) -> Proof:
    """Return everything proved of the rows of a prover.

    Args:
        prover: of the rows.
        hit: first, unique or collect; a collecting table has no dead rows, gaps or overlaps.
    """
    if hit == "collect":
        return Proof()
    dead = [found for position in range(len(prover.rows)) if (found := prover.dead(position)) is not None]
    complete = bool(prover.rows) and not prover.rows[-1].cells
    gap = None if complete else prover.gap()
    return Proof(tuple(dead), gap, prover.overlaps() if hit == "unique" else ())
