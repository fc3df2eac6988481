"""`yibao bank`: accounts, files for the bank, its answers, and a bank to try things with."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from yibao.bank.orders import BankFileInvalid
from yibao.cli.django_setup import require_database, require_ready
from yibao.kernel.errors import Refused

WRONG_INPUT = 2
NOT_FOUND = 404
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
PERCENT = click.IntRange(0, 100)
CODE_DIGITS = 12


@click.group("bank")
def command() -> None:
    """付款文件、银行回执、银行模拟。 Files for the bank, its answers, and a bank to try things with."""


@command.command("account")
@click.argument("region")
@click.argument("scheme", type=click.Choice(["employee", "resident"]))
@click.option("--holder", required=True, help="户名 holder of the account")
@click.option("--number", required=True, help="账号 number of the account")
@click.option("--code", required=True, help="开户行联行号，12 位 clearing number of its bank, 12 digits")
def account(region: str, scheme: str, holder: str, number: str, code: str) -> None:
    """登记基金的付款账户。 Record the account a fund pays from."""
    require_database()
    from yibao.store.models import PayerAccount

    _check_region(region)
    _check_code(code)
    found = {"holder": holder, "number": number, "clearing_code": code}
    PayerAccount.objects.update_or_create(region=region, scheme=scheme, defaults=found)
    click.echo(f"已登记 recorded: {region} {scheme} {holder}")


@command.command("codes")
@click.argument("file", type=FILE)
def codes(file: Path) -> None:
    """读入联行号表（CSV：银行名称,联行号）。 Read in the clearing numbers of banks: name, number."""
    require_database()
    from yibao.store.models import ClearingMember

    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row]
    for row in rows:
        if len(row) != 1 + 1:
            raise click.UsageError(f"每行应为“银行名称,联行号” each line is a name and a number: {row}")
        _check_code(row[1].strip())
    for name, code in rows:
        ClearingMember.objects.update_or_create(bank_name=name.strip(), defaults={"code": code.strip()})
    click.echo(f"已登记 recorded: {len(rows)}")


def _check_code(code: str) -> None:
    if not (code.isascii() and code.isdecimal() and len(code) == CODE_DIGITS):
        raise click.UsageError(f"联行号应为 12 位数字 a clearing number has 12 digits: {code}")


@command.command("write")
@click.argument("batch")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write(batch: str, file: Path) -> None:
    """写出批次的付款文件（pain.001）。 Write the file of a released batch."""
    require_database()
    from yibao.store import batches

    with _told():
        content = batches.file_of(batches.get(batch))
    file.write_bytes(content)
    click.echo(f"{file}: {len(content)} bytes")


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--as", "login", required=True, help="财务支付岗的用户名 login of a member of finance")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="业务日期，默认今天 business date, today by default"
)
def read_in(files: tuple[Path, ...], login: str, day: Any) -> None:
    """读入银行回执（pain.002），重复读入不会再次生效。 Read the bank's answers in; twice changes nothing."""
    require_ready()
    from django.utils import timezone

    from yibao.services import payouts

    by, on = _actor(login), day.date() if day else timezone.localdate()
    for file in files:
        with _told(file):
            found = payouts.read_in(content=file.read_bytes(), by=by, on=on, at=timezone.now())
        click.echo(f"{file}: {found.batch} {found.message_id}{' 以前读入过 read before' if found.repeated else ''}")
        for one in found.results:
            case = one.payment.case.number if one.payment else "-"
            click.echo(f"  {one.end_to_end} {case} {one.status} {EFFECTS[one.effect]}")


EFFECTS = {
    "paid": "已到账 paid",
    "bounced": "退回 came back",
    "on_way": "在途 on its way",
    "repeated": "重复，未改动 repeated, nothing changed",
    "late": "迟到，未改动 late, nothing changed",
    "contradicts": "与已登记的结果矛盾，未改动 contradicts what is on record, nothing changed",
    "unknown": "不是本批次的付款，未改动 no payment of this batch, nothing changed",
}


@command.command("simulate")
@click.argument("file", type=FILE)
@click.option("--out", "folder", required=True, type=FOLDER, help="回执放在这里 where the answers go")
@click.option("--seed", default=1, show_default=True, help="同一种子讲同一个故事 the same seed tells the same story")
@click.option("--bounce", default=10, show_default=True, type=PERCENT, help="退回百分比 percent rejected")
@click.option("--drop", default=10, show_default=True, type=PERCENT, help="丢失百分比 percent of messages lost")
@click.option("--repeat", default=20, show_default=True, type=PERCENT, help="重复百分比 percent sent twice")
@click.option("--round", "turn", default=1, show_default=True, help="换一轮，丢失的不同 another round loses others")
def simulate(file: Path, folder: Path, seed: int, bounce: int, drop: int, repeat: int, turn: int) -> None:
    """模拟银行：读付款文件，写回执，会丢失、重复、乱序、退票。 Play the bank: answers get lost, doubled, crossed."""
    from yibao.bank import pain001, simulator

    temper = simulator.Temper(seed=seed, bounce=bounce, drop=drop, repeat=repeat, round=turn)
    with _told(file):
        arriving = simulator.answers(bulk=pain001.read(file.read_bytes()), temper=temper)
    folder.mkdir(parents=True, exist_ok=True)
    for place, content in enumerate(arriving, 1):
        target = folder / f"{file.stem}-{turn}-{place:04d}.xml"
        target.write_bytes(content)
        click.echo(target)


@command.command("reconcile")
@click.option("--region", default="500000", show_default=True, help="机构的地区代码 region of the office")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="对到哪一天，默认今天 last day, today by default")
@click.option("--full", is_flag=True, help="从第一笔算起，不用每日结存 from the first payment on, without checkpoints")
def reconcile(region: str, day: Any, full: bool) -> None:
    """三方对账：案件、账本、银行，差额为零或逐笔指出。 Cases, books and bank: difference zero, or each fen named."""
    require_database()
    from django.utils import timezone

    from yibao.kernel.money import display_fen
    from yibao.store import reconciliation

    _check_region(region)
    found = reconciliation.reconcile(region=region, on=day.date() if day else timezone.localdate(), full=full)
    for flow in found.flows:
        sums = " = ".join(display_fen(fen) for fen in (flow.case_fen, flow.ledger_fen, flow.bank_fen))
        click.echo(f"{flow.route}: {flow.count} 笔 {sums}，在途 on its way {display_fen(flow.on_way_fen)}")
    for leg in found.differences:
        three = f"案件 case {display_fen(leg.case_fen)}，账本 books {display_fen(leg.ledger_fen)}"
        name = " ".join(part for part in (leg.case_number, leg.end_to_end) if part)
        click.echo(f"✗ {name}: {three}，银行 bank {display_fen(leg.bank_fen)}", err=True)
    click.echo(f"{found.on} 差额 difference {display_fen(found.difference_fen)}")
    sys.exit(1 if found.differences else 0)


def _check_region(code: str) -> None:
    from yibao import services
    from yibao.policy import UnknownRegion

    try:
        services.packs().region_for(code)
    except UnknownRegion as error:
        raise click.UsageError(f"{error.zh}。 {error.en}.") from error


def _actor(login: str) -> Any:
    """Return a member of staff as one who acts, or end the command."""
    from django.contrib.auth import get_user_model

    from yibao.web.access import actor_of

    user = get_user_model().objects.filter(username=login).first()
    actor = actor_of(user) if user else None
    if actor is None or actor.kind != "staff":
        raise click.UsageError(f"没有这位经办人员 there is no such member of staff: {login}")
    return actor


@contextmanager
def _told(file: Path | None = None) -> Iterator[None]:
    """End the command with a sentence where a file or the state of things does not allow it."""
    before = f"{file}: " if file else ""
    try:
        yield
    except BankFileInvalid as error:
        click.echo(f"{before}{error.zh}。 {error.en}.", err=True)
        sys.exit(WRONG_INPUT)
    except Refused as error:
        no = error.refusal
        click.echo(f"{before}{no.zh}。{no.next_zh} {no.en}. {no.next_en}", err=True)
        sys.exit(WRONG_INPUT if no.status == NOT_FOUND else 1)
