"""People move between two running installations over lines that lose, delay, repeat and reorder.

What happens to whom is drawn from a seed. After each half turn the books of both are read while neither works: every
fen is in exactly one place.
"""

import random
import threading
from collections import Counter
from pathlib import Path

import pytest

from yibao.services.relocation.workflow import Position, money_faults, whereabouts

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).with_name("mover_town.py")
AT_ONCE = 500
SEED = 2026
PAIRS = (("500000", "140100"), ("320500", "320200"), ("440100", "440300"))
"""Places kept in the first installation and in the second: account remitted, credited first, never moved."""
WEATHER = (10, 10, 15, 15)
"""Of a hundred requests so many are lost, lose their answer, come late, come twice."""
BALANCES = (0, 1, 999, 123_456, 10_000_001)
TROUBLE = (
    *("withdraw_old", "withdraw_new", "die_old", "die_new", "retire", "wrong_table", "refused", "bounce"),
    *("not_stopped", "arrears", "crossed", "stranger", "other_name", "refund"),
)
KINDS = {"employee": 6, "to_employee": 2, "to_resident": 1, "resident": 1}
WITH_ACCOUNT = ("employee", "to_resident")
"""Kinds of transfer and how often each is told; residents have no account that moves."""
TURNS_MAX = 400
STEPS, STORE = "yibao.services.relocation.actions", "yibao.store.exchange"
APPLY = {
    "draft opened": f"{STEPS}.applying:open_draft 1 after",
    "handed in, the other place not asked": f"{STEPS}.saying:request 1 before",
    "asked, not committed": f"{STEPS}.saying:request 1 after",
    "handed in": f"{STEPS}.applying:submit 1 after",
}
LINE = {
    "leased to carry": f"{STORE}.delivering:lease 1 after",
    "batch proven": f"{STORE}.receiving:take 1 before",
    "batch stored, not answered": f"{STORE}.receiving:take 1 after",
    "carried, not settled": f"{STORE}.delivering:settle 1 before",
    "settled": f"{STORE}.delivering:settle 1 after",
}
ANSWER = {
    "inside a handler": f"{STEPS}.several:_side 1 after",
    "handled": f"{STORE}.handling:handle 1 after",
    "several done together, not committed": f"{STORE}.handling:mark_done 1 after",
    "several handled together": f"{STORE}.handling:handle_together 1 after",
    "case not opened": f"{STEPS}.asked:_opened 1 before",
    "case opened, not committed": f"{STEPS}.asked:_opened 1 after",
    "checks said, not committed": f"{STEPS}.saying:checked 1 after",
    "refusal said, not committed": f"{STEPS}.saying:not_here 1 after",
    "not accepted, not committed": f"{STEPS}.calling_off:not_accepted 1 after",
    "clocks not begun": f"{STEPS}.protocol:_accept 1 before",
    "clocks begun, not committed": f"{STEPS}.protocol:_accept 1 after",
    "acceptance said, not committed": f"{STEPS}.saying:accepted 1 after",
}
TABLE = {
    "table made, not signed": f"{STEPS}.tables:_signed_by_clerk 1 before",
    "table signed by the clerk": f"{STEPS}.tables:build 1 after",
    "signed, money not in transit": f"{STEPS}.money:depart 1 before",
    "in transit, table not sent": f"{STEPS}.money:depart 1 after",
    "table said, not committed": f"{STEPS}.saying:table 1 after",
    "table sent": f"{STEPS}.tables:sign 1 after",
    "table kept, not committed": f"{STEPS}.protocol:_announced 1 after",
    "inside the check": f"{STEPS}.loading:_moved 1 before",
    "checked": f"{STEPS}.loading:check 1 after",
    "years entered, not signed": f"{STEPS}.loading:take_over 1 after",
    "loading said, not committed": f"{STEPS}.saying:loaded 1 after",
    "loaded": f"{STEPS}.loading:load 1 after",
    "relation ended, not committed": f"{STEPS}.protocol:_end_relation 1 after",
}
MONEY = {
    "payment not booked": f"{STEPS}.money:pay 1 before",
    "payment booked, not committed": f"{STEPS}.money:pay 1 after",
    "paid": f"{STEPS}.paying:pay 1 after",
    "notice not said": f"{STEPS}.saying:money_notice 1 before",
    "payment confirmed": f"{STEPS}.paying:confirm_paid 1 after",
    "arrival booked, not committed": f"{STEPS}.money:arrive 1 after",
    "arrived": f"{STEPS}.arriving:arrived 1 after",
    "credit booked, not committed": f"{STEPS}.money:credit 1 after",
    "receipt said, not committed": f"{STEPS}.saying:receipt 1 after",
    "credited": f"{STEPS}.arriving:credit 1 after",
    "payment came back": f"{STEPS}.paying:bounced 1 after",
}
BACK = {
    "correction said, not committed": f"{STEPS}.saying:correction 1 after",
    "sent back": f"{STEPS}.loading:send_back 1 after",
    "money back home, not committed": f"{STEPS}.money:back_home 1 after",
    "cancellation said, not committed": f"{STEPS}.saying:cancellation 1 after",
    "ended, not committed": f"{STEPS}.calling_off:end 1 after",
    "withdrawn": f"{STEPS}.applying:withdraw 1 after",
    "refused": f"{STEPS}.calling_off:refuse 1 after",
}
ORDERS = tuple(order for part in (APPLY, LINE, ANSWER, TABLE, MONEY, BACK) for order in part.values())
"""In the order in which transfers come to them."""
POINTS = sorted({order.split()[0] for order in ORDERS})
SHORT_EVERY = 7
PATIENCE_TURNS = 5
KILLED_SHORT, KILLED_LONG, WORLDS_MAX, KILLED_SEED = 20, 60, 40, 10_000


def stories(*, seed, count):
    """Return what happens to so many people: drawn from the seed alone."""
    dice = random.Random(seed)
    return [_story(dice, seed * AT_ONCE + n) for n in range(count)]


def _story(dice, serial):
    here, there = PAIRS[dice.choices((0, 1, 2), weights=(6, 2, 2))[0]]
    source, target = (here, there) if dice.random() < 0.7 else (there, here)
    kind = dice.choices(tuple(KINDS), weights=tuple(KINDS.values()))[0]
    trouble = dice.sample(TROUBLE, dice.choice((0, 0, 0, 1, 1, 2)))
    if "crossed" in trouble:
        # Both ask to go where they came from, which is the same kind of way only between employees.
        kind = "employee"
    if "die_new" in trouble and dice.random() < 0.5:
        trouble.append("sent_home")
    # Where two applications cross, each is made where somebody leaves.
    at_old = dice.random() < 0.5 or "crossed" in trouble
    unknown = "stranger" in trouble and not at_old
    return {
        "serial": serial, "source": source, "target": target, "at_old": at_old, "window": dice.random() < 0.2,
        "balance": 0 if unknown or kind not in WITH_ACCOUNT else dice.choice(BALANCES), "trouble": trouble,
        "kind": kind,
    }  # fmt: skip


def test_people_of_every_kind_are_among_those_who_move(transfers):
    told = Counter(one["kind"] for one in stories(seed=0, count=min(AT_ONCE, transfers)))
    assert set(told) == set(KINDS)


def joined(sites, *, seed):
    """Have both installations run, each known to the other at the address of a bad line; return the lines."""
    from yibao.cli.exchange_line import served
    from yibao.exchange.line import Weather

    keys = [site.ask_town("host", [pair[n] for pair in PAIRS]) for n, site in enumerate(sites)]
    lines = []
    for n, site in enumerate(sites):
        other = sites[1 - n]
        line = served(listen=0, target=f"http://127.0.0.1:{other.port}", weather=Weather(*WEATHER), seed=seed + n)
        threading.Thread(target=line.serve_forever, daemon=True).start()
        site.ask_town("join", keys[1 - n], f"http://127.0.0.1:{line.server_port}/api/exchange")
        lines.append(line)
    return lines


class World:
    """Both installations and the stories told just now."""

    turn = 0

    def __init__(self, sites, *, seed, count, mortal=False):
        self.sites, self.mortal = sites, mortal
        self.stories = stories(seed=seed, count=count)
        self.kills = Counter()
        self.states = 0
        self.orders = []
        self.waited = Counter()
        self.ask("begin", self.stories)

    def ask(self, verb, *arguments):
        """Have a verb done at both places at the same time."""
        for site in self.sites:
            site.tell_town(verb, *arguments)
        return [site.told() for site in self.sites]

    def killable(self, verb, *arguments):
        """Have a verb done at both places, by processes that may be killed where some are; return how much was done."""
        told = self.ask("die_if_told", verb, *arguments) if self.mortal else self.ask(verb, *arguments)
        self.kills[verb] += told.count(None)
        # Who was killed did something, or would have.
        return sum(1 if one is None else one for one in told)

    def look(self):
        """One turn: people apply and act, messages are carried and handled; return whether anything moved."""
        # Time goes on from one world to the next, whichever test makes it.
        World.turn += 1
        self.die_next()
        brought = {}
        for paid in self.ask("paid"):
            brought |= paid
        moved = self.killable("apply", self.turn) + self.killable("act", self.turn, brought)
        self.whole()
        # One after the other, so that the line meets the same requests each time.
        for site in self.sites:
            told = site.ask_town(*(["die_if_told"] if self.mortal else []), "carry", self.turn)
            self.kills["carry"] += told is None
            moved += 1 if told is None else told
        moved += self.killable("handle", self.turn)
        self.whole()
        return moved

    def die_next(self):
        """Have the next process that comes to a point die there, one at each place; what is not come to waits."""
        for site in self.sites:
            if site.to_die:
                self.waited[site] += 1
                if self.waited[site] % PATIENCE_TURNS:
                    continue
                self.orders.append((site, site.let_live()))
            mine = next((one for one in self.orders if one[0] is site), None)
            if mine:
                self.orders.remove(mine)
                site.die_at(mine[1])

    def run(self):
        """Let time pass until nothing moves and nothing is on its way."""
        for _ in range(TURNS_MAX):
            if not self.look() and not sum(self.ask("waiting")):
                return
        raise AssertionError(f"the transfers never come to rest: {self.faults()}")

    def whole(self):
        """Every fen is in exactly one place, counted over the books of both installations."""
        told = self.ask("books")
        sides, held = {}, Counter()
        for one in told:
            for thread, side, position in one["sides"]:
                sides.setdefault(thread, {})[side] = Position(**position)
            held.update({int(serial): fen for serial, fen in one["held"].items()})
        faults, moving = [], 0
        for thread, both in sides.items():
            old, new = both.get("out", Position()), both.get("in", Position())
            faults += [f"{thread}: {fault}" for fault in money_faults(old=old, new=new)]
            where = whereabouts(old=old, new=new)
            moving += where.owed + where.wire + where.waiting
            self.states += 1
        assert faults == []
        assert sum(held.values()) + moving == sum(one["balance"] for one in self.stories)
        return held

    def faults(self):
        """Return what is wrong once everything rests."""
        found = [fault for told in self.ask("faults") for fault in told]
        held = self.whole()
        for one in self.stories:
            if held[one["serial"]] != one["balance"]:
                found.append(f"{one['serial']}: {held[one['serial']]} fen of {one['balance']}")
        said, heard = self.ask("said"), self.ask("heard")
        for way in (0, 1):
            ours, theirs = said[way], heard[1 - way]
            found += [f"{one} was not heard as it was said" for one in ours if ours[one] != theirs.get(one)]
        return found + [f"{thread} ended on one side only" for thread, both in self.ends().items() if _apart(both)]

    def ends(self):
        """Return where each thread ended, by side."""
        first, second = self.ask("ends")
        return {thread: first.get(thread, {}) | second.get(thread, {}) for thread in first | second}


def _apart(both):
    """Whether one side is loaded and the other is not."""
    return len({stage.startswith("loaded") for stage in both.values()}) > 1


@pytest.fixture(scope="module")
def towns(two_agencies):
    """Both installations, served, each behind a bad line."""
    for site in two_agencies:
        site.mortal(POINTS)
        site.environment |= {"YIBAO_EXCHANGE_MINUTE": "100000"}
        site.start()
    lines = joined(two_agencies, seed=SEED)
    yield two_agencies
    for line in lines:
        line.shutdown()
        line.server_close()


def test_every_transfer_between_two_installations_ends_with_every_fen_in_one_place(towns, figures, transfers):
    ends, states = Counter(), 0
    for seed, first in enumerate(range(0, transfers, AT_ONCE)):
        world = World(towns, seed=seed, count=min(AT_ONCE, transfers - first))
        world.run()
        assert world.faults() == []
        ends += Counter(" / ".join(f"{side}: {both[side]}" for side in sorted(both)) for both in world.ends().values())
        states += world.states
    figures("transfers", transfers)
    figures("states looked at", states)
    figures("ends", dict(ends))
    for site in towns:
        assert site.ask_town("proof") == []


def test_killed_at_each_labelled_point_of_a_transfer_nothing_is_lost_or_done_twice(towns, soaking, figures):
    orders = [(towns[n % 2], order) for n, order in enumerate(ORDERS[::SHORT_EVERY])]
    if soaking:
        orders = [(site, order) for order in ORDERS for site in towns]
    count, wanted, kills = KILLED_LONG if soaking else KILLED_SHORT, len(orders), 0
    for seed in range(KILLED_SEED, KILLED_SEED + WORLDS_MAX):
        world = World(towns, seed=seed, count=count, mortal=True)
        world.orders = orders
        world.run()
        assert world.faults() == []
        kills += sum(world.kills.values())
        if not orders and not any(site.to_die for site in towns):
            break
    assert (orders, [site.to_die for site in towns]) == ([], [False, False])
    figures("labelled points", len(ORDERS))
    figures("kills", {"in all": wanted, "of desks and workers": kills})
    for site in towns:
        assert site.ask_town("proof") == []
