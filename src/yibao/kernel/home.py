"""Where an installation writes what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent.parent.parent


def home(environment: Mapping[str, str]) -> Path:
    """Return the folder of an installation: YIBAO_HOME, else `var` of the checkout, else `.yibao` of the user.

    Args:
        environment: of the process.

    Returns:
        A folder that need not exist yet.

    Example:
        >>> home({"YIBAO_HOME": "/srv/yibao"}).as_posix()
        '/srv/yibao'
    """
    in_checkout = (_CHECKOUT / "pyproject.toml").exists()
    return Path(environment.get("YIBAO_HOME") or (_CHECKOUT / "var" if in_checkout else Path.home() / ".yibao"))
