"""Programs carry a transfer from its first answer until it is accepted, by token, with the pages' own rules."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from yibao.api.tests.test_cases import Program
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import (  # noqa: F401
    NEW,
    OLD,
    Walk,
    make_person,
    person,
    staff,
    walk,
)
from yibao.store.models import Case, CitizenLogin, Enrolment, ReadLog

pytestmark = pytest.mark.django_db
CASES = "/api/v1/relocation/cases"
WISH = {"from": OLD, "to": NEW, "materials": ["id_document"]}
KEY = {"Idempotency-Key": "begin-0001"}


def program(client, person, name):  # noqa: F811
    user = get_user_model().objects.create(username=name)
    CitizenLogin.objects.create(user=user, person=person)
    return Program(client, user, CASES)


@pytest.fixture
def own(client, walk):  # noqa: F811
    walk.on = timezone.localdate()
    return program(client, walk.person, "mover")


@pytest.fixture
def staff_program(client, walk):  # noqa: F811
    return lambda name: Program(client, get_user_model().objects.get(username=name), CASES)


def begun(own, **more):
    answer = own.send("POST", "", {**WISH, **more}, **KEY)
    assert answer.status_code == 201, answer.content
    return answer.json()["number"]


def running(person, place):  # noqa: F811
    return Enrolment.objects.filter(person=person, region=place)


def test_a_transfer_goes_from_the_wish_to_two_tracks(own, walk, staff_program):  # noqa: F811
    number = begun(own)
    assert own.send("GET", f"/{number}/checks").json()["ready"] is True
    sent = own.send("POST", f"/{number}/submit").json()
    assert (sent["stage"], sent["state"]) == ("checking", "submitted")
    assert own.send("POST", f"/{number}/submit").json()["stage"] == "checking"
    walk.thread = number
    walk.carry()
    told = own.send("GET", f"/{number}").json()
    assert (told["stage"], told["type"], told["from"], told["to"]) == ("accepted", "employee", OLD, NEW)
    assert told["years"]["accepted_on"] == walk.on.isoformat()
    assert (told["years"]["clocks"]["out"]["working_days"], told["years"]["clocks"]["in"]["working_days"]) == (10, 5)
    assert told["years"]["clocks"]["total"]["due"]
    assert (told["money"]["state"], told["money"]["mode"], told["money"]["ended"]) == ("here", "remit", False)
    assert all(check["passed"] for check in (*told["checks"]["own"], *told["checks"]["other"]))
    old = own.send("GET", f"/{told['other']}").json()
    assert (old["side"], old["years"]["clocks"]["out"]["due"] is not None) == ("out", True)
    assert {line["number"] for line in own.send("GET").json()["cases"]} == {number, told["other"]}
    assert [line["number"] for line in staff_program(f"clerk-{OLD}").send("GET").json()["cases"]] == [told["other"]]
    assert told["money_follows"] is False
    walk.build()
    walk.sign()
    walk.carry()
    walk.check()
    walk.load()
    walk.carry()
    done = own.send("GET", f"/{number}").json()
    assert (done["years"]["ended"], done["money"]["state"], done["money"]["ended"]) == (True, "announced", False)
    assert (done["state"], done["money_follows"]) == ("completed", True)
    lines = {line["number"]: line for line in own.send("GET").json()["cases"]}
    assert done["label"] == lines[number]["label"] == "缴费年限已转入，个人账户的钱在路上"


def test_what_keeps_a_draft_is_told_with_its_remedy_and_the_stop_is_a_step_of_its_own(own, walk):  # noqa: F811
    running(walk.person, OLD).update(status="normal", end=None, category="individual")
    number = begun(own, at="from")
    found = own.send("GET", f"/{number}/checks").json()
    assert found["ready"] is False
    half = found["halves"][0]
    assert (half["side"], half["place"]) == ("out", OLD)
    assert [no["code"] for no in half["refusals"]] == ["not_stopped"]
    assert half["refusals"][0]["then"] == "stop"
    assert half["refusals"][0]["next_zh"]
    assert half["refusals"][0]["next_en"]
    assert [check["code"] for check in half["checks"] if not check["passed"]] == ["stopped"]
    no = own.send("POST", f"/{number}/submit")
    assert (no.status_code, no.json()["code"], no["Content-Type"]) == (409, "not_stopped", "application/problem+json")
    assert own.send("GET", f"/{number}").json()["state"] == "draft"
    stopped = own.send("POST", f"/{number}/stop").json()
    assert (stopped["status"], stopped["region"]) == ("suspended", OLD)
    assert own.send("GET", f"/{number}/checks").json()["ready"] is True
    assert own.send("POST", f"/{number}/submit").status_code == 200


def test_a_no_of_the_other_place_is_read_at_the_case_with_its_remedy(own, walk):  # noqa: F811
    number = begun(own)
    running(walk.person, OLD).update(status="normal", end=None)
    own.send("POST", f"/{number}/submit")
    walk.carry()
    told = own.send("GET", f"/{number}").json()
    assert (told["state"], told["ended_because"]) == ("not_accepted", "not_stopped")
    assert [no["code"] for no in told["reasons"]] == ["not_stopped"]


def test_what_ended_without_being_done_has_its_closing_notice_as_data(own, walk):  # noqa: F811
    number = begun(own)
    running(walk.person, OLD).update(status="normal", end=None)
    own.send("POST", f"/{number}/submit")
    walk.carry()
    lines = {line["kind"]: line["title"] for line in own.send("GET", f"/{number}/papers").json()}
    assert lines["closing_notice"] == "不予受理告知书"
    paper = own.send("POST", f"/{number}/papers", {"kind": "closing_notice"}).json()
    stated = paper["stated"]
    assert (paper["title_en"], stated["ending"]) == ("The transfer is not accepted", "not_accepted")
    assert [each["zh"].partition("。")[0] for each in stated["reasons"]] == ["转出地还没有停保"]
    assert len(stated["remedies"]) == 2
    day = {fact["label_en"]: fact["value"] for fact in stated["facts"]}["closed here on"]
    assert day == walk.on.isoformat()
    made = paper["number"]
    assert own.send("GET", f"/{number}/papers/{made}/file").content[:5] == b"%PDF-"


def test_the_same_key_begins_one_transfer_and_withdrawing_ends_it(own):
    number = begun(own)
    assert begun(own) == number
    assert Case.objects.count() == 1
    other = own.send("POST", "", {**WISH, "at": "from"}, **KEY)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert "withdraw" in own.send("GET", f"/{number}").json()["may"]
    assert own.send("POST", f"/{number}/withdraw", {"reason": "不转了"}).json()["stage"] == "cancelled"
    assert own.send("POST", f"/{number}/withdraw", {"reason": ""}).status_code == 422


class TestPapers:
    @pytest.fixture
    def number(self, own, walk):  # noqa: F811
        found = begun(own)
        own.send("POST", f"/{found}/submit")
        walk.carry()
        return found

    def test_made_once_told_as_data_and_given_as_a_file(self, own, number):
        lines = own.send("GET", f"/{number}/papers").json()
        assert {line["kind"]: line["number"] for line in lines} == {
            "application_form": None, "acceptance_receipt": None, "contact_letter": None,
        }  # fmt: skip
        made = own.send("POST", f"/{number}/papers", {"kind": "contact_letter"})
        paper = made.json()
        assert (made.status_code, paper["title"], paper["void"]) == (201, "基本医疗保险关系转移接续联系函", False)
        assert paper["check_address"].endswith(f"/check/{paper['number']}/{paper['check_code']}")
        assert paper["qr"].startswith("<svg")
        assert paper["stated"]["number"] == number
        assert own.send("POST", f"/{number}/papers", {"kind": "contact_letter"}).json() == paper
        assert own.send("GET", f"/{number}/papers/{paper['number']}").json() == paper
        file = own.send("GET", f"/{number}/papers/{paper['number']}/file")
        assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")

    def test_printed_again_it_is_counted_once_for_each_key(self, own, number):
        paper = own.send("POST", f"/{number}/papers", {"kind": "acceptance_receipt"}).json()["number"]
        times = [own.send("POST", f"/{number}/papers/{paper}/prints", None, **KEY).json()["times"] for _ in range(2)]
        assert times == [1, 1]
        assert own.send("GET", f"/{number}/papers/{paper}").json()["reprints"] == 1
        assert own.send("GET", f"/{number}/papers/{paper}/prints/1").content[:5] == b"%PDF-"
        assert own.send("GET", f"/{number}/papers/{paper}/prints/2").json()["code"] == "no_such_print"

    def test_what_is_not_there_yet_or_not_ones_own_is_refused(self, own, number, client):
        no = own.send("POST", f"/{number}/papers", {"kind": "information_table"})
        assert (no.status_code, no.json()["code"]) == (409, "paper_not_yet")
        assert own.send("POST", f"/{number}/papers", {"kind": "letter"}).status_code == 422
        paper = own.send("POST", f"/{number}/papers", {"kind": "contact_letter"}).json()["number"]
        stranger = program(client, make_person("50011219760302001X", name="李四"), "stranger")
        for path in ("", f"/{paper}", f"/{paper}/file", f"/{paper}/prints/1"):
            assert stranger.send("GET", f"/{number}/papers{path}").status_code == 404
        assert stranger.send("POST", f"/{number}/papers/{paper}/prints", None, **KEY).status_code == 404


BAD = {
    "the same place twice": {"to": OLD},
    "an unknown place": {"to": "999999"},
    "no code": {"from": "chongqing"},
    "a paper that proves nothing": {"materials": ["letter"]},
    "a member nobody knows": {"surprise": 1},
    "a day there is not": {"stopped_on": "2026-02-30"},
}


@pytest.mark.parametrize("case", BAD)
def test_wrong_input_is_told_by_place_and_nothing_is_begun(own, case):
    no = own.send("POST", "", {**WISH, **BAD[case]}, **KEY)
    assert no.status_code == 422
    assert no.json()["errors"]
    assert not Case.objects.exists()


def test_two_places_of_one_pool_are_told_so(own):
    no = own.send("POST", "", {**WISH, "from": "500112", "to": "500103"}, **KEY)
    assert (no.status_code, no.json()["code"]) == (409, "same_pool")


class TestRights:
    PATHS = (("GET", ""), ("GET", "/checks"), ("POST", "/submit"), ("POST", "/stop"))

    def test_a_stranger_finds_nothing(self, client, own):
        number = begun(own)
        stranger = program(client, make_person("50011219760302001X", name="李四"), "stranger")
        for method, path in self.PATHS:
            assert stranger.send(method, f"/{number}{path}").status_code == 404
        assert stranger.send("POST", f"/{number}/withdraw", {"reason": "x"}).status_code == 404
        assert stranger.send("GET").json()["cases"] == []
        assert Transfer.objects.get().stage == "draft"

    def test_a_clerk_of_another_region_finds_nothing_and_one_of_the_place_reads_it_on_record(
        self, own, walk, staff_program  # noqa: F811
    ):  # fmt: skip
        number = begun(own)
        own.send("POST", f"/{number}/submit")
        assert staff_program(f"clerk-{OLD}").send("GET", f"/{number}").status_code == 404
        here = staff_program(f"clerk-{NEW}").send("GET", f"/{number}")
        assert (here.status_code, here.json()["may"], here.json()["other"]) == (200, ["take", "withdraw"], None)
        assert ReadLog.objects.filter(purpose="api", case_number=number).count() == 1

    def test_a_draft_is_its_authors_alone(self, own, walk, staff_program):  # noqa: F811
        number = begun(own)
        clerk = staff_program(f"clerk-{NEW}")
        assert clerk.send("GET", f"/{number}").status_code == 404
        at_window = clerk.send("POST", "", {**WISH, "identity": walk.person.identity}, **KEY).json()["number"]
        assert Transfer.objects.get(case__number=at_window).channel == "window"
        assert own.send("GET", f"/{at_window}").status_code == 404
        assert at_window not in [line["number"] for line in own.send("GET").json()["cases"]]
        assert clerk.send("POST", f"/{at_window}/submit").status_code == 200
        assert own.send("GET", f"/{at_window}").status_code == 200

    def test_staff_apply_at_their_own_place_and_only_as_clerks(self, walk, staff_program):  # noqa: F811
        body = {**WISH, "identity": walk.person.identity}
        for name, code in ((f"clerk-{OLD}", "not_your_region"), (f"reviewer-{NEW}", "not_your_role")):
            no = staff_program(name).send("POST", "", body, **KEY)
            assert (no.status_code, no.json()["code"]) == (403, code)
        no = staff_program(f"clerk-{NEW}").send("POST", "", {**body, "identity": "50011219760302001X"}, **KEY)
        assert (no.status_code, no.json()["code"]) == (422, "no_such_person")
        assert not Case.objects.exists()

    def test_only_a_clerk_of_the_old_place_stops_for_somebody(self, walk, staff_program):  # noqa: F811
        running(walk.person, OLD).update(status="normal", end=None, category="individual")
        clerk = staff_program(f"clerk-{NEW}")
        number = clerk.send("POST", "", {**WISH, "identity": walk.person.identity}, **KEY).json()["number"]
        no = clerk.send("POST", f"/{number}/stop")
        assert (no.status_code, no.json()["code"]) == (403, "not_your_region")
        assert running(walk.person, OLD).get().status == "normal"
        there = walk.staff[OLD]["clerk"]
        assert actions.ask_stop(person_id=walk.person.pk, place=OLD, by=there, **walk.now()).status == "suspended"

    def test_nothing_opens_without_a_token(self, client, own):
        number = begun(own)
        client.force_login(get_user_model().objects.get(username="mover"))
        assert client.get(f"{CASES}/{number}").status_code == 401
