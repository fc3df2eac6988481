"""The server is killed under load, again and again: nothing is half done, nothing is paid twice, all can go on."""

import re
import threading
import time
from http.client import HTTPException

import pytest

pytestmark = pytest.mark.django_db
KILL_AT = (5, 22, 42)
STEPS = ("submit", "accept", "approve", "pay", "confirm_paid")
DESK = {"accept": "clerk", "approve": "reviewer", "pay": "finance", "confirm_paid": "finance"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
PATIENCE_SECONDS = 240
WHOLE = {
    "draft": ["open"],
    "submitted": ["submit"],
    "accepted": ["submit", "accept"],
    "approved": ["submit", "accept", "approve"],
    "executing": ["submit", "accept", "approve", "pay"],
    "completed": ["submit", "accept", "approve", "pay", "confirm_paid"],
}
POSTED = {"approved": ["refund.payable"], "executing": ["refund.payable", "refund.paid"]}
POSTED["completed"] = POSTED["executing"]


class Load:
    """One application after another from each of many people, who try again until they are through."""

    def __init__(self, installation, town) -> None:
        self.site = installation
        self.town = town
        self.answered = 0
        self.stopped = False
        self.strange: list[str] = []
        self.threads = [threading.Thread(target=self._carry, args=[one], daemon=True) for one in town["applicants"]]

    def _carry(self, applicant) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        for step in STEPS:
            while not self.stopped and time.monotonic() < until:
                try:
                    if self._step(step, applicant):
                        break
                except (OSError, HTTPException):
                    time.sleep(0.05)

    def _step(self, step, applicant) -> bool:
        """Take a step as its page offers it, twice as a double click does; return whether it is behind us."""
        number = applicant["number"]
        if step == "submit":
            session, page = applicant["session"], f"/refund/cases/{number}/check"
            action = f"/refund/cases/{number}/submit"
        else:
            session, page = self.town["staff"][DESK[step]], f"/workbench/refund/cases/{number}"
            action = f"/workbench/refund/cases/{number}/do/{step}"
        status, text = self.site.ask(session, page)
        if status >= 500:
            self.strange.append(f"{page}: {status}")
        _, found, form = text.partition(f'action="{action}"')
        if not found:
            return status in (200, 302, 409)
        sent = dict(HIDDEN.findall(form.partition("</form>")[0])) | {"reference": "B-1", "confirmed": "1"}
        for _ in range(2):
            status, _ = self.site.ask(session, action, sent)
            self.answered += 1
            if status not in (302, 409):
                self.strange.append(f"{action}: {status}")
        return False


def test_a_killed_server_leaves_nothing_half_done_and_pays_once(installation):
    town = installation.town("make")
    installation.start()
    load = Load(installation, town)
    for thread in load.threads:
        thread.start()
    for place in KILL_AT:
        _wait(lambda place=place: load.answered >= place or not any(thread.is_alive() for thread in load.threads))
        installation.kill()
        assert_whole(installation)
        installation.start()
    for thread in load.threads:
        thread.join(PATIENCE_SECONDS)
    load.stopped = True
    assert load.strange == []
    assert assert_whole(installation) == ["completed"] * len(town["applicants"])


def _wait(met) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not met():
        assert time.monotonic() < until, "the load stands still"
        time.sleep(0.01)


def assert_whole(installation) -> list[str]:
    """Books and chains are proven, and every case is exactly as far as its last action; return the states."""
    for what in ("ledger", "audit"):
        proof = installation.yibao(what, "verify")
        assert proof.returncode == 0, proof.stderr
    cases = installation.town("report")
    for case in cases:
        done = [kind for kind in case["actions"] if kind in STEPS]
        assert done == [kind for kind in WHOLE[case["state"]] if kind in STEPS], case
        assert case["posted"] == POSTED.get(case["state"], []), case
        assert case["paid_fen"] == ([case["amount_fen"]] if "pay" in done else []), case
    return [case["state"] for case in cases]
