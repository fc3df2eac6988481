"""`yibao exchange`: messages between areas: both boxes, partners and keys, what stands still, and a bad line to try."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from yibao.cli.django_setup import prepare, require_ready
from yibao.cli.exchange_line import line
from yibao.kernel.errors import Refused


@click.group("exchange")
def command() -> None:
    """统筹区之间的报文：收发情况、对方与密钥、受阻的报文。 Messages between areas: boxes, partners, keys, troubles."""


@command.command("status")
def status() -> None:
    """列出收发件箱各状态的条数，和没有应答的统筹区。 Count both boxes by state; name areas that do not answer."""
    prepare()
    from yibao.store.exchange import partners, troubles

    names = {"out": "发件箱 outbox", "in": "收件箱 inbox"}
    for side, states in troubles.counts().items():
        told = "  ".join(f"{STATES[state]} {count}" for state, count in sorted(states.items()))
        click.echo(f"{names[side]}: {told or '空 empty'}")
    for row in partners.all_of():
        if row.failures:
            click.echo(f"{row.area}  连续失败 failed {row.failures}  {row.last_error}")


@command.command("troubles")
def list_troubles() -> None:
    """列出受阻的报文；没有则退出码为 0。 List the messages that stand still; exit code 0 when there are none."""
    prepare()
    from django.utils import timezone

    from yibao.store.exchange import troubles

    found = troubles.troubles(at=timezone.now())
    for one in found:
        since = timezone.localtime(one.since).isoformat(" ", "minutes")
        side = "发 out" if one.side == "out" else "收 in"
        click.echo(f"{one.message_id}  {side}  {one.kind}  {one.thread}  {one.other}  {one.why}  {since}")
    if not found:
        click.echo("没有受阻的报文 no message stands still")
    sys.exit(1 if found else 0)


@command.command("resend")
@click.argument("message", type=click.UUID)
def resend(message: UUID) -> None:
    """再次发送或办理一条报文；对方已有的不会重复。 Carry or handle a message once more; nothing happens twice."""
    require_ready()
    from django.utils import timezone

    from yibao.store.exchange import troubles

    with _told():
        side = troubles.resend(message_id=message, at=timezone.now())
    click.echo("将再次发送 will be sent again" if side == "out" else "将再次办理 will be handled again")


@command.group("partners")
def partners_() -> None:
    """与哪些统筹区交换，及各自的密钥。 The areas messages are exchanged with, and their keys."""


@partners_.command("list")
def list_() -> None:
    """列出各统筹区、地址、公钥；公钥可以给对方。 List areas, addresses and public keys, which may be given away."""
    prepare()
    from yibao.store.exchange import partners

    for row in partners.all_of():
        click.echo(f"{row.area}  {row.address or '本系统 kept here'}")
        for key in sorted(row.keys.all(), key=lambda one: one.version):
            click.echo(f"  {key.version}  {key.public}  {'已停用 ended' if key.ended_at else '有效 good'}")


@partners_.command("host")
@click.argument("area")
def host(area: str) -> None:
    """登记本系统经办的统筹区，并为它建密钥。 Have an area kept here take part; makes its key."""
    require_ready()
    from django.utils import timezone

    from yibao.store.exchange import partners

    with _told():
        row = partners.host(area=area, at=timezone.now())
    click.echo(f"{row.area}  {row.address or '本系统 kept here'}")


@partners_.command("add")
@click.argument("area")
@click.option("--address", required=True, help="对方的交换地址 where its messages are sent, …/api/exchange")
@click.option("--key", "public", required=True, help="对方的公钥 its public key")
@click.option("--version", default=1, show_default=True, type=click.IntRange(min=1), help="公钥的版本 of its key")
def add(area: str, address: str, public: str, version: int) -> None:
    """登记其他系统的统筹区，或它的新公钥。 Enter an area of another installation, or its next key."""
    require_ready()
    from django.utils import timezone

    from yibao.store.exchange import partners

    with _told():
        partners.join(area=area, address=address, public=public, version=version, at=timezone.now())
    click.echo(f"已登记 entered: {area} {version}")


@partners_.command("new-key")
@click.argument("area")
def new_key(area: str) -> None:
    """为本系统的统筹区建下一版密钥，先给对方，再启用。 Make the next key of an area kept here; it waits."""
    require_ready()
    from django.utils import timezone

    from yibao.store.exchange import partners

    with _told():
        key = partners.new_version(area=area, at=timezone.now())
    click.echo(f"{area}  {key.version}  {key.public}")


@partners_.command("use-key")
@click.argument("area")
@click.argument("version", type=click.IntRange(min=1))
def use_key(area: str, version: int) -> None:
    """启用一个版本签名；对方须已登记它的公钥。 Sign with a version from now on; the others must know it by then."""
    require_ready()
    from yibao.store.exchange import partners

    with _told():
        partners.use_key(area=area, version=version)
    click.echo(f"已启用 in use: {area} {version}")


@partners_.command("end-key")
@click.argument("area")
@click.argument("version", type=click.IntRange(min=1))
def end_key(area: str, version: int) -> None:
    """停用一个版本的公钥，此后不再接收它的签名。 Trust a version of a key no more."""
    require_ready()
    from django.utils import timezone

    from yibao.store.exchange import partners

    with _told():
        partners.end_key(area=area, version=version, at=timezone.now())
    click.echo(f"已停用 ended: {area} {version}")


@partners_.command("retry")
@click.argument("area")
def retry(area: str) -> None:
    """马上再联系一个没有应答的统筹区。 Try an area again at once that did not answer."""
    require_ready()
    from yibao.store.exchange import troubles

    troubles.hurry(area=area)
    click.echo(f"马上再试 will be tried at once: {area}")


command.add_command(line)

STATES = {
    "waiting": "待办 waiting", "delivered": "已送达 delivered", "done": "已办 done", "refused": "被拒 refused",
    "stuck": "受阻 stuck",
}  # fmt: skip


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        no = error.refusal
        click.echo(f"{no.zh}。{no.next_zh} {no.en[:1].upper()}{no.en[1:]}. {no.next_en}", err=True)
        sys.exit(1)
