"""The rules of refunds: pure functions from a case file and a region's rules to a decision."""

from yibao.services.refund.rules.decide import decide, given
from yibao.services.refund.rules.decision import Decision

__all__ = ["Decision", "decide", "given"]
