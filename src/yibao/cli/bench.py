"""`yibao bench`: the project's measurements, where the project's folder is at hand."""

import subprocess
import sys
from pathlib import Path

import click

NOT_HERE = """\
测量程序在项目文件夹里，这里没有。请在项目文件夹中运行 make bench。
The measurements live in the project's folder, which is not here. Run `make bench` in it."""

NO_PART = "没有这项测量：{unknown}；现有：{known}。 There is no measurement {unknown}; there are: {known}."


@click.command(help="测量速度，打印一张表。 Measure, and print one table.")
@click.argument("parts", nargs=-1)
def command(*, parts: tuple[str, ...]) -> None:
    """Run the benchmarks of the checkout; exit 1 when a limit is exceeded."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "benchmarks" / "__main__.py").exists():
        click.echo(NOT_HERE, err=True)
        raise SystemExit(2)
    files = (root / "benchmarks").glob("[!_]*.py")
    known = sorted(path.stem for path in files if "\ndef figures(" in path.read_text(encoding="utf-8"))
    if unknown := [part for part in parts if part not in known]:
        raise click.UsageError(NO_PART.format(unknown="、".join(unknown), known=", ".join(known)))
    raise SystemExit(subprocess.run([sys.executable, "-m", "benchmarks", *parts], cwd=root, check=False).returncode)
