"""`yibao staff`: the first officers of a new installation, who make every other login at the workbench."""

import sys

import click

from yibao.cli.django_setup import prepare

WRONG_INPUT = 2


@click.group()
def command() -> None:
    """建立首批管理员。 Make the first officers."""


@command.command("officers")
@click.option("--system", required=True, help="系统管理员的用户名 user name of the system officer")
@click.option("--security", required=True, help="安全管理员的用户名 user name of the security officer")
@click.option("--audit", required=True, help="审计管理员的用户名 user name of the audit officer")
def first_officers(system: str, security: str, audit: str) -> None:
    """建立三员账号并显示一次性口令，只能办理一次。 Make the three officers and print their one-time passwords, once."""
    prepare()
    from django.utils import timezone

    from yibao.casework.officers import AUDIT_OFFICER, SECURITY_OFFICER, SYSTEM_OFFICER
    from yibao.kernel.errors import Refused
    from yibao.store import accounts

    usernames = {SYSTEM_OFFICER: system, SECURITY_OFFICER: security, AUDIT_OFFICER: audit}
    try:
        made = accounts.first_officers(usernames=usernames, at=timezone.now())
    except Refused as no:
        it = no.refusal
        click.echo(f"{it.zh}。{it.next_zh} / {it.en}. {it.next_en}", err=True)
        sys.exit(WRONG_INPUT)
    for role, (user, password) in made.items():
        click.echo(f"{role:<17} {user.username:<20} {password}")
