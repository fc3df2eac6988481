"""What places are called, and those somebody may choose from."""

from datetime import date
from typing import Any

from django.urls import reverse

from yibao import services
from yibao.policy import Region, UnknownRegion

NATION = "000000"


def place_words(code: str, say: Any) -> str:
    """Return the name of a place; where its own rules are not known, that of the area around it with the code.

    Args:
        code: Six digits.
        say: The reader's words.
    """
    try:
        region = services.packs().region_for(code)
    except UnknownRegion:
        return code
    name: str = say.pick(region)
    return name if region.code == code else f"{name} {code}"


def day_text(on: date, say: Any) -> str:
    """Return a date in words."""
    return str(say("common.date", year=on.year, month=on.month, day=on.day, month_name=f"{on:%B}"))


def with_rules(domain: str, table: str) -> list[Region]:
    """Return the places whose rules answer a question, without the nation itself.

    Args:
        domain: Whose table.
        table: Its name.
    """
    known = services.packs().regions.values()
    return [each for each in known if each.code != NATION and (domain, table) in each.stacks]


def guide_address(region: Region | None) -> str:
    """Return where the guide to transfers stands: that of a place, or the choice of one.

    Args:
        region: The place; None where it is not known.
    """
    # What stands on a request may be empty without being None.
    if not region:
        return reverse("portal:guide")
    return reverse("portal:guide_of", args=["relocation", region.code])
