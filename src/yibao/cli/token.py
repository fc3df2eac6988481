"""`yibao token`: tokens by which programs use the interface, each for one login."""

import click

from yibao.cli.django_setup import prepare, require_ready

DAYS_MAX = 366


@click.group("token")
def command() -> None:
    """程序接口的令牌：新建、列出、停用。 Tokens for programs: make, list, revoke."""


@command.command("make")
@click.argument("login")
@click.option("--label", required=True, help="给哪个程序用 which program it is for")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, DAYS_MAX), help="有效天数 days it holds")
def make(login: str, label: str, days: int) -> None:
    """新建令牌；令牌只显示这一次。 Make a token for a login; it is shown this once."""
    require_ready()
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from yibao.store import tokens

    user = get_user_model().objects.filter(username=login, is_active=True).first()
    if user is None:
        raise click.UsageError(f"没有这个用户名 there is no such login: {login}")
    row, text = tokens.make(user=user, label=label, at=timezone.now(), days=days)
    click.echo(f"{row.pk}  {text}")


@command.command("list")
def list_() -> None:
    """列出令牌，不显示令牌本身。 List the tokens, without what they are."""
    prepare()
    from django.utils import timezone

    from yibao.store.models import ApiToken

    for row in ApiToken.objects.select_related("user").order_by("pk"):
        state = "有效 good" if row.ends_at > timezone.now() else "已停用 ended"
        click.echo(f"{row.pk}  {row.user.get_username()}  {row.label}  {state}  {timezone.localdate(row.ends_at)}")


@command.command("revoke")
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """停用令牌。 End a token now."""
    require_ready()
    from django.utils import timezone

    from yibao.store import tokens

    if not tokens.revoke(number=number, at=timezone.now()):
        raise click.UsageError(f"没有仍有效的令牌 there is no token that holds: {number}")
    click.echo(f"已停用 ended: {number}")
