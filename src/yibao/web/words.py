"""Every word on a page: read from text files, in Chinese and in English."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import yibao.services

LANGUAGES = ("zh", "en")
HERE = Path(__file__).parent


class MissingWords(KeyError):
    """A page asks for words that no text file has; the page test of that page fails."""


class Say:
    """The words of one language.

    Examples:
        >>> Say("zh")("common.continue")
        '继续'
        >>> Say("en").pick({"label": "应退金额", "en": "amount to refund"})
        'Amount to refund'
    """

    # Templates would call what can be called, and read nothing from it.
    do_not_call_in_templates = True

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return the words under a dotted key, with `{name}` replaced by values.

        Raises:
            MissingWords: no text file has the key; that is a bug in the page.
        """
        text = self.find(key)
        if text is None:
            raise MissingWords(key)
        return text.format(**values) if values else text

    def find(self, key: str) -> str | None:
        """Return the words under a key as they are written, or None."""
        found = texts().get(key)
        return found[self.language] if found else None

    def pick(self, thing: Any) -> str:
        """Return the Chinese or the English of something that carries both: a mapping or an object."""
        names = ("label_en", "en", "name_en", "title_en") if self.language == "en" else ()
        for name in (*names, "zh", "label", "name", "title"):
            value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
            if value:
                return str(value)[:1].upper() + str(value)[1:] if names else str(value)
        return ""


def say_in(context: Any) -> Say:
    """Return the reader's words from a template's context; a page without a request speaks the first language."""
    return getattr(context.get("request"), "say", None) or Say(LANGUAGES[0])


def sources() -> dict[str, list[Path]]:
    """Return the text files by the name that stands before the dot in their keys."""
    found = {
        "common": [HERE / "text.yaml"],
        "care": [HERE / "care.yaml"],
        "portal": [HERE / "portal/text.yaml"],
        "desk": [HERE / "workbench/text.yaml", HERE / "workbench/access.yaml", HERE / "workbench/handing.yaml"],
        "family": [HERE / "family/text.yaml"],
        "units": [HERE / "units/text.yaml"],
        "identity": [HERE / "identity/text.yaml"],
    }
    folders = (Path(path) for path in yibao.services.__path__)
    for folder in sorted(child for parent in folders for child in parent.iterdir() if child.is_dir()):
        files = [file for name in ("facts.yaml", "text.yaml", "pages.yaml") if (file := folder / name).exists()]
        if files and not folder.name.startswith("_"):
            found[folder.name] = files
    return found


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return all words of all files, read once: dotted key → language → text."""
    read: dict[str, dict[str, str]] = {}
    for prefix, files in sources().items():
        for file in files:
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or {}
            read.update(_flat(prefix, content))
    return read


def _flat(prefix: str, content: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if not isinstance(content, Mapping):
        return
    words = {"zh": content.get("zh") or content.get("label"), "en": content.get("en")}
    if all(isinstance(text, str) for text in words.values()):
        yield prefix, words
        return
    for name, value in content.items():
        yield from _flat(f"{prefix}.{name}", value)
