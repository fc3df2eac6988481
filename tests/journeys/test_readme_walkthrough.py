"""The walk-through of both READMEs, clicked word by word: what a newcomer is told to do works."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from yibao.cli import main
from yibao.store.models import Case, JournalTransaction, Payment

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = {"README.md": "## Follow one refund\n", "README.zh-CN.md": "## 跟着办一笔退费\n"}
OWN_NUMBER = ("your case number", "您的受理编号")
STEP = re.compile(r"^\d+\. (.*)$", re.MULTILINE)
PASSWORD = re.compile(r"^.*(?:password|口令).*?`([^`]+)`", re.MULTILINE)
COMMANDS = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORD = re.compile(
    r"(?:[Ss]ign in as|用) `(?P<sign_in>[^`]+)`|<http://localhost:8000(?P<address>[^>]*)>|\*\*(?P<click>[^*]+)\*\*|\*(?P<field>[^*]+)\*"
    r"|`(?P<write>[^`]+)`|\[[^\]]*\]\((?P<file>[^)]+)\)|“(?P<see>[^”]+)”"
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class Newcomer:
    """Somebody who does exactly what the README says, and nothing else."""

    def __init__(self, page, *, root: Path, password: str) -> None:
        self.page = page
        self.root = root
        self.password = password
        self.box = None
        self.number = ""

    def follow(self, step: str) -> None:
        for word in WORD.finditer(step):
            getattr(self, word.lastgroup)(word[word.lastgroup])

    def address(self, path: str) -> None:
        self.page.set_viewport_size(DESKTOP if path.startswith("/workbench") else PHONE)
        self.page.goto(path or "/")

    def sign_in(self, login: str) -> None:
        self.page.locator("[name=login]").fill(login)
        self.page.locator("[name=password]").fill(self.password)
        with self.page.expect_navigation():
            self.page.locator("[name=password]").press("Enter")

    def field(self, label: str) -> None:
        boxes = self.page.locator("input, textarea, select")
        exact = boxes.and_(self.page.get_by_label(label, exact=True))
        self.box = exact if exact.count() else boxes.and_(self.page.get_by_label(label))
        expect(self.box).to_have_count(1)

    def write(self, text: str) -> None:
        self.box.fill(text)

    def file(self, name: str) -> None:
        self.box.set_input_files(self.root / name)

    def see(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def click(self, name: str) -> None:
        name = self.number if name in OWN_NUMBER else name
        choice = self.page.get_by_role("radio", name=name, exact=True)
        if choice.count():
            choice.check()
            return
        with self.page.expect_navigation():
            self.target(name).click()
        told = self.page.locator(".govuk-panel--confirmation strong")
        self.number = told.inner_text() if told.count() else self.number

    def target(self, name: str):
        """The one button or link of that name; a name that stands in several forms means the form just filled in."""
        filled = [self.box.locator("xpath=ancestor::form")] if self.box else []
        for scope in (self.page, *filled):
            for role in ("button", "link"):
                found = scope.get_by_role(role, name=name, exact=True)
                if found.count() == 1:
                    return found
        raise AssertionError(f"{self.page.url} has no single button or link called {name!r}")


def section(root: Path, name: str) -> str:
    text = (root / name).read_text(encoding="utf-8")
    return text.partition(HEADINGS[name])[2].partition("\n## ")[0]


def walk(page, root: Path, name: str) -> None:
    text = section(root, name)
    newcomer = Newcomer(page, root=root, password=PASSWORD.search(text)[1])
    steps = STEP.findall(text)
    assert len(steps) > 1
    for step in steps:
        newcomer.follow(step)


def assert_one_refund_was_paid(root: Path, name: str) -> None:
    case = Case.objects.get()
    assert (case.state, case.amount_fen) == ("completed", 194910)
    assert [payment.amount_fen for payment in Payment.objects.all()] == [194910]
    posted = JournalTransaction.objects.filter(case_number=case.number).order_by("id")
    assert [one.kind for one in posted] == ["refund.payable", "refund.paid"]
    for line in COMMANDS.search(section(root, name))[1].splitlines():
        program, *arguments = shlex.split(line)
        result = CliRunner().invoke(main, arguments)
        assert (program, result.exit_code) == (".venv/bin/yibao", 0), result.output


def test_the_walkthrough_leads_from_the_application_to_the_books(new_city, checkout):
    with new_city.browser() as page:
        walk(page, checkout, "README.zh-CN.md")
    assert_one_refund_was_paid(checkout, "README.zh-CN.md")


@pytest.mark.one_database
def test_the_walkthrough_needs_no_javascript(new_city, checkout):
    with new_city.browser(java_script_enabled=False) as page:
        walk(page, checkout, "README.zh-CN.md")
    assert_one_refund_was_paid(checkout, "README.zh-CN.md")


@pytest.mark.one_database
def test_the_walkthrough_works_in_english_and_large_type(new_city, checkout):
    with new_city.browser() as page:
        page.goto("/")
        page.get_by_role("button", name="大字版").click()
        expect(page.locator("html.app-large")).to_have_count(1)
        walk(page, checkout, "README.md")
        expect(page.locator("html.app-large")).to_have_count(1)
    assert_one_refund_was_paid(checkout, "README.md")
