"""Everybody may read which rules are known, from which document and how sure; every link leads to what it names."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client

import yibao
from yibao import services
from yibao.api.tests.test_decisions import EXAMPLE
from yibao.policy.cases import read_cases
from yibao.policy.overview import count, overview
from yibao.services.refund.pages.views import sources
from yibao.web.templatetags.rules import document_of

pytestmark = pytest.mark.django_db
REGIONS = sorted(services.packs().regions)


class Page(HTMLParser):
    """The ids and the links of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []

    def handle_data(self, data):
        self.text += data


def page(path, language="zh"):
    client = Client()
    client.cookies["yibao_language"] = language
    answer = client.get(path)
    assert answer.status_code == 200
    return Page(answer.content.decode())


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {f"/rules/{code}": page(f"/rules/{code}") for code in REGIONS}


def test_the_list_shows_every_region_with_its_figures():
    shown = page("/rules")
    packs = services.packs()
    assert {f"/rules/{code}" for code in REGIONS} <= set(shown.links)
    assert packs.version in shown.text
    chongqing = packs.regions["500000"]
    row = " ".join(shown.text[shown.text.index("重庆市") :].split()[:40])
    counted = count(chongqing)
    assert f"{counted.rules} 条中的 {counted.weak_rules} 条" in row
    assert f"算过的例子 {len(read_cases(folder=packs.folders['500000']))}" in row
    assert "铜级" in row


@pytest.mark.parametrize("path", ["/sign-in", "/rules"])
def test_every_page_leads_there_from_its_foot(path):
    assert "/rules" in page(path).links


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", REGIONS)
def test_a_region_shows_every_document_row_value_and_reading(code, language):
    text = " ".join(page(f"/rules/{code}", language).text.split())
    known = overview(packs=services.packs(), code=code, language=language)
    for document in known.documents:
        assert document.source.number in text
        assert document.source.title in text or document.source.en in text
    for table in known.tables:
        assert table.label.lower() in text.lower()
        for rule in [*table.inherited, *(rule for _, rules in table.own for rule in rules)]:
            assert rule.id in text
    for parameter in known.parameters:
        assert all(value.text in text for value in parameter.values)
    for reading in known.readings:
        assert reading.label in text
    for note in known.notes:
        assert " ".join(note.text.split()) in text


def test_what_is_not_known_is_called_unknown(pages):
    taiyuan = "".join(pages["/rules/140100"].text.split())
    assert "没有查到太原市自己的退费规定" in taiyuan
    assert "没有太原市自己的规则。下面各条按全国的规定办理" in taiyuan
    assert "太原市单位缴费费率时间数值依据和说明2023年1月1日起不详" in taiyuan
    assert "文号不详" in taiyuan


def test_no_id_stands_twice_on_a_page(pages):
    assert {path: sorted({one for one in shown.ids if shown.ids.count(one) > 1}) for path, shown in pages.items()} == {
        path: [] for path in pages
    }


def test_every_link_to_a_rule_document_value_or_reading_leads_to_it(pages):
    broken = []
    for path, shown in pages.items():
        for link in shown.links:
            target = urlsplit(unescape(link))
            there = pages.get(target.path or path)
            if target.fragment and there is not None and target.fragment not in [*there.ids, "main"]:
                broken.append(f"{path}: {link}")
    assert broken == []


def test_a_region_without_rules_is_not_found():
    assert Client().get("/rules/999999").status_code == 404


def test_the_words_are_those_of_explain():
    told = services.packs().explain(region="500000", key="situation.R3", on=services_day())[0]
    text = " ".join(page("/rules/500000").text.split())
    conditions = re.split("；", told.partition("：")[2].partition(" → ")[0])
    assert len(conditions) > 2
    assert all(condition in text for condition in conditions)


def services_day():
    stack = services.packs().regions["500000"].stacks["refund", "situation"]
    return next(row.from_ for row in stack.rows if row.id == "R3")


def test_every_document_a_decision_cites_leads_to_where_it_is_described(pages):
    cited = sources(yibao.decide(EXAMPLE))
    assert len(cited) > 1
    for source in cited:
        target = urlsplit(document_of(source["region"], source["id"]))
        assert target.fragment in pages[target.path].ids


def test_a_document_the_packs_no_longer_have_has_no_link():
    assert document_of("500000", "no-such-document") == ""
    assert document_of("999999", "cq-old") == ""
