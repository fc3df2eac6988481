"""A CSV of mass values says exactly what the same lines say in YAML: values, faults, and at which line."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yibao.policy.diagnostics import Findings, Mark
from yibao.policy.documents import Source
from yibao.policy.mass_values import CSV_COLUMNS, MassReader
from yibao.policy.parameters import ParameterValue, read_line
from yibao.policy.scope import ParameterTerm, Scope
from yibao.policy.source import Sequence, read
from yibao.policy.terms import Vocabulary
from yibao.policy.types import Kind, Type

HERE = Mark("sources.yaml", 1, 1)
ENDLESS = Source("open", "", "甲", "", "", None, date(2015, 1, 1), None, None, "", "A", HERE)
ENDED = replace(ENDLESS, id="ended", until=date(2018, 1, 1))
HINT = replace(ENDLESS, id="hint", grade="C")
SOURCES = {source.id: source for source in (ENDLESS, ENDED, HINT)}
TERM = ParameterTerm("share", "比例", "share", Type(Kind.RATE), Type(Kind.REGION), (0, 8000), HERE)
CELLS = {
    "key": ("500000", "110000", "", "5000"),
    "from": ("2014-01-01", "2016-01-01", "2017-01-01", "", "2017-02-29"),
    "until": ("", "2016-01-01", "2019-01-01", "2017-1-1"),
    "value": ("20%", "79.99%", "80.01%", "２０%", "unknown", "", "much"),
    "source": ("open", "open#4", "ended", "hint", "", "nowhere"),
    "checked_on": ("", "2020-01-01"),
}
LINES = st.lists(st.tuples(*(st.sampled_from(CELLS[column]) for column in CSV_COLUMNS)), max_size=12)


def from_csv(lines: list[tuple[str, ...]]) -> tuple[list[ParameterValue], list[tuple[str, int]]]:
    findings = Findings()
    reader = MassReader(
        file="share.csv", term=TERM, scope=Scope(Vocabulary("refund")), sources=SOURCES, findings=findings
    )
    values = reader.read("\n".join(",".join(line) for line in (CSV_COLUMNS, *lines)))
    return values, [(item.code, item.line) for item in findings.sorted()]


def from_yaml(lines: list[tuple[str, ...]]) -> tuple[list[ParameterValue], list[tuple[str, int]]]:
    findings = Findings()
    items = (dict(zip(CSV_COLUMNS, line, strict=True)).items() for line in lines)
    written = ["# the first line of the CSV names the columns"]
    written += ["- " + json.dumps({name: cell for name, cell in item if cell}, ensure_ascii=False) for item in items]
    node = read(text="\n".join(written), file="share.csv", findings=Findings())
    scope = Scope(Vocabulary("refund"))
    nodes = node.items if isinstance(node, Sequence) else ()
    found = [read_line(node=one, term=TERM, scope=scope, sources=SOURCES, findings=findings) for one in nodes]
    return [line for line in found if line is not None], [(item.code, item.line) for item in findings.sorted()]


@given(LINES)
def test_lines_of_a_csv_say_what_they_say_in_yaml(lines: list[tuple[str, ...]]) -> None:
    values, faults = from_csv(lines)
    told, reported = from_yaml(lines)
    assert values == told
    assert sorted(faults) == sorted(reported)


def test_a_text_met_before_is_still_checked_against_the_days_of_its_own_line() -> None:
    good = ("500000", "2016-01-01", "2019-01-01", "20%", "open", "")
    reversed_, undated = ("2019-01-01", "2016-01-01"), ("", "")
    lines = [good, *(("500000", *days, "20%", "open", "") for days in (reversed_, undated))]
    assert from_csv(lines)[1] == [("dates_reversed", 3), ("missing_key", 4)]


def test_a_document_that_ends_is_asked_for_every_line() -> None:
    lines = [
        ("500000", "2016-01-01", "2017-01-01", "20%", "ended", ""),
        ("110000", "2016-01-01", "2019-01-01", "20%", "ended", ""),
    ]
    assert from_csv(lines)[1] == [("source_not_in_force", 3)]


def test_a_value_beyond_its_bounds_is_told_at_its_own_cell() -> None:
    findings = Findings()
    reader = MassReader(file="share.csv", term=TERM, scope=Scope(Vocabulary("")), sources=SOURCES, findings=findings)
    reader.read("key,from,value,source\n500000,2016-01-01,20%,open\n500000,2017-01-01,99%,open\n")
    assert [(item.code, item.line, item.column) for item in findings.items] == [("bad_bound", 3, 19)]
