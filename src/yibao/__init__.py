"""Yibao: the rules of basic medical insurance, read from packs, decided and explained.

Example:
    >>> callable(decide)
    True
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["decide"]


def decide(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the decision of one case file.

    Args:
        case: The parsed case file: money as decimal text in yuan, months `YYYY-MM`, days ISO; `service` says which.

    Returns:
        The published form of the decision, ready for JSON.

    Raises:
        yibao.kernel.errors.InputInvalid: The case file is wrong; `problems` names every place and what to do.
        yibao.policy.PackErrors: A pack is wrong; nothing is decided until it is corrected.

    Source:
        Design §8.1; each step of the answer cites the document or the record it rests on.
    """
    from yibao import services

    answer: dict[str, Any] = services.decide(case).json()
    return answer
