"""An installation of its own for each module, served by real processes that may be killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import psycopg
import pytest
from django.conf import settings

TOWN = Path(__file__).with_name("small_town.py")
AGENCY = Path(__file__).with_name("agency.py")
DYING = Path(__file__).with_name("dying")
RUN_TOWN = """
import os, runpy, sys
from yibao.cli.django_setup import prepare
prepare()
sys.path.insert(0, os.path.dirname(sys.argv[1]))
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""
YIBAO = [sys.executable, "-c", "from yibao.cli import main; main()"]
START_SECONDS = 60
TOKEN = "a" * 32


class StaysHere(HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *args: Any) -> None:
        return None


class Installation:
    """A folder, a database, and a server that is started and killed."""

    def __init__(self, home: Path, database: str = "", script: Path = TOWN) -> None:
        self.home, self.script = home, script
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("YIBAO_", "DJANGO_"))}
        self.environment = (
            kept
            | {"YIBAO_HOME": str(home), "YIBAO_SECOND_FACTOR": "off"}
            | ({"YIBAO_DATABASE_URL": database} if database else {})
        )
        self.port = free_port()
        self.teller: subprocess.Popen | None = None
        self.server: subprocess.Popen | None = None

    def run(self, command: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def yibao(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run([*YIBAO, *arguments])

    def town(self, verb: str) -> Any:
        done = self.run([sys.executable, "-c", RUN_TOWN, str(TOWN), verb])
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask_town(self, verb: str, *arguments: Any) -> Any:
        """Have a verb of the town done by a process that stays: it need not read the packs again each time."""
        self.tell_town(verb, *arguments)
        return self.told()

    def tell_town(self, verb: str, *arguments: Any) -> None:
        """Have a verb begun, so that two towns work at the same time; `told` waits for its answer."""
        if self.teller is None:
            # It forks those who may be killed: a pool's threads would hold its locks in the child and never give them.
            self.teller = subprocess.Popen(
                [sys.executable, "-c", RUN_TOWN, str(self.script), "stay"],
                env=self.environment | {"YIBAO_DATABASE_POOL": "0"},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        self.teller.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self.teller.stdin.flush()

    def told(self) -> Any:
        """Return the answer to a verb that was begun."""
        told = self.teller.stdout.readline()
        assert told, "the process of the town ended"
        return json.loads(told)

    def dismiss(self) -> None:
        """Let the process of the town end."""
        if self.teller is not None:
            self.teller.communicate()
            self.teller = None

    def mortal(self, points: Iterable[str]) -> None:
        """Let processes started from now on die at points, where `die_at` says so."""
        path = os.pathsep.join(filter(None, [str(DYING), self.environment.get("PYTHONPATH", "")]))
        self.environment |= {"PYTHONPATH": path, "YIBAO_TEST_POINTS": ",".join(points)}

    def die_at(self, order: str) -> None:
        """Have the next process that comes to a point die there: module:function, which call, before or after."""
        (self.home / "die-at").write_text(order, encoding="utf-8")

    def let_live(self) -> str:
        """Take back the order nobody died at, and return it."""
        order = (self.home / "die-at").read_text(encoding="utf-8")
        (self.home / "die-at").unlink()
        return order

    @property
    def to_die(self) -> bool:
        """Return whether nobody died yet."""
        return (self.home / "die-at").exists()

    def start(self) -> None:
        """Serve, in a group of processes of its own."""
        self.server = subprocess.Popen(
            [*YIBAO, "serve", "--port", str(self.port), "--workers", "2", "--threads", "4"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if self.ask("", "/api/v1/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """Kill the server and all its workers in the middle of whatever they do."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def ask(
        self, session: str, path: str, form: dict[str, str] | None = None, *, file: bytes | None = None
    ) -> tuple[int, str]:
        """Send one request as the holder of a session; an answer that breaks off is an OSError."""
        body = urlencode(form | {"csrfmiddlewaretoken": TOKEN}).encode() if form is not None else None
        headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}
        if file is not None:
            body = _parts(file)
            headers["Content-Type"] = f"multipart/form-data; boundary={TOKEN}"
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers)
        try:
            with build_opener(StaysHere).open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as told:
            return told.code, told.read().decode()


def _parts(file: bytes) -> bytes:
    """Return a form with the token and one file."""
    head = f'--{TOKEN}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n--{TOKEN}\r\n'
    head += (
        'Content-Disposition: form-data; name="file"; filename="answer.xml"\r\nContent-Type: application/xml\r\n\r\n'
    )
    return head.encode() + file + f"\r\n--{TOKEN}--\r\n".encode()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An installation on the database engine under test."""
    on_postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    name = f"yibao_faults_{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as home:
        made = Installation(Path(home), _new_database(name) if on_postgresql else "")
        try:
            yield made
        finally:
            made.kill()
            made.dismiss()
            if on_postgresql:
                _postgresql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def two_agencies(request: pytest.FixtureRequest) -> Iterator[tuple[Installation, Installation]]:
    """Two installations on the engine under test, each with tables, folder and keys of its own; what the process that
    stays can do is said by the SCRIPT of the test's module.
    """
    script = getattr(request.module, "SCRIPT", AGENCY)
    on_postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    names = [f"yibao_faults_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        made = [Installation(Path(first), _new_database(names[0]) if on_postgresql else "", script)]
        assert made[0].yibao("manage", "migrate").returncode == 0
        # The tables of the first are those of the second; the keys are not.
        if on_postgresql:
            address = _new_database(names[1], f' TEMPLATE "{names[0]}"')
        else:
            address = ""
            shutil.copy(Path(first) / "yibao.sqlite3", second)
        made.append(Installation(Path(second), address, script))
        try:
            yield made[0], made[1]
        finally:
            for one in made:
                one.kill()
                one.dismiss()
            for name in names if on_postgresql else ():
                _postgresql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def on_a_file() -> Iterator[Installation]:
    """An installation on a SQLite file, with a town and no server."""
    with tempfile.TemporaryDirectory() as home:
        made = Installation(Path(home))
        made.town("make")
        yield made


def _new_database(name: str, like: str = "") -> str:
    _postgresql(f'CREATE DATABASE "{name}"{like}')
    return os.environ["YIBAO_DATABASE_URL"].rpartition("/")[0] + f"/{name}"


def _postgresql(statement: str) -> None:
    with psycopg.connect(os.environ["YIBAO_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)
