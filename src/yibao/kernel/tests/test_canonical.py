"""One spelling for one value: whichever way it is written, the bytes that are hashed are the same."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.canonical import canonical_json, content_hash

# What the standard library says of a value of plain JSON; every hash on record was taken of this spelling.
STANDARD = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
FLAT = st.none() | st.booleans() | st.integers() | st.text()
PLAIN = st.recursive(FLAT, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)
SURROGATES = range(0xD800, 0xE000)
BLOCK = 0x1000


@given(PLAIN)
def test_the_spelling_is_that_of_the_standard_library_with_sorted_keys(value: Any) -> None:
    assert canonical_json(value) == STANDARD.encode(value)
    assert content_hash(value) == hashlib.sha256(STANDARD.encode(value).encode()).hexdigest()


@pytest.mark.parametrize("first", range(0, 0x110000, BLOCK))
def test_every_character_is_spelled_as_the_standard_library_spells_it(first: int) -> None:
    text = "".join(chr(code) for code in range(first, first + BLOCK) if code not in SURROGATES)

    assert canonical_json({text: [text]}) == STANDARD.encode({text: [text]})


def test_keys_stand_in_the_order_of_their_characters_also_beyond_the_first_plane() -> None:
    keys = ["\uffff", "\U00010000", "医", "a", "Z", "é", "", "\U0010ffff", "\ue000"]

    assert list(json.loads(canonical_json(dict.fromkeys(keys)))) == sorted(keys)


def test_days_pairs_and_other_keys_have_the_spelling_they_always_had() -> None:
    value = {1: (date(2023, 2, 10), "保"), False: [], None: {"b": 2**70, "a": -1}}

    assert canonical_json(value) == '{"1":["2023-02-10","保"],"False":[],"None":{"a":-1,"b":1180591620717411303424}}'


def test_a_tree_of_three_hundred_levels_has_a_spelling() -> None:
    value: Any = 1
    for _ in range(300):
        value = [value]

    assert canonical_json(value) == "[" * 300 + "1" + "]" * 300


@pytest.mark.parametrize("wrong", [0.5, float("nan"), datetime(2023, 2, 10, tzinfo=UTC), b"x", {1, 2}, object()])
@pytest.mark.parametrize("held", [lambda one: one, lambda one: [1, one], lambda one: {"a": {"b": [one]}}])
def test_a_value_without_one_spelling_is_refused_wherever_it_stands(wrong: object, held: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(held(wrong))
    with pytest.raises(TypeError):
        content_hash(held(wrong))
