"""Measure everything and print one table; 1 when a target is missed."""

import sys
from importlib import import_module

from rich.console import Console
from rich.table import Table

MODULES = ("decision", "rules", "relocation", "columns", "casework", "exchange", "transfers")


def main(parts: list[str]) -> int:
    """Print the table of all modules or of those named; return 1 when a target is missed."""
    table = Table("measured", "figure", "target", "met", "beside it", title="Yibao")
    met = True
    told = Console(stderr=True)
    for module in parts or MODULES:
        told.print(f"measuring: {module}", style="dim")
        for figure in import_module(f"benchmarks.{module}").figures():
            met = met and figure.met is not False
            mark = {True: "yes", False: "NO", None: ""}[figure.met]
            table.add_row(figure.name, figure.shown, figure.target, mark, figure.beside)
    Console(width=120).print(table)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
