"""The text of every paper of a refund is the record, in both languages; a record that differs anywhere is found out."""

import io
from datetime import date, timedelta

import pypdf
import pytest
from django.utils.timezone import localdate, localtime

from yibao.kernel.identifiers import mask_account, mask_id, mask_phone
from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.kernel.workdays import add_working_days
from yibao.services.refund import actions, rulebook, workflow
from yibao.services.refund.actions import wording
from yibao.services.refund.documents.capitals import capital_amount
from yibao.store import cases, papers
from yibao.store.models import BankAccount, Contribution, IssuedPaper, Person, PromiseLetter, Unit

pytestmark = pytest.mark.django_db

TITLES = {
    "application_form": ("城镇居民基本医疗保险退保申请表", "Application for a refund of basic medical insurance"),
    "acceptance_receipt": ("受理回执", "Receipt of acceptance"),
    "correction_notice": ("一次性告知书", "Notice of everything that is missing"),
    "decision_letter": ("退费决定书", "Decision on a refund"),
    "refund_slip": ("城镇居民基本医疗保险退款单", "Refund slip of basic medical insurance contributions"),
    "promise_letter": ("告知承诺书", "Promise letter"),
    "not_accepted_notice": ("不予受理告知书", "Notice that the application is not accepted"),
    "withdrawal_confirmation": ("撤回申请确认书", "Confirmation that an application was withdrawn"),
    "payment_notice": ("退费支付通知书", "Notice of payment"),
    "bounced_notice": ("退费未到账通知书", "Notice that the money came back"),
}


def bare(text: str) -> str:
    return "".join(text.split())


def text_of(paper: IssuedPaper) -> str:
    """The whole text without blanks, page after page, each without the foot that would cut a sentence in two."""
    pages = [bare(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(papers.content(paper))).pages]
    feet = [page[page.index("校验码checkcode") :] for page in pages]
    return "".join(page.removesuffix(foot) for page, foot in zip(pages, feet, strict=True)) + feet[-1]


def record_of(paper: IssuedPaper) -> dict:
    """What the record says of a paper, read from its rows; amounts, days and texts, nothing laid out."""
    case = cases.get(paper.case.number)
    own = {
        "number": paper.number,
        "case": case.number,
        "code": paper.check_code,
        "check": f"/check/{paper.number}/{paper.check_code}",
        "title": list(TITLES[paper.kind]),
        "agency": f"{rulebook.region(case.region).name}医疗保险经办机构",
        "synthetic": "合成演示数据，不具法律效力",
        "name": case.person.name,
    }
    return {**own, **PARTS[paper.kind](case)}


def identity(case) -> dict:
    return {"identity": mask_id(case.person.identity)}


def said(case, kind):
    return case.actions.filter(kind=kind).order_by("-seq").first()


def due(case, name) -> date:
    clock = case.clocks.get(name=name)
    return add_working_days(day=clock.started_on, n=clock.working_days).day


def paid(row: Contribution) -> dict:
    months = f"{Month.from_index(row.first_month)} 至 {Month.from_index(row.end_month - 1)}"
    label = wording.label(enum="scheme", code=row.enrolment.scheme)
    return {"paid": Money(row.amount_fen), "months": months, "scheme": label}


def form(case) -> dict:
    request, account = case.refund, case.refund.bank_account
    return {
        **identity(case),
        "phone": mask_phone(case.person.phone),
        "applied": localdate(said(case, "submit").at),
        "reason": wording.label(enum="reason", code=request.reason),
        "channel": wording.channel(request.channel),
        "account": [account.bank_name, account.holder, mask_account(account.number)],
        "lines": [paid(row) for row in request.chosen.values()],
        "materials": [f"☑ {wording.label(enum='material', code=one.material)}" for one in case.documents.all()],
    }


def receipt(case) -> dict:
    return {
        **identity(case),
        "accepted": said(case, "accept").business_date,
        "due": due(case, "decision"),
        "materials": [wording.label(enum="material", code=one.material) for one in case.documents.all()],
    }


def notice(case) -> dict:
    asked = said(case, "ask_correction")
    items = [
        (wording.label(enum="material", code=one["material"]) if "material" in one else wording.field(one["field"]))
        + (one.get("note") or "请补交")
        for one in asked.data["items"]
    ]
    return {"told": asked.business_date, "due": due(case, "correction"), "items": items}


def letter(case) -> dict:
    decided = said(case, "refuse") or said(case, "approve")
    plain = actions.as_stored(cases.decision(case.number)).json()
    return {
        **identity(case),
        "decided": decided.business_date,
        **(granted(case, plain) if decided.kind == "approve" else refused(decided)),
        "steps": [step_row(step) for step in plain["steps"]],
        "sources": [source["number"] or source["title"] for source in plain["sources"]],
        "remedies": list(remedies(case, decided.business_date)),
    }


def step_row(step) -> str:
    """One row of the table: what, its value and where from, each in Chinese and, where it differs, in English."""
    told = [(step[name], step[f"{name}_en"]) for name in ("label", "value", "source")]
    return "".join(zh if en == zh else zh + en for zh, en in told)


def granted(case, plain) -> dict:
    if plain["decision"] == "accounts_merged":
        return {"result": ["合并个人账户，不退现金", "the accounts are merged, no cash is paid"]}
    chosen = case.refund.chosen
    lines = [paid(chosen[line["payment"]]) for line in plain["lines"]]
    return {"result": ["准予退费", "the refund is granted"], "amount": Money(case.amount_fen), "lines": lines}


def refused(decided) -> dict:
    words = list(workflow.REFUSE_REASONS[decided.data["reason_code"]])
    reasons = [words[0], words[1][1:]] if decided.data["reason_code"] != "other" else []
    return {"result": ["不予退费", "the refund is refused"], "reasons": [*reasons, decided.reason]}


def remedies(case, on: date):
    for one in rulebook.region(case.region).setting("refund", "remedies").values():
        if isinstance(one, dict) and date.fromisoformat(str(one["from"])) <= on:
            yield from (one["label"], one["en"], *(source.partition("#")[2] for source in one["source"]))
            if str(one["days"]).isdigit():
                yield from (f"{one['days']}日内", f"within {one['days']} days")


def slip(case) -> dict:
    account, paid_out = case.refund.bank_account, case.payments.exclude(slip_number="").get()
    roles = rulebook.region(case.region).setting("refund", "roles")
    sources = actions.as_stored(cases.decision(case.number)).json()["sources"]
    signed = case.signatures.select_related("user")
    return {
        **identity(case),
        "amount": Money(paid_out.amount_fen),
        "decided": said(case, "approve").business_date,
        "receiver": wording.receiver(paid_out.receiver),
        "account": [account.bank_name, mask_account(account.number)],
        "lines": [paid(row) for row in case.refund.chosen.values()],
        "signed": [[f"第 {one.level} 级", roles[one.role]["zh"], one.user.first_name, one.at.date()] for one in signed],
        "basis": [text for one in sources for text in (one["number"], one["title"]) if text],
    }


def promise(case) -> dict:
    kept = PromiseLetter.objects.get(case=case)
    words = rulebook.region(case.region).setting("refund", "promises")[kept.material]
    return {
        **identity(case),
        "material": wording.label(enum="material", code=kept.material),
        "words": [words[name][language] for name in ("told", "promise", "consequence") for language in ("zh", "en")],
        "signed": f"{localtime(kept.paper.issued_at):%Y-%m-%d %H:%M}",
        "until": kept.keep_until,
    }


def not_accepted(case) -> dict:
    told = said(case, "not_accept")
    days = {"applied": case.submitted_on, "told": told.business_date}
    return {**identity(case), **days, "reason": told.reason, "remedies": list(remedies(case, told.business_date))}


def withdrawn(case) -> dict:
    told = said(case, "withdraw")
    days = {"applied": case.submitted_on, "withdrawn": told.business_date}
    return {
        **identity(case),
        **days,
        "reason": told.reason,
        "lines": [paid(row) for row in case.refund.chosen.values()],
    }


def transfers(case, status) -> dict:
    rows = list(case.payments.filter(status=status))
    accounts = [[row.bank_account.bank_name, mask_account(row.bank_account.number)] for row in rows]
    amount = Money(sum(row.amount_fen for row in rows))
    return {**identity(case), "amount": amount, "each": [Money(row.amount_fen) for row in rows], "accounts": accounts}


def payment(case) -> dict:
    told = said(case, "pay")
    return {**transfers(case, "sent"), "sent": told.business_date, "to": ["本人", "the insured person", "原渠道退回"]}


def bounced(case) -> dict:
    told = said(case, "bounce")
    return {**transfers(case, "bounced"), "back": told.business_date, "reason": told.reason}


PARTS = {
    "application_form": form,
    "acceptance_receipt": receipt,
    "correction_notice": notice,
    "decision_letter": letter,
    "refund_slip": slip,
    "promise_letter": promise,
    "not_accepted_notice": not_accepted,
    "withdrawal_confirmation": withdrawn,
    "payment_notice": payment,
    "bounced_notice": bounced,
}


def leaves(record, path: str = ""):
    """Every single value of a record with the way to it."""
    pairs = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else None
    if pairs is None:
        if record != "":
            yield path, record
        return
    for name, value in pairs:
        yield from leaves(value, f"{path}.{name}" if path else str(name))


def printed(path: str, value) -> list[str]:
    """How a paper writes a value: money in figures, the sum in capitals as well, a day in Chinese."""
    if isinstance(value, Money):
        sum_of_all = [f"¥{value.display()}", capital_amount(value.fen)]
        return sum_of_all if path == "amount" else [value.display()]
    return [f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else bare(value)]


def differing(text: str, record: dict) -> list[str]:
    """The values of a record that a text does not say."""
    return [path for path, value in leaves(record) if any(words not in text for words in printed(path, value))]


def changed(value):
    """Another value of the same kind."""
    if isinstance(value, Money):
        return Money(value.fen + 1)
    return value + timedelta(days=1000) if isinstance(value, date) else f"{value[:-1]}异"


def assert_is_the_record(paper: IssuedPaper) -> None:
    text, record = text_of(paper), record_of(paper)
    assert differing(text, record) == []
    for path, value in leaves(record):
        assert any(words not in text for words in printed(path, changed(value))), f"{path} is compared with nothing"
    person = Person.objects.get(pk=paper.case.person_id)
    accounts = BankAccount.objects.filter(person=person).values_list("number", flat=True)
    assert [secret for secret in (person.identity, person.phone, *accounts) if secret and secret in text] == []


def made(walk, kind) -> IssuedPaper:
    return actions.make_paper(number=walk.number, kind=kind, by=walk.staff["clerk"], **walk.now())


def test_the_application_form(walk):
    assert_is_the_record(made(walk.submitted(), "application_form"))


def test_the_acceptance_receipt(walk):
    assert_is_the_record(made(walk.accepted(), "acceptance_receipt"))


def test_the_notice_of_what_is_missing(walk):
    walk.materials = ("payment_proof",)
    items = [{"material": "bank_card", "note": "请上传正面"}, {"field": "bank_number", "note": "与卡面不符"}]
    seen = walk.submitted().seen
    actions.ask_correction(number=walk.number, items=items, seen=seen, by=walk.staff["clerk"], **walk.now())
    assert_is_the_record(made(walk, "correction_notice"))


def test_the_refund_slip(walk):
    walk.channel = "window"
    walk.submitted(by=walk.staff["clerk2"]).accept()
    walk.approve()
    walk.pay()
    assert_is_the_record(made(walk, "refund_slip"))


def test_the_promise_letter(walk):
    walk.materials = ("id_document", "bank_card", "unemployment_record")
    walk.drafted()
    kept = actions.promise(number=walk.number, material="payment_proof", agreed=True, by=walk.citizen, **walk.now())
    assert_is_the_record(kept.paper)


def test_the_letter_that_grants(walk):
    paper = made(walk.approved(), "decision_letter")
    assert_is_the_record(paper)
    # 5,874.00 for twelve months, six of them paid twice: 2,937.00; less six credits of 164.65.
    text = text_of(paper)
    assert [words for words in ("¥1,949.10", "壹仟玖佰肆拾玖元壹角整") if words not in text] == []


def test_the_notice_that_an_application_is_not_accepted(walk):
    seen, reason = walk.submitted().seen, "这笔缴费由单位缴纳，应由单位申请"
    actions.not_accept(number=walk.number, reason=reason, seen=seen, by=walk.staff["clerk"], **walk.now())
    assert_is_the_record(made(walk, "not_accepted_notice"))


@pytest.mark.parametrize("until", ["submitted", "approved"])
def test_the_confirmation_of_a_withdrawal(walk, until):
    getattr(walk, until)()
    letter = made(walk, "decision_letter") if until == "approved" else None
    actions.withdraw(number=walk.number, reason="先问过单位再申请", by=walk.citizen, **walk.now())
    assert_is_the_record(made(walk, "withdrawal_confirmation"))
    if letter:
        letter.refresh_from_db()
        assert letter.voided_at is not None


def test_the_notices_of_money_that_was_sent_and_came_back(walk):
    sent = made(walk.paid(), "payment_notice")
    assert_is_the_record(sent)
    walk.bounce()
    assert_is_the_record(made(walk, "bounced_notice"))
    sent.refresh_from_db()
    assert sent.voided_at is not None


@pytest.mark.parametrize("code", sorted(workflow.REFUSE_REASONS))
def test_the_letter_that_refuses(walk, code):
    refusing = {"reason_code": code, "note": "失业金领取记录与缴费月份不符", "seen": walk.accepted().seen}
    actions.refuse(number=walk.number, **refusing, by=walk.staff["reviewer"], **walk.now())
    assert_is_the_record(made(walk, "decision_letter"))


def test_the_letter_of_an_amount_a_person_determined(record, make_walk):
    person = record.person("500112200303270013", sex="M", born=date(2003, 3, 27))
    own = record.enrol(person, "individual", date(2025, 1, 1), date(2026, 1, 1), tier=1)
    record.post(record.pay(own, "2025-01", "2025-12", 307500, paid_on=date(2025, 1, 6), large=61500))
    record.happened(person, "enlisted", date(2025, 9, 1))
    walk = make_walk(person, reason="enlisted", materials=("payment_proof",), on=date(2025, 10, 9)).accepted()
    answers = {"determined": {"amount": "1025.00", "worksheet": "按区县标准核定"}}
    actions.save_answers(number=walk.number, answers=answers, by=walk.staff["clerk2"], **walk.now())
    walk.approve(confirmed=True)
    assert_is_the_record(made(walk, "decision_letter"))


def test_the_letter_that_merges_accounts(record, make_walk):
    person = record.person("500112198610100016", sex="M", born=date(1986, 10, 10))
    for number, start, last in ((0, date(2024, 1, 1), "2024-12"), (1, date(2024, 7, 1), "2025-06")):
        unit = Unit.objects.create(credit_code=f"91500112MA000000{number}X", name=f"演示{number}", region="500112")
        relation = record.enrol(person, "unit", start, start.replace(year=start.year + 1), unit=unit)
        row = record.pay(relation, str(start)[:7], last, 1000000, kind="monthly", payer="unit", credit=16000)
        row.paid_on = date(2025, 6, 30)
        record.post(row)
    walk = make_walk(person, reason="duplicate", materials=("payment_proof",), on=date(2025, 9, 1)).accepted()
    walk.approve()
    assert_is_the_record(made(walk, "decision_letter"))


CHANGES = {
    "name": lambda walk: Person.objects.filter(pk=walk.person.pk).update(name="陈建军"),
    "phone": lambda walk: Person.objects.filter(pk=walk.person.pk).update(phone="19900009999"),
    "identity": lambda walk: Person.objects.filter(pk=walk.person.pk).update(identity="500112197603012007"),
    "account.2": lambda walk: BankAccount.objects.update(number="6222020000000009999"),
    "account.1": lambda walk: BankAccount.objects.update(holder="陈建军"),
    "lines.0.paid": lambda walk: Contribution.objects.filter(amount_fen=587400).update(amount_fen=587401),
    "code": lambda walk: IssuedPaper.objects.update(check_code="AAAABBBBCCCC"),
}


@pytest.mark.parametrize("path", sorted(CHANGES))
def test_a_record_that_was_changed_since_no_longer_agrees_with_the_paper(walk, path):
    paper = made(walk.submitted(), "application_form")
    CHANGES[path](walk)
    paper.refresh_from_db()
    assert path in differing(text_of(paper), record_of(paper))
