"""Every form a rule is known to take has a rule of a pack, and an example that turns on that rule."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
import yaml

from yibao import services
from yibao.policy import PackErrors, Packs, Region, load_packs
from yibao.policy.cases import Case, differences, read_cases
from yibao.policy.mutants.trial import Consult, Recording

TABLE = Path(__file__).with_name("shapes.yaml")
PARAMETER = "p."


@dataclass(frozen=True)
class Form:
    """One form of one dimension, with the rule that has it and the example that turns on the rule."""

    dimension: str
    name: str
    rule: str = ""
    case: str = ""
    shows: Any = None
    unknown: str = ""


def forms() -> list[Form]:
    read = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["shapes"]
    return [Form(dimension, name, **told) for dimension, found in read.items() for name, told in found.items()]


FORMS = forms()
WITH_RULE = [form for form in FORMS if form.rule]
IDS = [f"{form.dimension}: {form.name}" for form in WITH_RULE]


@cache
def watched() -> tuple[Packs, list[Consult]]:
    """The packs in use, keeping in a list what their tables are asked."""
    packs, kept = services.packs(), list[Consult]()
    regions = {code: Recording.of(region, kept) for code, region in packs.regions.items()}
    return Packs({**regions}, packs.folders, packs.warnings), kept


@cache
def examples(code: str) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in read_cases(folder=services.packs().folders[code]):
        if case.given["service"] in ("relocation", "years"):
            found.setdefault(case.en, []).append(case)
    return found


def example(form: Form) -> Case:
    code, _, name = form.case.partition(" ")
    named = examples(code).get(name, [])
    assert len(named) == 1, f"{len(named)} examples of {code} are called {name!r}"
    return named[0]


def deciding_rows(case: Case) -> set[str]:
    """Every row an example was decided by, written as the table of forms writes it."""
    packs, kept = watched()
    kept.clear()
    services.decide(case.given, rules=packs).json()
    found = set()
    for consult in list(kept):
        with suppress(LookupError):
            assert consult.table is not None
            row = consult.table.row(consult.table.decide(consult.facts).row)
            found.add(f"{row.region} {consult.decision}.{row.id}")
    return found


def without(code: str, name: str) -> Packs:
    """The packs in use, the lines one pack gives a parameter being taken out of every region."""
    packs = services.packs()
    folder = packs.folders[code].name

    def emptied(region: Region) -> Region:
        series = region.series.get(name)
        if series is None:
            return region
        left = {
            key: [line for line in lines if folder not in Path(line.file).parts]
            for key, (_, lines) in series.values.items()
        }
        values = {key: ([line.from_ for line in lines], lines) for key, lines in left.items()}
        return region.changed(tables=tuple(region.stacks), series={name: replace(series, values=values)})

    return Packs({own: emptied(region) for own, region in packs.regions.items()}, packs.folders, packs.warnings)


def comes_out(case: Case, packs: Packs) -> bool:
    try:
        decided = services.decide(case.given, rules=packs).json()
    except LookupError:
        return False
    return not list(differences(expected=case.expect, got=decided))


def test_every_form_has_an_example_and_a_rule_or_the_number_that_is_not_known() -> None:
    assert [form.name for form in FORMS if not form.case or bool(form.rule) == bool(form.unknown)] == []
    assert [form.name for form in FORMS if form.unknown] == ["one month"]
    assert len(WITH_RULE) >= 96


@pytest.mark.parametrize("form", [form for form in FORMS if form.unknown], ids=lambda form: form.name)
def test_a_number_that_is_not_known_is_named_with_what_was_read_of_it(form: Form) -> None:
    code, _, name = form.unknown.partition(" ")
    series = services.packs().regions[code].series[name]
    lines = [line for _, lines in series.values.values() for line in lines]
    assert [(line.value, bool(line.sources), bool(line.note)) for line in lines] == [(None, True, True)]
    decided = services.decide(example(form).given).json()
    assert list(differences(expected=form.shows, got=decided)) == []
    assert [(each["code"], series.term.label in each["zh"]) for each in decided["refusals"]] == [
        ("rule_value_unknown", True)
    ]


@pytest.mark.parametrize(("months", "decision"), [("4", "covered"), ("3", "manual")])
def test_a_place_that_names_the_longest_gap_of_a_unit_is_decided_by_it(
    tmp_path: Path, months: str, decision: str
) -> None:
    case = example(next(form for form in FORMS if form.unknown))
    folder = copied(tmp_path, "000000", "110000")
    (folder / "110000_beijing" / "relocation.yaml").write_text(
        "domain: relocation\nparameters:\n  unit_gap_months:\n    values:\n"
        f'      - {{from: 2021-12-01, value: "{months}", source: ["nat-43#第十一条"]}}\n',
        encoding="utf-8",
    )
    given = {**case.given, "region": "110000"}
    assert services.decide(given, rules=loaded(folder)).json()["decision"] == decision


@pytest.mark.parametrize("form", WITH_RULE, ids=IDS)
def test_the_example_turns_on_the_rule_and_shows_the_form(form: Form) -> None:
    case = example(form)
    code, _, rule = form.rule.partition(" ")
    if rule.startswith(PARAMETER):
        assert not comes_out(case, without(code, rule.removeprefix(PARAMETER))), f"{form.case!r} needs no {form.rule!r}"
    else:
        assert form.rule in deciding_rows(case), f"{form.case!r} is not decided by {form.rule!r}"
    assert comes_out(case, services.packs())
    assert list(differences(expected=form.shows or {}, got=services.decide(case.given).json())) == []


def copied(folder: Path, *codes: str) -> Path:
    """Copy some packs, without examples, to where they may be changed."""
    for code in codes:
        pack = services.packs().folders[code]
        copytree(pack, folder / pack.name, ignore=ignore_patterns("cases"))
    return folder


def loaded(folder: Path) -> Packs:
    return load_packs(roots=[folder], vocabularies=services.vocabularies())


def rewritten(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


LINE = '{from: 2022-12-01, value: "3", source: ["sz-66#待遇等待期"]}'


@pytest.mark.parametrize(("months", "above"), [("4", "320000"), ("7", "000000")])
def test_a_city_may_not_wait_longer_than_the_bound_above_it(tmp_path: Path, months: str, above: str) -> None:
    folder = copied(tmp_path, "000000", "320000", "320500")
    if above == "000000":
        rewritten(folder, "320500_suzhou/pack.yaml", 'parent: "320000"', 'parent: "000000"')
    loaded(folder)
    rewritten(folder, "320500_suzhou/relocation.yaml", LINE, LINE.replace('"3"', f'"{months}"'))
    with pytest.raises(PackErrors) as caught:
        loaded(folder)
    assert "above_limit" in {each.code for each in caught.value.diagnostics}


HANGZHOU = {
    "pack.yaml": 'code: "330100"\nname: 杭州市\nen: Hangzhou\nparent: "330000"\nkind: pooling\n'
    "schemes: [employee]\nquality: bronze\nchecked_on: 2026-11-22\nmaintainers: [Yibao]\n",
    "sources.yaml": "made-up:\n  number: unknown\n  title: 示例\n  issuer: unknown\n"
    "  in_force_from: 2021-07-01\n  address: example.org\n  grade: B\n",
    "relocation.yaml": "domain: relocation\ntables:\n  cover:\n    rows:\n"
    "      - {id: HZ-better, label: 补缴后当月享受, en: covered at once, from: 2021-07-01, source: [made-up], "
    "when: {scheme: employee, joining_as: individual, gap_months: '> 0', gap_paid_back: 是}, "
    "then: {outcome: covered, amount: 0, unit: month, anchor: month_paid, retroactive: full}}\n",
}


def test_a_better_rule_of_a_city_of_zhejiang_goes_before_the_law_of_the_province(tmp_path: Path) -> None:
    case = next(iter(examples("330000")["one month paid back is not covered"])).given
    folder = copied(tmp_path, "000000", "330000")
    assert services.decide(case, rules=loaded(folder)).json()["benefits_from"] == "2026-12-01"
    (folder / "330100_hangzhou").mkdir()
    for name, text in HANGZHOU.items():
        (folder / "330100_hangzhou" / name).write_text(text, encoding="utf-8")
    better = services.decide(case, rules=loaded(folder)).json()
    assert (better["benefits_from"], better["retroactive"]) == ("2026-10-01", "full")
