"""Messages between two installations over HTTP on PostgreSQL: said, carried, handled; in batches and one at a time."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import requests

from benchmarks.casework import MACHINE, ROOT, pgbench
from benchmarks.measure import Figure

HERE, THERE = "500000", "140100"
MESSAGES, ALONE = 1_000, 100
START_SECONDS = 60
BATCH = 100


class Agency:
    """One installation: a home, a database, a server."""

    def __init__(self, url: str, home: str) -> None:
        self.environment = os.environ | {
            "YIBAO_HOME": home, "YIBAO_DATABASE_URL": url, "YIBAO_DATABASE_POOL": "0", "YIBAO_SECOND_FACTOR": "off",
            "YIBAO_EXCHANGE_MINUTE": "1000000",
        }  # fmt: skip

    def run(self, *arguments: str) -> Any:
        """Return what this installation measured."""
        command = [sys.executable, "-m", "benchmarks.exchange_run", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve meanwhile; gives the address of the door."""
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = door.getsockname()[1]
        program = "from yibao.cli import main; main()"
        command = [sys.executable, "-c", program, "serve", "--port", str(port), "--workers", "1", "--threads", "4"]
        # A site keeps its connections.
        environment = self.environment | {"YIBAO_DATABASE_POOL": "4"}
        server = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            _answers(f"http://127.0.0.1:{port}/api/v1/health")
            yield f"http://127.0.0.1:{port}/api/exchange"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def figures() -> list[Figure]:
    """Return the figures, with pgbench beside them."""
    running = subprocess.run([MACHINE, "running", "bench"], check=False).returncode == 0
    url = subprocess.run([MACHINE, "start", "bench"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        return _measured(url, pgbench(url))
    finally:
        if not running:
            subprocess.run([MACHINE, "stop", "bench"], check=True)


def _measured(url: str, beside: str) -> list[Figure]:
    with database(url, "here") as first, database(url, "there") as second, tempfile.TemporaryDirectory() as homes:
        here, there = Agency(first, f"{homes}/here"), Agency(second, f"{homes}/there")
        keys = here.run("host", HERE), there.run("host", THERE)
        there.run("join", HERE, "http://127.0.0.1:9", keys[0])
        with there.served() as door:
            here.run("join", THERE, door, keys[1])
            said, batched, alone = here.run("speak", str(MESSAGES), str(BATCH), str(ALONE))
        handled = there.run("handle")
    whole = 1 / sum(1 / part["per_second"] for part in (said, batched, handled))
    return [
        _figure("said", said, beside),
        _figure(f"carried in signed batches of {BATCH}", batched, beside),
        _figure("carried one at a time", alone, beside),
        _figure("handled", handled, beside),
        Figure("PostgreSQL: messages said, carried and handled, one after another", whole, "messages/s", beside=beside),
    ]


def _figure(what: str, result: dict[str, float], beside: str) -> Figure:
    told = f"{result['cpu_milliseconds']:.2f} ms of Python, {result['statements']:.2f} statements each; {beside}"
    return Figure(f"PostgreSQL: messages {what}", result["per_second"], "messages/s", beside=told)


@contextmanager
def database(url: str, what: str) -> Iterator[str]:
    """Keep a database of its own meanwhile; gives its address."""
    name = f"bench_{what}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield url.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _answers(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            requests.get(address, timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
