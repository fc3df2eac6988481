"""Every word a page asks for exists, in Chinese and in English, with the same places to fill."""

import re
from pathlib import Path
from string import Formatter

import pytest

import yibao
from yibao.web.words import MissingWords, Say, texts

ROOT = Path(yibao.__file__).parent
ASKED_IN_TEMPLATES = re.compile(r"""{% t "([\w.]+)\"""")
ASKED_IN_CODE = re.compile(r"""say\("([\w.]+)\"""")


def asked():
    for pattern, ending in ((ASKED_IN_TEMPLATES, "*.html"), (ASKED_IN_CODE, "*.py")):
        for file in sorted(ROOT.rglob(ending)):
            if "tests" not in file.parts:
                for key in pattern.findall(file.read_text(encoding="utf-8")):
                    yield f"{file.relative_to(ROOT)}: {key}", key


def test_every_word_a_page_asks_for_exists():
    found = list(asked())
    assert len(found) > 200
    assert [place for place, key in found if key not in texts()] == []


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


# The month has a number in Chinese and a name in English.
ONE_LANGUAGE = {"month", "month_name"}


def test_both_languages_fill_the_same_places():
    own = {key: words for key, words in texts().items() if key.split(".")[1] not in ("refusals", "enums")}
    different = {key for key, words in own.items() if (places(words["zh"]) ^ places(words["en"])) - ONE_LANGUAGE}
    assert different == set()


def test_a_missing_word_is_told_at_once():
    with pytest.raises(MissingWords):
        Say("zh")("common.no_such_word")


def test_no_page_says_system_error():
    assert [key for key, words in texts().items() if "系统异常" in words["zh"]] == []


def test_templates_hold_no_words_of_their_own():
    chinese = re.compile(r"[一-鿿]")
    spoken = [
        file.name for file in ROOT.rglob("templates/**/*.html") if chinese.search(file.read_text(encoding="utf-8"))
    ]
    assert spoken == []
