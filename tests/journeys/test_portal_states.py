"""Every state of every page of the citizen serves everybody: narrow and wide, with and without script.

Each sight is opened twice: wide with scripts in Chinese, and narrow without scripts in English; each time it is
checked once by axe, then measured at both widths in both sizes of type. The states are written by the store's own
actions, not walked to through pages. None of it depends on the database, so that it runs on one.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve
from django.utils import timezone

from yibao import services
from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import staff_actor
from yibao.casework.states import State
from yibao.kernel.identifiers import make_resident_id
from yibao.services.refund import interview
from yibao.services.refund.pages.interview import QUESTIONS_MAX
from yibao.services.refund.pages.track import TOLD
from yibao.store import crypto, models, promises
from yibao.web import kept
from yibao.web.family.session import KEY as ACTING
from yibao.web.identity.providers import Provider, rungs
from yibao.web.identity.session import KEY as ASSURANCE
from yibao.web.units.session import KEY as UNIT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# These take a form or send a file, and show no page of their own; what they refuse is shown where the form stands.
ANSWERS = {
    "portal": "contact_switch own_data_file act confirm_right revoke_right sign_out preferences end_sessions"
    " act_for_unit give_up_unit",
    "refund": "blank document make_paper paper reprint copy detach take_back submit",
    "correction": "document submit upload withdraw detach make_paper paper reprint copy",
}
STEPS = ("payments", "reason", "account", "materials", "check", "withdraw")
NOBODY, EMPTY, HALF, FULL = "nobody", "draft_empty", "draft_half", "draft_full"
AWAY = "http://localhost:9"


@dataclass(frozen=True)
class Sight:
    """One page in one state, for one reader; with a form, the page that answers it."""

    reader: str
    address: str
    what: str
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    session: Mapping[str, object] = field(default_factory=dict)


def _login(username: str, person: models.Person) -> None:
    user = get_user_model().objects.create(username=username)
    models.CitizenLogin.objects.create(user=user, person=person)


@pytest.fixture(scope="module")
def sights(refunds, drafts, corrections, signed_in) -> list[Sight]:
    """Every state of every page of the citizen."""
    signed_in("clerk").get(f"/workbench/refund/cases/{refunds['submitted'].number}")
    now = {"on": timezone.localdate(), "at": timezone.now()}
    born = date(1980, 5, 2)
    alone = make_resident_id(area="500112", born=born, serial=77)
    _login(NOBODY, models.Person.objects.create(identity=alone, name="罗一", sex="M", born=born, region=REGION))
    parts = (
        _refunds(refunds),
        _drafts(drafts),
        _mended(refunds),
        _corrections(corrections),
        _own_lists(),
        _told(now),
        _data(now),
        _care(now),
        _family(now),
        _units(),
        _levels(drafts[FULL]),
        _interviews(now),
        _open(),
        _refused(refunds),
    )
    return [sight for part in parts for sight in part]


def _refunds(refunds: Mapping[str, models.Case]) -> Iterator[Sight]:
    for path, case in refunds.items():
        last = [action.kind for action in case.actions.order_by("seq") if action.kind in TOLD][-1]
        says = (f"common.state.{case.state}", f"refund.event.{last}")
        yield Sight(path, f"/refund/cases/{case.number}", f"refund: {case.state}", says=says)
    for path, says in (
        ("correction_due", "refund.case.do_correct"),
        ("bounced", "refund.case.fix_account"),
        ("refused", "refund.case.unpaid_why"),
        ("completed", "refund.case.paid_amount"),
    ):
        yield Sight(path, f"/refund/cases/{refunds[path].number}", f"what {path} asks for", says=(says,))
    yield Sight("submitted", f"/refund/cases/{refunds['submitted'].number}/done", "done", says=("refund.done.title",))
    yield Sight("accepted", f"/refund/cases/{refunds['accepted'].number}/done", "done, accepted")
    for path in ("submitted", "approved"):
        place = f"/refund/cases/{refunds[path].number}/withdraw"
        yield Sight(path, place, "withdraw")
        yield Sight(path, place, "withdraw sent empty", "form")


def _mended(refunds: Mapping[str, models.Case]) -> Iterator[Sight]:
    case = refunds["correction_due"].number
    yield Sight("correction_due", f"/refund/cases/{case}/correct", "all that is missing", says=("refund.correct.lead",))
    yield from (Sight("correction_due", f"/refund/cases/{case}/{step}", f"mended {step}") for step in STEPS[:4])
    bounced = f"/refund/cases/{refunds['bounced'].number}/account"
    wrong = {"bank_name": "演示银行", "bank_holder": "张三", "bank_number": "12"}
    yield Sight("bounced", bounced, "account after it came back")
    yield Sight("bounced", bounced, "wrong account after it came back", "form", wrong)


def _drafts(drafts: Mapping[str, str]) -> Iterator[Sight]:
    says = {EMPTY: "refund.draft.not_yet", HALF: "refund.draft.to_do", FULL: "refund.draft.ready"}
    for reader, number in drafts.items():
        yield Sight(reader, f"/refund/cases/{number}", "refund: draft", says=("refund.draft.title", says[reader]))
        for step in STEPS:
            yield Sight(reader, f"/refund/cases/{number}/{step}", f"{reader} {step}")
        if reader != EMPTY:
            continue
        for step in ("payments", "reason", "withdraw"):
            yield Sight(reader, f"/refund/cases/{number}/{step}", f"{step} sent empty", "form")
        yield Sight(reader, f"/refund/cases/{number}/check", "sent with nothing in it", "submit")
        wrong = {"applicant": "heir", "bank_name": "演示银行", "bank_holder": "张三", "bank_number": "1"}
        yield Sight(reader, f"/refund/cases/{number}/account", "wrong account", "form", wrong)
    pledge = f"/refund/cases/{drafts[FULL]}/promise/payment_proof"
    yield Sight(HALF, f"/refund/cases/{drafts[HALF]}/materials", "no file", "materials")
    yield Sight(FULL, pledge, "promise")
    yield Sight(FULL, pledge, "promise not agreed", "form")
    yield Sight("citizen1", "/refund/", "found", says=("refund.find.can",))
    yield Sight(NOBODY, "/refund/", "nothing found")


def _corrections(corrections: Mapping[str, models.Case]) -> Iterator[Sight]:
    readers = {state: case.person.logins.first().user.username for state, case in corrections.items()}
    for state, case in corrections.items():
        says = (f"common.state.{state}", f"correction.event.{case.actions.order_by('-seq').first().kind}")
        place = f"/correction/cases/{case.number}"
        yield Sight(readers[state], place, f"correction: {state}", says=says[: 1 if state == "draft" else 2])
    draft = f"/correction/cases/{corrections['draft'].number}"
    for form in ("upload", "withdraw"):
        yield Sight(readers["draft"], draft, f"{form} sent empty", form)
    yield Sight(readers["completed"], "/correction/", "corrected before")
    yield Sight(NOBODY, "/correction/", "only a name")
    for field_of, wrong in (("name", ""), ("born", "1980")):
        place = f"/correction/new/person/self/{field_of}"
        yield Sight("citizen1", place, f"new {field_of}")
        yield Sight("citizen1", place, f"wrong {field_of}", "form", {"wanted": wrong, "why": "登记错了"})


def _own_lists() -> Iterator[Sight]:
    for reader in (NOBODY, "citizen1", "submitted", "correction_due", "bounced", FULL, "completed"):
        yield from (Sight(reader, f"/{place}", f"{reader} {place}") for place in ("", "payments", "cases"))
    for reader, says in ((NOBODY, "portal.cases.empty"), (FULL, "portal.cases.kept")):
        yield Sight(reader, "/cases", "cases", says=(says,))
    yield from (Sight(reader, "/reads", f"{reader} reads") for reader in (NOBODY, "submitted"))
    yield from (Sight(reader, "/sessions", f"{reader} sessions") for reader in (NOBODY, "citizen1"))


def _told(now: dict) -> Iterator[Sight]:
    yield Sight(NOBODY, "/messages", "none", says=("portal.messages.empty",))
    yield Sight("completed", "/messages", "new")
    models.Message.objects.filter(person__logins__user__username="refused").update(read_at=now["at"])
    yield Sight("refused", "/messages", "read")
    yield Sight("refused", "/messages?before=1", "no older ones")
    for message in {one.kind: one for one in models.Message.objects.exclude(person__logins=None)}.values():
        reader = message.person.logins.first().user.username
        yield Sight(reader, f"/messages/{message.pk}", f"message {message.kind}")
    _contact(NOBODY, "email", address="yibao@example.org", confirmed_at=now["at"], wanted=False)
    _contact(NOBODY, "sms", proposed="13800000000", nonce="x", asked_at=now["at"], asked=1)
    _contact("completed", "email", address="yibao@example.org", confirmed_at=now["at"], wanted=True)
    for reader, says in ((NOBODY, "waits"), ("completed", "on"), ("citizen1", "none")):
        yield Sight(reader, "/contact", f"contact {says}", says=(f"portal.contact.{says}",))
    yield Sight(NOBODY, "/contact/sms/code", "code")
    yield Sight(NOBODY, "/contact/sms/code", "wrong code", "form", {"code": "000000"})
    for channel, typed in (("sms", "12"), ("email", "nobody at example")):
        yield Sight("citizen1", f"/contact/{channel}", channel)
        yield Sight("citizen1", f"/contact/{channel}", f"wrong {channel}", "form", {"address": typed})


def _contact(reader: str, channel: str, **more: object) -> None:
    person = models.CitizenLogin.objects.get(user__username=reader).person
    models.Contact.objects.create(person=person, channel=channel, **more)


def _data(now: dict) -> Iterator[Sight]:
    at, day = now["at"], timedelta(days=1)
    states = {
        "citizen8": {"asked_at": at},
        "citizen9": {"asked_at": at, "ready_at": at, "until": at + day},
        "citizen10": {"asked_at": at, "ready_at": at, "until": at + day, "fetched_at": at},
        "citizen11": {"asked_at": at - 2 * day, "ready_at": at - 2 * day, "until": at - day},
    }
    says = dict(zip(states, ("asked", "ready", "fetched", "lapsed"), strict=True))
    yield Sight(NOBODY, "/own-data", "never asked for", says=("portal.own_data.ask",))
    for reader, state in states.items():
        models.DataCopy.objects.create(person=models.CitizenLogin.objects.get(user__username=reader).person, **state)
        yield Sight(reader, "/own-data", f"copy {says[reader]}", says=(f"portal.own_data.{says[reader]}",))


def _care(now: dict) -> Iterator[Sight]:
    broken, waiting = models.PromiseLetter.objects.filter(checks__outcome="").order_by("pk")[:2]
    found = {"found": "征收部门没有这笔缴费", "closed": None, "by": staff_actor("auditor"), **now}
    promises.record(number=broken.number, outcome="broken", **found)
    for name, letter in (("broken", broken), ("waiting", waiting)):
        _login(name, letter.person)
        yield Sight(name, "/promises", f"letter {name}")
    yield Sight("broken", f"/promises/{broken.number}/object", "object")
    yield Sight("broken", f"/promises/{broken.number}/object", "object sent empty", "form")
    yield Sight("applicant", "/promises", "letter kept", says=("care.promise.outcome.kept",))
    yield Sight(NOBODY, "/promises", "no letters")
    for case in models.Case.objects.filter(ratings__isnull=False).distinct():
        _login(f"rater{case.pk}", case.person)
        yield Sight(f"rater{case.pk}", f"/cases/{case.number}/ratings", "rated")
    case = models.Case.objects.filter(state="completed", service="refund", ratings=None).first()
    _login("rater", case.person)
    step = case.actions.get(kind="accept").seq
    yield Sight("rater", f"/cases/{case.number}/ratings", "not rated")
    yield Sight("rater", f"/cases/{case.number}/ratings/{step}", "rate")
    yield Sight("rater", f"/cases/{case.number}/ratings/{step}", "no grade", "form", {"remark": "很好"})


def _family(now: dict) -> Iterator[Sight]:
    own, other = (models.CitizenLogin.objects.get(user__username=name).person for name in ("citizen8", "citizen9"))
    on, at = now["on"], now["at"]
    shared = {"kind": "proxy", "representative": own, "represented": other, "asked_at": at, "confirmed_at": at}
    month = timedelta(days=30)
    lapsed = models.Representation.objects.create(**shared, start=on - 2 * month, end=on - month)
    models.Representation.objects.create(**shared, start=on + month)
    models.Representation.objects.create(**shared, start=on - month, revoked_on=on - timedelta(days=1))
    holds = models.Representation.objects.filter(representative__logins__user__username="citizen1").first()
    yield Sight(NOBODY, "/family", "nobody", says=("family.none_held", "family.none_given"))
    yield Sight("citizen1", "/family", "a ward, and one who asks", says=("family.state.held", "family.confirm"))
    yield Sight("citizen8", "/family", "lapsed", says=("family.state.right_lapsed", "family.state.right_revoked"))
    yield Sight("citizen9", "/family", "given")
    for place in ("", "cases", "family", "payments"):
        yield Sight("citizen1", f"/{place}", f"acting {place}", says=("family.band.now",), session={ACTING: holds.pk})
    yield Sight("citizen8", "/cases", "acting, lapsed", session={ACTING: lapsed.pk})
    yield Sight(NOBODY, "/family/ask", "ask")
    yield Sight(NOBODY, "/family/ask", "ask sent empty", "form")
    yield Sight(NOBODY, "/family/ask", "ask, wrong", "form", {"kind": "proxy", "name": "张三", "identity": "1"})


def _units() -> Iterator[Sight]:
    acting = {UNIT: models.UnitAgent.objects.get(agent__logins__user__username="citizen1").pk}
    yield Sight("citizen1", "/unit", "for a unit", says=("units.own_nav",), session=acting)
    yield Sight("citizen1", "/refund/unit", "which employee", session=acting)
    yield Sight("citizen1", "/refund/unit", "no employee", "form", {"name": "张三", "identity": "1"}, session=acting)


def _levels(draft: str) -> Iterator[Sight]:
    weak, phone = ({ASSURANCE: {"level": level, "method": "demo", "at": 0}} for level in ("L1", "L2"))
    yield Sight(NOBODY, "/identity", "proved", says=("identity.no_face.title",))
    yield Sight(NOBODY, "/identity", "weak", session=weak)
    yield Sight(NOBODY, "/", "too weak to read", says=("identity.step_up.title",), session=weak)
    yield Sight(NOBODY, "/identity/code", "code of the window")
    yield Sight(NOBODY, "/identity/code", "no code", "code")
    place = f"/refund/cases/{draft}/check"
    yield Sight(FULL, place, "too weak to send", "submit", says=("identity.step_up.kept",), session=phone)
    yield Sight(FULL, "/go-on", "go on after the proof", session=phone)
    owner = kept.who(get_user_model().objects.get(username="citizen1"))
    plain = {"path": "/contact/sms", "fields": [["address", "138"]], "who": owner}
    sealed = base64.b64encode(crypto.seal(plain=json.dumps(plain).encode(), place=kept.PLACE)).decode()
    yield Sight(
        "citizen1", "/kept", "typed before the session ended", says=("portal.kept.title",), session={"kept": sealed}
    )


def _interviews(now: dict) -> Iterator[Sight]:
    yield Sight("visitor", "/refund/can", "which place")
    yield Sight("visitor", "/refund/can?asked=region", "no place", says=("refund.can.no_region",))
    region = services.packs().regions[REGION]
    asked = interview.interview(region=region, on=now["on"])
    for pick in (0, 1, -1):
        answers: dict[str, str] = {}
        while (term := asked.standing(answers).question) is not None and len(answers) < QUESTIONS_MAX:
            where = "/refund/can?" + urlencode({"region": REGION, **answers})
            yield Sight("visitor", where, f"question {term.key}")
            none = f"{where}&asked={term.key}"
            yield Sight("visitor", none, f"no answer to {term.key}", says=("refund.can.no_answer",))
            answers[term.key] = term.choices[pick].code
        told = interview.answer(region=region, asked=asked, standing=asked.standing(answers)).outcome
        where = "/refund/can?" + urlencode({"region": REGION, **answers})
        yield Sight("visitor", where, f"answer {told}", says=(f"refund.can.heading.{told}",))


def _open() -> Iterator[Sight]:
    for place, what in (
        ("sign-in", "sign in"),
        ("sign-in?expired=1&next=/kept", "signed out after a pause"),
        ("signed-out", "signed out"),
        ("rules", "rules"),
        (f"rules/{REGION}", "rules of a place"),
        ("rules/140100", "rules of another place"),
        ("rules/999999", "rules of no place"),
    ):
        yield Sight("visitor", f"/{place}", what)
    yield Sight("visitor", "/sign-in", "sign in sent empty", "form")
    yield Sight("visitor", "/sign-in", "wrong password", "form", {"login": "citizen1"})
    for paper in {(one.kind, one.voided_at): one for one in models.IssuedPaper.objects.all()}.values():
        state = "voided" if paper.voided_at else "valid"
        where = f"/check/{paper.number}/{paper.check_code}"
        yield Sight("visitor", where, f"{state} {paper.kind}", says=(f"portal.paper.{state}",))
    yield Sight("visitor", f"/check/{paper.number}/0000", "wrong code")


def _refused(refunds: Mapping[str, models.Case]) -> Iterator[Sight]:
    number = refunds["submitted"].number
    for reader, place, status in (
        ("submitted", "?x=%00", 400),
        ("submitted", "workbench/", 403),
        ("submitted", "no/such/page", 404),
        ("visitor", "no/such/page", 404),
        ("completed", f"refund/cases/{number}", 404),
        ("submitted", "refund/apply", 405),
    ):
        yield Sight(reader, f"/{place}", f"says no: {status}", says=(f"common.error.{status}.title",))
    yield Sight("submitted", f"/refund/cases/{number}/reason", "says no: 409")
    expired = {"csrfmiddlewaretoken": "x", "address": "138 0013 8000"}
    yield Sight("citizen1", "/contact/sms", "form too old", "form", expired, says=("portal.kept.title",))


def test_every_state_of_a_case_is_among_them(sights):
    reached = {
        service: {sight.what.partition(": ")[2] for sight in sights if sight.what.startswith(f"{service}: ")}
        for service in ("refund", "correction")
    }
    assert reached == {"refund": set(State), "correction": set(State) - {State.APPROVED, State.EXECUTING}}


def test_every_page_of_the_citizen_is_among_them(sights, doors, pages):
    seen = {resolve(urlsplit(sight.address).path).view_name for sight in (*sights, *doors) if "404" not in sight.what}
    names = {route.name for route in pages if not route.name.startswith(("workbench", "relocation", "portal:guide"))}
    assert names - seen == {f"{space}:{name}" for space, all_of in ANSWERS.items() for name in all_of.split()}


def test_every_state_serves_a_wide_screen(look, sights):
    assert look(sights, width=DESKTOP, script=True, language="zh") == []


def test_every_state_serves_a_phone_without_script(look, sights):
    assert look(sights, width=PHONE, script=False, language="en") == []


@pytest.fixture(scope="module")
def doors() -> list[Sight]:
    """Pages of an installation where providers vouch for people, and nobody answers there."""
    phone = {ASSURANCE: {"level": "L2", "method": "national", "at": 0}}
    return [
        Sight("visitor", "/sign-in", "providers", says=("国家医保服务平台",)),
        Sight("visitor", "/sign-in/national", "provider out of reach"),
        Sight("visitor", "/sign-in/national/back", "came back from nowhere"),
        Sight("citizen5", "/identity", "ways up", says=("identity.raise",), session=phone),
        Sight("citizen5", "/family/ask", "a stronger proof", says=("identity.step_up.title",), session=phone),
        Sight("citizen5", "/family/ask", "no code of the window", "code", session=phone),
    ]


@pytest.fixture
def provider(settings) -> None:
    """The site as an installation with a provider that cannot be reached."""
    name = "国家医保服务平台"
    settings.YIBAO_PROVIDERS = (
        Provider(name="national", label=name, en=name, issuer=AWAY, client_id="x", rungs=rungs("acr:face=L3")),
    )


@pytest.mark.parametrize(("width", "script", "language"), [(DESKTOP, True, "zh"), (PHONE, False, "en")])
def test_doors_of_providers_serve_everybody(look, sights, doors, provider, width, script, language):
    assert look(doors, width=width, script=script, language=language) == []
