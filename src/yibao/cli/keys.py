"""`yibao keys`: change the keys the record is sealed with, while everybody goes on working."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from yibao.cli.django_setup import prepare, require_ready
from yibao.kernel.errors import Refused

WRONG_INPUT = 2


@click.group("keys")
def command() -> None:
    """更换加密密钥：查看、新建、换用、停用。 Change the keys the record is sealed with."""


@command.command("list")
def list_() -> None:
    """列出密钥各版本，及各自仍加密着多少内容。 List the versions, and how much each still seals."""
    prepare()
    from yibao.store import crypto, keyring, rotation

    ring, counts = crypto.ring(), rotation.counts()
    states = {version: _state(version, ring.current) for version in ring.live} | dict.fromkeys(ring.retired, RETIRED)
    for version, state in sorted(states.items()):
        file = keyring.file_of(folder=crypto.keys_dir(), name="record", version=version)
        kept = file if version in ring.live else file.parent / keyring.RETIRED / file.name
        made = datetime.fromtimestamp(kept.stat().st_mtime).astimezone().date() if kept.exists() else "-"
        click.echo(f"{version}  {state}  {made}  {counts.get(version, 0)}")


@command.command("new")
def new() -> None:
    """新建下一版本的密钥，尚不使用。 Make the keys of the next version; nothing uses them yet."""
    require_ready()
    from yibao.store import crypto, keyring

    version = keyring.add(crypto.keys_dir())
    click.echo(f"已新建第 {version} 版密钥。先备份 {crypto.keys_dir()}，并复制到每台机器，再运行 yibao keys rotate。")
    click.echo(f"Key {version} is made. Copy {crypto.keys_dir()} to every machine and to its backup, then rotate.")


@command.command("rotate")
def rotate() -> None:
    """改用最新的密钥，并重新加密全部内容；可中断后再运行。 Seal everything with the newest key; may be run again."""
    require_ready()
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from yibao.store import crypto, rotation

    total = sum(count for version, count in rotation.counts().items() if version < crypto.ring().newest)
    with _told(), Progress(*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("重新加密 sealing", total=total)
        done = rotation.rotate(told=lambda values: bar.update(task, advance=values))
        bar.update(task, total=bar.tasks[0].completed)
    click.echo(f"已用第 {crypto.ring().current} 版密钥重新加密 sealed anew: {done}")


@command.command("retire")
@click.argument("version", type=click.IntRange(min=1))
def retire(version: int) -> None:
    """停用旧密钥；仍有内容需要它时拒绝。 Take an old key out of use; refused while anything needs it."""
    require_ready()
    from yibao.store import crypto, keyring, rotation

    with _told():
        rotation.retire(version)
    kept = crypto.keys_dir() / keyring.RETIRED
    click.echo(f"第 {version} 版密钥已停用，移入 {kept}。旧备份仍须凭它读出：旧备份销毁之后才可删除。")
    click.echo(f"Key {version} is retired and lies in {kept}. Delete it when the backups made under it are gone.")


RETIRED = "已停用 retired"


def _state(version: int, current: int) -> str:
    if version == current:
        return "使用中 in use"
    return "待用 waiting" if version > current else "旧 old"


@contextmanager
def _told() -> Iterator[None]:
    """End the command with a sentence where something is refused or cannot be opened."""
    from yibao.store.crypto import SealBroken

    try:
        yield
    except SealBroken as error:
        click.echo(f"有一项内容打不开，其余未受影响：{error}。请先运行 yibao audit verify 并从备份恢复。", err=True)
        click.echo(f"One value does not open: {error}. Find it with yibao audit verify, restore it, go on.", err=True)
        sys.exit(1)
    except Refused as error:
        no = error.refusal
        more = f" ({', '.join(map(str, no.details))})" if no.details else ""
        click.echo(f"{no.zh}{more}。{no.next_zh} {no.en[:1].upper()}{no.en[1:]}. {no.next_en}", err=True)
        sys.exit(WRONG_INPUT if no.code == "no_such_key" else 1)
