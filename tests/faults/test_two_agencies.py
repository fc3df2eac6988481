"""Two installations talk over a line that loses, delays and repeats, and each is killed at every labelled point."""

import threading

import pytest

pytestmark = pytest.mark.django_db
HERE, THERE = "500000", "140100"
STORE = "yibao.store.exchange"
THREADS = ("T-1", "T-2", "T-3")
WORKER = {
    "leased to carry": f"{STORE}.delivering:lease 1 after",
    "signed": f"{STORE}.delivering:sign_batch 1 after",
    "carried, not settled": f"{STORE}.delivering:settle 1 before",
    "settled": f"{STORE}.delivering:settle 1 after",
    "leased to handle": f"{STORE}.handling:lease 1 after",
    "inside the handling": f"{STORE}.handling:_done 1 after",
    "answered inside the handling": f"{STORE}.handling:handle 2 before",
    "handled": f"{STORE}.handling:handle 1 after",
    "several done together, not committed": f"{STORE}.handling:mark_done 1 after",
    "several handled together": f"{STORE}.handling:handle_together 1 after",
}
DOOR = {
    "batch came": f"{STORE}.receiving:open_batch 1 before",
    "batch proven": f"{STORE}.receiving:take 1 before",
    "batch stored, not answered": f"{STORE}.receiving:take 1 after",
}
POINTS = sorted({order.split()[0] for order in (WORKER | DOOR).values()})
LOOKS_MAX = 60
LONG = 12


@pytest.fixture(scope="module")
def agencies(two_agencies):
    """Both agencies, entered with one another's keys and the addresses of the lines between them."""
    from yibao.cli.exchange_line import served
    from yibao.exchange.line import Weather

    lines = []
    for site in two_agencies:
        site.mortal(POINTS)
        site.environment |= {"YIBAO_EXCHANGE_MINUTE": "100000"}
        site.start()
    public = [site.ask_town("host", area) for site, area in zip(two_agencies, (HERE, THERE), strict=True)]
    for n, site in enumerate(two_agencies):
        other = two_agencies[1 - n]
        line = served(listen=0, target=f"http://127.0.0.1:{other.port}", weather=Weather(15, 15, 15, 15), seed=2026 + n)
        threading.Thread(target=line.serve_forever, daemon=True).start()
        lines.append(line)
        address = f"http://127.0.0.1:{line.server_port}/api/exchange"
        site.ask_town("join", (HERE, THERE)[1 - n], address, public[1 - n])
    yield two_agencies
    for line in lines:
        line.shutdown()
        line.server_close()


class Talk:
    """Both workers in turn, the clock going on so that leases of the killed run out."""

    def __init__(self, agencies):
        self.agencies = agencies
        self.turn = self.asked = self.kills = 0

    def ask(self):
        self.asked += 1
        self.agencies[0].ask_town("ask", HERE, THERE, THREADS, self.asked)
        self.agencies[1].ask_town("ask", THERE, HERE, THREADS, self.asked)

    def until(self, over):
        for _ in range(LOOKS_MAX):
            self.turn += 1
            told = [site.ask_town("look", self.turn) for site in self.agencies]
            assert "failed" not in told
            self.kills += told.count("killed")
            if over(told):
                return
        raise AssertionError(f"still not over: {told}")


def test_messages_survive_every_kill_and_any_line(agencies, soaking, figures):
    talk = Talk(agencies)
    orders = [*WORKER.values(), *DOOR.values()]
    kills = [(agencies[n % 2], order) for n, order in enumerate(orders)]
    if soaking:
        kills = [(victim, order) for order in orders for victim in agencies] * LONG
    for victim, order in kills:
        talk.ask()
        victim.die_at(order)
        talk.until(lambda told, victim=victim: not victim.to_die)
    talk.until(lambda told: told == ["quiet", "quiet"] and not any(one.ask_town("waiting") for one in agencies))
    figures("messages", talk.asked * len(THREADS) * 4)
    figures("kills", len(kills))
    for site in agencies:
        assert site.ask_town("faults") == []
        assert site.ask_town("heard") == dict.fromkeys(THREADS, talk.asked * 2)
    assert talk.kills == sum(order in WORKER.values() for _, order in kills)
