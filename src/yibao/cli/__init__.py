"""The command `yibao`: one verb, one module, found by looking.

A module of this package that has a click object named `command` is a verb named after the module.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import click

from yibao.cli.wrong_input import told


class Verbs(click.Group):
    """A group that loads only the verb that was asked for, so that `decide` never waits for Django."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read what stands before the verb; what is wrong with it is told in both languages."""
        with told():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; what is wrong with its arguments is told in both languages."""
        with told():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs, in alphabetical order."""
        modules = (_load(found.name) for found in pkgutil.iter_modules(__path__) if found.name != "tests")
        return sorted(_verb(module) for module in modules if hasattr(module, "command"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one verb, or None where there is no such verb."""
        name = cmd_name.replace("-", "_")
        if not any(found.name == name for found in pkgutil.iter_modules(__path__)):
            return None
        command: click.Command | None = getattr(_load(name), "command", None)
        return command


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def _verb(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", "-")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yibao", message="yibao %(version)s")
def main() -> None:
    """医保经办：按规则决定、办理、支付、核对。 Decide, carry out, pay and prove medical insurance cases."""
