"""The rules of the years that count for lifetime benefits."""

from yibao.services.relocation.rules.years.decide import decide
from yibao.services.relocation.rules.years.shape import YearsCase

__all__ = ["SEVERAL_PLACES", "SHAPE", "decide"]

SHAPE = YearsCase
SEVERAL_PLACES = True
"""Benefits may be drawn in one of several places, each with its own rules."""
