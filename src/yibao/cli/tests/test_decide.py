"""The verbs `decide` and `schema`: their contract with people and programs."""

import json

import pytest
from click.testing import CliRunner

from yibao.cli import main

CASE = {
    "service": "refund", "region": "500000", "on": "2023-02-10", "person": {"born": "1976-03-01", "sex": "M"},
    "enrolments": [
        {"id": "e1", "scheme": "employee", "as": "individual", "tier": 2, "region": "500000", "from": "2022-01-01",
         "to": "2022-12-31"},
        {"id": "e2", "scheme": "employee", "as": "unemployed", "region": "500000", "from": "2022-01-01",
         "to": "2022-06-30"},
    ],
    "payments": [
        {"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
         "amount": "5874.00", "payer": "person", "account_credit_monthly": "164.65"},
        {"id": "p2", "enrolment": "e2", "kind": "monthly", "from": "2022-01", "to": "2022-06", "amount": None,
         "payer": "unemployment_fund"},
    ],
    "materials": ["payment_proof", "id_document", "bank_card", "unemployment_record"],
    "request": {"reason": "unemployment_overlap", "payments": ["p1"]},
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    good, bad, broken = (tmp_path / name for name in ("good.json", "bad.json", "broken.json"))
    good.write_text(json.dumps(CASE), encoding="utf-8")
    bad.write_text(json.dumps(CASE | {"on": "2023-02-30", "colour": "red"}), encoding="utf-8")
    broken.write_text('{"service": "refund", "service": "refund"}', encoding="utf-8")
    return {"good": str(good), "bad": str(bad), "broken": str(broken), "none": str(tmp_path / "none.json")}


def run(*arguments, **more):
    return CliRunner().invoke(main, list(arguments), **more)


def test_a_person_reads_amount_steps_and_sources_in_chinese(files):
    told = run("decide", files["good"])
    assert told.exit_code == 0
    assert "1949.10 元" in told.output
    assert "渝医保发〔2020〕39号" in told.output


def test_the_same_in_english_with_every_rule_looked_at(files):
    told = run("decide", files["good"], "--lang", "en", "--trace")
    assert "1949.10 yuan" in told.output
    assert "R3 applies" in told.output


def test_a_program_reads_one_line_of_json_per_file(files):
    lines = run("decide", files["good"], files["good"], "--json").stdout.splitlines()
    assert [json.loads(line)["amount"] for line in lines] == ["1949.10", "1949.10"]


def test_several_files_are_told_one_line_each(files):
    assert len(run("decide", files["good"], files["good"]).stdout.splitlines()) == 2


def test_standard_input_is_read_where_the_name_is_a_dash():
    assert json.loads(run("decide", "-", "--json", input=json.dumps(CASE)).stdout)["decision"] == "refund"


@pytest.mark.parametrize(
    ("which", "said"),
    [("bad", "on: "), ("bad", "colour: "), ("broken", "写了两次"), ("none", "读不到文件")],
)
def test_wrong_input_is_told_with_its_place_and_exit_code_two(files, which, said):
    told = run("decide", files[which])
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""


def test_a_wrong_file_does_not_keep_the_others_from_being_decided(files):
    told = run("decide", files["bad"], files["good"], "--json")
    first, second = (json.loads(line) for line in told.stdout.splitlines())
    assert told.exit_code == 2
    assert {each["where"] for each in first["problems"]} == {"on", "colour"}
    assert second["amount"] == "1949.10"


def test_text_that_is_no_json_is_told_with_its_line():
    told = run("decide", "-", input='{"service": refund}')
    assert told.exit_code == 2
    assert "1:13" in told.stderr


def test_a_file_nested_too_deeply_is_refused():
    told = run("decide", "-", input="[" * 100_000)
    assert told.exit_code == 2


def test_a_broken_pack_is_told_with_its_place_and_exit_code_one(files, tmp_path, monkeypatch):
    pack = tmp_path / "packs" / "500000_broken"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text('code: "500000"\nkind: planet\n', encoding="utf-8")
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path / "packs"))
    told = run("decide", files["good"])
    assert told.exit_code == 1
    assert "500000_broken/pack.yaml:2" in told.stderr


def test_the_schema_of_a_case_file_is_printed():
    schema = json.loads(run("schema", "case").stdout)
    forms = {name: form for form in schema["anyOf"] for name in form["properties"]["service"]["enum"]}
    assert set(CASE) <= set(forms["refund"]["properties"])
    assert "ask" in schema["$defs"]["RelocationRequest"]["properties"]


def test_a_form_that_does_not_exist_is_refused():
    assert run("schema", "cse").exit_code == 2
