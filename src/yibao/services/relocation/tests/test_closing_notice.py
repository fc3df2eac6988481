"""A transfer that ends without being done leaves its applicant a notice: how it ended, every reason, every remedy."""

import io
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import mask_id
from yibao.services.relocation import actions
from yibao.services.relocation.models import Arrears
from yibao.services.relocation.tests.conftest import NEW, OLD
from yibao.store import papers, verify
from yibao.store.models import CitizenLogin, Contribution, Enrolment, Person

pytestmark = pytest.mark.django_db
KIND = "closing_notice"
NOTE = "信息表与原始档案不符 #let x = 1"
STOPPED = (
    "转出地还没有停保。请先在转出地办理停保",
    "The relation at the old place is not stopped. First ask for the stop",
)
OWING = ("转出地有欠费。请先缴清欠费", "There are arrears at the old place. Pay the arrears first")
UNENROLLED = ("还没有在转入地参保。请先在转入地办理参保登记", "There is no running relation at the new place. Enrol")
DEAD = ("参保人在转移途中死亡，转移已停止。个人账户余额由继承人", "The insured person died during the transfer")
RETIRED = ("关系不再转移。待遇在原地享受", "Benefits stay at the old place")
REVIEWED = ("一地的经办机构经复核不予办理。请查看理由；", "One place refused it upon review. Read the reason", NOTE)
AGAINST = (
    "不服的",
    "向行政复议机关申请行政复议",
    "自知道本决定之日起60日内",
    "apply for administrative reconsideration within 60",
    "向人民法院提起行政诉讼",
    "bring an action before the people's court",
)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def at_old(walk):
    return Enrolment.objects.filter(person=walk.person, region=OLD)


def not_accepted(walk):
    at_old(walk).update(status="normal", end=None)
    Arrears.objects.create(person=walk.person, place=OLD, amount_fen=96040, noted_on=walk.on)
    walk.submitted().carry()


def ended_enrolment(walk):
    """End the relation at the new place after it was looked at first: it is looked at again before acceptance."""
    walk.submitted()
    Enrolment.objects.filter(person=walk.person, region=NEW).update(status="ended", end=date(2026, 3, 1))
    walk.carry()


def refused(walk):
    walk.accepted().build()
    seen, reviewer = walk.case("out").evidence_hash, walk.staff[OLD]["reviewer"]
    actions.refuse(number=walk.number("out"), note=NOTE, seen=seen, by=reviewer, **walk.now())
    walk.carry()


def stopped(walk, **happened):
    walk.accepted()
    Person.objects.filter(pk=walk.person.pk).update(**happened)
    with pytest.raises(Refused):
        walk.build()
    walk.carry()


def died(walk):
    stopped(walk, died_on=date(2026, 3, 1))


def retired(walk):
    stopped(walk, retired_on=date(2026, 3, 1))


def withdrawn(walk, side="in"):
    walk.accepted()
    actions.withdraw(number=walk.number(side), reason="不转了", by=walk.citizen, **walk.now())
    walk.carry()


REFUSED_TITLE = ("不予办理转移接续决定书", "经复核，不予办理转移接续", "refused upon review")
NOT_ACCEPTED = ("不予受理告知书", "The transfer is not accepted", "不予受理")
ENDED = ("转移接续终止告知书", "The transfer has ended", "转移接续终止，不再办理")
BY_OLD, BY_NEW = f"作出决定的经办机构decided by重庆市（{OLD}）", f"作出决定的经办机构decided by太原市（{NEW}）"
HERE, THERE = "决定日期decided on2026-03-02", "本地结案日期closed here on2026-03-02"
WAYS = {
    "not accepted, at the new place": (not_accepted, "in", (*NOT_ACCEPTED, *STOPPED, *OWING, BY_OLD, THERE)),
    "not accepted, at the old place": (not_accepted, "out", (*NOT_ACCEPTED, *STOPPED, *OWING, BY_OLD, HERE)),
    "looked at again, at the new place": (ended_enrolment, "in", (*NOT_ACCEPTED, *UNENROLLED, BY_NEW, HERE)),
    "looked at again, at the old place": (ended_enrolment, "out", (*ENDED, *UNENROLLED, BY_NEW, THERE)),
    "refused upon review, at the old place": (refused, "out", (*REFUSED_TITLE, *REVIEWED, BY_OLD, HERE)),
    "refused upon review, at the new place": (refused, "in", (*REFUSED_TITLE, *REVIEWED, BY_OLD, THERE)),
    "died, at the old place": (died, "out", (*ENDED, *DEAD, BY_OLD, HERE)),
    "died, at the new place": (died, "in", (*ENDED, *DEAD, BY_OLD, THERE)),
    "retired": (retired, "out", (*ENDED, *RETIRED, BY_OLD, HERE)),
}


def bare(text):
    return "".join(text.split())


def text_of(content):
    return "".join(bare(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages)


def notice(walk, side):
    return actions.make_paper(number=walk.number(side), kind=KIND, by=walk.citizen, **walk.now())


def record_of(walk, paper):
    """What the record says of the notice: every member that is told as data."""
    told = actions.paper(number=paper.case.number, kind=KIND, on=paper.issued_on).json()
    pairs = [told["outcome"], *told["reasons"], *(told["remedies"] or ())]
    facts = [f"{fact['label']}{fact['label_en']}{fact['value']}" for fact in told["facts"]]
    return [told["title"], told["title_en"], *facts, *(text for pair in pairs for text in pair.values()),
            paper.number, paper.check_code, paper.case.number, walk.person.name, mask_id(walk.person.identity),
            f"重庆市（{OLD}）", f"太原市（{NEW}）", "合成演示数据，不具法律效力"]  # fmt: skip


def missing(text, said):
    return [one for one in said if bare(one) not in text]


def refusal_of(walk, side, kind=KIND):
    with pytest.raises(Refused) as no:
        actions.make_paper(number=walk.number(side), kind=kind, by=walk.citizen, **walk.now())
    return no.value.refusal.code


def kinds(walk, side):
    return [each.kind for each in actions.offered(walk.side(side), on=walk.on)]


@pytest.mark.parametrize("how", WAYS)
def test_each_way_of_ending_has_its_notice_with_reasons_and_remedies(walk, how):
    end, side, said = WAYS[how]
    end(walk)
    paper = notice(walk, side)
    text = text_of(papers.content(paper))
    assert missing(text, [*record_of(walk, paper), *said, *AGAINST]) == []
    assert walk.person.identity not in text
    assert paper.number.startswith("JA-")
    assert notice(walk, side).pk == paper.pk
    assert verify.verify_audit() == []


@pytest.mark.parametrize("side", ["in", "out"])
def test_a_withdrawal_is_confirmed_without_reasons_or_remedies(walk, side):
    withdrawn(walk, side)
    for each in ("in", "out"):
        paper = notice(walk, each)
        text = text_of(papers.content(paper))
        told = ("转移接续终止告知书", "The transfer was withdrawn", "撤回日期withdrawn on2026-03-02", "没有转移")
        assert missing(text, [*record_of(walk, paper), *told]) == []
        assert [one for one in ("不服的", "行政复议", "理由和办法", "不转了", "作出决定") if one in text] == []


def test_the_day_of_the_application_is_that_of_the_place_that_has_it(walk):
    not_accepted(walk)
    facts = {side: {fact["label"]: fact["value"] for fact in
                    actions.paper(number=walk.number(side), kind=KIND, on=walk.on).json()["facts"]}
             for side in ("in", "out")}  # fmt: skip
    assert facts["in"]["申请日期"] == facts["out"]["收到申请日期"] == "2026-03-02"
    assert facts["in"]["申请人"] == facts["out"]["申请人"] == "本人"


def test_a_transfer_under_way_or_done_has_none(walk):
    walk.accepted()
    assert refusal_of(walk, "in") == "paper_not_yet"
    with pytest.raises(Refused, match="paper_not_yet"):
        actions.paper(number=walk.number("in"), kind=KIND, on=walk.on)
    walk.build()
    walk.sign()
    actions.withdraw(number=walk.number("in"), reason="不转了", by=walk.citizen, **walk.now())
    walk.carry()
    assert KIND not in kinds(walk, "in"), "a withdrawal that came too late"
    walk.check()
    walk.load()
    walk.carry()
    walk.pay()
    walk.confirm()
    walk.carry()
    walk.arrive()
    walk.credit()
    walk.carry()
    assert walk.case("in").state == walk.case("out").state == "completed"
    assert [side for side in ("in", "out") if KIND in kinds(walk, side)] == []
    assert refusal_of(walk, "out") == "paper_not_yet"


def test_a_draft_that_is_given_up_was_no_application_and_has_none(walk):
    walk.drafted()
    actions.withdraw(number=walk.thread, reason="不转了", by=walk.citizen, **walk.now())
    assert walk.side("in").stage == "cancelled"
    assert kinds(walk, "in") == []


class TestPages:
    @pytest.fixture
    def own(self, walk):
        walk.on = timezone.localdate()
        user = get_user_model().objects.create(username="mover")
        CitizenLogin.objects.create(user=user, person=walk.person)
        return self.browser("mover")

    def browser(self, name):
        client = Client()
        client.force_login(get_user_model().objects.get(username=name))
        return client

    def test_the_person_opens_it_from_the_case_and_each_print_is_counted(self, walk, own):
        not_accepted(walk)
        address = f"/relocation/cases/{walk.number('in')}"
        page = own.get(address).content.decode()
        made = [f"/relocation/cases/{walk.number(side)}/papers/make/{KIND}" for side in ("in", "out")]
        assert [one for one in (*made, "结案告知书（重庆市）", "结案告知书（太原市）") if one not in page] == []
        opened = own.post(made[0])
        assert own.get(opened.url)["Content-Type"] == "application/pdf"
        copy = own.post(f"{opened.url}/again", {"key": "k1"})
        assert own.post(f"{opened.url}/again", {"key": "k1"}).url == copy.url
        text = text_of(b"".join(own.get(copy.url).streaming_content))
        assert missing(text, ("补打第1次", "不予受理", *STOPPED)) == []
        assert "已补打 1 次" in own.get(address).content.decode()
        number = opened.url.rpartition("/")[2]
        paper = walk.case("in").papers.get(number=number)
        checked = Client().get(f"/check/{number}/{paper.check_code}").content.decode()
        assert "结案告知书" in checked
        assert walk.person.name not in checked

    @pytest.mark.parametrize(
        ("end", "led"), [(not_accepted, True), (refused, True), (withdrawn, True), (retired, False)],
        ids=["not accepted", "refused", "withdrawn", "retired"],
    )  # fmt: skip
    def test_whoever_may_still_move_is_led_to_apply_again(self, walk, own, end, led):
        end(walk)
        page = own.get(f"/relocation/cases/{walk.number('in')}").content.decode()
        assert ('href="/relocation/transfer">重新申请转移</a>' in page) is led

    def test_nobody_is_led_to_apply_again_while_it_is_under_way(self, walk, own):
        walk.accepted()
        assert "重新申请转移" not in own.get(f"/relocation/cases/{walk.number('in')}").content.decode()

    def test_each_desk_has_the_notice_of_its_own_case(self, walk, own):
        refused(walk)
        for place, side, other in ((OLD, "out", "in"), (NEW, "in", "out")):
            desk = f"/workbench/relocation/cases/{walk.number(side)}"
            clerk = self.browser(f"clerk-{place}")
            page = clerk.get(desk).content.decode()
            assert f"{desk}/papers/make/{KIND}" in page
            assert walk.number(other) not in page
            assert clerk.get(clerk.post(f"{desk}/papers/make/{KIND}").url)["Content-Type"] == "application/pdf"

    def test_what_the_reviewer_wrote_is_read_on_the_page_at_either_place(self, walk, own):
        refused(walk)
        for side in ("in", "out"):
            page = own.get(f"/relocation/cases/{walk.number(side)}").content.decode()
            assert "信息表与原始档案不符" in page
            assert "经复核不予办理" in page

    def test_every_reason_is_read_on_the_page_at_the_place_that_found_them(self, walk, own):
        not_accepted(walk)
        page = own.get(f"/relocation/cases/{walk.number('out')}").content.decode()
        assert "转出地还没有停保。" in page
        assert "转出地有欠费。" in page

    def test_a_reason_that_names_a_year_is_told_at_both_places(self, walk, own):
        year = walk.on.year
        common = {"scheme": "resident", "category": "resident", "status": "normal"}
        Contribution.objects.filter(enrolment__person=walk.person).delete()
        at_old(walk).update(start=date(year, 1, 1), end=date(year + 1, 1, 1), **common)
        new = Enrolment.objects.filter(person=walk.person, region=NEW)
        new.update(start=date(year, walk.on.month, 1), end=date(year + 1, 1, 1), **common)
        walk.submitted().carry()
        said = f"居民医保在 {year} 年度内原则上不转移"
        for side in ("in", "out"):
            assert walk.side(side).ended_because == "current_year"
            assert said in own.get(f"/relocation/cases/{walk.number(side)}").content.decode()
            assert bare(said) in text_of(papers.content(notice(walk, side)))
