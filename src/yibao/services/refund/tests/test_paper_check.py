"""The page behind the QR code of a paper: issued here or not, and nothing about the person."""

import io
import re

import pypdf
import pytest

from yibao.services.refund import actions


def issued(walk):
    walk.paid()
    return actions.make_paper(number=walk.number, kind="refund_slip", by=walk.staff["finance"], **walk.now())


def test_anybody_may_check_a_paper_and_learns_no_name(walk, client):
    walk.channel = "window"
    slip = issued(walk)
    page = client.get(f"/check/{slip.number}/{slip.check_code}").content.decode()
    for words in ("由本系统出具，内容有效", "退款单", "1,949.10", slip.number):
        assert words in page
    assert walk.person.name[:1] + "*" not in page


@pytest.mark.parametrize("kind", ["application", "authorisation"])
def test_a_blank_form_is_numbered_and_can_be_checked(client, db, kind):
    page = client.get(f"/refund/forms/{kind}")
    assert (page.status_code, page["Content-Type"]) == (200, "application/pdf")
    reader = pypdf.PdfReader(io.BytesIO(b"".join(page.streaming_content)))
    assert len(reader.pages) == 1
    text = "".join(reader.pages[0].extract_text().split())
    form = actions.BLANKS[kind]
    address = re.search(r"/check/KB-[A-Z]{2}-\d{4}-\d/[0-9A-Z]{12}", text)[0]
    assert form.number in address
    shown = client.get(address).content.decode()
    assert "由本系统出具，内容有效" in shown
    assert form.number in shown
    assert client.get(f"{address[:-1]}1").status_code == 404
    assert client.get("/refund/forms/poem").status_code == 404


def test_blank_forms_say_everything_in_two_languages(client, db):
    def words(kind):
        content = b"".join(client.get(f"/refund/forms/{kind}").streaming_content)
        return "".join(pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().split())

    form, letter = words("application"), words("authorisation")
    asked = ("退保申请表", "Applicationforarefund", "领取失业保险金期间重复缴费", "paidonafterretirement", "☐缴费凭证")
    given = ("授权委托书", "Letterofauthorisation", "受托人", "whomayact", "委托事项", "权限", "期限", "第一百六十一条")
    assert [said for said in asked if said not in form] == []
    assert [said for said in given if said not in letter] == []


def test_a_wrong_code_and_a_wrong_number_are_told_alike(walk, client):
    walk.channel = "window"
    slip = issued(walk)
    answers = [client.get(f"/check/{slip.number}/WRONG"), client.get(f"/check/XX-1/{slip.check_code}")]
    assert [answer.status_code for answer in answers] == [404, 404]
