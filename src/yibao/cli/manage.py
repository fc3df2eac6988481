"""`yibao manage`: Django's own commands (migrate, check, shell), with our settings."""

import click

from yibao.cli.django_setup import prepare


@click.command(
    help="运行 Django 的管理命令，例如 migrate。 Run one of Django's own commands, for example migrate.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(*, arguments: tuple[str, ...]) -> None:
    """Hand the arguments to Django."""
    prepare()
    from django.core.management import execute_from_command_line, get_commands

    name = arguments[0] if arguments else "help"
    if name not in {*get_commands(), "help", "version", "--help", "--version", "-h"}:
        raise click.UsageError(
            f"Django 没有“{name}”这个命令，请用 help 查看。 Django has no command {name!r}: see help."
        )
    execute_from_command_line(["yibao manage", *arguments])
