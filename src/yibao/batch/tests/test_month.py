"""A simulated month: the bank loses, doubles and crosses its answers, processes die, clocks jump, a year ends."""

import time
from dataclasses import asdict
from datetime import date

import pytest

from yibao.batch.tests.month import Month
from yibao.batch.tests.month_weather import Weather

pytestmark = pytest.mark.django_db(transaction=True)
# From the last days of a year to the day on which its books are closed.
SHORT = {"start": date(2023, 12, 29), "days": 8, "new": 1}
LONG = {"days": 31, "new": 2}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def test_a_month_ends_with_difference_zero_or_each_fen_named(month_seed, soaking, figures):
    began = time.monotonic()
    told = Month(Weather(seed=month_seed, **(LONG if soaking else SHORT))).run()
    assert told.cases
    assert set(told.states) <= {"completed", "withdrawn"}
    for name, value in asdict(told).items():
        figures(name, value)
    figures("seconds", round(time.monotonic() - began))
