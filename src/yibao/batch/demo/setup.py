"""Makes the whole demo city: persons, books, logins and cases; says how to enter."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yibao.batch.demo.books import post_city
from yibao.batch.demo.care import APPLICANT, make_care
from yibao.batch.demo.cases import make_cases
from yibao.batch.demo.city import PERSONS_LEAST, SEED, make_city
from yibao.batch.demo.family import make_agent, make_family
from yibao.batch.demo.load import person_key, store_city
from yibao.batch.demo.moves import STAGES, make_moves
from yibao.batch.demo.names import REGION
from yibao.batch.demo.paying import make_batch
from yibao.batch.demo.planted import CASE_KINDS, KINDS
from yibao.batch.demo.records import City
from yibao.batch.demo.staff import PASSWORD, STAFF, make_logins, staff_actor
from yibao.batch.demo.tariffs import Tariffs
from yibao.services.refund import rulebook
from yibao.store.models import Person

OPENING = time(8)


def is_empty() -> bool:
    """Return whether nobody is on record yet."""
    return not Person.objects.exists()


def make(*, persons: int, seed: int, on: date, quiet: bool = False) -> City:
    """Make the city and store it; all of it or nothing.

    Args:
        persons: How many.
        seed: The same seed, size and day give the same city.
        on: The day it is made for.
        quiet: Show no progress.

    Raises:
        ValueError: Too few persons to hold one of each planted kind.
    """
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, transaction.atomic():
        advance = _bar(progress, "生成参保人 persons", persons)
        tariffs = Tariffs(rulebook.region(REGION))
        city = make_city(seed=seed, persons=persons, on=on, tariffs=tariffs, advance=advance)
        at = timezone.make_aware(datetime.combine(on, OPENING))
        store_city(city, at=at, advance=_bar(progress, "写入档案 records", persons))
        books = _bar(progress, "登记账务 journal", 1)
        post_city(city, at=at)
        books(1)
        make_logins(city)
        make_family(city, on=on, at=at)
        make_agent(clerk=staff_actor("clerk"), on=on, at=at)
        make_cases(city, advance=_bar(progress, "办理案件 cases", len(CASE_KINDS)))
        make_batch(on=on, at=at)
        make_care(on=on, at=at)
        make_moves(on=on)
    return city


def _bar(progress: Progress, label: str, total: int):
    task = progress.add_task(label, total=total)
    return lambda done: progress.advance(task, done)


def welcome() -> str:
    """Return how to enter the demo: address, logins and what to click first."""
    staff = "\n".join(f"  {one.username:<16}{one.name}  {'、'.join(one.roles)}" for one in STAFF)
    return f"""
演示城市（全部为合成数据） The demo city, all of it synthetic
地址 address   {settings.YIBAO_PUBLIC_URL}
口令 password  {PASSWORD}（所有演示账号相同 the same for every demo login）

参保人 citizens
  citizen1        领取失业保险金期间重复缴费，可退 1,949.10 元 the walk-through
  citizen2 … citizen{len(KINDS)}  其他情形，见 yibao demo list the other kinds
  mover1 … mover{len(STAGES)}  从重庆到太原，转移办到不同的一步 moved to Taiyuan, each transfer a step further
  {APPLICANT}      已办结，签署过承诺书，可以评价 paid out, signed a promise letter, may rate
经办人员 staff
{staff}

先点这里 click first
  1. 用 citizen1 登录 → 我的缴费 → 2022 年度缴费 → 申请退费
     Sign in as citizen1, My payments, the year 2022, apply for a refund
  2. 用 clerk 登录工作台受理，reviewer 审批，finance 支付
     Sign in to the workbench as clerk (accept), reviewer (approve), finance (pay)
  3. 核对账目 Check the books: yibao ledger verify
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """Where to find the person of one kind.

    Attributes:
        login: Citizen's login.
        kind: Code of the kind.
        row: Row of the rules the person was planted for.
        label: What happened, in Chinese.
        en: The same in English.
        person_id: Key of the person in the store.
    """

    login: str
    kind: str
    row: str
    label: str
    en: str
    person_id: UUID


def manifest(*, on: date, seed: int = SEED) -> list[Planted]:
    """Return one person for each planted kind of a city, found again from its seed.

    Args:
        on: Any day; names and rows do not depend on it.
        seed: The seed the city was made with.
    """
    tariffs = Tariffs(rulebook.region(REGION))
    city = make_city(seed=seed, persons=PERSONS_LEAST, on=on, tariffs=tariffs)
    return [
        Planted(f"citizen{place}", kind.code, plant.row, plant.label, plant.en, person_key(city, citizen))
        for place, (kind, citizen) in enumerate(zip(KINDS, city.citizens, strict=False), 1)
        if (plant := citizen.plant) is not None
    ]


def manifest_lines(*, on: date) -> list[str]:
    """Return one line for each planted kind: login, row of the rules, and what it is about."""
    return [f"{one.login:<10} {one.row:<7} {one.label} {one.en}" for one in manifest(on=on)]
