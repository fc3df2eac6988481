"""The rules of the service, tried on its own facts."""

from pathlib import Path

from yibao.policy import load_texts

FOLDER = Path(__file__).parent.parent
NAME = FOLDER.name
TEXTS = {
    f"vocabulary/{NAME}.yaml": (FOLDER / "facts.yaml").read_text(encoding="utf-8"),
    "990000_example/pack.yaml": 'code: "990000"\nname: 示例\nkind: nation\nquality: bronze\nchecked_on: 2026-01-01\n',
    "990000_example/sources.yaml": "rule: {title: 示例规定, in_force_from: 2020-01-01, grade: A}\n",
    f"990000_example/{NAME}.yaml": f"""
domain: {NAME}
tables:
  situation:
    rows:
      - {{id: G1, label: 在保, from: 2020-01-01, source: [rule], when: {{enrolled: 是}}, then: {{outcome: granted}}}}
      - {{id: M1, label: 其他, from: 2020-01-01, source: [rule], then: {{outcome: manual}}}}
""",
}


def test_a_row_of_a_pack_decides_with_the_facts_of_this_service():
    region = load_texts(texts=TEXTS).region_for("990000")
    table = region.table(NAME, "situation", on=region.source("rule").in_force_from)
    assert table.decide({"applied_on": region.source("rule").in_force_from, "enrolled": True}).row == "G1"
    assert table.decide({"applied_on": region.source("rule").in_force_from, "enrolled": False}).row == "M1"
