"""`yibao schema`: the published forms as JSON Schema."""

import json
from collections.abc import Callable
from typing import Any

import click

from yibao.policy import casefile

_FORMS: dict[str, Callable[[], dict[str, Any]]] = {"case": casefile.json_schema}


@click.command()
@click.argument("form", type=click.Choice(sorted(_FORMS)))
def command(form: str) -> None:
    """打印公开格式的 JSON Schema。 Print the JSON Schema of a published form."""
    click.echo(json.dumps(_FORMS[form](), ensure_ascii=False, indent=2))
