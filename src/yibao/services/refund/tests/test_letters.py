"""The decision letter says what was decided, why, on what, and what to do against it, in two languages."""

import io
import shutil

import pypdf
import pytest

from yibao import services
from yibao.kernel.errors import Refused
from yibao.services.refund import actions, rulebook
from yibao.services.refund.actions import letters
from yibao.store import cases, papers
from yibao.store.models import CitizenLogin

TERM = "自知道本决定之日起60日内"


def letter(walk):
    made = actions.make_paper(number=walk.number, kind="decision_letter", by=walk.citizen, **walk.now())
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(papers.content(made))).pages)
    return made, "".join(text.split())


def test_a_granted_refund_states_amount_reasons_and_sources(walk):
    walk.approved()
    made, text = letter(walk)

    assert made.number.startswith("JD-")
    assert "准予退费" in text
    assert "¥1,949.10" in text
    assert "壹仟玖佰肆拾玖元壹角" in text
    assert "渝医保发〔2020〕39号" in text
    assert "适用规定" in text
    assert "陈建国" in text
    assert made.check_code in text
    assert walk.person.identity not in text


def test_a_refused_application_states_why(walk):
    walk.accepted()
    case = walk.case
    actions.refuse(
        number=walk.number, reason_code="not_proved", note="失业金领取记录与缴费月份不符", seen=case.evidence_hash,
        by=walk.staff["reviewer"], **walk.now(),
    )  # fmt: skip
    _, text = letter(walk)

    assert "不予退费" in text
    assert "therefundisrefused" in text
    assert "材料不能证明申请事项" in text
    assert "失业金领取记录与缴费月份不符" in text
    assert "¥" not in text


def test_the_term_is_told_from_the_day_its_law_is_in_force(walk):
    walk.approved()
    before, _ = letters.decision_letter(case=walk.case)
    assert TERM not in "".join(remedy.zh for remedy in before.remedies)
    region = rulebook.region("500000")
    told = list(letters.remedies(region=region, on=walk.on.replace(year=2024)))

    assert TERM in told[0].zh
    assert "《中华人民共和国行政复议法（2023年9月1日修订）》第二十条" in told[0].zh
    assert "within 60 days" in told[0].en
    assert "期限请向受理机关核实" in told[1].zh


def test_there_is_no_letter_before_a_decision(walk):
    walk.accepted()
    with pytest.raises(Refused) as caught:
        letter(walk)
    assert caught.value.refusal.code == "paper_not_yet"


def test_a_letter_is_made_once(walk):
    walk.approved()
    assert letter(walk)[0] == letter(walk)[0]


@pytest.fixture
def rules_have_changed(tmp_path, monkeypatch):
    """Since the decision: the row it rests on asks for a whole year of overlap."""

    def change() -> None:
        changed = shutil.copytree(services.packs_folder(), tmp_path / "packs") / "500000_chongqing" / "refund.yaml"
        text = changed.read_text(encoding="utf-8")
        changed.write_text(text.replace('fund_overlap_months: "> 0"', 'fund_overlap_months: "> 11"'), encoding="utf-8")
        monkeypatch.setenv("YIBAO_PACKS", str(tmp_path / "packs"))

    return change


def test_it_is_made_by_the_rules_the_decision_was_made_by(walk, rules_have_changed):
    walk.approved()
    rules_have_changed()
    assert rulebook.region("500000").version != cases.decision(walk.number).pack_version_id
    made, _ = letters.decision_letter(case=walk.case)
    assert "R3 领取失业保险金期间重复缴费" in [step.value.zh for step in made.steps]


def test_the_pages_show_a_decided_case_by_the_rules_of_then(walk, client, django_user_model, rules_have_changed):
    walk.approved()
    rules_have_changed()
    user = django_user_model.objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=walk.person)
    client.force_login(user)
    assert "1,949.10" in client.get(f"/refund/cases/{walk.number}").content.decode()
    client.force_login(django_user_model.objects.get(pk=walk.staff["reviewer"].user_id))
    assert "R3 领取失业保险金期间重复缴费" in client.get(f"/workbench/refund/cases/{walk.number}").content.decode()


def test_the_pages_of_a_decided_case_offer_it(walk, client, django_user_model):
    walk.accepted()
    user = django_user_model.objects.create(username="chen")
    CitizenLogin.objects.create(user=user, person=walk.person)
    client.force_login(user)
    address = f"/refund/cases/{walk.number}"
    assert "决定书" not in client.get(address).content.decode()
    walk.approve(confirmed=True)
    assert "决定书" in client.get(address).content.decode()
    assert client.post(f"{address}/papers/make/decision_letter").status_code == 302
    client.force_login(django_user_model.objects.get(pk=walk.staff["reviewer"].user_id))
    assert "决定书" in client.get(f"/workbench/refund/cases/{walk.number}").content.decode()
