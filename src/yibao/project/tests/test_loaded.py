"""What the site's process has ready before it opens its door."""

import subprocess
import sys

SHOWN = """
import gc, sys
import yibao.project.wsgi
from django.db import connection
print("yibao.web.workbench.lists" in sys.modules, gc.get_freeze_count(), gc.get_threshold()[0], connection.connection)
"""


def test_the_pages_are_read_and_what_is_loaded_is_left_alone_before_the_first_visitor(tmp_path):
    shown = subprocess.run(
        [sys.executable, "-c", SHOWN], check=True, capture_output=True, text=True, env={"YIBAO_HOME": str(tmp_path)}
    )
    pages, left_alone, between, connection = shown.stdout.split()
    assert pages == "True"
    # Packs and pages together are some two hundred thousand objects.
    assert int(left_alone) > 50_000
    assert int(between) == 5_000
    # Processes that part must not share one.
    assert connection == "None"
