"""Which public services exist: every package in `yibao.services`, found by looking."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

import yibao.services


def names() -> tuple[str, ...]:
    """Return the package names of all public services, in alphabetical order.

    Names that begin with an underscore (the template) are not services.

    Examples:
        >>> any(name.startswith("_") for name in names())
        False
    """
    found = pkgutil.iter_modules(yibao.services.__path__)
    return tuple(sorted(module.name for module in found if module.ispkg and not module.name.startswith("_")))


def apps() -> list[str]:
    """Return the Django apps of the services: those that have an `apps.py`.

    Examples:
        >>> all(app.startswith("yibao.services.") for app in apps())
        True
    """
    packages = (f"yibao.services.{name}" for name in names())
    return [package for package in packages if importlib.util.find_spec(f"{package}.apps")]


def module(*, package: str, name: str) -> ModuleType | None:
    """Return a module of a package, or None where the package has no such module.

    Args:
        package: Dotted name of an installed package.
        name: Name of the module inside it.

    Raises:
        ImportError: The module exists and is broken; that is a bug to be seen, not hidden.

    Examples:
        >>> module(package="yibao.project", name="no_such_module") is None
        True
    """
    dotted = f"{package}.{name}"
    try:
        spec = importlib.util.find_spec(dotted)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(dotted) if spec else None
