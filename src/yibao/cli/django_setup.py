"""Start Django, for those commands that need the store."""

import os

import click

WRONG_INPUT = 2
PACKS_WRONG = """\
规则包有错误，没有启动。请按下面的提示改正，用 yibao packs check 核对后再启动。
The packs are wrong, so nothing was started. Correct what is named below, check with `yibao packs check`."""
NOT_REACHED = (
    "连不上数据库；请核对 YIBAO_DATABASE_URL，并确认数据库已启动。"
    " The database cannot be reached; look at YIBAO_DATABASE_URL, and whether the database runs."
)


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
    from django.core.exceptions import ImproperlyConfigured

    if apps.ready:
        return
    try:
        django.setup()
    except ImproperlyConfigured as error:
        click.echo(str(error), err=True)
        raise SystemExit(WRONG_INPUT) from error


def require_database() -> None:
    """Start Django, and end the command with exit code 1 and a sentence where its database cannot be used.

    For commands that read or write the record and must also run where a guard is missing, as those that prove it.
    """
    prepare()
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from yibao.store.startup import NOT_MIGRATED

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        click.echo(NOT_REACHED, err=True)
        raise SystemExit(1) from error
    if behind:
        click.echo(NOT_MIGRATED, err=True)
        raise SystemExit(1)


def require_ready() -> None:
    """End the command with exit code 1 and a sentence where it cannot go on.

    That is where the database has lost its guards, the keys are gone, or the packs have a fault: a site or a worker
    that went on would write what nobody can prove.
    """
    require_database()
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
