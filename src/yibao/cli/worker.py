"""`yibao worker`: what happens without a click: letters, due dates, escalations."""

import os
import signal
import socket
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

import click

from yibao.cli.django_setup import require_ready

if TYPE_CHECKING:
    from yibao.batch.worker import Done, PutOff

LOOK_EVERY_SECONDS = 5
AWAY = "数据库暂时连不上 the database cannot be reached just now ({error})"


@click.command()
@click.option("--once", is_flag=True, help="做完到期的工作就退出 do what is due, then stop")
def command(once: bool) -> None:
    """办理到期事项：文书、时限、升级提醒；一件失败不影响其他。 Do what is due; one failing case never stops others."""
    require_ready()
    from yibao.batch import worker
    from yibao.store import rings

    rings.settle()
    running = True

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    name = f"{socket.gethostname()}/{os.getpid()}"
    failed = 0
    put_off = worker.PutOff()
    while running:
        done = _look(name, put_off)
        failed += len(done.failures)
        for line in done.lines():
            click.echo(line)
        # What failed is due again later: looking again at once would never end.
        if once and len(done.failures) >= done.work:
            break
        if not done.work:
            time.sleep(LOOK_EVERY_SECONDS)
    sys.exit(1 if once and failed else 0)


def _look(name: str, put_off: "PutOff") -> "Done":
    """Do what is due; while the database is away that is nothing, and one failure."""
    from django.db import OperationalError, connection
    from django.utils import timezone

    from yibao import services
    from yibao.batch import worker

    try:
        with services.one_version(at=timezone.now(), wait=True):
            return worker.look(name=name, on=timezone.localdate(), at=timezone.now(), put_off=put_off)
    except OperationalError as error:
        connection.close()
        return worker.Done(failures=[AWAY.format(error=type(error).__name__)])
