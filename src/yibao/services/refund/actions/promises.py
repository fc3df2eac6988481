"""What the region's pack promises or orders around a decision: clocks and the ordinary level."""

from typing import Any

from yibao.policy import Region


def clock(region: Region, *, name: str) -> dict[str, int]:
    """Return a clock with its working days, empty where the region promises none.

    Args:
        region: The region.
        name: decision or correction.
    """
    clocks: dict[str, Any] = region.setting("refund", "clocks")
    found = clocks.get(f"{name}_days")
    return {} if found is None else {name: int(found["days"])}


def ordinary_levels(region: Region) -> list[dict[str, Any]]:
    """Return the ordinary chain, for decisions that name none because a person makes them."""
    chains: dict[str, Any] = region.setting("refund", "chains")
    levels = chains["ordinary"]["levels"]
    return [{"level": int(level["level"]), "roles": list(level["roles"]), "order": level["order"]} for level in levels]
