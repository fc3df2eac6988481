"""Web process and worker are killed at each labelled point on the way of a case; the same request again goes on."""

import re
import time
from http.client import HTTPException

import pytest

from yibao.bank import pain001, simulator

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
REFUND, STORE, MONEY = "yibao.services.refund.actions", "yibao.store", "yibao.services.payouts"
SUBMIT = {
    "submit asked": f"{REFUND}:submit 1 before",
    "inside submit": f"{STORE}.cases:act 1 before",
    "submit acted": f"{STORE}.cases:act 1 after",
    "submit done": f"{REFUND}:submit 1 after",
}
APPROVE = {
    "approve asked": f"{REFUND}:approve 1 before",
    "inside approve": f"{STORE}.cases:write 1 before",
    "approve acted": f"{STORE}.cases:write 1 after",
    "approve done": f"{REFUND}:approve 1 after",
}
POST = {
    "post asked": f"{STORE}.posting:post_along 1 before",
    # The signature is written, and on SQLite, which takes one statement after the other, the posting is not yet.
    "inside post": f"{STORE}.cases:write 1 after",
    "post made ready": f"{STORE}.posting:post_along 1 after",
}
MAKE = {
    "batch asked": f"{MONEY}:make 1 before",
    "inside the making": f"{STORE}.batches:_still 2 before",
    "batch made": f"{MONEY}:make 1 after",
    "batch looked at": f"{STORE}.batches:get 1 before",
}
RELEASE = {
    "batch released": f"{MONEY}:carry_on 1 before",
    "inside the first payment": f"{STORE}.batches:tie 1 before",
    "first case paid": f"{REFUND}:pay 1 after",
    "all paid": f"{STORE}.batches:seal 1 before",
    "file written": f"{STORE}.batches:_locked 2 before",
}
IMPORT = {
    "answer noted": f"{STORE}.bank:lines_of 1 before",
    "inside the first line": f"{STORE}.bank:record 1 before",
    "first line read": f"{STORE}.bank:record 1 after",
    "import half way": f"{STORE}.bank:record 2 before",
    "last line read": f"{STORE}.bank:finish 1 before",
}
LETTER = {
    "job leased": f"{REFUND}:begin_paper 1 before",
    "letter numbered": f"{STORE}.papers:take 1 after",
    "letters typeset": f"{REFUND}:keep_paper 1 before",
    "inside the letter": f"{STORE}.papers:issue 1 before",
    "letter kept": f"{STORE}.papers:issue 1 after",
    "letter done": f"{REFUND}:keep_paper 1 after",
}
NIGHT = {
    "inside escalation": f"{STORE}.cases:act 1 before",
    "escalated": f"{STORE}.cases:act 1 after",
    "inside the day's end": f"{STORE}.reconciliation:make_due 1 before",
}
STAGES = (SUBMIT, APPROVE, POST, MAKE, RELEASE, IMPORT)
ROUNDS = max(map(len, STAGES))
SHORT = 1
POINTS = sorted({order.split()[0] for stage in (*STAGES, LETTER, NIGHT) for order in stage.values()})
PATIENCE_SECONDS = 90
GROUP = re.compile(r'<form[^>]*>(?:(?!</form>).)*name="scheme"(?:(?!</form>).)*</form>', re.DOTALL)


class Office:
    """People at their browsers, who send again what was not answered."""

    def __init__(self, site, town):
        self.site, self.town = site, town
        self.kills = 0

    def sent(self, session, address, form=None, *, point="", file=None):
        """Send a request; with a point the process that answers is killed there, and the request is sent again."""
        if point:
            self.site.die_at(point)
            with pytest.raises((OSError, HTTPException)):
                self.site.ask(session, address, form, file=file)
            assert not self.site.to_die, f"{point} was never reached by {address}"
            self.kills += 1
            self.assert_whole()
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                status, text = self.site.ask(session, address, form, file=file)
                assert status in (200, 302, 409), (address, status)
                return text
            except (OSError, HTTPException):
                assert time.monotonic() < until, f"{address} is never answered"
                time.sleep(0.05)

    def step(self, session, page, action, *, point=""):
        """Press the button of a page."""
        _, found, form = self.sent(session, page).partition(f'action="{action}"')
        assert found, f"{page} does not offer {action}"
        hidden = dict(HIDDEN.findall(form.partition("</form>")[0])) | {"confirmed": "1"}
        self.sent(session, action, hidden, point=point)

    def assert_whole(self):
        assert self.site.ask_town("faults") == []

    def submit(self, applicant, point):
        address = f"/refund/cases/{applicant['number']}"
        self.step(applicant["session"], f"{address}/check", f"{address}/submit", point=point)

    def sign(self, verb, name, applicant, point=""):
        address = f"/workbench/refund/cases/{applicant['number']}"
        self.step(self.town["staff"][name], address, f"{address}/do/{verb}", point=point)

    def make_batch(self, point):
        maker, address = self.town["staff"]["finance"], "/workbench/batches"
        (form,) = GROUP.findall(self.sent(maker, address))
        self.sent(maker, address, dict(HIDDEN.findall(form)), point=point)
        return max(re.findall(r"PB-\d+-\d+-\d+", self.sent(maker, address)))

    def release(self, number, point):
        address = f"/workbench/batches/{number}"
        checker = self.town["staff"]["finance2"]
        self.step(checker, address, f"{address}/do/release", point=point)
        page = self.sent(checker, address)
        if f"{address}/do/carry_on" in page:
            self.step(checker, address, f"{address}/do/carry_on")

    def read_in(self, number, point):
        bulk = pain001.read(self.site.ask_town("batch_file", number).encode())
        calm = simulator.Temper(seed=1, bounce=0, drop=0, repeat=0, reorder=False)
        content = simulator.answers(bulk=bulk, temper=calm)[-1]
        self.sent(self.town["staff"]["finance"], "/workbench/bank-results", file=content, point=point)

    def states(self):
        return {case["number"]: (case["state"], case["paid_fen"]) for case in self.site.ask_town("report")}


@pytest.fixture(scope="module")
def office(installation, soaking):
    rounds = ROUNDS if soaking else SHORT
    town = installation.ask_town("make", 2 * rounds + 1)
    installation.mortal(POINTS)
    installation.start()
    return Office(installation, town)


def nth(stage, place):
    """Return the point of a stage for a round; stages with fewer points begin again."""
    orders = list(stage.values())
    return orders[place % len(orders)]


def test_killed_at_each_labelled_point_the_web_pays_each_case_once(office, soaking, figures):
    rounds = range(ROUNDS) if soaking else range(1, 1 + SHORT)
    pairs = zip(office.town["applicants"][1::2], office.town["applicants"][2::2], strict=True)
    for place, (one, two) in zip(rounds, pairs, strict=True):
        office.submit(one, nth(SUBMIT, place))
        office.submit(two, nth(SUBMIT, place + 1))
        office.sign("accept", "clerk", one)
        office.sign("accept", "clerk", two)
        office.sign("approve", "reviewer", one, nth(APPROVE, place))
        office.sign("approve", "reviewer", two, nth(POST, place))
        number = office.make_batch(nth(MAKE, place))
        office.release(number, nth(RELEASE, place))
        office.read_in(number, nth(IMPORT, place))
        office.assert_whole()
        for case in (one, two):
            state, paid = office.states()[case["number"]]
            assert (state, len(paid)) == ("completed", 1)
    figures("kills of the web process", office.kills)


def test_killed_at_each_labelled_point_the_worker_does_everything_once(office, soaking, figures):
    site = office.site
    overdue = site.ask_town("overdue")
    stages = [*LETTER.values(), *NIGHT.values()]
    for point in stages if soaking else stages[1::3]:
        site.die_at(point)
        killed = site.yibao("worker", "--once")
        assert killed.returncode == -9, (point, killed.stderr)
        office.assert_whole()
        site.ask_town("leases_over")
    assert site.yibao("worker", "--once").returncode == 0
    done = site.ask_town("done_by_worker")
    assert done["waiting"] == 0
    assert done["escalated"] == [overdue]
    assert len(done["papers"]) == len({tuple(one) for one in done["papers"]})
    assert overdue in {number for number, _ in done["papers"]}
    assert done["days"] == 1
    office.assert_whole()
    figures("kills of the worker", len(stages) if soaking else len(stages[1::3]))
