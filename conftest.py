"""What every test stands on: a home of its own, one of two databases, and a real browser.

The database is chosen with YIBAO_DATABASE_URL; `make test` runs the suite on SQLite and then every
test that touches a database once more on PostgreSQL (`--only-database`).
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HOME = os.environ.get("YIBAO_TEST_HOME") or tempfile.mkdtemp(prefix="yibao-test-")
os.environ["YIBAO_TEST_HOME"] = HOME
os.environ["YIBAO_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "yibao.project.settings"
os.environ.setdefault("YIBAO_TEST_DATABASE", f"test_yibao_{os.getpid()}")
# Tests sign staff in without a device; those about the second factor ask for it.
os.environ["YIBAO_SECOND_FACTOR"] = "off"
# The pool keeps connections open while the test database is dropped, so tests do without.
os.environ["YIBAO_DATABASE_POOL"] = "0"
# A test that waits for a lock nobody will give up fails after a while, instead of holding up all others.
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=60s")
# Playwright's synchronous door runs an event loop; the tests behind it are as single-threaded as others.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django
import hypothesis
from django.conf import settings
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import TransactionTestCase

django.setup()

from yibao.store import audit_log, guards

_empty_database = TransactionTestCase._fixture_teardown


def _empty_database_without_guards(self: TransactionTestCase) -> None:
    """The database refuses to lose its journal; only a test that cleans up after itself may ask it to."""
    with guards.lifted():
        _empty_database(self)
    audit_log.forget()


TransactionTestCase._fixture_teardown = _empty_database_without_guards


def _drop_database(self: DatabaseCreation, name: str, verbosity: int) -> None:
    """Throw a test database away, also while a thread of the site still holds a connection it will not use again."""
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(name)} WITH (FORCE)")


DatabaseCreation._destroy_test_db = _drop_database
# No test pulls the plug: none waits until its rows are on the disk, neither here nor on the PostgreSQL of tests.
_sqlite = settings.DATABASES["default"]["OPTIONS"]
if "init_command" in _sqlite:
    _sqlite["init_command"] = _sqlite["init_command"].replace("synchronous=FULL", "synchronous=OFF")
# The real hasher is slow on purpose; a test that makes forty staff need not wait for it.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A busy machine is slow, not wrong. What `make test` draws is drawn again on every machine; `make soak` searches.
hypothesis.settings.register_profile("yibao", deadline=None, derandomize=True)
hypothesis.settings.register_profile("soak", deadline=None, derandomize=False, max_examples=400, print_blob=True)
hypothesis.settings.load_profile("yibao")

collect_ignore_glob = ["node_modules/*", "var/*"]
TRANSFERS_SHORT = 24
# Files that take minutes go first: begun at the end, the last one would keep one process waiting for the other.
LONG = ("tests/journeys/", "tests/faults/", "src/yibao/batch/", "src/yibao/cli/", "src/yibao/services/", "tests/packs/")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "admin_user", "admin_client"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="run only the tests that touch a database")
    parser.addoption("--soak", action="store_true", help="let the tests that can go on for long go on for long")
    parser.addoption("--transfers", type=int, default=1000, help="how many the two towns simulate")
    parser.addoption("--month-seed", action="append", type=int, help="seed of the simulated month; may be given again")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--only-database"):
        chosen = [item for item in items if _touches_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _touches_a_database(item)])
        items[:] = chosen
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """Return how early a test is run; whatever is as long as others keeps the order it was given by chance."""
    return next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))


def _touches_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database"):
        return False
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(HOME, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "month_seed" in metafunc.fixturenames:
        metafunc.parametrize("month_seed", metafunc.config.getoption("--month-seed") or [2024])


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--soak"):
        hypothesis.settings.load_profile("soak")
    config.addinivalue_line("markers", "one_database: shows the same on either database, and so runs on SQLite only")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in itertools.chain.from_iterable(terminalreporter.stats.values()):
        if getattr(report, "when", "") == "call":
            for name, value in report.user_properties:
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {name}: {value}")


@pytest.fixture(scope="session")
def soaking(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for the long form of a test: `make soak`."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def transfers(request: pytest.FixtureRequest, soaking: bool) -> int:
    """How many transfers the simulation between two installations has."""
    return int(request.config.getoption("--transfers")) if soaking else TRANSFERS_SHORT


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Note a figure; all of them are printed after the run, whichever process ran the test."""
    return lambda name, value: request.node.user_properties.append((name, value))


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """The browser of the machine, started once."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server) -> Iterator[object]:
    """A fresh browser page in front of the site: `page.goto("/")`."""
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the project."""
    return Path(__file__).parent
