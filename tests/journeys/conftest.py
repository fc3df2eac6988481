"""A small demo city behind a real site, and readers in a real browser in front of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from yibao.batch.demo import setup
from yibao.batch.demo.books import post_city
from yibao.batch.demo.city import make_city
from yibao.batch.demo.load import store_city
from yibao.batch.demo.names import REGION
from yibao.batch.demo.records import City
from yibao.batch.demo.staff import PASSWORD, make_logins
from yibao.batch.demo.tariffs import Tariffs
from yibao.services.refund import rulebook
from yibao.store import audit_log, guards

PERSONS = 80
SEED = 2026
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Site:
    """A running site with its city.

    Attributes:
        url: Where it listens, without a slash at the end.
        city: What the city was made from.
        password: Opens every demo login.
        chromium: The browser.
    """

    url: str
    city: City
    password: str
    chromium: Any

    @contextmanager
    def browser(self, *, width: dict[str, int] = PHONE, **options: Any) -> Iterator[Any]:
        """Give a fresh browser page, as narrow or wide as asked."""
        context = self.chromium.new_context(base_url=self.url, locale="zh-CN", viewport=width, **options)
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context.new_page()
        finally:
            context.close()


@contextmanager
def running_site(blocker: Any, chromium: Any, make: Callable[[], City]) -> Iterator[Site]:
    """Fill the empty test database, serve it, and leave it empty again."""
    with blocker.unblock():
        try:
            city = make()
            server = LiveServer("localhost")
            server._live_server_modified_settings.enable()
            try:
                yield Site(server.url, city, PASSWORD, chromium)
            finally:
                server.stop()
                server._live_server_modified_settings.disable()
        finally:
            with guards.lifted():
                call_command("flush", verbosity=0, interactive=False)
            audit_log.forget()


def city_without_cases() -> City:
    """Make the persons, the books and the logins of a demo city; nobody has applied for anything."""
    on, at = timezone.localdate(), timezone.now()
    city = make_city(seed=SEED, persons=PERSONS, on=on, tariffs=Tariffs(rulebook.region(REGION)))
    store_city(city, at=at)
    post_city(city, at=at)
    make_logins(city)
    return city


def city_with_cases() -> City:
    """Make a whole demo city, with a case in every state."""
    return setup.make(persons=PERSONS, seed=SEED, on=timezone.localdate(), quiet=True)


@pytest.fixture
def _django_db_helper() -> None:
    """A test marked for the database does not empty it here: the city does, when its site closes."""


@pytest.fixture
def new_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site where nobody has applied yet, for one test alone."""
    with running_site(django_db_blocker, chromium, city_without_cases) as site:
        yield site


@pytest.fixture(scope="module")
def quiet_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site where nobody has applied yet, shared by the tests of one module."""
    with running_site(django_db_blocker, chromium, city_without_cases) as site:
        yield site


@pytest.fixture(scope="module")
def busy_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site with a case in every state, shared by the tests of one module."""
    with running_site(django_db_blocker, chromium, city_with_cases) as site:
        yield site
