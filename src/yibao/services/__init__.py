"""The public services: found by their folder, each with a service.yaml; there is no list of them anywhere."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import yaml

from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.kernel.home import home
from yibao.policy import Diagnostic, InUse, Keeper, Packs, Proved, Region, UnknownRegion, casefile
from yibao.policy.casefile import CaseFile, CaseGround
from yibao.services import definitions

_HERE = Path(__file__).parent
_MANIFEST = "service.yaml"
_CHECKOUT_PACKS = _HERE.parent.parent.parent / "packs"
_WHEEL_PACKS = _HERE.parent / "_packs"
_LANGUAGES = ("zh", "en")
_FOUND: dict[str, "Service"] = {}
_of_this_work: ContextVar[InUse | None] = ContextVar("packs_of_this_work", default=None)


@dataclass(frozen=True, slots=True)
class Service:
    """One public service.

    Attributes:
        name: its folder.
        label: in Chinese.
        en: in English.
        folder: where it lives.
        manifest: everything in its service.yaml, every scalar as text.
    """

    name: str
    label: str
    en: str
    folder: Path
    manifest: MappingProxyType[str, Any]

    def text(self, language: str) -> dict[str, Any]:
        """Return the words of the service in one language; a text in two languages is replaced by the one asked for.

        Args:
            language: `zh` or `en`.

        Raises:
            ValueError: there is no such language.

        Examples:
            >>> find()["refund"].text("en")["outcomes"]["refund"]
            'refund'
        """
        if language not in _LANGUAGES:
            raise ValueError(f"no language {language!r}; known: {', '.join(_LANGUAGES)}")
        chosen: dict[str, Any] = _in_language(_read(self.folder / "text.yaml"), language)
        return chosen

    @property
    def vocabulary(self) -> Path:
        """Where the facts of its rules are declared."""
        return self.vocabulary_of(self.name)

    @property
    def decisions(self) -> tuple[str, ...]:
        """What a case file may ask it for by name: itself, and whatever else `decisions` of its manifest lists."""
        return tuple(self.manifest.get("decisions", (self.name,)))

    @property
    def offered(self) -> bool:
        """Whether people find it in the portal and at the desk; `doors: none` in its manifest keeps it to programs."""
        return self.manifest.get("doors") != "none"

    def vocabulary_of(self, decision: str) -> Path:
        """Return where the facts of one of its decisions are declared: facts.yaml, of a further one facts_NAME.yaml."""
        return self.folder / ("facts.yaml" if decision == self.name else f"facts_{decision}.yaml")

    def rules_of(self, decision: str) -> ModuleType:
        """Return the module that makes one of its decisions: `rules`, of a further one `rules.NAME`."""
        further = "" if decision == self.name else f".{decision}"
        return import_module(f"{__name__}.{self.name}.rules{further}")

    def shape_of(self, decision: str) -> type[CaseGround]:
        """Return the form of the case files of one of its decisions: `SHAPE` of its rules, else that of refunds."""
        shape: type[CaseGround] = getattr(self.rules_of(decision), "SHAPE", CaseFile)
        return shape


def _read(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.load(file, Loader=yaml.CBaseLoader) or {}
    return loaded


def _manifest(path: Path) -> dict[str, Any]:
    state = path.stat()
    return _manifest_as_of(path, state.st_mtime_ns, state.st_size)


@cache
def _manifest_as_of(path: Path, changed: int, size: int) -> dict[str, Any]:
    return _read(path)


def _in_language(node: Any, language: str) -> Any:
    if not isinstance(node, dict):
        return node
    if set(node) == set(_LANGUAGES):
        return node[language]
    prefix = f"next_{language}"
    if prefix in node:
        return {"why": node[language], "next": node[prefix]}
    return {key: _in_language(value, language) for key, value in node.items()}


def find() -> dict[str, Service]:
    """Return every service by name, in alphabetical order.

    Returns:
        One entry per folder of this package that holds a service.yaml with `active: true` and does not begin with
        an underscore.

    Examples:
        >>> find()["refund"].label
        '多缴、重复缴费退费'
    """
    found = {}
    manifests = [manifest for root in __path__ for manifest in Path(root).glob(f"[!_]*/{_MANIFEST}")]
    for manifest in sorted(manifests, key=lambda each: each.parent.name):
        words = _manifest(manifest)
        if words.get("active") == "true":
            folder = manifest.parent
            found[folder.name] = Service(folder.name, words["label"], words["en"], folder, MappingProxyType(words))
    return found


def vocabularies() -> dict[str, Path]:
    """Return where the facts of every domain are declared: those of the services and those all services share."""
    shared = sorted((_HERE.parent / "policy" / "vocabulary").glob("*.yaml"))
    declared = {path.stem: path for path in shared}
    own = {name: each.vocabulary_of(name) for each in find().values() for name in each.decisions}
    return declared | {name: path for name, path in own.items() if path.exists()}


def offered() -> dict[str, Service]:
    """Return the services people find in the portal and at the desk, by name.

    Examples:
        >>> "refund" in offered()
        True
    """
    return {name: each for name, each in find().items() if each.offered}


def case_shapes() -> dict[str, type[CaseGround]]:
    """Return the form of the case files of every decision, by the name that stands in `service`.

    Examples:
        >>> case_shapes()["refund"].__name__
        'CaseFile'
    """
    return {name: each.shape_of(name) for each in find().values() for name in each.decisions}


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema of a case file: any form of any service.

    Examples:
        >>> len(case_schema()["anyOf"]) > 0
        True
    """
    return casefile.json_schema(case_shapes())


def packs_folder() -> Path:
    """Return where the packs are: YIBAO_PACKS, else those of the checkout, else those of the installed package."""
    named = os.environ.get("YIBAO_PACKS")
    return Path(named) if named else _own_packs()


@cache
def _own_packs() -> Path:
    # Asked some thirty times for each transfer, and each look at the disk takes longer than the rest.
    return _CHECKOUT_PACKS if _CHECKOUT_PACKS.is_dir() else _WHEEL_PACKS


@cache
def keeper(folder: Path) -> Keeper:
    """Return who keeps the packs of a folder in use."""
    proved = Proved(home(os.environ) / "cache" / "packs")
    return Keeper(roots=[folder], vocabularies=vocabularies(), also=process_faults, proved=proved)


def process_faults(found: Packs) -> list[Diagnostic]:
    """Return what is wrong with the chains, roles and clocks of some packs, for every service there is.

    Examples:
        >>> process_faults(packs())
        []
    """
    return definitions.faults(packs=found, services=find())


def process_proof(found: Packs) -> list[Diagnostic]:
    """Return what can go wrong with a case under any process of some packs; nothing, where all is well.

    It walks the engine through everything that may happen, so it takes a second or two.
    """
    return definitions.proof(packs=found, services=find())


def in_use() -> InUse:
    """Return which packs decide here and now: those of this piece of work, else those in use in this process.

    Raises:
        PackErrors: A pack is wrong and no version was good before.
    """
    return _of_this_work.get() or keeper(packs_folder()).in_use


@contextmanager
def one_version(*, at: datetime, wait: bool = False) -> Iterator[InUse]:
    """Look for changed packs, then let everything inside be decided by one version of them.

    Args:
        at: Now.
        wait: Whether to wait until changed texts have been read.

    Raises:
        PackErrors: A pack is wrong and no version was good before.
    """
    kept = keeper(packs_folder())
    kept.look(at=at, wait=wait)
    using = kept.in_use
    before = _of_this_work.set(using)
    try:
        yield using
    finally:
        _of_this_work.reset(before)


def packs() -> Packs:
    """Return all packs, read and checked once per folder; a running server renews them between requests.

    Raises:
        PackErrors: a pack is wrong; nothing is loaded, `diagnostics` names every fault with file, line and column.

    Examples:
        >>> packs().region_for("500112").code
        '500000'
    """
    return in_use().packs


def named(name: object) -> Service:
    """Return the service that makes a decision, by the name of the decision.

    Raises:
        InputInvalid: there is no such decision; the problem names those there are.

    Examples:
        >>> named("refund").en
        'Refund of over- and duplicate payments'
    """
    if isinstance(name, str) and name in _FOUND:
        return _FOUND[name]
    known = {decision: service for service in find().values() for decision in service.decisions}
    _FOUND.update(known)
    if isinstance(name, str) and name in known:
        return known[name]
    close = get_close_matches(str(name), known, n=1)
    listed = ", ".join(known)
    raise InputInvalid(
        [
            InputProblem(
                "service",
                f"没有“{name}”这项服务{_meant(close, '，是否想写“{}”？', '。')}可用的有：{listed}。",
                f"There is no service {name!r}{_meant(close, '; did you mean {!r}?', '.')} Known: {listed}.",
            )
        ]
    )


def _meant(close: Sequence[str], words: str, otherwise: str) -> str:
    return words.format(close[0]) if close else otherwise


def read(case: Mapping[str, Any]) -> CaseGround:
    """Return a case file, read in the form of the service it names.

    Raises:
        InputInvalid: The case file is wrong; `problems` names every place with what to do.
    """
    name = case.get("service")
    return casefile.read_as(case, shape=named(name).shape_of(str(name)))


def decide_read(*, case: CaseGround, region: Region, rules: Packs | None = None) -> Any:
    """Return the decision of a case file that was read, by the rules of a region.

    Args:
        case: The case file.
        region: The rules of the place asked.
        rules: The packs from which rules of further places are taken; those in use when left out.

    Returns:
        What `decide` of the rules returns; `.json()` gives the published form.

    Raises:
        InputInvalid: The case file asks for what the region's rules do not know.
    """
    made = named(case.service).rules_of(case.service)
    if getattr(made, "SEVERAL_PLACES", False):
        return made.decide(case=case, region=region, places=rules or packs())
    return made.decide(case=case, region=region)


def decide(case: Mapping[str, Any], *, rules: Packs | None = None) -> Any:
    """Return the decision of one case file, made by the rules of the service it names.

    Args:
        case: The parsed case file.
        rules: The packs to decide by; those in use when left out.

    Returns:
        What the service's `rules.decide` returns; `.json()` gives the published form.

    Raises:
        InputInvalid: The case file is wrong, or there are no rules for its region or service.
        PackErrors: A pack is wrong.
    """
    file = read(case)
    try:
        region = (rules or packs()).region_for(file.region)
    except UnknownRegion as error:
        raise InputInvalid([InputProblem("region", error.zh, error.en)]) from None
    return decide_read(case=file, region=region, rules=rules)
