"""The whole demo city from a seed, without a database."""

from collections.abc import Callable
from datetime import date
from random import Random

from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted import CASE_KINDS, KINDS, kind_at, make_planted
from yibao.batch.demo.population import PERSONS_PER_EMPLOYER, Setting, make_employers, make_ordinary
from yibao.batch.demo.records import Citizen, City
from yibao.batch.demo.tariffs import Tariffs

PERSONS = 20_000
SEED = 20_26
PERSONS_LEAST = len(KINDS) + len(CASE_KINDS)


def make_city(
    *,
    seed: int,
    persons: int,
    on: date,
    tariffs: Tariffs,
    region: str = REGION,
    advance: Callable[[int], None] = lambda done: None,
) -> City:
    """Return the city of a seed: the same seed, size and day always give the same city.

    Args:
        seed: Any whole number.
        persons: How many persons, at least one of each planted kind.
        on: The day the city is made for; payments run up to it.
        tariffs: The amounts published for the region.
        region: Code of the pooling area.
        advance: Called with the number of persons made, for a progress bar.

    Raises:
        ValueError: Fewer persons than planted kinds; ask for more.
    """
    if persons < PERSONS_LEAST:
        raise ValueError(f"演示城市至少 {PERSONS_LEAST} 人 / a demo city has at least {PERSONS_LEAST} persons")
    employers = make_employers(seed=seed, count=max(1, persons // PERSONS_PER_EMPLOYER))
    setting = Setting(on, tariffs, employers)
    taken: set[str] = set()
    citizens = []
    for index in range(persons):
        citizens.append(_citizen(seed, index, taken, setting))
        advance(1)
    return City(seed, on, region, employers, tuple(citizens))


def _citizen(seed: int, index: int, taken: set[str], setting: Setting) -> Citizen:
    # A stream of chance for each person: what one person draws does not move the next one's lot.
    rng = Random(f"citizen:{seed}:{index}")
    kind = kind_at(index, rng)
    if kind is None:
        return make_ordinary(rng, index=index, taken=taken, setting=setting)
    return make_planted(rng, index=index, kind=kind, taken=taken, setting=setting)
