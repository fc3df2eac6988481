"""Doors that stay closed: other people's cases, other roles, other regions, forged forms, addresses made up."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yibao.batch.demo.load import person_key
from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import staff_actor
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.refund import actions
from yibao.services.refund.pages.desk import STEPS
from yibao.store.models import Case, Contribution, StaffRole

pytestmark = pytest.mark.django_db(transaction=True)
ROLES = ("clerk", "reviewer", "county_agency", "finance", "auditor")
FORM = {"reason": "x", "reason_code": "no_refund", "note": "x", "other": "x", "items": "bank_card", "level": "1",
        "confirmed": "1", "key": "k", "reference": "x", "amount": "1.00", "worksheet": "x"}  # fmt: skip
# Opening a page in another language or type size changes nothing but the reader's own cookie.
OWN = {"portal:sign_in", "portal:sign_out", "portal:preferences", "workbench:sign_in",
       "portal:provider", "portal:provider_back", "portal:signed_out"}  # fmt: skip
# Asking whether a refund is likely, and which rules are known, needs no sign-in, nor do blank forms.
OPEN = {"refund:can", "refund:blank", "portal:rules", "portal:region_rules", "relocation:index",
        "relocation:cover", "relocation:cover_step", "relocation:cover_answer",
        "portal:guide", "portal:guide_of", "relocation:years",
        "relocation:years_step", "relocation:years_answer"}  # fmt: skip


@pytest.fixture(scope="module")
def held(applicants) -> dict[str, Case]:
    """One case in each state on the way to the money."""
    return {
        state: getattr(next(applicants), state)().case
        for state in ("draft", "submitted", "accepted", "approved", "executing")
    }


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def closed(route, case, client: Client, expected: tuple[int, ...]) -> str | None:
    """Try an address with GET and POST; return what was wrong, None where the door stayed closed in words."""
    for ask in (client.get, lambda address: client.post(address, FORM)):
        response = ask(route.filled(case))
        if response.status_code not in expected or "请" not in text(response):
            return f"{route.filled(case)}: {response.status_code}"
    return None


def test_another_citizen_finds_nothing_at_any_address(pages, held, signed_in, unchanged):
    stranger = signed_in("citizen2")
    mine = [route for route in pages if "number" in route.parameters and route.name.startswith("refund:")]
    with unchanged():
        wrong = [
            closed(route, case, stranger, (404, 405)) for route in mine for case in held.values() if route.filled(case)
        ]
    assert [one for one in wrong if one] == []
    assert len(wrong) > len(held)


def test_a_citizen_is_not_let_into_the_workbench(pages, held, signed_in, unchanged):
    citizen = signed_in("citizen2")
    desk = [route for route in pages if route.name.startswith("workbench") and route.name not in OWN]
    with unchanged():
        wrong = [
            closed(route, held["accepted"], citizen, (403, 405)) for route in desk if route.filled(held["accepted"])
        ]
    assert [one for one in wrong if one] == []


def test_a_visitor_is_led_to_the_door(pages, held, unchanged):
    visitor = Client(raise_request_exception=False)
    inner = [route for route in pages if route.name not in {*OWN, *OPEN} and "code" not in route.parameters]
    with unchanged():
        for route in inner:
            address = route.filled(held["accepted"])
            for response in (visitor.get(address), visitor.post(address, FORM)) if address else ():
                assert response.status_code == 302, address
                assert "sign-in" in response.url


def test_an_office_elsewhere_sees_and_does_nothing(pages, held, signed_in, unchanged):
    user = get_user_model().objects.create(username="elsewhere", first_name="外地")
    for role in ("clerk", "reviewer", "finance"):
        StaffRole.objects.create(user=user, role=role, region="510000")
    desk = [route for route in pages if "number" in route.parameters and route.name.startswith("workbench")]
    with unchanged():
        wrong = [
            closed(route, case, signed_in("elsewhere"), (403, 404, 405))
            for route in desk
            for case in held.values()
            if route.filled(case)
        ]
    assert [one for one in wrong if one] == []
    assert held["accepted"].number not in text(signed_in("elsewhere").get("/workbench/"))


@pytest.mark.parametrize("username", ROLES)
def test_no_role_takes_a_step_that_is_not_its_own(held, signed_in, unchanged, username):
    client, actor = signed_in(username), staff_actor(username)
    with unchanged():
        for case in (held["submitted"], held["accepted"], held["approved"]):
            forbidden = set(STEPS) - {"determine"} - set(actions.available(case=case, actor=actor))
            for verb in forbidden:
                response = client.post(
                    reverse("workbench_refund:decide", args=[case.number, verb]), FORM | {"seen": case.evidence_hash}
                )
                assert response.status_code in (403, 404, 409), (verb, case.state)
                assert "请" in text(response)


def test_a_form_from_another_site_is_refused_everywhere(pages, held, signed_in, unchanged):
    readers = {name: signed_in(name, enforce_csrf_checks=True) for name in ("citizen2", "clerk")}
    with unchanged():
        for route in pages:
            address = route.filled(held["submitted"])
            reader = readers["clerk" if route.name.startswith("workbench") else "citizen2"]
            if address:
                response = reader.post(address, FORM)
                assert response.status_code in (403, 405), address
                assert "请" in text(response)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused_everywhere(pages, held, signed_in, unchanged, method):
    clerk, citizen = signed_in("clerk"), signed_in("citizen2")
    with unchanged():
        for route in pages:
            if address := route.filled(held["submitted"]):
                reader = clerk if route.name.startswith("workbench") else citizen
                assert getattr(reader, method)(address).status_code in (403, 404, 405), address


MADE_UP = [
    "/workbench/?after=2026-13-45~x&due=never&role=king", "/workbench/?number=%00", "/workbench/?number=" + "9" * 5000,
    "/workbench/?after=2026-01-01~99999999999999999999999999", "/workbench/?after=0001-01-01~-1",
    "/workbench/?number=ſ", "/workbench/refund/cases/CQ-2026-000001/files/99999999999999999999999",
    "/workbench/ledger?case=%27%3B--", "/workbench/ledger?case=%00", "/workbench/refund/cases/%00",
    "/workbench/refund/cases/CQ-2026-000001%20",
    "/workbench/refund/cases/CQ-2026-000001/papers/..%2F..%2Fkeys", "/workbench/%ff%fe", "/workbench/?role=%ff",
]  # fmt: skip


@pytest.mark.parametrize("address", MADE_UP)
def test_made_up_addresses_are_answered_in_words(quiet_city, signed_in, unchanged, address):
    with unchanged():
        response = signed_in("clerk").get(address)
    assert response.status_code in (200, 400, 404)
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("level", ["²", "٣", "-1", "99999999999999999999999", "", "1.0", "one", "9" * 5000])
def test_a_level_that_is_none_signs_nothing(held, signed_in, unchanged, level):
    case = held["accepted"]
    with unchanged():
        response = signed_in("reviewer").post(
            reverse("workbench_refund:decide", args=[case.number, "approve"]),
            FORM | {"seen": case.evidence_hash, "level": level},
        )
    assert response.status_code in (400, 409)
    assert "请" in text(response)


@pytest.mark.parametrize("size", [501, 100_000])
@pytest.mark.parametrize(
    ("who", "state", "verb", "field"),
    [
        ("clerk", "submitted", "not_accept", "reason"),
        ("clerk", "submitted", "ask_correction", "other"),
        ("reviewer", "accepted", "refuse", "note"),
        ("finance", "executing", "confirm_paid", "reference"),
        ("finance", "executing", "bounce", "reason"),
    ],
)
def test_a_note_that_is_too_long_is_told_and_kept(held, signed_in, unchanged, who, state, verb, field, size):
    case, typed = held[state], "字" * size
    with unchanged():
        response = signed_in(who).post(
            reverse("workbench_refund:decide", args=[case.number, verb]),
            {"seen": case.evidence_hash, "reason_code": "no_refund", field: typed},
        )
    assert response.status_code == 400
    assert "最多 500 个字" in text(response)
    assert typed in response.content.decode()


@pytest.fixture(scope="module")
def undetermined(quiet_city) -> Case:
    """A case whose amount no rule computes: a lump sum at a county's own standard."""
    citizen = next(one for one in quiet_city.city.citizens if one.plant and one.plant.determined)
    person = person_key(quiet_city.city, citizen)
    by = Actor(None, "", "citizen", person_id=person, assurance=PROVED)
    now = {"on": timezone.localdate(), "at": timezone.now(), "by": by}
    number = actions.open_draft(person_id=person, region=REGION, **now).number
    paid = Contribution.objects.filter(enrolment__person=person).order_by("pk").first()
    answers = {"reason": citizen.plant.reason, "payments": [f"p{paid.pk}"], "bank_name": "演示银行",
               "bank_holder": "张三", "bank_number": "622202123456789012"}  # fmt: skip
    actions.save_answers(number=number, answers=answers, **now)
    actions.submit(number=number, key="first", **now)
    return Case.objects.get(number=number)


WORKSHEET = "手工计算" * 10


@pytest.mark.parametrize(
    ("amount", "worksheet"),
    [(amount, WORKSHEET) for amount in ("-1.00", "1.001", "", "1e9", "1,0", "NaN", "9" * 18, "9" * 5000)]
    + [("1.00", ""), ("1.00", "字" * 501), ("1.00", "字" * 100_000)],
)
def test_an_amount_that_is_none_is_not_taken_and_nothing_typed_is_lost(
    undetermined, signed_in, unchanged, amount, worksheet
):
    with unchanged():
        response = signed_in("clerk").post(
            reverse("workbench_refund:decide", args=[undetermined.number, "determine"]),
            {"amount": amount, "worksheet": worksheet},
        )
    page = response.content.decode()
    assert response.status_code in (400, 422)
    assert "error-summary" in page
    assert f'value="{amount}"' in page or not amount
    assert worksheet in page


@pytest.mark.parametrize("door", ["/sign-in", "/workbench/sign-in"])
@pytest.mark.parametrize("login", ["", " ", "x" * 100_000, "\x00", "'; drop table", "500112197603011995 ", "１２３"])
def test_any_login_is_answered_in_words(quiet_city, unchanged, door, login):
    with unchanged():
        response = Client(raise_request_exception=False).post(door, {"login": login, "password": "y" * 10_000})
    assert response.status_code in (400, 429)
    assert "请" in text(response)
    assert "y" * 10_000 not in response.content.decode()


def test_after_signing_in_nobody_is_sent_to_another_site(quiet_city):
    for target in (
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "javascript:alert(1)",
    ):
        client = Client()
        response = client.post("/sign-in", {"login": "citizen2", "password": quiet_city.password, "next": target})
        assert response.status_code == 302
        assert response.url == "/"
