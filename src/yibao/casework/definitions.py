"""Checks what a service and a pack say about a process: roles, levels, clocks; pure, nothing is walked here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yibao.casework.faults import Fault, Step, Where, fault
from yibao.casework.levels import Level, levels_of
from yibao.casework.officers import OFFICERS
from yibao.casework.standing import INTAKE_ROLE, PAYOUT_ROLE
from yibao.casework.states import VERBS

ORDERS = ("any", "sequence")
CLOCK_ENDING = "_days"
NEEDED = ((INTAKE_ROLE, "受理", "accept"), (PAYOUT_ROLE, "付款", "pay"))


@dataclass(frozen=True, slots=True)
class Definition:
    """What a service lets happen, beside the core states.

    Attributes:
        service: Its name.
        roles: Those of its manifest.
        clocks: Name of each clock to the verb that starts it.
        gates: Verbs upon which it looks at its decision.
    """

    service: str
    roles: tuple[str, ...]
    clocks: Mapping[str, str]
    gates: tuple[str, ...] = ()


def service_faults(definition: Definition) -> list[Fault]:
    """Return what is wrong with a service's own part: roles nobody can do without, verbs that are none.

    Examples:
        >>> [found.zh for found in service_faults(Definition("refund", ("clerk",), {}))]
        ['服务“refund”的 roles 缺少“finance”：没有它就没有人能付款']
    """
    name = definition.service
    found = [
        fault(code="role_needed", where=("roles",), service=name, role=role, step=zh, step_en=en)
        for role, zh, en in NEEDED
        if role not in definition.roles
    ]
    named = dict.fromkeys([*definition.gates, *definition.clocks.values()])
    return found + [fault(code="verb_unknown", service=name, verb=verb) for verb in named if verb not in VERBS]


def pack_faults(*, definition: Definition, settings: Mapping[str, object]) -> list[Fault]:
    """Return what is wrong with the chains, roles and clocks of a region, as its pack says them.

    Args:
        definition: The service's.
        settings: `chains`, `roles` and `clocks` as plain texts, lists and dicts.

    Returns:
        Faults whose `where` begins with the setting; where there is none, `levels_written` can read each chain.

    Examples:
        >>> refund = Definition("refund", ("clerk", "reviewer", "finance"), {})
        >>> first, last = {"level": "1", "roles": ["reviewer"]}, {"level": "3", "roles": []}
        >>> chain = {"levels": [{**first, "order": "any"}, {**last, "order": "any"}]}
        >>> found = pack_faults(definition=refund, settings={"chains": {"long": chain}, "roles": {}})
        >>> [one.code for one in found]
        ['level_skipped', 'role_not_in_pack', 'level_without_roles']
    """
    roles, chains, clocks = (_entries(settings.get(name)) for name in ("roles", "chains", "clocks"))
    found = [_strange(definition, role, ("roles", role)) for role in roles if role not in definition.roles]
    for name, chain in chains.items():
        found += _Chain(definition, roles, name).faults(chain)
    known = "、".join(f"{clock}{CLOCK_ENDING}" for clock in definition.clocks)
    for name in clocks:
        if name.removesuffix(CLOCK_ENDING) not in definition.clocks or not name.endswith(CLOCK_ENDING):
            where = ("clocks", name)
            found.append(
                fault(code="clock_never_starts", where=where, clock=name, service=definition.service, known=known)
            )
    return found


def levels_written(chain: object) -> list[Level]:
    """Return the levels of a chain in which `pack_faults` finds nothing."""
    return list(levels_of(_levels(chain) or ()))


def _entries(node: object) -> dict[str, object]:
    return node if isinstance(node, dict) else {}


def _strange(definition: Definition, role: str, where: Where) -> Fault:
    known = ", ".join(definition.roles)
    return fault(code="role_not_in_service", where=where, service=definition.service, role=role, known=known)


def _levels(chain: object) -> list[dict[str, Any]] | None:
    """Return the levels as they are written, None where they have another shape."""
    levels = _entries(chain).get("levels")
    if not isinstance(levels, list) or not levels:
        return None
    shaped = all(isinstance(level, dict) and isinstance(level.get("roles"), list) for level in levels)
    return levels if shaped else None


@dataclass(frozen=True, slots=True)
class _Chain:
    definition: Definition
    roles: Collection[str]
    name: str

    def faults(self, chain: object) -> list[Fault]:
        levels = _levels(chain)
        if levels is None:
            return [fault(code="chain_shape", where=("chains", self.name), chain=self.name)]
        found = list(self._numbers([str(level.get("level", "")) for level in levels]))
        for position, level in enumerate(levels):
            found += self._level(position, level)
        return found

    def _where(self, *place: str | int) -> Where:
        return ("chains", self.name, "levels", *place)

    def _numbers(self, written: list[str]) -> Iterator[Fault]:
        """Yield one fault where the levels are not numbered 1, 2, 3 …; a level left out is told by its path."""
        for position, number in enumerate(written):
            wanted = str(position + 1)
            if number == wanted:
                continue
            where = self._where(position, "level")
            if wanted in written or not number.isdecimal():
                yield fault(code="level_number", where=where, chain=self.name, wanted=wanted, written=number)
            else:
                signed = [Step("approve", int(each)) for each in written if each.isdecimal()]
                path = [Step("submit"), Step("accept"), *signed, Step("pay")]
                yield fault(code="level_skipped", where=where, path=path, level=wanted)
            return

    def _level(self, position: int, level: dict[str, Any]) -> Iterator[Fault]:
        number = position + 1
        roles = [str(role) for role in level["roles"]]
        before = [Step("submit"), Step("accept"), *(Step("approve", each) for each in range(1, number))]
        if level.get("order") not in ORDERS:
            yield fault(code="level_order", where=self._where(position, "order"), level=number)
        if not roles:
            where = self._where(position, "roles")
            yield fault(code="level_without_roles", where=where, path=before, chain=self.name, level=number)
        for place, role in enumerate(roles):
            where = self._where(position, "roles", place)
            if role in roles[:place]:
                yield fault(code="level_role_twice", where=where, level=number, role=role)
            if role not in self.definition.roles:
                yield _strange(self.definition, role, where)
            elif role in OFFICERS:
                yield fault(code="nobody_can_sign", where=where, path=before, level=number, role=role)
            elif role not in self.roles:
                yield fault(code="role_not_in_pack", where=where, level=number, role=role)
