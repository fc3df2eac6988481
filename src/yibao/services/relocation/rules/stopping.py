"""Where months are not paid for: whether and from which day that stops cover, by one row of the pack."""

from dataclasses import dataclass
from datetime import date, timedelta

from yibao.kernel.months import Month
from yibao.policy import NoRuleInForce, Region, UnknownValue
from yibao.policy.table import Trace
from yibao.services.relocation.rules import telling
from yibao.services.relocation.rules.decision import NAME, Refusal
from yibao.services.relocation.rules.facts import Facts
from yibao.services.relocation.rules.history import History

TABLE, EMPLOYEE = "stop", "employee"
UNKNOWN = "stop_unknown"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What arrears do to cover.

    Attributes:
        on: The first day without cover, None where no source fixes it.
        refusal: What is told of it.
        trace: How the row was found, None where none is in force.
    """

    on: date | None
    refusal: Refusal
    trace: Trace | None

    @property
    def last(self) -> date | None:
        """The last day of cover."""
        return None if self.on is None else self.on - ONE_DAY


def stopped(*, history: History, region: Region) -> Stopped | None:
    """Return what arrears do to cover; None where nothing is in arrears, or residents paid for their year.

    Args:
        history: Whose payments count.
        region: Whose rules count.

    Source:
        Table `stop` of the region's pack.
    """
    since = history.unpaid_since
    if since is None or history.joined.scheme != EMPLOYEE:
        return None
    month = ("month", str(Month.of(since)))
    try:
        trace = region.table(NAME, TABLE, on=history.case.on).trace(Facts(history))
    except NoRuleInForce:
        return Stopped(None, Refusal(UNKNOWN, (month,)), None)
    except UnknownValue as error:
        return Stopped(None, telling.unknown(region=region, name=error.name, on=error.on), None)
    on, named = trace.members["stops"], trace.members["refusal"]
    if isinstance(on, date):
        return Stopped(on, Refusal("cover_stopped", (month, ("on", on.isoformat()))), trace)
    return Stopped(None, Refusal(str(named), (month,)), trace)
