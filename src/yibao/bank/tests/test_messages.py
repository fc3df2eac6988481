"""What is written keeps to the published schema; what is read is believed only when all of it holds."""

from datetime import date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from yibao.bank import pain001, pain002, simulator, xml
from yibao.bank.orders import BankFileInvalid, Bulk, Order, Party, end_to_end, payment_of
from yibao.bank.pain002 import BANK_TIME, Line, StatusReport

AT = datetime(2023, 2, 10, 9, 30, tzinfo=BANK_TIME)
FUND = Party("演示市医保基金", "31001500050000050001", "105653000014")
CHEN = Party("陈建国", "6222020000000000000", "102653000012")


def bulk(*amounts: int, payee: Party = CHEN) -> Bulk:
    orders = tuple(Order(end_to_end(place), fen, payee, f"CQ-2023-{place:06d}") for place, fen in enumerate(amounts, 1))
    return Bulk("PB-500000-2023-000001", AT, date(2023, 2, 10), FUND, orders)


def schema(path: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring((files("pain001") / path).read_bytes()))


@pytest.fixture(scope="module")
def published() -> etree.XMLSchema:
    """The schema itself, as ISO publishes it; a package of the tests brings it along."""
    return schema("templates/pain.001.001.09/pain.001.001.09.xsd")


@given(amounts=st.lists(st.integers(1, 10**12), min_size=1, max_size=6))
def test_every_batch_keeps_to_the_published_schema_and_sums_to_the_fen(published, amounts):
    content = pain001.write(bulk(*amounts))
    published.assertValid(etree.fromstring(content))
    assert pain001.read(content) == bulk(*amounts)
    whole, part = divmod(sum(amounts), 100)
    assert f"<CtrlSum>{whole}.{part:02d}</CtrlSum>".encode() in content


def test_accounts_and_banks_are_named_as_in_china():
    content = pain001.write(bulk(194910)).decode()
    assert "IBAN" not in content
    assert "BIC" not in content
    assert content.count("<Othr>") == 2
    assert content.count("<Cd>CNAPS</Cd>") == 2
    assert "<MmbId>102653000012</MmbId>" in content


def test_the_same_batch_gives_the_same_bytes():
    assert pain001.write(bulk(1, 2)) == pain001.write(bulk(1, 2))


@pytest.mark.parametrize(
    "payee", [Party("甲", "6" * 35, "102653000012"), Party("", "6222", "102653000012"), Party("甲", "6222", "1" * 36)]
)
def test_what_does_not_fit_the_schema_is_not_written(payee):
    with pytest.raises(BankFileInvalid, match="格式"):
        pain001.write(bulk(1, payee=payee))


def test_a_batch_whose_sums_are_not_those_of_its_orders_is_not_read():
    content = pain001.write(bulk(194910, 1))
    for old, new in ((b"<NbOfTxs>2", b"<NbOfTxs>3"), (b"<CtrlSum>1949.11", b"<CtrlSum>1949.12")):
        with pytest.raises(BankFileInvalid, match="合计"):
            pain001.read(content.replace(old, new, 1))


def report(**changed) -> StatusReport:
    lines = (Line("P000000000001", "RJCT", "AC01 户名不符", 194910), Line("P000000000002", "ACSC", "", 1, "B7"))
    return StatusReport(**{"message_id": "M1", "made_at": AT, "batch": "PB-1", "lines": lines, **changed})


def test_an_answer_reads_as_it_was_written():
    assert pain002.read(pain002.write(report(count=2, total_fen=194911))) == report(count=2, total_fen=194911)
    whole = report(lines=(), status="RJCT", reason="合计不符")
    assert pain002.read(pain002.write(whole)) == whole


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.001.12"])
def test_other_versions_of_the_answer_are_read_too(version):
    content = pain002.write(report()).replace(b"pain.002.001.10", version.encode())
    schema(f"pain002/schemas/{version}.xsd").assertValid(etree.fromstring(content))
    assert pain002.read(content) == report()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&a;</Document>"""
GOOD = pain002.write(report())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no xml", b"<a>", b"<a/>", b"\xff\xfe\x00", GOOD[: len(GOOD) // 2], BOMB, OUTSIDE,
        pain001.write(bulk(1)),
        GOOD.replace(b"<MsgId>M1</MsgId>", b""),
        GOOD.replace(b"<MsgId>M1</MsgId>", b"<MsgId>" + b"M" * 36 + b"</MsgId>"),
        GOOD.replace(b"<MsgId>M1</MsgId>", b"<MsgId>M1</MsgId><Unknown>1</Unknown>"),
        GOOD.replace(b"1949.10", b"1949.101"), GOOD.replace(b"1949.10", b"NaN"), GOOD.replace(b"1949.10", b"-1"),
        GOOD.replace(b"1949.10", b"9" * 30),
        GOOD.replace(b"2023-02-10T", b"2023-02-31T"),
        b" " * (xml.BYTES_MAX + 1),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_a_sentence(content):
    with pytest.raises(BankFileInvalid) as no:
        pain002.read(content)
    assert no.value.zh
    assert no.value.en
    assert "root:" not in str(no.value)


def test_names_of_payments_stand_for_one_payment_only():
    assert payment_of(end_to_end(7)) == 7
    assert [payment_of(name) for name in ("", "P", "P7", "P00000000000７", "NOTPROVIDED", "P-00000000001")] == [
        None
    ] * 6


def test_a_simulated_bank_tells_one_story_however_its_messages_are_lost():
    order = bulk(*range(1, 31))
    whole = simulator.Temper(seed=7, bounce=30, drop=0, repeat=0, reorder=False)
    truth = fates(simulator.answers(bulk=order, temper=whole))
    assert set(truth.values()) == {"ACSC", "RJCT"}
    assert len(truth) == 30
    for turn in range(1, 4):
        rough = simulator.Temper(seed=7, bounce=30, drop=30, repeat=50, round=turn)
        heard = simulator.answers(bulk=order, temper=rough)
        assert heard == simulator.answers(bulk=order, temper=rough)
        assert len(heard) != len(set(heard))
        assert fates(heard).items() <= truth.items()


def fates(messages: list[bytes]) -> dict[str, str]:
    lines = [line for content in messages for line in pain002.read(content).lines]
    return {line.end_to_end: line.status for line in lines if line.status != "ACSP"}
