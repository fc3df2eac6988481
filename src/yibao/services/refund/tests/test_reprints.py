"""A paper printed again: what was issued, marked and counted, each time a step in the chain of the case."""

import io
from datetime import date

import pypdf
import pytest
from django.urls import reverse

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.services.refund import actions
from yibao.store import documents, papers, verify
from yibao.store.models import Case, CitizenLogin, IssuedPaper, ReadLog

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def again(walk, paper, by=None, key="k1", **options):
    by = by or walk.citizen
    return actions.reprint(number=walk.number, paper=paper.number, key=key, by=by, **{**walk.now(), **options})


@pytest.fixture
def form(walk):
    walk.submitted()
    return actions.make_paper(number=walk.number, kind="application_form", by=walk.citizen, **walk.now())


@pytest.fixture
def slip(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    walk.pay()
    return actions.make_paper(number=walk.number, kind="refund_slip", by=walk.staff["finance"], **walk.now())


@pytest.fixture
def signed_in(walk, client, django_user_model):
    """Sign the applicant in, or a member of staff."""

    def enter(role=""):
        if not role:
            user, _ = django_user_model.objects.get_or_create(username="chen")
            CitizenLogin.objects.get_or_create(user=user, person=walk.person)
        client.force_login(django_user_model.objects.get(pk=walk.staff[role].user_id) if role else user)
        return client

    return enter


def refusal_of(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.code


def prints(walk) -> list:
    rows = walk.case.actions.filter(kind="print").order_by("seq")
    return [(row.actor_kind, row.data["paper"], row.data["times"], row.business_date) for row in rows]


def test_each_reprint_is_a_step_of_the_chain_is_counted_and_says_so(walk, form):
    before = walk.case
    first = again(walk, form)
    second = again(walk, form, by=walk.staff["reviewer"], on=date(2023, 3, 1))
    form.refresh_from_db()

    assert (first, second, form.reprints) == (1, 2, 2)
    assert prints(walk) == [
        ("citizen", form.number, 1, date(2023, 2, 10)),
        ("staff", form.number, 2, date(2023, 3, 1)),
    ]
    assert (walk.case.state, walk.case.evidence_hash) == (before.state, before.evidence_hash)
    assert "补打第1次2023年2月10日" in text_of(actions.reprinted(case=walk.case, paper=form.number, times=1))
    assert "补打第2次2023年3月1日" in text_of(actions.reprinted(case=walk.case, paper=form.number, times=2))


def test_a_reprint_says_what_was_issued_whatever_the_record_says_now(walk, form):
    walk.person.name = "陈建军"
    walk.person.save()
    again(walk, form)
    text = text_of(actions.reprinted(case=walk.case, paper=form.number, times=1))

    assert text_of(papers.content(form)) == text.replace("补打第1次2023年2月10日reprint1,2023-02-10", "")
    assert "陈建国" in text
    assert form.check_code in text


def test_a_double_click_is_one_reprint_and_two_people_make_two(walk, form):
    assert [again(walk, form), again(walk, form), again(walk, form, by=walk.staff["clerk"])] == [1, 1, 2]
    assert len(prints(walk)) == 2


def test_a_void_paper_is_not_printed_again(walk, form):
    IssuedPaper.objects.update(voided_at=walk.now()["at"])
    assert refusal_of(lambda: again(walk, form)) == "paper_void"
    assert prints(walk) == []


def test_a_deleted_paper_is_not_printed_again_and_not_counted(walk, form):
    IssuedPaper.objects.update(purged_at=walk.now()["at"])
    assert refusal_of(lambda: again(walk, form)) == "paper_deleted"
    assert (prints(walk), IssuedPaper.objects.get().reprints) == ([], 0)


def test_a_damaged_paper_is_not_printed_again_and_not_counted(walk, form, monkeypatch):
    monkeypatch.setattr(papers.documents, "get", lambda digest: (_ for _ in ()).throw(documents.FileDamaged(digest)))
    with pytest.raises(documents.FileDamaged):
        again(walk, form)
    assert (prints(walk), IssuedPaper.objects.get().reprints) == ([], 0)


def test_a_stranger_and_another_region_print_nothing(walk, form):
    stranger = Actor(None, "", "citizen", person_id="00000000-0000-0000-0000-000000000001")
    elsewhere = Actor(walk.staff["clerk"].user_id, "", "staff", roles=frozenset({"clerk"}), region="110000")
    assert refusal_of(lambda: again(walk, form, by=stranger)) == "not_your_case"
    assert refusal_of(lambda: again(walk, form, by=elsewhere)) == "not_your_region"
    assert (prints(walk), IssuedPaper.objects.get().reprints) == ([], 0)


def test_a_paper_of_another_case_and_a_print_that_was_not_made_are_unknown(walk, form):
    form.number = "SQ-CQ-2023-999999"
    assert refusal_of(lambda: again(walk, form)) == "no_such_print"
    known = IssuedPaper.objects.get().number
    assert refusal_of(lambda: actions.reprinted(case=walk.case, paper=known, times=1)) == "no_such_print"


def test_a_slip_is_printed_again_at_the_window_only(walk, slip):
    assert refusal_of(lambda: again(walk, slip)) == "slip_at_window"
    assert again(walk, slip, by=walk.staff["finance"]) == 1
    assert walk.confirm().state == "completed"
    assert again(walk, slip, by=walk.staff["finance"], key="k2") == 2


def test_the_books_of_a_case_with_reprints_verify(walk, form):
    again(walk, form)
    assert [fault for fault in verify.verify_audit(files=False) if "补打" in fault] == []
    IssuedPaper.objects.update(reprints=5)
    assert [fault for fault in verify.verify_audit(files=False) if "补打" in fault] != []


@pytest.mark.parametrize("role", ["", "clerk"], ids=["the person", "staff"])
def test_the_page_of_the_case_prints_again(walk, form, signed_in, role):
    browser, base = signed_in(role), "/workbench/refund" if role else "/refund"
    case = f"{base}/cases/{walk.number}"
    page = browser.get(case).content.decode()
    assert form.number in page
    assert f"{case}/papers/{form.number}/again" in page

    count = Case.objects.get().action_count
    answer = browser.post(f"{case}/papers/{form.number}/again", {"key": str(count)})
    assert (answer.status_code, answer["Location"]) == (302, f"{case}/papers/{form.number}/again/1")
    file = browser.get(answer["Location"])
    assert file["Content-Type"] == "application/pdf"
    assert "补打第1次" in text_of(b"".join(file.streaming_content))
    assert "已补打 1 次" in browser.get(case).content.decode()
    assert browser.get(f"{case}/papers/{form.number}/again/2").status_code == 404
    assert browser.get(f"{case}/papers/{form.number}/again").status_code == 405


def test_the_portal_does_not_offer_the_slip_again(walk, slip, signed_in):
    case = f"/refund/cases/{walk.number}"
    browser = signed_in()
    assert f"{slip.number}/again" not in browser.get(case).content.decode()
    assert browser.post(f"{case}/papers/{slip.number}/again", {"key": "1"}).status_code == 409
    assert f"{slip.number}/again" in signed_in("finance").get(f"/workbench{case}").content.decode()


def test_the_check_page_tells_how_often_a_paper_was_printed_again(walk, form, client):
    address = f"/check/{form.number}/{form.check_code}"
    assert "补打次数" not in client.get(address).content.decode()
    again(walk, form)
    assert "补打次数" in client.get(address).content.decode()


def test_opening_a_paper_is_a_look_and_no_print(walk, form, signed_in):
    desk = signed_in("clerk")
    steps = walk.case.action_count
    address = reverse("workbench_refund:paper", args=[walk.number, form.number])
    assert desk.get(address)["Content-Type"] == "application/pdf"
    again(walk, form, by=walk.staff["clerk"])
    assert desk.get(reverse("workbench_refund:copy", args=[walk.number, form.number, 1])).status_code == 200
    assert ReadLog.objects.filter(purpose="paper", case_number=walk.number, person=walk.person).count() == 2
    form.refresh_from_db()
    assert (form.reprints, walk.case.action_count) == (1, steps + 1)
