"""The desks of one of two installations between which people move: what is done next with each transfer.

It follows from the database and the dice of the turn alone, so a turn that was killed goes on with the next one.
"""

from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import Q
from mover_people import NAME, TOWN, Story, Way

from yibao.kernel.errors import Refused
from yibao.services.refund import actions as refunds
from yibao.services.relocation import actions, workflow
from yibao.services.relocation.models import Table, Transfer
from yibao.services.relocation.workflow import Stage
from yibao.store.models import Case, Contribution, Payment, Person

BANK = "演示银行"
TOLD_BY_NAME = frozenset({
    "died_in_transit", "retired", "withdrawal_asked", "table_already_sent", "table_changed", "transfer_step_passed",
    "money_on_its_way", "person_died",
})  # fmt: skip
"""Refusals that may come when somebody acts on what has changed meanwhile."""


def act(turn: int, brought: dict[str, int]) -> int:
    """Let each transfer take one step here, if any can be taken; return how many did.

    Args:
        turn: Which one.
        brought: What the banks brought from the other installation, by thread.
    """
    TOWN.tick(turn, "act")
    open_here = Transfer.objects.filter(Q(live=True) | Q(stage=Stage.LOADED, money__ended_on=None))
    rows = open_here.filter(case_id__gt=TOWN.first_case).select_related("case", "money", "person")
    return sum(_step(TOWN.stories[row.person_id], row, brought) for row in rows.order_by("pk"))


def _step(story: Story, row: Transfer, brought: dict[str, int]) -> int:
    way = Way(row.person, TOWN.staff, row.source, row.target)
    way.thread = row.thread
    known = brought.get(row.thread)
    for step in _out(story, row, way) if row.side == workflow.OUT else _in(story, row, way, known):
        try:
            step()
        except Refused as no:
            if no.refusal.code not in TOLD_BY_NAME:
                raise
        return 1
    return 0


def _happened(row: Transfer, **facts: date) -> Callable[[], object]:
    return lambda: Person.objects.filter(pk=row.person_id).update(**facts)


def _out(story: Story, row: Transfer, way: Way) -> Iterator[Callable[[], object]]:
    """Yield what may be done at the old place, what comes first first; trouble comes before work."""
    number, now, here, stage = row.case.number, TOWN.now(), TOWN.staff[row.source], Stage(row.stage)
    if stage in (Stage.ACCEPTED, Stage.TABLE_BUILT, Stage.TABLE_RETURNED):
        yield from _changed_mind(story, row, way)
    if stage is Stage.TABLE_BUILT and story.has("refused"):
        seen = row.tables.last().evidence_hash
        yield lambda: actions.refuse(number=number, note="记录有误", seen=seen, by=here["reviewer"], **now)
    if stage in (Stage.ACCEPTED, Stage.TABLE_RETURNED):
        yield way.build
    if stage is Stage.TABLE_BUILT:
        yield lambda: _signed(row, way)
    if (
        story.has("refund")
        and stage is Stage.LOADED
        and not Case.objects.filter(person_id=row.person_id, service="refund")
    ):
        yield lambda: _refund_asked(row, way)
    yield from _money_out(story, row, way)


def _changed_mind(story: Story, row: Transfer, way: Way) -> Iterator[Callable[[], object]]:
    number, now = row.case.number, TOWN.now()
    if story.has("die_old") and not row.person.died_on and TOWN.dice.random() < 0.5:
        yield _happened(row, died_on=now["on"])
    if story.has("retire") and not row.person.retired_on and TOWN.dice.random() < 0.5:
        yield _happened(row, retired_on=now["on"])
    if story.has("withdraw_old") and TOWN.dice.random() < 0.5:
        yield lambda: actions.withdraw(number=number, reason="不转了", by=way.citizen, **now)


def _signed(row: Transfer, way: Way) -> None:
    try:
        way.sign()
    except Refused as no:
        if no.refusal.code != "table_changed":
            raise
        way.build()


def _refund_asked(row: Transfer, way: Way) -> None:
    """Ask back what was paid for years that have moved: that is refused, and says where they are."""
    paid = Contribution.objects.filter(enrolment__person_id=row.person_id, payer="person").first()
    now = {**TOWN.now(), "by": way.citizen}
    draft = refunds.open_draft(person_id=row.person_id, region=row.source, **now)
    answers = {"reason": "moved_to_unit", "payments": [f"p{paid.pk}"], "bank_name": BANK, "bank_holder": NAME,
               "bank_number": "622202123456789012"}  # fmt: skip
    refunds.save_answers(number=draft.number, answers=answers, **now)
    try:
        refunds.submit(number=draft.number, key="k", **now)
    except Refused as no:
        if no.refusal.code != "payment_moved":
            raise
        return
    raise AssertionError("a payment was asked back whose years had moved")


def _money_out(story: Story, row: Transfer, way: Way) -> Iterator[Callable[[], object]]:
    number, now, finance = row.case.number, TOWN.now(), TOWN.staff[row.source]["finance"]
    payable = row.money.state == "departed" and row.stage in (Stage.TABLE_SENT, Stage.LOADED)
    if row.case.state == "approved" and payable and (row.stage == Stage.LOADED or TOWN.dice.random() < 0.5):
        yield lambda: way.pay(key=f"p{TOWN.turn}")
    if row.case.state == "executing":
        if story.has("bounce") and not Payment.objects.filter(case=row.case, status="bounced").exists():
            yield lambda: actions.bounced(number=number, reason="户名不符", by=finance, **now)
        yield way.confirm


def _in(story: Story, row: Transfer, way: Way, known: int | None) -> Iterator[Callable[[], object]]:
    """Yield what may be done at the new place, what comes first first."""
    number, now, clerk, stage = row.case.number, TOWN.now(), TOWN.staff[row.target]["clerk"], Stage(row.stage)
    early = stage in (Stage.PASSED, Stage.ACCEPTED) or (stage is Stage.CHECKING and row.applied_here)
    if story.has("withdraw_new") and early and not row.ended_because and TOWN.dice.random() < 0.5:
        yield lambda: actions.withdraw(number=number, reason="不转了", by=way.citizen, **now)
    if stage in (Stage.TABLE_SENT, Stage.TABLE_CHECKED):
        if story.has("die_new") and not row.person.died_on:
            yield _happened(row, died_on=now["on"])
        wrong = story.has("wrong_table") or (story.has("sent_home") and row.person.died_on)
        if wrong and not Table.objects.filter(transfer=row, state="returned").exists():
            yield lambda: actions.send_back(number=number, why="有误", by=clerk, **now)
        yield way.check if stage is Stage.TABLE_SENT else way.load
    if known is not None and row.money.arrived_on is None and row.money.state in ("announced", "credited"):
        yield lambda: way.arrive(fen=known)
    if row.money.state == "arrived" and stage is Stage.LOADED:
        yield way.credit
