"""The guide to a service somewhere: what to bring, what to do, where, whom to ask, how long, from which source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.policy.diagnostics import UnknownValue
from yibao.policy.documents import Citation
from yibao.policy.region import Region

DOMAIN = "guide"
KINDS = ("material", "step", "channel", "phone", "limit")
_UNKNOWN = "unknown"
_CLOCKS = "clocks"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a guide.

    Attributes:
        code: Its name in the packs.
        kind: One of `KINDS`.
        label: In Chinese and English.
        how: What more there is to know; two empty texts where there is nothing.
        value: A number to call, or a limit in words; None where a limit is not known.
        sources: Places in documents.
        known: Whether a source says so; a limit without a value, and what was found nowhere, are not known.
        low_confidence: Whether it rests on hints only.
    """

    code: str
    kind: str
    label: Pair
    how: Pair
    value: Pair | None
    sources: tuple[Citation, ...]
    known: bool
    low_confidence: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide to one service in one region.

    Attributes:
        service: Its name.
        region: Whose rules.
        on: The day.
        items: In the order of `KINDS`, inside a kind as the packs have them.
    """

    service: str
    region: Region
    on: date
    items: tuple[Item, ...]

    def of(self, kind: str) -> tuple[Item, ...]:
        """Return the lines of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def json(self) -> dict[str, Any]:
        """Return the guide as plain data, both languages beside one another."""
        return {
            "service": self.service,
            "region": self.region.code,
            "on": self.on.isoformat(),
            **{f"{kind}s": [_plain(item) for item in self.of(kind)] for kind in KINDS},
            "pack": {"region": self.region.code, "version": self.region.version},
        }


def guide(*, service: str, region: Region, on: date) -> Guide | None:
    """Return the guide to a service somewhere on a day.

    Args:
        service: Name of the service.
        region: Whose rules; a lower level's lines replace those above, one by one.
        on: The day, for limits.

    Returns:
        None where nobody wrote a guide to this service.

    Raises:
        KeyError: A line names a document no pack declares; a test of the packs says so first.

    Source:
        The `guide.yaml` of the packs; limits from their parameters and clocks.

    Example:
        >>> from yibao import services
        >>> found = guide(service="relocation", region=services.packs().region_for("140100"), on=date(2026, 11, 10))
        >>> [(item.value[1], item.known) for item in found.of("limit") if item.code == "limit_out"]
        [('10 working days', True)]
    """
    known = region.vocabularies.get(DOMAIN)
    if known is None or service not in known.settings:
        return None
    written = region.setting(DOMAIN, service)
    made = [_item(code, line, service, region, on) for code, line in written.items() if isinstance(line, Mapping)]
    return Guide(service, region, on, tuple(item for kind in KINDS for item in made if item.kind == kind))


def _item(code: str, line: Mapping[str, Any], service: str, region: Region, on: date) -> Item:
    value, sources = _value(line, service, region, on)
    cited = tuple(sources) or tuple(_cited(line.get("source", ()), region))
    limit = line["kind"] == KINDS[-1]
    known = (value is not None if limit else line.get("no_source") != "yes") and bool(cited)
    low = known and all(each.source.low_confidence for each in cited)
    how = (str(line.get("how", "")), str(line.get("how_en", "")))
    label = (str(line["label"]), str(line["en"]))
    return Item(code, str(line["kind"]), label, how, value, cited, known, low)


def _cited(written: Sequence[str] | str, region: Region) -> Iterator[Citation]:
    for each in (written,) if isinstance(written, str) else written:
        name, _, article = str(each).partition("#")
        yield Citation(region.source(name), article)


def _value(line: Mapping[str, Any], service: str, region: Region, on: date) -> tuple[Pair | None, Sequence[Citation]]:
    if "parameter" in line:
        return _limit(str(line["parameter"]), str(line["key"]), region, on)
    if "clock" in line:
        return _clock(str(line["clock"]), service, region)
    text = line.get("value")
    return (None, ()) if text is None else ((str(text), str(text)), ())


def _limit(name: str, key: str, region: Region, on: date) -> tuple[Pair | None, Sequence[Citation]]:
    try:
        found = region.parameter(name, on=on, key=key)
    except UnknownValue:
        return None, ()
    return _days(int(str(found.value))), found.sources


def _clock(name: str, service: str, region: Region) -> tuple[Pair | None, Sequence[Citation]]:
    clock = region.setting(service, _CLOCKS).get(name)
    if not isinstance(clock, Mapping) or clock["days"] == _UNKNOWN:
        return None, ()
    return _days(int(str(clock["days"]))), tuple(_cited(str(clock["source"]), region))


def _days(days: int) -> Pair:
    return (f"{days} 个工作日", f"{days} working days") if days else ("即时办结", "at once")


def _plain(item: Item) -> dict[str, Any]:
    zh, en = item.value or (None, None)
    sources = [{"id": each.source.id, "article": each.article, "grade": each.source.grade} for each in item.sources]
    told = {"code": item.code, "label": item.label[0], "label_en": item.label[1], "how": item.how[0]}
    more = {"how_en": item.how[1], "value": zh, "value_en": en, "known": item.known}
    return {**told, **more, "low_confidence": item.low_confidence, "sources": sources}
