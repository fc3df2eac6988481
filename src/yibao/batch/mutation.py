"""Mutants of a region's pack, tried on its worked examples with the rules of the services."""

from collections.abc import Mapping

from yibao import services
from yibao.policy import Region
from yibao.policy.casefile import CaseGround
from yibao.policy.cases import Case
from yibao.policy.mutants.trial import Trial


def trial(*, region: Region, cases: list[Case]) -> Trial:
    """Return the worked examples of a region, ready to try mutants on.

    Args:
        region: Whose pack is changed.
        cases: Its worked examples.
    """
    read: dict[int, CaseGround] = {}

    def decide(given: Mapping[str, object], changed: Region) -> object:
        if id(given) not in read:
            read[id(given)] = services.read(given)
        return services.decide_read(case=read[id(given)], region=changed).json()

    return Trial(region=region, cases=cases, decide=decide)
