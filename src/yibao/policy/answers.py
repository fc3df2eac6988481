"""What the answers of all services publish alike: steps, the documents they rest on, and the words of a slice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from yibao.policy.documents import Source


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that changed the result; every text stands in Chinese and English.

    Attributes:
        label: what it is.
        value: the value, as it is read.
        source: the document, or the record and the rule that asked for it.
        rule: id of the rule or parameter.
    """

    label: tuple[str, str]
    value: tuple[str, str]
    source: tuple[str, str]
    rule: str

    def json(self) -> dict[str, str]:
        """Return the step in the published form."""
        return {
            "label": self.label[0],
            "value": self.value[0],
            "source": self.source[0],
            "label_en": self.label[1],
            "value_en": self.value[1],
            "source_en": self.source[1],
            "rule": self.rule,
        }


def documents(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """Return documents in the published form, each once, in the order in which they come first.

    Args:
        sources: what the answer rests on; the same one may come again.

    Examples:
        >>> documents([])
        []
    """
    found = {source.id: source for source in sources}
    return [
        {
            "id": source.id,
            "number": source.number or None,
            "title": source.title,
            "issuer": source.issuer,
            "grade": source.grade,
            "address": source.address,
        }
        for source in found.values()
    ]


class Wording:
    """The words of a slice, read once from its text.yaml; the order of the refusals there is the published order.

    Args:
        file: its text.yaml.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def _read(self) -> dict[str, Any]:
        with self._file.open(encoding="utf-8") as file:
            loaded: dict[str, Any] = yaml.load(file, Loader=yaml.CBaseLoader)
        return loaded

    @cached_property
    def _order(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self._read["refusals"])}

    def words(self) -> dict[str, Any]:
        """Return everything in text.yaml, every scalar as text."""
        return self._read

    def refusal_order(self) -> dict[str, int]:
        """Return the place of each refusal code in the published order."""
        return self._order

    def refusal_text(self, *, code: str, detail: Mapping[str, str]) -> dict[str, str]:
        """Return the sentences of a refusal: why, and what to do next, in both languages.

        Args:
            code: name of the refusal.
            detail: words for the places marked in the sentences, by name.

        Returns:
            `zh`, `en`, `next_zh` and `next_en`.

        Raises:
            KeyError: the slice has no refusal of this name; the caller is wrong.
        """
        return {name: text.format_map(detail) for name, text in self._read["refusals"][code].items()}

    def step_label(self, code: str) -> tuple[str, str]:
        """Return the label of a step in Chinese and English.

        Args:
            code: name of the step.
        """
        label = self._read["steps"][code]
        return label["zh"], label["en"]
