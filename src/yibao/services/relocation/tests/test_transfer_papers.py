"""The four papers of a transfer: what they state, as data and as a file."""

import io

import pytest
from pypdf import PdfReader

from yibao.kernel.errors import Refused
from yibao.services.relocation import actions, documents

pytestmark = pytest.mark.django_db


def values(paper):
    return {fact["label_en"]: fact["value"] for fact in paper.json()["facts"]}


def test_every_paper_is_made_at_its_side_and_states_the_record(walk):
    walk.sent()
    out, in_ = walk.number("out"), walk.number("in")
    table = actions.paper(number=out, kind="information_table", on=walk.on)
    assert values(table)["amount sent, yuan"] == "1234.56"
    assert "未计息" in values(table)["interest, yuan"]
    assert [row["months"] for row in table.json()["rows"]] == ["12", "12"]
    certificate = actions.paper(number=out, kind="enrolment_certificate", on=walk.on)
    assert values(certificate)["months paid"] == "24"
    assert values(actions.paper(number=in_, kind="contact_letter", on=walk.on))["bank"] == "演示银行"
    assert values(actions.paper(number=in_, kind="application_form", on=walk.on))["applicant"] == "本人"
    assert walk.person.identity not in str(table.json())
    with pytest.raises(Refused) as no:
        actions.paper(number=out, kind="contact_letter", on=walk.on)
    assert no.value.refusal.code == "not_on_this_side"
    pdf = documents.typeset(table)
    assert pdf == documents.typeset(table)
    assert "参保人员基本医疗保险信息表" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
