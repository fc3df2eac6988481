"""Checks the processes of all services in all regions: chains, roles and clocks of the packs, told with their places.

What is written is looked at whenever packs are read; the proof walks the engine through everything that may happen and
is made by `yibao packs check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from yibao.casework.definitions import Definition, levels_written, pack_faults, service_faults
from yibao.casework.faults import Fault, Where, fault
from yibao.casework.levels import Level
from yibao.casework.proving import prove, prove_table
from yibao.policy import Diagnostic, Packs, Region, Severity
from yibao.policy import source as texts
from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.tree import Literal

if TYPE_CHECKING:
    from yibao.services import Service

SETTINGS = ("chains", "roles", "clocks")
_CORE = "yibao/casework/states.py"
# Levels with one role, with two in any order, and with two one after the other: every form the engine knows.
_ONE_LEVEL = (Level(("one",)),)
_EVERY_FORM = (Level(("one",)), Level(("two", "three")), Level(("four", "five"), "sequence"))


def faults(*, packs: Packs, services: Mapping[str, Service]) -> list[Diagnostic]:
    """Return what is wrong with chains, roles and clocks, as they are written.

    Args:
        packs: Read without fault.
        services: By name.

    Returns:
        Errors in the order of their places; each once, in the pack that writes it.
    """
    found: dict[Diagnostic, None] = {}
    for service in services.values():
        definition = _definition(service)
        if definition is None:
            continue
        for one in service_faults(definition):
            found[_told(one, _mark_of_manifest(service, one.where), "")] = None
        for region in packs.regions.values():
            settings = {name: region.setting(service.name, name) for name in _settings(region, service.name)}
            for one in pack_faults(definition=definition, settings=settings):
                found[_told(one, _mark(region, service.name, one.where), _hint(one, region, definition))] = None
            found |= dict.fromkeys(_chains_asked_for(region, service.name))
    return _sorted(found)


def proof(*, packs: Packs, services: Mapping[str, Service]) -> list[Diagnostic]:
    """Return what can go wrong with a case under any process of any region; an empty list proves that nothing can.

    Args:
        packs: In whose chains `faults` finds nothing.
        services: By name.

    Returns:
        Errors with their counter-examples: those of the core table alone where it has any.
    """
    core = prove_table(levels=_EVERY_FORM)
    if core:
        return [_told(one, Mark(_CORE, 1, 1), "") for one in core]
    found: dict[Diagnostic, None] = {}
    proved: dict[tuple[Level, ...], list[Fault]] = {}
    for service in services.values():
        definition = _definition(service)
        if definition is not None:
            clocks = prove(levels=_ONE_LEVEL, clocks=definition.clocks)
            found |= {_told(one, Mark(f"{service.name}/workflow.py", 1, 1), ""): None for one in clocks}
            for region in packs.regions.values():
                found |= dict.fromkeys(_proved(service.name, region, proved))
    return _sorted(found)


def _proved(service: str, region: Region, proved: dict[tuple[Level, ...], list[Fault]]) -> Iterator[Diagnostic]:
    """Yield what can go wrong in a region; `proved` remembers levels that were walked before."""
    for names, levels in _processes(service, region):
        if levels not in proved:
            proved[levels] = prove(levels=levels)
        for one in proved[levels]:
            yield _told(one, _mark(region, service, ("chains", names[-1])), "")


def _definition(service: Service) -> Definition | None:
    """Return what a service lets happen, None where no pack says anything about its process."""
    if not service.vocabulary.exists() or not (service.folder / "workflow.py").exists():
        return None
    workflow = _workflow(service.name)
    roles = tuple(service.manifest.get("roles", ()))
    clocks, gates = getattr(workflow, "CLOCKS", {}), getattr(workflow, "PASSES", {})
    return Definition(service.name, roles, clocks, tuple(gates))


def _workflow(service: str) -> Any:
    return import_module(f"yibao.services.{service}.workflow")


def _settings(region: Region, service: str) -> list[str]:
    # Packs that were read without the words of a service say nothing about it.
    vocabulary = region.vocabularies.get(service)
    return [name for name in SETTINGS if vocabulary is not None and name in vocabulary.settings]


def _processes(service: str, region: Region) -> Iterator[tuple[tuple[str, ...], tuple[Level, ...]]]:
    """Yield every row of chains a case may have to go through, with all its levels."""
    if "chains" not in _settings(region, service):
        return
    chains = region.setting(service, "chains")
    together = getattr(_workflow(service), "processes", _each_alone)
    for names in together(tuple(chains)):
        yield names, tuple(level for name in names for level in levels_written(chains[name]))


def _each_alone(chains: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(name,) for name in chains]


def _chains_asked_for(region: Region, service: str) -> Iterator[Diagnostic]:
    """Yield a fault for each row that asks for a chain the region does not have: its cases could not be accepted."""
    if "chains" not in _settings(region, service):
        return
    known = region.setting(service, "chains")
    for (domain, _), stack in region.stacks.items():
        for row in stack.rows if domain == service else ():
            for name, asked in row.outputs:
                if name == "chain" and isinstance(asked, Literal) and asked.value not in (None, *known):
                    one = fault(code="chain_unknown", chain=asked.value, known=", ".join(known))
                    yield _told(one, row.mark, suggest(name=str(asked.value), choices=known))


def _hint(one: Fault, region: Region, definition: Definition) -> str:
    """Return the role that is most likely meant where one is not known."""
    if one.code not in ("role_not_in_service", "role_not_in_pack") or one.where[0] != "chains":
        return ""
    node: Any = {"chains": region.setting(definition.service, "chains")}
    for step in one.where:
        node = node[step]
    known = region.setting(definition.service, "roles")
    return suggest(name=str(node), choices=[role for role in known if role in definition.roles])


def _told(one: Fault, mark: Mark, hint: str) -> Diagnostic:
    return Diagnostic(one.code, Severity.ERROR, one.zh, one.en, mark.file, mark.line, mark.column, hint)


def _sorted(found: Mapping[Diagnostic, None]) -> list[Diagnostic]:
    return sorted(found, key=lambda item: (item.file, item.line, item.column, item.code))


def _mark(region: Region, service: str, where: Where) -> Mark:
    """Return where a setting is written: in the lowest pack of the region's chain that writes this entry."""
    for code in reversed(region.chain):
        for file, text in region.texts.items():
            if not (file.startswith(code) and file.endswith(f"/{service}.yaml")):
                continue
            node = texts.read(text=text, file=file, findings=Findings())
            settings = node.get("settings") if isinstance(node, texts.Mapping) else None
            written = _down(settings, where[:2])
            if written is not None:
                return _down(settings, where) or written
    return Mark(f"vocabulary/{service}.yaml", 1, 1)


def _mark_of_manifest(service: Service, where: Where) -> Mark:
    file = f"{service.name}/service.yaml"
    node = texts.read(
        text=(service.folder / "service.yaml").read_text(encoding="utf-8"), file=file, findings=Findings()
    )
    return _down(node, where) or Mark(file, 1, 1)


def _down(node: texts.Node | None, where: Where) -> Mark | None:
    """Return the place at the end of some keys and positions; the last there is, or None where the first is not."""
    mark = None
    for number, step in enumerate(where):
        following = None
        if isinstance(node, texts.Mapping) and step in node.entries:
            key, following = node.entries[str(step)]
            # An entry is found by its name, a value by itself.
            mark = following.mark if isinstance(following, texts.Scalar) else key.mark
        elif isinstance(node, texts.Sequence) and isinstance(step, int) and step < len(node.items):
            following = node.items[step]
            mark = following.mark
        if following is None:
            return mark if number > 1 else None
        node = following
    return mark
