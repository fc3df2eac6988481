"""The whole decision about a move: what is asked decides which rules are looked at."""

from yibao.policy import Packs, Region
from yibao.services.relocation.rules import cover, display, transfer
from yibao.services.relocation.rules.decision import Decision
from yibao.services.relocation.rules.shape import RelocationCase

_ASKED = {"cover": cover.decide, "transfer": transfer.decide, "display": display.decide}


def decide(*, case: RelocationCase, region: Region, places: Packs) -> Decision:
    """Return the decision about a move.

    Args:
        case: The case file; `on` is the day of application and picks the rules.
        region: The rules of the place asked; for a transfer the new one.
        places: The rules of the other places.

    Returns:
        A decision; where a number is unknown or no rule names the situation it is `manual` and says so.

    Raises:
        InputInvalid: A place or a group of the person is not known.

    Source:
        The `relocation.yaml` of the packs; the contract in docs/reference/decision.md.
    """
    return _ASKED[case.request.ask or "transfer"](case=case, region=region, places=places)
