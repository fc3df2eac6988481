"""Decisions as reduced diagrams: equal parts are one node, so what a diagram does not hold cannot matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Diagram = int
_LEAF = -1


@dataclass(slots=True)
class Forest:
    """Diagrams over the same variables; a variable has one branch per choice, and lower numbers stand above.

    Two diagrams that decide the same are the same number. A leaf is a text; `true` and `false` stand for conditions.
    """

    _nodes: list[tuple[int, tuple[Diagram, ...] | str]] = field(default_factory=list)
    _known: dict[tuple[int, tuple[Diagram, ...] | str], Diagram] = field(default_factory=dict)
    _chosen: dict[tuple[Diagram, Diagram, Diagram], Diagram] = field(default_factory=dict)
    _supports: dict[Diagram, frozenset[int]] = field(default_factory=dict)

    def leaf(self, text: str) -> Diagram:
        """Return the diagram that is always the same."""
        return self._node((_LEAF, text))

    def branch(self, variable: int, branches: Sequence[Diagram]) -> Diagram:
        """Return the diagram that looks at one variable first; all branches alike need no look."""
        if len(set(branches)) == 1:
            return branches[0]
        return self._node((variable, tuple(branches)))

    def _node(self, content: tuple[int, tuple[Diagram, ...] | str]) -> Diagram:
        found = self._known.get(content)
        if found is None:
            found = self._known[content] = len(self._nodes)
            self._nodes.append(content)
        return found

    def choose(self, test: Diagram, yes: Diagram, no: Diagram) -> Diagram:
        """Return `yes` where a condition holds and `no` where it does not."""
        if yes == no or test == self.leaf("true"):
            return yes
        if test == self.leaf("false"):
            return no
        key = (test, yes, no)
        found = self._chosen.get(key)
        if found is None:
            top = min(variable for variable in (self._nodes[each][0] for each in key) if variable != _LEAF)
            width = max(len(self._branches(each, top)) for each in key)
            parts = [tuple(self._wide(each, top, width)) for each in key]
            found = self.branch(top, [self.choose(*three) for three in zip(*parts, strict=True)])
            self._chosen[key] = found
        return found

    def _branches(self, diagram: Diagram, variable: int) -> tuple[Diagram, ...]:
        top, branches = self._nodes[diagram]
        return branches if top == variable and not isinstance(branches, str) else (diagram,)

    def _wide(self, diagram: Diagram, variable: int, width: int) -> tuple[Diagram, ...]:
        branches = self._branches(diagram, variable)
        return branches if len(branches) == width else branches * width

    def given(self, diagram: Diagram, choices: Mapping[int, int]) -> Diagram:
        """Return a diagram once some variables are known.

        Args:
            diagram: any.
            choices: variable to the position of its branch.
        """
        done: dict[Diagram, Diagram] = {}

        def walk(part: Diagram) -> Diagram:
            if part not in done:
                variable, branches = self._nodes[part]
                if isinstance(branches, str):
                    done[part] = part
                elif variable in choices:
                    done[part] = walk(branches[choices[variable]])
                else:
                    done[part] = self.branch(variable, [walk(branch) for branch in branches])
            return done[part]

        return walk(diagram)

    def support(self, diagram: Diagram) -> frozenset[int]:
        """Return the variables that can still change what a diagram says: for each there are cases that differ in
        nothing else and come out differently."""
        found = self._supports.get(diagram)
        if found is None:
            variable, branches = self._nodes[diagram]
            parts = () if isinstance(branches, str) else branches
            own = frozenset() if isinstance(branches, str) else frozenset({variable})
            found = self._supports[diagram] = own.union(*(self.support(part) for part in parts))
        return found

    def leaves(self, diagram: Diagram) -> tuple[str, ...]:
        """Return what a diagram can still say, in the order in which it is met."""
        seen: set[Diagram] = set()
        found: dict[str, None] = {}
        stack = [diagram]
        while stack:
            part = stack.pop()
            if part in seen:
                continue
            seen.add(part)
            _, branches = self._nodes[part]
            if isinstance(branches, str):
                found[branches] = None
            else:
                stack.extend(reversed(branches))
        return tuple(found)
