"""No page of the workbench shows a number in full unasked; no log line, error or address holds one at all."""

import io
import logging
import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from yibao.batch.demo.staff import STAFF
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.project.logs import Discreet
from yibao.services.refund import rulebook
from yibao.services.refund.pages.unmask import PURPOSES
from yibao.store import cases as store_cases
from yibao.store.models import BankAccount, Case, PayerAccount, Person, ReadLog

pytestmark = pytest.mark.django_db(transaction=True)
ROLES = tuple({one.roles[0]: one.username for one in reversed(STAFF)}.values())
STATES = ("submitted", "accepted", "correction_due", "executing")


@pytest.fixture(scope="module")
def cases(busy_city, asked_for_correction) -> list[Case]:
    """One refund in each of four states, preferably with an account and a paper; one of them asks for another name."""
    refunds = Case.objects.filter(service="refund").order_by("refund__bank_account", "papers__pk", "-pk")
    found = {case.state: case for case in refunds}
    person = found[STATES[0]].person
    asked_for_correction(person, Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED))
    return [found[state] for state in STATES]


@pytest.fixture(scope="module")
def secrets(busy_city) -> set[str]:
    """Every identity number, telephone and account on record, as they are spelt and without the spaces."""
    told = {text for row in Person.objects.values_list("identity", "phone") for text in row if text}
    told |= set(BankAccount.objects.values_list("number", flat=True))
    told |= set(PayerAccount.objects.values_list("number", flat=True))
    return {text.replace(" ", "") for text in told}


def shown(text: str, secrets: set[str]) -> list[str]:
    """The secrets a text holds; digits may stand in groups."""
    joined = re.sub(r"(?<=\d)[ \u00a0-](?=[\dXx])", "", unquote(text))
    numbers = set(re.findall(r"\d{10,}[Xx]?", joined))
    return sorted(one for one in numbers if one in secrets)


def test_a_secret_is_seen_in_every_spelling():
    secrets = {"622202123456789012", "50011219760301199X"}
    assert shown("<b>6222 0212 3456 7890 12</b> 50011219760301199X", secrets) == sorted(secrets)
    assert shown("?id=50011219760301199X", secrets) == ["50011219760301199X"]


@pytest.mark.one_database
def test_no_page_of_the_workbench_shows_a_number_or_the_name_of_its_person_unasked(cases, pages, secrets, signed_in):
    desk = [route for route in pages if route.name.startswith("workbench")]
    found, looked = [], 0
    readers = [signed_in(name) for name in ROLES]
    about: dict[str, list[Case]] = {}
    for route in desk:
        for case in cases if route.parameters else cases[:1]:
            if address := route.filled(case):
                about.setdefault(address, []).extend([case] if route.parameters else [])
    for address, persons in about.items():
        for reader in readers:
            answer = reader.get(address)
            if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                looked += 1
                text = answer.content.decode()
                named = sum(case.person.name in text for case in persons)
                found += [(address, len(shown(text, secrets)) + named)]
            assert shown(answer.get("Location", ""), secrets) == []
    assert looked > len(desk)
    assert any("/correction/cases/" in address for address, _ in found)
    assert [one for one in found if one[1]] == []


class TestShowing:
    @pytest.fixture
    def case(self, cases) -> Case:
        return next(one for one in cases if one.state == "accepted")

    def post(self, client: Client, case: Case, **form: str):
        return client.post(reverse("workbench_refund:unmask", args=[case.number]), form)

    def test_needs_a_purpose_and_where_it_says_nothing_a_note(self, case, signed_in, secrets, unchanged):
        clerk = signed_in("clerk")
        looks = ReadLog.objects.filter(purpose__in=PURPOSES)
        before = looks.count()
        with unchanged():
            for form in ({}, {"purpose": "curious"}, {"purpose": "show_law"}, {"purpose": "show_other", "note": " "}):
                answer = self.post(clerk, case, **form)
                assert answer.status_code == 400
                assert shown(answer.content.decode(), secrets) == []
        assert looks.count() == before

    def test_shows_once_and_the_person_reads_why(self, case, signed_in, secrets):
        clerk = signed_in("clerk")
        answer = self.post(clerk, case, purpose="show_law", note="渝公函〔2026〕1号")
        assert case.person.identity in shown(answer.content.decode(), secrets)
        assert answer["Cache-Control"] == "no-store"
        look = ReadLog.objects.get(case_number=case.number, purpose="show_law")
        assert (look.person_id, look.role, look.unmasking.note) == (case.person_id, "clerk", "渝公函〔2026〕1号")
        page = clerk.get(reverse("workbench_refund:unmask", args=[case.number])).content.decode()
        assert shown(page, secrets) == []
        told = _own_client(case).get(reverse("portal:reads")).content.decode()
        assert "依法协助查询" in told
        assert "渝公函〔2026〕1号" in told

    def test_is_refused_elsewhere_and_written_down_nowhere(self, case, signed_in, unchanged):
        with unchanged():
            assert self.post(signed_in("citizen2"), case, purpose="show_call").status_code in (403, 404)
            assert self.post(Client(), case, purpose="show_call").status_code == 302


def _own_client(case: Case) -> Client:
    from django.contrib.auth import get_user_model

    from yibao.store.models import CitizenLogin

    user = get_user_model().objects.create(username=f"own-{case.pk}")
    CitizenLogin.objects.create(user=user, person=case.person)
    client = Client()
    client.force_login(user)
    return client


def test_a_fault_in_the_middle_tells_the_log_nothing_of_anybody(cases, pages, secrets, signed_in, monkeypatch):
    """Every page breaks with what it knows of the person in the fault's text; the log says where, and not of whom."""
    assert settings.LOGGING["formatters"]["line"]["()"] == "yibao.project.logs.Discreet"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet("{levelname} {name} {message}", style="{"))
    logging.getLogger().addHandler(handler)
    case = next(one for one in cases if one.state == "accepted")

    def broken(*_: object, **__: object) -> None:
        try:
            raise ValueError(f"row of {case.person.name}")
        except ValueError as error:
            raise RuntimeError(f"{case.person.identity} {case.person.phone} {case.person.name}") from error

    monkeypatch.setattr(rulebook, "decide", broken)
    monkeypatch.setattr("yibao.services.refund.pages.track.decide", broken)
    monkeypatch.setattr(store_cases, "timeline", broken)
    try:
        reader = signed_in("clerk")
        answers = [
            reader.get(address)
            for route in pages
            if route.name.startswith("workbench") and (address := route.filled(case))
        ]
        logging.getLogger("yibao.web").warning("typed: %s", case.person.identity)
    finally:
        logging.getLogger().removeHandler(handler)
    failed = [one for one in answers if one.status_code == 500]
    assert failed
    log = written.getvalue()
    assert "RuntimeError" in log
    assert "ValueError" in log
    for text in (log, *(one.content.decode() for one in failed)):
        assert shown(text, secrets) == []
        assert case.person.name not in text
