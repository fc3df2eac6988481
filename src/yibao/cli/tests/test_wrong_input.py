"""What is typed wrong, at any verb: a sentence in both languages, exit 2, and nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.apps import apps

from yibao.cli import main

NOWHERE = "/no/such/folder/file"
OTHER = "UNKNOWN"


def verbs(found: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb with the words that lead to it."""
    if not isinstance(found, click.Group):
        yield path, found
        return
    context = click.Context(found)
    for name in found.list_commands(context):
        yield from verbs(found.get_command(context, name), (*path, name))


VERBS = dict(verbs())


def wrong(kind: click.ParamType) -> str | None:
    """A value that no parameter of a kind can have; None where any text is one."""
    if isinstance(kind, click.Path):
        return NOWHERE if kind.exists else None
    if isinstance(kind, click.IntRange):
        return "-7"
    return OTHER if isinstance(kind, click.Choice | click.DateTime | click.types.IntParamType) else None


def typed_wrong() -> Iterator[pytest.param]:
    for path, verb in VERBS.items():
        name = " ".join(path)
        yield pytest.param([*path, "--no-such-option"], id=f"{name} --no-such-option")
        if any(one.required for one in verb.params):
            yield pytest.param([*path], id=f"{name} without what it needs")
        for one in verb.params:
            value = wrong(one.type)
            if value and isinstance(one, click.Option):
                yield pytest.param([*path, one.opts[0], value], id=f"{name} {one.opts[0]} {value}")
            elif value and one is verb.params[0]:
                yield pytest.param([*path, "--", value], id=f"{name} {value}")


def both_languages(text: str) -> bool:
    said = text.rpartition("Error: ")[2]
    return any("\u4e00" <= sign <= "\u9fff" for sign in said) and any("a" <= sign <= "z" for sign in said)


@pytest.mark.parametrize("arguments", list(typed_wrong()))
def test_what_no_verb_understands(arguments: list[str]) -> None:
    told = CliRunner().invoke(main, arguments)
    assert (told.exit_code, both_languages(told.output)) == (2, True), told.output


def counted() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(line.split(), id=line)
        for line in (
            f"audit export {NOWHERE}",
            "audit head --day 2099-01-01",
            f"audit verifier {NOWHERE}",
            "audit verify --export JUNK",
            "audit verify --public-key zz",
            "bank account 999999 employee --holder x --number 1 --code 102653000012",
            "bank account 500000 employee --holder x --number 1 --code 1",
            "bank codes JUNK",
            "bank import JUNK --as nobody",
            "bank reconcile --region 999999",
            "bank simulate JUNK --out FOLDER",
            f"bank write B-1 {NOWHERE}",
            "bench nothing",
            "bulk resume BA-1",
            "bulk watch BA-1",
            f"decide {NOWHERE}",
            "decide JUNK",
            "demo ensure --persons 1",
            "demo make --persons 1",
            "explain 999999 individual_annual_base --on 2023-01-01",
            "explain 500000 nothing_such --on 2023-01-01",
            "interview --region 999999",
            "interview --region 500000 --service none",
            "keys retire 9",
            f"ledger export {NOWHERE}",
            "ledger verify --export JUNK",
            "manage nothing",
            f"packs check {NOWHERE}",
            "packs test --region 999999",
            "packs diff 500000 999999",
            "packs new 12 x y",
            f"packs table export 500000 none {NOWHERE}.xlsx",
            "packs table import 500000 situation JUNK",
            "replay CQ-1",
            f"schema packs {NOWHERE}",
            "staff officers --system a --security a --audit b",
            "sweep JUNK",
            "token make nobody --label x",
            "token revoke 99",
            "no-such-verb",
        )
    ],
)
def test_what_is_not_there_or_makes_no_sense(arguments: list[str], tmp_path: Path) -> None:
    junk = tmp_path / "junk.txt"
    junk.write_text("junk\n", encoding="utf-8")
    before = counted()
    named = {"JUNK": str(junk), "FOLDER": str(tmp_path / "folder")}
    told = CliRunner().invoke(main, [named.get(one, one) for one in arguments])
    assert (told.exit_code, both_languages(told.output)) == (2, True), told.output
    assert counted() == before
    assert [one.name for one in tmp_path.iterdir()] == ["junk.txt"]
