"""The case file of a question about years: the record, and the place in which the person wants to draw benefits."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from yibao.policy.casefile import CaseGround, Event, MaterialItem, Shape, as_item
from yibao.policy.casefile.scalars import RegionCode


class YearsRequest(Shape):
    """What is asked; a chosen place reduces the places to that one."""

    chosen_place: RegionCode | None = None


class YearsCase(CaseGround):
    """Everything a decision about years may look at."""

    events: list[Event] = Field(default_factory=list)
    materials: list[Annotated[MaterialItem, BeforeValidator(as_item)]] = Field(default_factory=list)
    request: YearsRequest
