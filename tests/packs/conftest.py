"""The worked examples of every pack, read from their files."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

PACKS = Path(__file__).parents[2] / "packs"
KINDS = ("good", "bad")


class Reader(yaml.SafeLoader):
    """Reads every scalar as text, except null and whole numbers written without quotes."""

    yaml_implicit_resolvers = {}  # noqa: RUF012


Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^null$"), ["n"])
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), ["t", "f"])
Reader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[0-9]+$"), list("0123456789"))


@dataclass(frozen=True)
class Example:
    """One worked example and where it stands."""

    place: str
    kind: str
    name: str
    en: str
    why: str
    given: dict
    expect: dict


def folders():
    """The folder of each kind of example, for each pack."""
    return [pack.parent / "cases" / kind for pack in sorted(PACKS.glob("[!_]*/pack.yaml")) for kind in KINDS]


def read(path: Path):
    kind, pack = path.parent.name, path.parents[2].name
    for each in yaml.load(path.read_text(encoding="utf-8"), Loader=Reader)["cases"]:
        yield Example(
            place=f"{pack}/{kind}/{path.stem}",
            kind=kind,
            **{member: each[member] for member in ("name", "en", "why", "given", "expect")},
        )


def examples():
    """Every worked example, in the order of packs and files."""
    return [each for path in sorted(PACKS.glob("[!_]*/cases/*/*.yaml")) for each in read(path)]


def pytest_generate_tests(metafunc):
    if "example" in metafunc.fixturenames:
        found = examples()
        metafunc.parametrize("example", found, ids=[f"{each.place}::{each.en}" for each in found])
    if "folder" in metafunc.fixturenames:
        found = folders()
        metafunc.parametrize("folder", found, ids=[f"{each.parents[1].name}/{each.name}" for each in found])


@pytest.fixture(scope="session")
def all_examples():
    return examples()
