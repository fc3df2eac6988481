"""A right to act for another holds within its period, and ends with revocation and with death."""

from dataclasses import replace
from datetime import date

import pytest

from yibao.casework.representation import Right, hindrance

ON = date(2026, 11, 22)
GOOD = Right("proxy", date(2026, 11, 1), date(2026, 12, 1), confirmed=True)


def test_a_confirmed_right_holds_within_its_period():
    assert hindrance(right=GOOD, on=ON) is None


@pytest.mark.parametrize(
    ("right", "code"),
    [
        (replace(GOOD, confirmed=False), "right_not_confirmed"),
        (replace(GOOD, start=date(2026, 11, 23)), "right_not_begun"),
        (replace(GOOD, end=ON), "right_lapsed"),
        (replace(GOOD, revoked_on=ON), "right_revoked"),
        (replace(GOOD, died_on=date(2026, 11, 21)), "right_ended_by_death"),
        (replace(GOOD, kind="guardian", died_on=ON), "right_ended_by_death"),
        (replace(GOOD, kind="heir"), "right_needs_a_death"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.kind,
)
def test_what_stands_in_the_way_is_named(right, code):
    assert hindrance(right=right, on=ON) == code


def test_a_death_opens_the_heirs_right_that_it_closes_to_the_proxy():
    assert hindrance(right=replace(GOOD, kind="heir", died_on=ON), on=ON) is None


def test_the_day_before_the_end_is_the_last():
    assert hindrance(right=replace(GOOD, end=date(2026, 11, 23)), on=ON) is None
