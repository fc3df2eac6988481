"""Python reads this when it starts: a process of the system kills itself at a labelled point, when it is told to.

YIBAO_TEST_POINTS names the functions that may be such points, as module:function. The file `die-at` in the home of the
installation says at which one, at which call, and whether before or after it; it is taken away by the one who dies.
"""

import functools
import os
import signal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder

POINTS = [one for one in os.environ.get("YIBAO_TEST_POINTS", "").split(",") if one]
ORDER = os.path.join(os.environ.get("YIBAO_HOME", ""), "die-at")
seen = {}


def ordered(point, when):
    """Return whether this call is the one to die at."""
    try:
        with open(ORDER, encoding="utf-8") as file:
            wanted, turn, moment = file.read().split()
    except (OSError, ValueError):
        seen.clear()
        return False
    if (wanted, moment) != (point, when):
        return False
    seen[point] = seen.get(point, 0) + 1
    return seen[point] == int(turn)


def die():
    os.unlink(ORDER)
    os.kill(os.getpid(), signal.SIGKILL)


def dying(point, function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        if ordered(point, "before"):
            die()
        answer = function(*args, **kwargs)
        if ordered(point, "after"):
            die()
        return answer

    return call


class Finder(MetaPathFinder):
    """Finds the modules with points, and puts the points in once they are loaded."""

    def find_spec(self, fullname, path, target=None):
        names = [one.partition(":")[2] for one in POINTS if one.partition(":")[0] == fullname]
        spec = PathFinder.find_spec(fullname, path) if names else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            for name in names:
                setattr(module, name, dying(f"{fullname}:{name}", getattr(module, name)))

        spec.loader.exec_module = exec_module
        return spec


if POINTS:
    sys.meta_path.insert(0, Finder())
