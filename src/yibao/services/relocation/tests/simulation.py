"""Many transfers between two places at once, by a seed: people change their minds, die, retire; tables are wrong,
money comes back, messages arrive in any order the exchange lets them. Nothing may be lost, doubled or left open.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from yibao.kernel.errors import Refused
from yibao.services.relocation import actions, workflow
from yibao.services.relocation.actions import money
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import DAY, NEW, OLD, Walk, make_person
from yibao.services.relocation.workflow import Position, Stage, money_ended, money_faults
from yibao.store import exchange
from yibao.store.models import Case, CaseClock, Enrolment, InboxMessage, OutboxMessage, Person

# Digits of a made-up resident identity number before its check digit.
_AREA, _BORN, _BORN_FIRST = "500112", "0301", 1960
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ROUNDS_MAX = 60
TROUBLE = (
    "withdraw_old",
    "withdraw_new",
    "die",
    "retire",
    "wrong_table",
    "bounce",
    "not_stopped",
    "arrears",
    "crossed",
)


def identity(seed, serial):
    """A valid number for the person of a serial, 0 to 999, in the world of a seed."""
    body = f"{_AREA}{_BORN_FIRST + seed}{_BORN}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@dataclass
class Story:
    """One person's transfer, with what goes wrong on its way."""

    walk: Walk
    trouble: frozenset
    balance: int
    done: set = field(default_factory=set)

    def once(self, name):
        """Whether a trouble is still to come; it comes once."""
        if name not in self.trouble or name in self.done:
            return False
        self.done.add(name)
        return True


@dataclass
class World:
    """Two places, their staff and their stories."""

    seed: int
    staff: dict
    stories: list = field(default_factory=list)
    minutes: int = 0

    def __post_init__(self):
        self.dice = random.Random(self.seed)

    def begin(self, count):
        """Let a number of people apply, at either place and in either direction."""
        for serial in range(count):
            there = self.dice.random() < 0.7
            old, new = (OLD, NEW) if there else (NEW, OLD)
            balance = self.dice.choice([0, 1, 999, 123456, 10_000_001])
            person = make_person(identity(self.seed, serial), old=old, new=new, balance=balance)
            walk = Walk(person, self.staff, source=old, target=new, at_old=self.dice.random() < 0.5)
            trouble = frozenset(self.dice.sample(TROUBLE, self.dice.choice([0, 0, 1, 1, 2, 3])))
            self.stories.append(Story(walk, trouble, balance))
        for story in self.stories:
            self.apply(story)

    def apply(self, story):
        """Apply, and perhaps be refused at once with a name."""
        walk = story.walk
        if story.once("not_stopped"):
            own = Enrolment.objects.filter(person=walk.person, region=walk.source)
            own.update(status="normal", end=None, category="individual")
        if story.once("arrears"):
            clerk = self.staff[walk.source]["clerk"]
            actions.note_arrears(person_id=walk.person.pk, place=walk.source, amount_fen=5, by=clerk, on=walk.on)
        self.tick(walk)
        walk.drafted()
        try:
            actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
        except Refused as no:
            self.mend(walk, no.refusal.code)
        if story.once("crossed"):
            self.cross(story)

    def mend(self, walk, code):
        """Do what the refusal says is the next step, and hand it in again."""
        if code == "not_stopped":
            actions.ask_stop(person_id=walk.person.pk, place=walk.source, by=walk.citizen, **walk.now())
        clerk = self.staff[walk.source]["clerk"]
        actions.clear_arrears(person_id=walk.person.pk, place=walk.source, by=clerk, on=walk.on)
        try:
            actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
        except Refused as no:
            expect(no, {"in_arrears", "not_stopped"})

    def cross(self, story):
        """Ask for the way back while the way there is open; the answer is a name."""
        walk = story.walk
        back = Walk(walk.person, self.staff, source=walk.target, target=walk.source, at_old=not walk.at_old)
        back.minutes = walk.minutes + 500
        back.drafted()
        try:
            actions.submit(number=back.thread, by=walk.citizen, **back.now())
        except Refused as no:
            expect(no, {"transfer_crossed", "not_stopped", "not_enrolled"})
            actions.withdraw(number=back.thread, reason="不转了", by=walk.citizen, **back.now())

    def tick(self, walk):
        """Let time pass; some days it is the next day."""
        self.minutes += 1
        walk.minutes = self.minutes
        if self.dice.random() < 0.02:
            walk.on += timedelta(days=1)

    def run(self):
        """Let everybody act and messages arrive in any order, until nothing moves."""
        for _ in range(ROUNDS_MAX):
            carried = self.carry()
            self.dice.shuffle(self.stories)
            # At rest only when nobody can act and no message is on its way any more.
            if not [story for story in self.stories if self.step(story)] and not carried and not on_the_way():
                return
        raise AssertionError("the transfers never come to rest")

    def carry(self):
        """Carry and handle a few messages, not all, as what one does crosses what another says; return how many."""
        at = self.stories[0].walk.now()["at"]
        moved = 0
        for _ in range(self.dice.randint(1, 3)):
            moved += exchange.deliver_due(at=at).taken
            handled = exchange.handle_due(at=at)
            assert handled.failures == []
            moved += handled.done + handled.refused
        return moved

    def step(self, story):
        """Take one step of a story, if any can be taken; its money is whole before and after."""
        walk = story.walk
        rows = {row.side: row for row in Transfer.objects.filter(thread=walk.thread).select_related("money", "case")}
        self.tick(walk)
        moved = False
        for side in self.dice.sample(sorted(rows), len(rows)):
            step = self.next_of(story, rows[side])
            if step is not None:
                try:
                    step()
                    moved = True
                except Refused as no:
                    expect(no, EXPECTED)
                break
        whole(walk.thread)
        return moved

    def next_of(self, story, row):
        """Return what may be done next at one side; trouble comes before work."""
        return (self.of_old if row.side == "out" else self.of_new)(story, row)

    def of_old(self, story, row):
        walk, stage = story.walk, Stage(row.stage)
        now, here = walk.now, self.staff[walk.source]
        if stage in (Stage.ACCEPTED, Stage.TABLE_BUILT):
            if story.once("withdraw_old"):
                return lambda: actions.withdraw(number=row.case.number, reason="不转了", by=walk.citizen, **now())
            if story.once("die"):
                return lambda: Person.objects.filter(pk=walk.person.pk).update(died_on=DAY)
            if story.once("retire"):
                return lambda: Person.objects.filter(pk=walk.person.pk).update(retired_on=DAY)
        if stage in (Stage.ACCEPTED, Stage.TABLE_RETURNED):
            return walk.build
        if stage is Stage.TABLE_BUILT:
            return lambda: sign_or_make_again(walk)
        return self.of_money_out(story, row, here)

    def of_money_out(self, story, row, here):
        walk, state = story.walk, row.case.state
        if state == "approved" and row.money.state == "departed" and row.stage in ("table_sent", "loaded"):
            return lambda: walk.pay(key=f"p{self.minutes}")
        if state == "executing" and story.once("bounce"):
            return lambda: actions.bounced(number=row.case.number, reason="户名不符", by=here["finance"], **walk.now())
        return walk.confirm if state == "executing" else None

    def of_new(self, story, row):
        walk, stage = story.walk, Stage(row.stage)
        now, there = walk.now, self.staff[walk.target]
        if stage in (Stage.PASSED, Stage.CHECKING, Stage.ACCEPTED) and story.once("withdraw_new"):
            return lambda: actions.withdraw(number=row.case.number, reason="不转了", by=walk.citizen, **now())
        if stage in (Stage.TABLE_SENT, Stage.TABLE_CHECKED) and story.once("wrong_table"):
            return lambda: actions.send_back(number=row.case.number, why="有误", by=there["clerk"], **now())
        if stage is Stage.TABLE_SENT:
            return walk.check
        if stage is Stage.TABLE_CHECKED:
            return walk.load
        return self.of_money_in(story, row)

    def of_money_in(self, story, row):
        walk, move = story.walk, row.money
        paid = Transfer.objects.get(thread=walk.thread, side="out").case.state == "completed"
        if move.state == "announced" and paid:
            return walk.arrive
        return walk.credit if move.state == "arrived" and row.stage == "loaded" else None


EXPECTED = {
    "died_in_transit", "retired", "withdrawal_asked", "table_already_sent", "table_changed", "transfer_step_passed",
}  # fmt: skip


def on_the_way():
    """Whether a message waits to be carried or handled."""
    return any(kind.objects.filter(state="waiting").exists() for kind in (OutboxMessage, InboxMessage))


def expect(no, codes):
    """Let nothing pass but a refusal that may come here."""
    if no.refusal.code not in codes:
        raise no


def sign_or_make_again(walk):
    try:
        walk.sign()
    except Refused as no:
        if no.refusal.code != "table_changed":
            raise
        walk.build()


def whole(thread):
    """Every fen is in exactly one place, whatever the state."""
    sides = {row.side: money.position(row) for row in Transfer.objects.filter(thread=thread).select_related("case")}
    assert money_faults(old=sides.get("out", Position()), new=sides.get("in", Position())) == []


def faults(world):
    """Return what is wrong at the end: a case still open, a clock that runs, money not at its end or not the same."""
    found = [f"{case.number} is {case.state}" for case in Case.objects.filter(service="relocation").exclude(
        state__in=["completed", "withdrawn", "not_accepted", "refused", "draft"])]  # fmt: skip
    found += [f"clock {clock.name} of {clock.case_id} runs" for clock in CaseClock.objects.filter(finished_on=None)]
    for row in Transfer.objects.exclude(stage="draft").select_related("money", "case"):
        if row.stage not in workflow.ENDED:
            found.append(f"{row} rests at {row.stage}")
        at_home = row.money.state in ("here", "announced") and row.stage != "loaded"
        if not at_home and not money_ended(side=row.side, mode=row.money.mode, money=workflow.Money(row.money.state)):
            found.append(f"{row}: money is {row.money.state}")
    for story in world.stories:
        held = story.walk.balance(OLD) + story.walk.balance(NEW)
        if held != story.balance:
            found.append(f"{story.walk.thread}: {held} fen of {story.balance}")
    ends = {}
    for row in Transfer.objects.exclude(stage="draft"):
        ends.setdefault(row.thread, set()).add(row.stage == "loaded")
    return found + [f"{thread} ended on one side only" for thread, stages in ends.items() if len(stages) > 1]
