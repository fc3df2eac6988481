"""Measure everything and print one table; 1 when a limit is exceeded."""

import sys
from importlib import import_module

from rich.console import Console
from rich.table import Table

MODULES = ("decision", "rules", "columns", "casework")


def main(parts: list[str]) -> int:
    """Print the table of all modules or of those named; return 1 when a limit is exceeded."""
    table = Table("measured", "figure", "limit", "kept", "beside it", title="Yibao")
    kept = True
    for module in parts or MODULES:
        for figure in import_module(f"benchmarks.{module}").figures():
            kept = kept and figure.kept is not False
            limit = "" if figure.limit is None else f"≤ {figure.limit:g} {figure.unit}"
            mark = {True: "yes", False: "NO", None: ""}[figure.kept]
            table.add_row(figure.name, figure.shown, limit, mark, figure.beside)
    Console(width=120).print(table)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
