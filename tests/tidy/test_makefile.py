"""Each target of the Makefile can be read through to its commands."""

import re
import subprocess


def test_make_understands_every_target(project):
    text = (project.root / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", text, re.MULTILINE)
    assert "soak" in targets
    wrong = {}
    for target in targets:
        # Without -n it would do it; some are long and one deletes.
        told = subprocess.run(
            ["make", "--dry-run", target], cwd=project.root, capture_output=True, text=True, check=False
        )
        if told.returncode:
            wrong[target] = told.stderr
    assert wrong == {}
