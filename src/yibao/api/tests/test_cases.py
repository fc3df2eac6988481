"""Programs carry a refund from its first answer to acceptance, by token, with the pages' own rules."""

import io
import json
from copy import copy
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.utils import timezone
from PIL import Image

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.cli import token as token_command
from yibao.services.correction import actions as correcting
from yibao.services.refund.tests.conftest import MATERIALS, files, make_chen, staff  # noqa: F401
from yibao.store import tokens
from yibao.store.changes import Place
from yibao.store.models import ApiToken, BankAccount, Case, CitizenLogin, Contribution, Document, ReadLog

pytestmark = pytest.mark.django_db
CASES = "/api/v1/refund/cases"


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    out.seek(0)
    out.name = "a.png"
    return out


class Program:
    """A program with the token of one login, at the cases of one service."""

    def __init__(self, client, user, cases=CASES):
        self.client = client
        self.cases = cases
        self.text = tokens.make(user=user, label="test", at=timezone.now(), days=1)[1]

    def at(self, cases):
        """Return the same program at the cases of another service."""
        other = copy(self)
        other.cases = cases
        return other

    def send(self, method, path="", body=None, **headers):
        given = {"Authorization": f"Bearer {self.text}", **headers}
        return self.client.generic(
            method, self.cases + path, json.dumps(body) if body is not None else b"", content_type="application/json",
            headers=given,
        )  # fmt: skip

    def paper(self, number, material):
        out = photo()
        return self.client.post(
            f"{CASES}/{number}/documents", {"material": material, "file": out},
            headers={"Authorization": f"Bearer {self.text}"},
        )  # fmt: skip


@pytest.fixture
def chen(files):  # noqa: F811
    return make_chen()


@pytest.fixture
def citizen(client, chen):
    user = get_user_model().objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=chen)
    return Program(client, user)


@pytest.fixture
def clerk(client, staff):  # noqa: F811
    return Program(client, get_user_model().objects.get(username="clerk"))


@pytest.fixture
def answers(chen):
    paid = Contribution.objects.get(enrolment__person=chen, payer="person")
    return {
        "region": "500000", "reason": "unemployment_overlap", "payments": [f"p{paid.pk}"], "bank_name": "演示银行",
        "bank_holder": "陈建国", "bank_number": "6222020000000000000",
    }  # fmt: skip


@pytest.fixture
def corrected(chen):
    """A correction of the record, which waits for the clerk as well."""
    place = Place("person", str(chen.pk), "name")
    by = Actor(None, "", "citizen", person_id=chen.pk, assurance=PROVED)
    now = {"by": by, "on": timezone.localdate(), "at": timezone.now()}
    number = correcting.open_request(person_id=chen.pk, place=place, wanted="陈建囯", why="证件", **now).number
    correcting.attach(number=number, name="a.png", content=photo().getvalue(), **now)
    return correcting.submit(number=number, **now)


@pytest.fixture
def submitted(citizen, answers):
    number = citizen.send("POST", "", answers, **{"Idempotency-Key": "begin-0001"}).json()["number"]
    for material in MATERIALS:
        assert citizen.paper(number, material).status_code == 201
    assert citizen.send("POST", f"/{number}/submit", **{"Idempotency-Key": "submit-001"}).status_code == 200
    return number


def test_the_list_of_work_holds_refunds_alone(clerk, submitted, corrected):
    assert corrected.state == "submitted"
    assert [one["number"] for one in clerk.send("GET").json()["cases"]] == [submitted]
    assert clerk.send("GET", f"/{corrected.number}").status_code == 404


def test_an_application_goes_from_the_first_answer_to_acceptance(citizen, clerk, submitted):
    state = citizen.send("GET", f"/{submitted}").json()
    assert (state["state"], state["amount"]) == ("submitted", "1949.10")
    assert citizen.send("GET", f"/{submitted}/decision").json()["amount"] == "1949.10"
    assert [one["number"] for one in citizen.send("GET").json()["cases"]] == [submitted]

    seen = clerk.send("GET", f"/{submitted}")
    assert "accept" in seen.json()["may"]
    assert submitted in [one["number"] for one in clerk.send("GET").json()["cases"]]
    accepted = clerk.send("POST", f"/{submitted}/accept", **{"If-Match": seen["ETag"]})
    assert accepted.json()["state"] == "accepted"
    assert ReadLog.objects.filter(purpose="api", case_number=submitted).exists()


def test_the_same_key_begins_one_case_and_other_content_is_refused(citizen, answers):
    key = {"Idempotency-Key": "begin-0001"}
    first, again = (citizen.send("POST", "", answers, **key).json()["number"] for _ in range(2))
    assert first == again
    assert Case.objects.count() == 1
    other = citizen.send("POST", "", {**answers, "bank_holder": "陈"}, **key)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_evidence_that_changed_is_refused_and_nothing_happens(clerk, submitted):
    no = clerk.send("POST", f"/{submitted}/accept", **{"If-Match": f'"{"0" * 64}"'})
    assert (no.status_code, no.json()["code"]) == (409, "evidence_changed")
    assert Case.objects.get(number=submitted).state == "submitted"
    assert clerk.send("POST", f"/{submitted}/accept").status_code == 422


def test_one_notice_asks_for_everything_and_the_person_hands_in_again(citizen, clerk, submitted):
    seen = {"If-Match": clerk.send("GET", f"/{submitted}")["ETag"]}
    items = {"items": [{"field": "bank_number", "note": "请核对账号"}]}
    assert clerk.send("POST", f"/{submitted}/correction", items, **seen).json()["state"] == "correction_due"
    assert citizen.send("PATCH", f"/{submitted}", {"bank_name": "演示银行", "bank_holder": "陈建国",
                                                   "bank_number": "622202123456789012"}).status_code == 200  # fmt: skip
    assert citizen.send("POST", f"/{submitted}/resubmit").json()["state"] == "submitted"
    assert citizen.send("POST", f"/{submitted}/withdraw", {"reason": "不再申请"}).json()["state"] == "withdrawn"


def test_everything_wrong_is_told_as_a_problem_in_both_languages(citizen, answers):
    no = citizen.send("POST", "", {**answers, "bank_number": "12"}, **{"Idempotency-Key": "begin-0001"})
    assert (no.status_code, no["Content-Type"]) == (422, "application/problem+json")
    told = no.json()
    assert [one["where"] for one in told["errors"]] == ["bank_number"]
    assert told["title"]
    assert told["next_en"]
    assert not Case.objects.exists()
    assert citizen.send("POST", "", {**answers, "surprise": 1}, **{"Idempotency-Key": "begin-0002"}).status_code == 422


def test_a_paper_that_lies_about_its_kind_is_refused(citizen, answers):
    number = citizen.send("POST", "", answers, **{"Idempotency-Key": "begin-0001"}).json()["number"]
    lie = io.BytesIO(b"MZ not a picture")
    lie.name = "a.png"
    no = citizen.client.post(
        f"{CASES}/{number}/documents", {"material": "bank_card", "file": lie},
        headers={"Authorization": f"Bearer {citizen.text}"},
    )  # fmt: skip
    assert (no.status_code, no.json()["code"]) == (415, "file_not_what_it_says")
    assert not Document.objects.exists()


STRANGE = {
    "an archive": ("a.pdf", b"PK\x03\x04" + bytes(90), 415, "file_not_what_it_says"),
    "an iPhone's photo": ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(50), 415, "file_heic"),
    "half a picture": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40), 422, "file_broken"),
    "a locked PDF": ("a.pdf", b"%PDF-1.7\n<</Encrypt 2 0 R>>\n%%EOF\n", 422, "file_locked"),
    "nothing": ("a.pdf", b"", 422, "file_empty"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_a_strange_file_is_refused_with_the_way_out_in_both_languages(citizen, answers, case):
    number = citizen.send("POST", "", answers, **{"Idempotency-Key": "begin-0001"}).json()["number"]
    name, content, status, code = STRANGE[case]
    file = io.BytesIO(content)
    file.name = name
    no = citizen.client.post(
        f"{CASES}/{number}/documents", {"material": "bank_card", "file": file},
        headers={"Authorization": f"Bearer {citizen.text}"},
    )  # fmt: skip
    told = no.json()
    assert (no.status_code, told["code"]) == (status, code)
    assert told["title"]
    assert told["next_en"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("阿依古丽•买买提", "阿依古丽·买买提"), ("王\U000313f9", "王\U000313f9"), ("陈　建国\u200b", "陈建国")],
)
def test_a_name_comes_in_as_it_is_written(citizen, answers, typed, kept):
    begun = citizen.send("POST", "", {**answers, "bank_holder": typed}, **{"Idempotency-Key": "begin-0001"})
    assert begun.status_code == 201
    assert BankAccount.objects.latest("id").holder == kept


def test_nobody_sees_anothers_case_and_nothing_opens_without_a_token(client, citizen, submitted):
    user = get_user_model().objects.create(username="stranger")
    CitizenLogin.objects.create(user=user, person=make_chen("50011219760302001X"))
    stranger = Program(client, user)
    for method, path in (("GET", ""), ("GET", "/decision"), ("POST", "/resubmit")):
        assert stranger.send(method, f"/{submitted}{path}").status_code == 404
    assert stranger.send("GET").json()["cases"] == []
    client.force_login(user)
    no = client.get(f"{CASES}/{submitted}")
    assert (no.status_code, no["WWW-Authenticate"], no["Content-Type"]) == (401, "Bearer", "application/problem+json")
    ApiToken.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert citizen.send("GET").status_code == 401


def test_no_program_signs_or_pays(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert not [
        path for path in paths if path.rpartition("/")[2] in ("approve", "refuse", "pay", "confirm_paid", "bounce")
    ]


class TestLimits:
    @pytest.fixture(autouse=True)
    def few(self, settings):
        settings.YIBAO_API_TOKEN_MINUTE, settings.YIBAO_API_ADDRESS_MINUTE = 2, 4

    def test_a_token_waits_for_the_next_minute_and_is_told_how_long(self, citizen):
        assert [citizen.send("GET").status_code for _ in range(3)] == [200, 200, 429]
        no = citizen.send("GET")
        assert no["Content-Type"] == "application/problem+json"
        assert 0 < int(no["Retry-After"]) <= 60
        told = no.json()
        assert (told["status"], told["title"], told["detail"]) == (429, "请求太频繁", "Too many requests")
        assert "Retry-After" in told["next_zh"]
        assert "Retry-After" in told["next_en"]

    def test_another_token_is_not_held_up_and_staff_are_counted_too(self, citizen, clerk):
        assert [citizen.send("GET").status_code for _ in range(2)] == [200, 200]
        assert [clerk.send("GET").status_code for _ in range(2)] == [200, 200]
        # Five from one address.
        assert clerk.send("GET").status_code == 429

    def test_whoever_tries_tokens_out_is_stopped_by_their_address(self, client, django_assert_num_queries):
        def tried(text):
            return client.get(CASES, headers={"Authorization": f"Bearer {text}"}, REMOTE_ADDR="192.0.2.7")

        assert [tried(n).status_code for n in range(5)] == [401, 401, 401, 401, 429]
        # The count alone: no token is looked up any more.
        with django_assert_num_queries(1):
            assert tried("x").status_code == 429
        assert client.get(CASES, REMOTE_ADDR="192.0.2.8").status_code == 401

    def test_a_write_that_is_held_up_changes_nothing(self, citizen, answers):
        for _ in range(2):
            citizen.send("GET")
        assert citizen.send("POST", "", answers, **{"Idempotency-Key": "begin-0001"}).status_code == 429
        assert not Case.objects.exists()

    def test_decisions_count_for_the_address_and_health_for_nobody(self, client):
        assert [client.get("/api/v1/services").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
        assert [client.get("/api/v1/health").status_code for _ in range(5)] == [200] * 5


def test_tokens_are_made_listed_and_ended(citizen):
    run = CliRunner().invoke
    made = run(token_command.command, ["make", "chen", "--label", "partner"])
    number, text = made.output.split()
    assert tokens.holder(header=f"Bearer {text}", at=timezone.now()).username == "chen"
    listed = run(token_command.command, ["list"]).output
    assert "partner" in listed
    assert text not in listed
    assert run(token_command.command, ["revoke", number]).exit_code == 0
    assert tokens.holder(header=f"Bearer {text}", at=timezone.now()) is None
    assert run(token_command.command, ["revoke", number]).exit_code == 2
    assert run(token_command.command, ["make", "nobody", "--label", "x"]).exit_code == 2
