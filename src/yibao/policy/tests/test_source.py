"""YAML is read as text, with its places, and without the parts that surprise."""

import pytest

from yibao.policy.diagnostics import Findings
from yibao.policy.source import Mapping, Scalar, plain, read


def reading(text: str) -> tuple[object, Findings]:
    findings = Findings()
    node = read(text=text, file="a.yaml", findings=findings)
    return (None if node is None else plain(node)), findings


@pytest.mark.parametrize("text", ["on", "no", "011", "1_000", "0x10", "~", "null", "2020-01-01", "1e3", "是"])
def test_every_scalar_stays_the_text_it_was_written_as(text: str) -> None:
    assert reading(f"key: {text}")[0] == {"key": text}


def test_every_node_knows_its_place_in_characters() -> None:
    node = read(text='死亡: {一: "二", 三: [四]}', file="a.yaml", findings=Findings())
    assert isinstance(node, Mapping)
    inner = node.get("死亡")
    assert isinstance(inner, Mapping)
    quoted = inner.get("一")
    assert isinstance(quoted, Scalar)
    assert (quoted.mark.line, quoted.mark.column, quoted.inner.column) == (1, 9, 10)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        pytest.param("a: 1\nb: 2\na: 3", "duplicate_key", 3, 1, id="a key twice"),
        pytest.param("a: {b: 1, b: 2}", "duplicate_key", 1, 11, id="a key twice on one line"),
        pytest.param("a: &x 1", "anchor", 1, 4, id="an anchor"),
        pytest.param("a: *x", "anchor", 1, 4, id="an alias"),
        pytest.param("a: !!int 1", "tag", 1, 4, id="a tag"),
        pytest.param("a: 1\n---\nb: 2", "several_documents", 2, 1, id="two documents"),
        pytest.param("# nothing", "empty_file", 1, 1, id="only a comment"),
        pytest.param("a: [1,\nb: 2", "yaml_syntax", 1, 4, id="a bracket left open, told where it opens"),
        pytest.param("? [a]\n: b", "wrong_shape", 1, 3, id="a list as a key"),
        pytest.param("[" * 200, "yaml_syntax", 1, 1, id="nested without end"),
    ],
)
def test_what_surprises_is_an_error_at_its_place(text: str, code: str, line: int, column: int) -> None:
    _, findings = reading(text)
    assert [(item.code, item.line, item.column) for item in findings.sorted()][:1] == [(code, line, column)]
    assert all(item.message_zh and item.message_en for item in findings.items)
