"""One line decided: the row that holds, the months it counts, the money and who gets it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from yibao.kernel.money import Money, Rounding, Unit
from yibao.policy import NoRuleInForce, ParameterUse, Trace, UnknownValue
from yibao.policy.documents import Citation
from yibao.policy.tree import facts_of
from yibao.services.refund.rules import conflicts, notes, tariffs, usage
from yibao.services.refund.rules.decision import Entry, Part, Refusal
from yibao.services.refund.rules.facts import Facts
from yibao.services.refund.rules.lines import OWN_PAYERS, Line, first_day
from yibao.services.refund.rules.months import MONTHS
from yibao.services.refund.rules.texts import step_label

_NEED_TARIFF = ("concession_lump", "concession_annual")
_HEIR = "heir"
_PERSON = "person"


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What the amount table says of some months of a line (fen), and the decision it comes from."""

    gross: int
    offset: int
    refund: int
    trace: Trace


@dataclass(slots=True)
class Result:
    """What is decided for one line.

    Attributes:
        line: the payment looked at.
        facts: its facts.
        outcome: refund, no_refund, accounts_merged, manual, too_early or late.
        row: the situation row that holds, with everything that led to it; None where no rule is in force.
        entries: lines of the decision.
        refusals: why nothing, or nothing yet, is paid.
        amounts: the amount decision of the months refunded now.
        months: month indexes refunded now, in order.
        waiting: month indexes not yet due, in order.
        others: ids of the other rows that hold as well, where no reason was stated.
    """

    line: Line
    facts: Facts
    outcome: str
    row: Trace | None = None
    entries: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    amounts: Trace | None = None
    months: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    others: tuple[str, ...] = ()
    _uses: list[ParameterUse] | None = None

    @property
    def uses(self) -> list[ParameterUse]:
        """Every dated value this result rests on, collected once when the line is decided."""
        if self._uses is None:
            self._uses = [use for trace in self.traces for use in trace.parameters_used]
        return self._uses

    @property
    def traces(self) -> list[Trace]:
        """Every table decision this result rests on."""
        found = [each for each in (self.row, self.amounts) if each is not None]
        return [*found, *self.grounds]

    @property
    def grounds(self) -> list[Trace]:
        """The contribution decisions behind its numbers: tariffs only where the row or the amount turns on them."""
        tariff = self.facts.tariff_grounds.traces if self.reads_tariff else []
        return [*tariff, *self.facts.grounds.traces]

    @property
    def reads_tariff(self) -> bool:
        """Whether the row that holds, or its amount, turns on a tariff."""
        if self.row is None or "tariff" not in self.facts:
            return False
        if self.asks("amount") in _NEED_TARIFF:
            return True
        cells = self.row.table.row(self.row.row).cells
        return any("paid_level" in facts_of(cell.condition) for cell in cells)

    @property
    def low_confidence(self) -> bool:
        """Whether a row or a value rests on hints only."""
        if self.row is None:
            return False
        if self.row.table.row(self.row.row).low_confidence and self.outcome != "manual":
            return True
        cases = [case for trace in self.traces for case in trace.cases.values()]
        return any(case.low_confidence for case in cases) or any(use.low_confidence for use in self.uses)

    @property
    def citations(self) -> list[Citation]:
        """Every citation this result rests on, in order."""
        found: list[Citation] = []
        for trace in self.traces:
            if trace.row:
                found += trace.table.row(trace.row).sources
            for case in trace.cases.values():
                found += case.sources
        for use in self.uses:
            found += use.sources
        for conflict in conflicts.of_line(self):
            found += conflict.citations
        for note in notes.of_line(self):
            found += note.citations
        return in_force(citations=found, on=self.line.case.on)

    def asks(self, member: str) -> object:
        """Return what the row says about one output, None where it says nothing."""
        return None if self.row is None else self.row.members.get(member)


def in_force(*, citations: Iterable[Citation], on: date) -> list[Citation]:
    """Return the citations of documents in force on a day; all of them where none is known to be.

    Args:
        citations: Places in documents.
        on: The day of application.
    """
    cited = list(citations)
    held = [
        each for each in cited if each.source.starts <= on and (each.source.until is None or on < each.source.until)
    ]
    return held or cited


def decide_line(line: Line) -> Result:
    """Return what is decided for one selected payment.

    Args:
        line: The payment within the whole record.

    Returns:
        A result with its entries; nothing is raised for an unknown value, the outcome is then `manual`.

    Source:
        Tables `situation` and `amount` of the region on the day of application.
    """
    facts = Facts(line)
    try:
        table = line.history.region.table("refund", "situation", on=line.case.on)
    except NoRuleInForce:
        detail = (("on", line.case.on.isoformat()),)
        return _refuse(Result(line, facts, "manual"), Refusal("no_rule_in_force", line.payment.id, detail))
    try:
        trace = table.trace(facts)
    except UnknownValue as error:
        result = Result(line, facts, "manual")
        return _refuse(result, _unknown(result, tariffs.Unknown("value_unknown", error.name, line.case.on)))
    result = Result(line, facts, str(trace.members["outcome"]), trace)
    if line.case.request.reason is None:
        result.others = tuple(each for each in table.matching(Facts(line)) if each != trace.row)
    if result.outcome == "refund":
        return _refund(result)
    return _refuse(result, _row_refusal(result))


def _row_refusal(result: Result) -> Refusal:
    code = str(result.asks("refusal") or "no_rule_matches")
    unknown = result.facts.tariff_grounds.unknown
    if code == "value_unknown" and unknown is not None:
        return _unknown(result, unknown)
    return Refusal(code, result.line.payment.id)


def _refuse(result: Result, refusal: Refusal) -> Result:
    result.refusals.append(refusal)
    rules = () if result.row is None else (result.row.row,)
    result.entries.append(Entry(payment=result.line.payment.id, rules=rules))
    return result


def _manual(result: Result, refusal: Refusal) -> Result:
    result.outcome = "manual"
    return _refuse(result, refusal)


def _unknown(result: Result, unknown: tariffs.Unknown) -> Refusal:
    series = result.line.history.region.series.get(unknown.name)
    zh, en = step_label("tariff") if series is None else (series.term.label, series.term.en)
    detail = (("name", zh), ("name_en", en), ("on", unknown.on.isoformat()))
    return Refusal(unknown.code, result.line.payment.id, detail)


def _refund(result: Result) -> Result:
    line = result.line
    if line.payment.amount is None:
        return _manual(result, Refusal("amount_unknown", line.payment.id, (("payment", line.payment.id),)))
    wanted = MONTHS[str(result.asks("months"))](line)
    counted = sorted(wanted - line.refunded)
    if not counted or not line.left:
        result.outcome = "no_refund"
        paid = bool(line.payment.amount)
        return _refuse(result, Refusal("already_refunded" if paid else "nothing_paid", line.payment.id))
    days = {month: _due(result, month) for month in counted}
    result.months = [month for month in counted if days[month] is None or (days[month] or date.min) <= line.case.on]
    result.waiting = [month for month in counted if month not in result.months]
    if not result.months:
        return _too_early(result, days)
    latest = _day(result, "latest")
    if latest is not None and line.case.on > latest:
        result.outcome = "late"
        result.refusals.append(Refusal("late", line.payment.id, (("latest", latest.isoformat()),)))
        result.entries.append(Entry(line.payment.id, _rules(result), months=len(result.months), latest=latest))
        return result
    return _pay(result, days, latest)


def _day(result: Result, member: str) -> date | None:
    found = result.asks(member)
    return found if isinstance(found, date) else None


def _due(result: Result, month: int) -> date | None:
    days = [day for day in (_due_by_rule(result, month), _day(result, "window_from")) if day is not None]
    return max(days, default=None)


def _due_by_rule(result: Result, month: int) -> date | None:
    rule = result.asks("due")
    if rule == "next_year":
        return date(first_day(month).year + 1, 1, 1)
    if rule == "retirement_age":
        day: date | None = result.facts["retirement_day"]
        return day
    return None


def _too_early(result: Result, days: dict[int, date | None]) -> Result:
    result.outcome = "too_early"
    _add_waiting(result, days)
    earliest = min(day for day in days.values() if day is not None)
    result.refusals.append(Refusal("too_early", result.line.payment.id, (("earliest", earliest.isoformat()),)))
    return result


def _add_waiting(result: Result, days: dict[int, date | None]) -> None:
    by_day: dict[date, int] = {}
    for month in result.waiting:
        day = days[month]
        if day is not None:
            by_day[day] = by_day.get(day, 0) + 1
    for day, count in sorted(by_day.items()):
        rules = () if result.row is None else (result.row.row,)
        latest = _day(result, "latest")
        result.entries.append(Entry(result.line.payment.id, rules, months=count, earliest=day, latest=latest))


def _pay(result: Result, days: dict[int, date | None], latest: date | None) -> Result:
    money = _money(result)
    if money is None:
        unknown = result.facts.grounds.unknown or result.facts.tariff_grounds.unknown
        if unknown is None:
            raise ValueError(f"{result.line.payment.id}: an amount is unknown without a reason")
        result.entries.clear()
        return _manual(result, _unknown(result, unknown))
    result.amounts = money.trace
    if not money.gross:
        result.outcome = "no_refund"
        return _refuse(result, Refusal("nothing_paid", result.line.payment.id))
    due = [day for month in result.months if (day := days[month]) is not None]
    result.entries.append(
        Entry(
            payment=result.line.payment.id,
            rules=_rules(result),
            months=len(result.months),
            paid=money.gross,
            offset=money.offset,
            refund=money.refund,
            earliest=max(due, default=None),
            latest=latest,
            parts=_parts(result, money),
        )
    )
    _add_waiting(result, days)
    return result


def _rules(result: Result) -> tuple[str, ...]:
    names = [] if result.row is None else [result.row.row]
    if result.amounts is not None:
        names += [case.id for case in result.amounts.cases.values()]
    names += [use.name for use in result.uses]
    return tuple(dict.fromkeys(names))


def _money(result: Result) -> LineMoney | None:
    """Return the money of the months refunded now, None where a value it needs is unknown."""
    line, facts = result.line, result.facts
    months = frozenset(result.months)
    rule, offset = str(result.asks("amount")), str(result.asks("offset") or "none")
    credited = retiree = death_credit = 0
    if offset != "none":
        found = tariffs.credits(line=line, months=months, grounds=facts.grounds)
        if found is None:
            return None
        credited = found
    if offset == "over_credit" and credited:
        found = tariffs.retiree_credits(line=line, months=months, grounds=facts.grounds)
        if found is None:
            return None
        retiree = found
    if rule == "account_remaining":
        found = tariffs.credit_of_death_month(line=line, grounds=facts.grounds)
        if found is None:
            return None
        death_credit = found
    if rule in _NEED_TARIFF and (facts.tariff().normal is None or facts.tariff().concession is None):
        return None
    facts["amount_rule"], facts["offset_rule"], facts["months"] = rule, offset, len(months)
    facts["credited"], facts["retiree_credited"], facts["death_month_credit"] = credited, retiree, death_credit
    trace = line.history.region.table("refund", "amount", on=line.case.on).trace(facts)
    gross, set_off, refund = (int(str(trace.amounts[name])) for name in ("gross", "offset", "refund"))
    return LineMoney(gross, set_off, refund, trace)


def _receiver(*, payer: str, died: bool) -> str:
    if payer in OWN_PAYERS:
        return _HEIR if died else _PERSON
    return payer


def _parts(result: Result, money: LineMoney) -> tuple[Part, ...]:
    line = result.line
    died = line.case.person.died is not None
    if result.asks("receiver") == _PERSON or result.asks("amount") == "personal":
        shares = [(_PERSON, money.gross)]
    else:
        shares = _shares(payers=line.payers, total=money.gross)
    sums: dict[str, int] = {}
    for payer, amount in _after_offset(shares=shares, offset=money.gross - money.refund):
        receiver = _receiver(payer=payer, died=died)
        sums[receiver] = sums.get(receiver, 0) + amount
    return tuple(Part(receiver, amount) for receiver, amount in sums.items() if amount or len(sums) == 1)


def _after_offset(*, shares: list[tuple[str, int]], offset: int) -> list[tuple[str, int]]:
    """Return the shares less what is set off: from the person's part first, then from the others in their order."""
    left = dict(enumerate(amount for _, amount in shares))
    for position in sorted(left, key=lambda each: (shares[each][0] not in OWN_PAYERS, each)):
        taken = min(left[position], offset)
        left[position] -= taken
        offset -= taken
    return [(payer, left[position]) for position, (payer, _) in enumerate(shares)]


def _shares(*, payers: list[tuple[str, int]], total: int) -> list[tuple[str, int]]:
    """Return a total divided by what each paid, to the fen and without a rest."""
    whole = sum(amount for _, amount in payers)
    if not whole:
        return [(payers[0][0], total)]
    shares, running, given = [], 0, 0
    for payer, amount in payers:
        running += amount
        upto = Money(total).share(running, whole).round(Unit.FEN, Rounding.HALF_UP).fen
        shares.append((payer, upto - given))
        given = upto
    return shares


def reviewed_first(result: Result) -> bool:
    """Return whether the row asks for one more level because benefits were used or credits posted."""
    return result.asks("review") == "when_used" and usage.used_or_credited(result.line)
