"""What the region's pack promises or orders around a decision: clocks and the ordinary level."""

from typing import Any

from yibao.policy import Region
from yibao.services.refund.workflow import CLOCKS


def clocks(region: Region, *, verb: str) -> dict[str, int]:
    """Return the clocks a step starts, each with its working days; none where the region promises none.

    Args:
        region: The region.
        verb: The step.
    """
    written: dict[str, Any] = region.setting("refund", "clocks")
    started = [name for name, starting in CLOCKS.items() if starting == verb]
    return {name: int(written[f"{name}_days"]["days"]) for name in started if f"{name}_days" in written}


def ordinary_levels(region: Region) -> list[dict[str, Any]]:
    """Return the ordinary chain, for decisions that name none because a person makes them."""
    chains: dict[str, Any] = region.setting("refund", "chains")
    levels = chains["ordinary"]["levels"]
    return [{"level": int(level["level"]), "roles": list(level["roles"]), "order": level["order"]} for level in levels]
