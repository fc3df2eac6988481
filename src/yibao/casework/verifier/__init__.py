"""Prove a file of `yibao audit export`, with Python 3.9 or later and nothing else: no library, no network, no Yibao.

    python3 -I -S verifier.py EXPORT PUBLIC_KEY

EXPORT is the file, PUBLIC_KEY the agency's key for signing daily heads: 64 hexadecimal digits, got from the agency
by another way than the file. Ends with 0 when everything is proven, 1 with each fault on a line of its own, 2 when
the file is no export. It was written apart from the program it checks; tests hold the two to the same answers.

Six things are proven:
1. Every action and every read has the SHA-256 of its content and of the one before it in its chain.
2. Every chain begins at 1 and leaves no number out, and a case's chain ends where the case says.
3. Every daily head has the Merkle root over the head before and the ends of all chains that grew since.
4. Every head is signed (Ed25519, RFC 8032) by the key given.
5. What each case shows (state, level, deadline, turns, signatures) is what its actions give, and nothing else.
6. Every decision and every version of the rules has the content of its hash; no case, action or read is missing.
"""

from __future__ import annotations

import ast
from importlib.resources import files

PARTS = ("texts", "signature", "workdays", "story", "proof")


def one_file() -> str:
    """Return the parts as one Python file that stands alone; the same program always gives the same text.

    Examples:
        >>> "yibao." in one_file()
        False
    """
    imports: dict[str, set[str]] = {}
    bodies = [_body_of((files(__name__) / f"{part}.py").read_text(encoding="utf-8"), imports) for part in PARTS]
    plain = "".join(f"import {module}\n" for module in sorted(imports) if not imports[module])
    taken = "".join(
        f"from {module} import {', '.join(sorted(imports[module]))}\n" for module in sorted(imports) if imports[module]
    )
    head = f'#!/usr/bin/env python3\n"""{__doc__}"""\n\nfrom __future__ import annotations\n\n{plain}{taken}'
    return head + "".join(bodies)


def _body_of(source: str, imports: dict[str, set[str]]) -> str:
    """Return a part under its docstring as a heading, and note what it imports; parts need no import of parts."""
    tree, end = ast.parse(source), 0
    for node in tree.body:
        if isinstance(node, ast.Import):
            imports.update({alias.name: set() for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.partition(".")[0] not in ("__future__", "yibao"):
                imports.setdefault(module, set()).update(alias.name for alias in node.names)
        else:
            continue
        end = node.end_lineno or 0
    body = "\n".join(source.splitlines()[end:]).strip("\n")
    return f"\n\n# --- {ast.get_docstring(tree)}\n\n{body}\n"
