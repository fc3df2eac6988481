"""`yibao serve`: the site, behind a web server that stands on its own."""

import os
import socket
import sys

import click

from yibao.cli.django_setup import require_ready

LISTENING = "医保办事 Yibao: http://{name}:{port}   （按 Ctrl+C 停止 Ctrl+C stops it）"
GRACE_SECONDS = 5
CANNOT_LISTEN = """\
端口 {port} 已被占用，网站没有启动。请关掉占用它的程序，或用 --port 换一个端口。
Port {port} is in use, so the site was not started. Stop the program that holds it, or choose another with --port."""


@click.command(help="启动网站。 Serve the portal, the workbench and the API.")
@click.option("--host", default="127.0.0.1", show_default=True, help="听在哪个地址 Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 Port.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数 Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="每进程线程数 Threads each.")
def command(*, host: str, port: int, workers: int, threads: int) -> None:
    """Replace this process with the web server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.project.settings")
    if not _free(host=host, port=port):
        click.echo(CANNOT_LISTEN.format(port=port), err=True)
        raise SystemExit(1)
    require_ready()
    name = "localhost" if host in ("127.0.0.1", "::1") else host
    click.echo(LISTENING.format(name=name, port=port))
    sys.stdout.flush()
    server = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", str(workers)]
    server += [
        "--threads",
        str(threads),
        "--log-level",
        "warning",
        "--no-control-socket",
        # Ctrl+C must free the port soon, also where a browser keeps its connection open.
        "--graceful-timeout",
        str(GRACE_SECONDS),
        # The packs are read once, before the processes part; one that starts anew later begins with a good version.
        "--preload",
        "yibao.project.wsgi:application",
    ]
    os.execv(sys.executable, server)


def _free(*, host: str, port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return False
    return True
