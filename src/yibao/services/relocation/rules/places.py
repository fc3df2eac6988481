"""Which places belong together: the pooling area of a place, and the route between two."""

from datetime import date

from yibao.policy import Packs, Region, UnknownRegion, UnknownValue
from yibao.policy.places import city_of, province_of

NATION = "000000"
IN_PROVINCE, CROSS_PROVINCE = "in_province", "cross_province"
_LEVEL = "pooling_level"
_BY_PROVINCE = "province"


def rules_of(*, code: str, places: Packs) -> Region:
    """Return the rules of a place; those of the nation where nothing of it is known."""
    try:
        return places.region_for(code)
    except UnknownRegion:
        return places.regions[NATION]


def pool_of(*, code: str, places: Packs, on: date) -> str:
    """Return the code of the pooling area of a place: its province where that pools as a whole, else its city.

    Args:
        code: Six digits.
        places: Whose parameter `pooling_level` says how a province pools.
        on: The day.
    """
    try:
        level = rules_of(code=code, places=places).parameter(_LEVEL, on=on).value
    except UnknownValue:
        return city_of(code)
    return province_of(code) if level == _BY_PROVINCE else city_of(code)


def route(*, source: str, target: str) -> str:
    """Return how a transfer runs between two places.

    Examples:
        >>> route(source="500000", target="140100")
        'cross_province'
    """
    return IN_PROVINCE if province_of(source) == province_of(target) else CROSS_PROVINCE
