"""Mutants of a region's pack, tried on its worked examples with the rules of the services."""

from collections.abc import Mapping
from importlib import import_module

from yibao import services
from yibao.policy import Region, casefile
from yibao.policy.cases import Case
from yibao.policy.mutants.trial import Trial


def trial(*, region: Region, cases: list[Case]) -> Trial:
    """Return the worked examples of a region, ready to try mutants on.

    Args:
        region: Whose pack is changed.
        cases: Its worked examples.
    """
    read: dict[int, casefile.CaseFile] = {}

    def decide(given: Mapping[str, object], changed: Region) -> object:
        if id(given) not in read:
            read[id(given)] = casefile.read(given)
        name = services.named(given.get("service")).name
        return import_module(f"{services.__name__}.{name}.rules").decide(case=read[id(given)], region=changed).json()

    return Trial(region=region, cases=cases, decide=decide)
