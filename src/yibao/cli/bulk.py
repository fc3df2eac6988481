"""`yibao bulk`: approvals of many cases at once, watched and gone on with from the command line."""

import sys
import time
from typing import TYPE_CHECKING, NoReturn

import click

from yibao.cli.django_setup import require_ready
from yibao.kernel.errors import Refused

if TYPE_CHECKING:
    from yibao.store.models import BulkRun

WRONG_INPUT = 2
LOOK_EVERY_SECONDS = 2


@click.group("bulk")
def command() -> None:
    """批量审批：看进度、接着办。 Approvals of many cases at once: watch them, go on with them."""


@command.command("list")
def list_() -> None:
    """列出批量审批。 List the bulk approvals, newest first."""
    require_ready()
    from yibao.store.models import BulkRun

    for run in BulkRun.objects.all()[:50]:
        click.echo(f"{run.number} {run.state} {_told(run.number)}")


@command.command("watch")
@click.argument("number")
@click.option("--once", is_flag=True, help="只看一次 look once, then stop")
def watch(number: str, once: bool) -> None:
    """看一批的进度，直到办完。 Watch a run until it is done."""
    require_ready()
    told = ""
    while True:
        run = _found(number)
        line = f"{run.number} {run.state} {_told(number)}"
        if line != told:
            click.echo(line)
        told = line
        if once or run.state != "released":
            return
        time.sleep(LOOK_EVERY_SECONDS)


@command.command("resume")
@click.argument("number")
def resume(number: str) -> None:
    """接着办已放行的一批；已办的不会重复。 Go on with a released run; nothing is done twice."""
    require_ready()
    from django.utils import timezone

    from yibao import services
    from yibao.services import bulk

    _found(number)
    with services.one_version(at=timezone.now(), wait=True):
        try:
            run = bulk.work(number=number, on=timezone.localdate(), at=timezone.now())
        except Refused as no:
            _say(no)
    click.echo(f"{run.number} {run.state} {_told(number)}")
    sys.exit(0 if run.state == "done" else 1)


def _found(number: str) -> "BulkRun":
    from yibao.store import bulk

    try:
        return bulk.get(number)
    except Refused as no:
        _say(no)


def _say(no: Refused) -> NoReturn:
    refusal = no.refusal
    click.echo(f"{refusal.zh}。{refusal.next_zh} {refusal.en}. {refusal.next_en}", err=True)
    sys.exit(WRONG_INPUT)


def _told(number: str) -> str:
    from yibao.store import bulk

    parts = bulk.progress(bulk.get(number))
    return " ".join(f"{outcome}={parts[outcome]['count']}" for outcome in sorted(parts))
