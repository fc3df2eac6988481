"""Real processes answer while their packs change: good texts are taken up by all, bad ones by none, nobody waits."""

import json
import shutil
import time
from itertools import count
from urllib.request import Request, urlopen

import pytest

from yibao import services
from yibao.api.tests.test_decisions import EXAMPLE

pytestmark = pytest.mark.django_db(transaction=True)
RULE = 'fund_overlap_months: "> 0"'
PATIENCE_SECONDS = 240
PROCESSES = 2
ASKED = 12
numbers = count(1)


@pytest.fixture
def packs(installation, tmp_path):
    copied = shutil.copytree(services.packs_folder(), tmp_path / "packs")
    # The log of the web server tells which process gave which answer.
    log = f"--access-logfile {_log(installation)} --access-logformat '%(p)s %(q)s'"
    installation.environment |= {"YIBAO_PACKS": str(copied), "GUNICORN_CMD_ARGS": log}
    assert installation.yibao("manage", "migrate", "--verbosity", "0").returncode == 0
    installation.start()
    return copied


def change(packs, old, new):
    path = packs / "500000_chongqing" / "refund.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def decided(installation):
    body = json.dumps(EXAMPLE).encode()
    address = f"http://127.0.0.1:{installation.port}/api/v1/decisions"
    with urlopen(Request(address, data=body, headers={"Content-Type": "application/json"}), timeout=30) as answer:
        return json.loads(answer.read())


def _log(installation):
    return installation.home / "answered.log"


def health(installation):
    """Return what each process that was asked says, by its number."""
    told = {}
    for number in (str(next(numbers)) for _ in range(ASKED)):
        answer = json.loads(installation.ask("", f"/api/v1/health?{number}")[1])
        told[_who_answered(installation, number)] = answer
    return told


def _who_answered(installation, number):
    """Return the number of a process; its line is written a moment after its answer."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        lines = (line.split() for line in _log(installation).read_text(encoding="utf-8").splitlines())
        found = [process for process, *asked in lines if asked == [number]]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("the web server does not say who answered")


def until(installation, status, *, other_than=""):
    """Ask until every process says so; no answer in between may be missing."""
    told, end = {}, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        told |= health(installation)
        versions = {one["rules"]["version"] for one in told.values()}
        agreed = {one["status"] for one in told.values()} == {status} and len(versions) == 1
        if len(told) == PROCESSES and agreed and versions != {other_than}:
            return next(iter(told.values()))["rules"]
        time.sleep(1)
    raise AssertionError(f"not every process says {status!r}: {told}")


def test_processes_take_up_good_packs_and_go_on_with_the_last_good_ones_when_they_are_bad(installation, packs):
    first = until(installation, "ok")
    assert decided(installation)["decision"] == "refund"

    change(packs, RULE, 'fund_overlap_months: "> 11"')
    second = until(installation, "ok", other_than=first["version"])
    assert {decided(installation)["decision"] for _ in range(ASKED)} == {"no_refund"}

    change(packs, 'fund_overlap_months: "> 11"', 'fund_overlap_mnths: "> 11"')
    change(packs, "domain: refund", "domain: refund\nsurprise: 1")
    refused = until(installation, "old rules")
    assert refused["version"] == second["version"]
    assert {"unknown_name", "unknown_key"} <= {fault["code"] for fault in refused["faults"]}
    assert {decided(installation)["decision"] for _ in range(ASKED)} == {"no_refund"}

    change(packs, 'fund_overlap_mnths: "> 11"', RULE)
    change(packs, "domain: refund\nsurprise: 1", "domain: refund")
    assert until(installation, "ok", other_than=second["version"])["version"] == first["version"]
    assert decided(installation)["decision"] == "refund"
