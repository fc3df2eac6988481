"""`yibao worker`: what happens without a click: letters, due dates, escalations."""

import os
import signal
import socket
import sys
import time
from types import FrameType

import click

from yibao.cli.django_setup import require_ready

LOOK_EVERY_SECONDS = 5


@click.command()
@click.option("--once", is_flag=True, help="做完到期的工作就退出 do what is due, then stop")
def command(once: bool) -> None:
    """办理到期事项：文书、时限、升级提醒；一件失败不影响其他。 Do what is due; one failing case never stops others."""
    require_ready()
    from django.utils import timezone

    from yibao import services
    from yibao.batch import worker

    running = True

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    name = f"{socket.gethostname()}/{os.getpid()}"
    failed = 0
    while running:
        with services.one_version(at=timezone.now(), wait=True):
            done = worker.look(name=name, on=timezone.localdate(), at=timezone.now())
        failed += len(done.failures)
        for line in done.lines():
            click.echo(line)
        # What failed is due again later: looking again at once would never end.
        if once and len(done.failures) == done.work:
            break
        if not done.work:
            time.sleep(LOOK_EVERY_SECONDS)
    sys.exit(1 if once and failed else 0)
