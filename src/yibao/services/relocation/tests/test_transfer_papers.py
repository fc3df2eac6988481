"""The papers of a transfer: each is the record, numbered, verified by anybody, printed again on record."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_account, mask_id
from yibao.kernel.money import Money
from yibao.services.relocation import actions
from yibao.services.relocation.documents import KINDS
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, make_person
from yibao.store import papers, verify
from yibao.store.models import CitizenLogin, Contribution, PayerAccount, ReadLog

pytestmark = pytest.mark.django_db
SIDES = {"application_form": "in", "enrolment_certificate": "out", "contact_letter": "in", "information_table": "out"}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def bare(text):
    return "".join(text.split())


def text_of(content):
    return "".join(bare(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages)


def issued(walk, kind):
    return actions.make_paper(number=walk.number(SIDES[kind]), kind=kind, by=walk.citizen, **walk.now())


def refusal_of(work):
    with pytest.raises(Refused) as no:
        work()
    return no.value.refusal.code


def record_of(walk, paper):
    """What the rows of the record say of a paper; amounts, days and texts, nothing laid out."""
    row = Transfer.objects.get(case=paper.case)
    said = [*KINDS[paper.kind], paper.number, paper.check_code, f"/check/{paper.number}/{paper.check_code}",
            paper.case.number, "医疗保险经办机构（演示）", "合成演示数据，不具法律效力", walk.person.name,
            mask_id(walk.person.identity), f"重庆市（{OLD}）", f"太原市（{NEW}）"]  # fmt: skip
    return [*said, paper.issued_on.isoformat(), *PARTS[paper.kind](walk, row)]


def form(walk, row):
    day = row.case.submitted_on.isoformat()
    return ["职工医保", f"申请地applied at太原市（{NEW}）", "身份证", "网上", f"申请日期applied on{day}", "申请人签名"]


def months(walk):
    rows = Contribution.objects.filter(enrolment__person=walk.person, enrolment__region=OLD).order_by("first_month")
    found = ["12", str(Money(rows[0].base_fen)), str(Money(rows[1].base_fen))]
    return [*found, "2024-01", "2024-12", "2025-01", "2025-12", "实际缴费"]


def certificate(walk, row):
    return ["months paid24", *months(walk)]


def letter(walk, row):
    account = PayerAccount.objects.get(region=NEW)
    return [row.accepted_on.isoformat(), "演示银行", account.holder, mask_account(account.number)]


def table(walk, row):
    move = row.money
    return [f"版本version{row.tables.get().version}", f"principal, yuan{Money(move.principal_fen)}",
            f"amount sent, yuan{Money(move.amount_fen)}", "利率未查到，未计息", *months(walk)]  # fmt: skip


PARTS = {"application_form": form, "enrolment_certificate": certificate, "contact_letter": letter,
         "information_table": table}  # fmt: skip


@pytest.mark.parametrize("kind", PARTS)
def test_the_text_of_a_paper_is_the_record_and_anybody_may_verify_it(walk, client, kind):
    walk.sent()
    paper = issued(walk, kind)
    text = text_of(papers.content(paper))
    assert [said for said in record_of(walk, paper) if bare(said) not in text] == []
    assert walk.person.identity not in text
    page = client.get(f"/check/{paper.number}/{paper.check_code}").content.decode()
    assert "由本系统出具，内容有效" in page
    assert paper.number in page
    assert walk.person.name[:1] + "*" not in page
    assert client.get(f"/check/{paper.number}/{paper.check_code[:-1]}1").status_code == 404


def test_a_paper_is_made_once_and_the_second_time_is_the_same(walk):
    walk.sent()
    first, again = issued(walk, "information_table"), issued(walk, "information_table")
    assert first.pk == again.pk


def test_a_paper_waits_until_the_case_has_come_that_far_and_is_made_at_its_own_place(walk):
    walk.drafted()
    make = {"by": walk.citizen, **walk.now()}
    assert (
        refusal_of(lambda: actions.make_paper(number=walk.thread, kind="application_form", **make)) == "paper_not_yet"
    )
    actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
    assert actions.make_paper(number=walk.thread, kind="application_form", **make).kind == "application_form"
    walk.carry()
    for side, kind in (("in", "enrolment_certificate"), ("out", "contact_letter"), ("out", "application_form"),
                       ("out", "information_table")):  # fmt: skip
        number = walk.number(side)
        assert refusal_of(lambda n=number, k=kind: actions.make_paper(number=n, kind=k, **make)) == "paper_not_yet"


def test_a_table_that_was_corrected_makes_the_paper_of_the_first_void(walk):
    walk.sent()
    first = issued(walk, "information_table")
    clerk = walk.staff[NEW]["clerk"]
    actions.send_back(number=walk.number("in"), why="起始月份不对", by=clerk, **walk.now())
    walk.carry()
    walk.build()
    walk.sign()
    second = issued(walk, "information_table")
    first.refresh_from_db()
    assert (second.pk != first.pk, first.voided_at is not None, second.voided_at) == (True, True, None)
    page = Client().get(f"/check/{first.number}/{first.check_code}").content.decode()
    assert "由本系统出具，内容有效" not in page


class TestPages:
    @pytest.fixture
    def own(self, walk):
        walk.on = timezone.localdate()
        return self.login("mover", walk.person)

    def login(self, name, person):
        user, _ = get_user_model().objects.get_or_create(username=name)
        if person:
            CitizenLogin.objects.create(user=user, person=person)
        client = Client()
        client.force_login(user)
        return client

    def test_the_person_finds_all_four_on_the_page_of_the_case_and_prints_one_again(self, walk, own):
        walk.sent()
        address = f"/relocation/cases/{walk.number('in')}"
        page = own.get(address).content.decode()
        made = {kind: f"/relocation/cases/{walk.number(side)}/papers/make/{kind}" for kind, side in SIDES.items()}
        assert [kind for kind, action in made.items() if action not in page] == []
        opened = own.post(made["enrolment_certificate"])
        assert own.get(opened.url)["Content-Type"] == "application/pdf"
        number = opened.url.rpartition("/")[2]
        page = own.get(address).content.decode()
        assert number in page
        assert made["enrolment_certificate"] not in page
        copy = own.post(f"{opened.url}/again", {"key": "k1"})
        assert own.post(f"{opened.url}/again", {"key": "k1"}).url == copy.url
        text = text_of(b"".join(own.get(copy.url).streaming_content))
        assert "补打第1次" in text
        assert bare(walk.person.name) in text
        assert "已补打 1 次" in own.get(address).content.decode()
        assert list(verify.verify_audit()) == []

    def test_each_desk_has_its_own_papers_and_looks_are_on_record(self, walk, own):
        walk.sent()
        clerk = self.login(f"clerk-{OLD}", None)
        desk = f"/workbench/relocation/cases/{walk.number('out')}"
        page = clerk.get(desk).content.decode()
        assert f"{desk}/papers/make/information_table" in page
        assert "contact_letter" not in page
        opened = clerk.post(f"{desk}/papers/make/information_table")
        assert clerk.get(opened.url)["Content-Type"] == "application/pdf"
        assert ReadLog.objects.filter(purpose="paper", case_number=walk.number("out")).count() == 1

    def test_a_stranger_and_the_other_office_get_no_paper(self, walk, own):
        walk.sent()
        paper = issued(walk, "contact_letter")
        stranger = self.login("stranger", make_person("50011219760302001X", name="李四"))
        for client, space, status in ((stranger, "relocation", 404), (self.login(f"clerk-{OLD}", None),
                                                                      "workbench/relocation", 403)):  # fmt: skip
            case = f"/{space}/cases/{paper.case.number}/papers"
            assert client.get(f"{case}/{paper.number}").status_code == status
            assert client.post(f"{case}/make/contact_letter").status_code == status
            assert client.post(f"{case}/{paper.number}/again", {"key": "k"}).status_code == status
        assert own.post(f"/relocation/cases/{paper.case.number}/papers/make/poem").status_code == 404
