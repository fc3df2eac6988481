"""A person asks for a copy of their data, the worker makes it, and they fetch it once."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yibao.batch import worker
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import documents, own_data
from yibao.store.models import (
    BankAccount,
    CitizenLogin,
    Contribution,
    DataCopy,
    Document,
    Enrolment,
    IssuedPaper,
    Person,
    ReadLog,
)
from yibao.store.own_data.sections import SECTIONS, sections

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
IDENTITY = "500112197603011995"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def person(db) -> Person:
    common = {"sex": "M", "born": date(1976, 3, 1), "region": "500112"}
    made = Person.objects.create(identity=IDENTITY, name="陈<建>国", phone="19900000000", **common)
    before = Person.objects.create(identity="T-1", identity_kind="temporary", name="陈", merged_into=made, **common)
    Person.objects.create(identity="500112198001011230", name="别人", phone="19911111111", **common)
    held = Enrolment.objects.create(
        person=before, scheme="employee", category="individual", region="500000", start=date(2022, 1, 1)
    )
    Contribution.objects.create(
        enrolment=held, kind="annual", first_month=2022 * 12, end_month=2023 * 12, amount_fen=587400, payer="person"
    )
    BankAccount.objects.create(
        person=made, bank_name="演示银行", holder="陈建国", number="6222020000000000000", added_at=AT
    )
    return made


@pytest.fixture
def me(person: Person) -> Actor:
    user = get_user_model().objects.create(username="me")
    CitizenLogin.objects.create(user=user, person=person)
    return Actor(user.pk, "本人", "citizen", person_id=person.pk)


def opened(content: bytes) -> tuple[str, dict]:
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        page = folder.read("own-data.html").decode()
        return page, json.loads(folder.read("own-data.json"))


def test_the_copy_holds_what_is_on_record_and_nothing_of_others(person, me, django_capture_on_commit_callbacks):
    copy = own_data.ask(person_id=person.pk, by=me, at=AT)
    assert own_data.ask(person_id=person.pk, by=me, at=AT) == copy
    own_data.make(copy_id=copy.pk, at=AT)
    own_data.make(copy_id=copy.pk, at=AT)
    sealed = documents.path_of(DataCopy.objects.get().sha256)
    assert IDENTITY.encode() not in sealed.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        page, data = opened(own_data.fetch(person_id=person.pk, by=me, at=AT))
    rows = {section["code"]: section["rows"] for section in data["sections"]}
    assert sorted(one["identity"] for one in rows["person"]) == [IDENTITY, "T-1"]
    assert rows["payments"] == [
        {
            "kind": "annual", "first_month": "2022-01", "end_month": "2023-01", "paid_on": None,
            "amount_fen": "5874.00", "payer": "person", "base_fen": None, "rate": None,
        }
    ]  # fmt: skip
    assert [one["number"] for one in rows["bank_accounts"]] == ["6222020000000000000"]
    assert [one["purpose"] for one in rows["looks"]] == ["own_copy_asked"]
    assert "别人" not in page + json.dumps(data, ensure_ascii=False)
    assert "陈&lt;建&gt;国" in page
    assert all(zh and en for section in data["sections"] for zh, en in [(section["zh"], section["en"])])
    assert all(field["zh"] and field["en"] for section in data["sections"] for field in section["fields"])
    assert not sealed.exists()


def test_a_copy_is_fetched_once_by_its_person_in_time(person, me):
    stranger = Person.objects.exclude(pk=person.pk).get(merged_into=None)
    copy = own_data.ask(person_id=person.pk, by=me, at=AT)

    def refused(person_id=person.pk, at=AT) -> bool:
        with pytest.raises(Refused) as no:
            own_data.fetch(person_id=person_id, by=me, at=at)
        return no.value.refusal.code == "no_copy_ready"

    assert refused()
    own_data.make(copy_id=copy.pk, at=AT)
    assert refused(stranger.pk)
    assert refused(at=AT + own_data.KEPT)
    own_data.fetch(person_id=person.pk, by=me, at=AT + own_data.KEPT - timedelta(seconds=1))
    assert refused()
    told = list(ReadLog.objects.filter(person=person).order_by("pk").values_list("purpose", "reader_kind"))
    assert told == [("own_copy_asked", "citizen"), ("own_copy_made", "system"), ("own_copy", "citizen")]
    assert own_data.ask(person_id=person.pk, by=me, at=AT) != copy


def test_every_path_of_every_section_leads_to_a_column():
    for section in sections():
        model = section.rows([]).model
        for path, _zh, _en in section.fields:
            here, names = model, path.split(".")
            for name in names:
                field = here._meta.get_field(name.removesuffix("_id") if name == "pack_version_id" else name)
                here = field.related_model or here
    assert {Document, IssuedPaper} <= {section.rows([]).model for section in sections()}


def test_the_page_goes_from_asking_to_the_file(person, me):
    client = Client()
    client.force_login(get_user_model().objects.get(username="me"))
    page, file = reverse("portal:own_data"), reverse("portal:own_data_file")
    assert "索取副本" in client.get(page).content.decode()
    assert client.post(file).status_code == 409
    assert client.post(page).status_code == 302
    assert "正在生成" in client.get(page).content.decode()
    done = worker.look(name="w", on=timezone.localdate(), at=timezone.now())
    assert done.failures == []
    assert "下载副本" in client.get(page).content.decode()
    answer = client.post(file)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "陈<建>国" in {row["name"] for row in opened(answer.content)[1]["sections"][0]["rows"]}
    assert "已经下载过" in client.get(page).content.decode()
    assert Client().post(file).status_code == 302


LEFT_OUT = {
    "store.balancecheckpoint": "sums of the ledger, of which the balance and the entries are told",
    "store.bankresult": "the bank's own line for a payment, which is told",
    "store.batchitem": "which batch carried a payment, which is told",
    "store.bulkrow": "which run carried a signature, which is told as a step",
    "store.caseclock": "counted from the steps; the promised day is told with the case",
    "store.casesignature": "told as a step",
    "store.caseturn": "whose turn it is at the office, counted from the steps",
    "store.ledgeraccount": "the name of the account whose balance and entries are told",
    "store.papernumber": "the number a paper was to bear; the paper itself is told",
    "store.reconciliationopen": "what the office could not match yet; the payment is told",
    "store.unmasking": "told with the look it belongs to",
}


def personal() -> set[str]:
    """Return every table of which a row leads to a person, straight or by way of other tables."""
    found = {Person}
    while True:
        more = {
            model
            for model in apps.get_models()
            if any(field.concrete and field.related_model in found for field in model._meta.get_fields())
        }
        if more <= found:
            return {model._meta.label_lower for model in found}
        found |= more


def test_every_table_that_leads_to_a_person_is_in_the_copy_or_says_why_not():
    told = {section.rows([]).model._meta.label_lower for section in sections()}
    assert personal() - told - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) & told == set()
    assert set(LEFT_OUT) <= personal()
    assert len({section.code for section in sections()}) == len(sections())


def test_a_table_without_a_section_would_be_noticed(monkeypatch):
    shorter = tuple(one for one in SECTIONS if one.code != "bank_accounts")
    monkeypatch.setattr("yibao.store.own_data.sections.SECTIONS", shorter)
    told = {section.rows([]).model._meta.label_lower for section in sections()}
    assert personal() - told - set(LEFT_OUT) == {"store.bankaccount"}
