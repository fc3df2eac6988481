"""The rules of moving: pure functions from a case file and the rules of the places to a decision."""

from yibao.services.relocation.rules.decide import decide
from yibao.services.relocation.rules.shape import RelocationCase

__all__ = ["SEVERAL_PLACES", "SHAPE", "decide"]

SHAPE = RelocationCase
SEVERAL_PLACES = True
"""A transfer is judged by the rules of both places."""
