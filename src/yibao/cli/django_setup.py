"""Start Django, for those commands that need the store."""

import os

import click

PACKS_WRONG = """\
规则包有错误，没有启动。请按下面的提示改正，用 yibao packs check 核对后再启动。
The packs are wrong, so nothing was started. Correct what is named below, check with `yibao packs check`."""


def prepare() -> None:
    """Load Django once; later calls change nothing.

    Commands call this inside their body, and import the store only after it,
    so that commands that need no database start without Django.

    Examples:
        >>> prepare()
        >>> prepare()
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.project.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def require_ready() -> None:
    """End the command with exit code 1 and a sentence where it cannot go on.

    That is where the database has lost its guards, the keys are gone, or the packs have a fault: a site or a worker
    that went on would write what nobody can prove.
    """
    prepare()
    from yibao import services
    from yibao.policy import PackErrors
    from yibao.store import startup

    try:
        startup.require()
        services.packs()
    except startup.NotReady as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    except PackErrors as errors:
        click.echo(f"{PACKS_WRONG}\n{errors}", err=True)
        raise SystemExit(1) from errors
