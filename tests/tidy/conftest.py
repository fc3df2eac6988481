"""The project's own files, read once for all tidy tests."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = tuple(f"src/yibao/{name}/" for name in ("kernel", "policy", "ledger", "casework", "store", "services"))


class Project:
    """Every file that git knows or would take, and the syntax trees of the Python ones."""

    def __init__(self, root: Path) -> None:
        self.root = root
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
        self.paths = sorted(root / name for name in names if name)
        self.files = [path for path in self.paths if path.is_file()]
        self._trees: dict[Path, ast.Module] = {}

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def python(self, *, tests: bool = True) -> Iterator[Path]:
        """Python files; `tests=False` leaves out test folders. Migrations are Django's own shape."""
        for path in self.files:
            parts = path.relative_to(self.root).parts
            if path.suffix != ".py" or "migrations" in parts:
                continue
            if tests or not ({"tests", "conftest.py"} & set(parts)):
                yield path

    def core(self) -> Iterator[Path]:
        """The modules money passes through."""
        for path in self.python(tests=False):
            if self.name(path).startswith(CORE):
                yield path

    def tree(self, path: Path) -> ast.Module:
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        return self._trees[path]

    def text(self, path: Path) -> str | None:
        """The text of a file, or None when it is not text."""
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return None

    def at(self, path: Path, node: ast.AST) -> str:
        return f"{self.name(path)}:{getattr(node, 'lineno', 1)}"


@pytest.fixture(scope="session")
def project(checkout: Path) -> Project:
    return Project(checkout)
