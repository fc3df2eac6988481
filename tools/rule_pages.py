"""The reference of the rules: one page per region, from the same overview and the same words as the public page."""

from collections.abc import Iterable, Iterator, Sequence

from yibao import services
from yibao.cli.django_setup import prepare
from yibao.policy import Region
from yibao.policy.cases import read_cases
from yibao.policy.overview import (
    Counted,
    DocumentEntry,
    Overview,
    ParameterEntry,
    Place,
    RuleEntry,
    Said,
    TableEntry,
    count,
    overview,
)
from yibao.web.words import LANGUAGES, Say

FOLDER = "docs/reference/rules"
SAY = {language: Say(language) for language in LANGUAGES}
Both = tuple[str, str]


def pages(note: str) -> dict[str, str]:
    """Return the pages of all regions and their list, by path.

    Args:
        note: what stands under each heading: that the page is generated.
    """
    prepare()
    packs = services.packs()
    written = {f"{FOLDER}/README.md": _list(note)}
    for code in packs.regions:
        zh, en = (overview(packs=packs, code=code, language=language) for language in LANGUAGES)
        written[f"{FOLDER}/{code}.md"] = "\n".join(_page(zh, en, note)) + "\n"
    return written


def _both(key: str, **values: object) -> Both:
    zh, en = (say(f"portal.rules.{key}", **values) for say in SAY.values())
    return zh, en


def _said(key: str, **values: object) -> str:
    return " ".join(dict.fromkeys(_both(key, **values)))


def _list(note: str) -> str:
    packs = services.packs()
    rows = [
        (
            f"[`{region.code}`]({region.code}.md)", _name(region), *_figures(region, count(region)),
            str(len(read_cases(folder=packs.folders[region.code]))),
        )
        for region in packs.regions.values()
    ]  # fmt: skip
    heads = [_said(key) for key in ("quality", "checked", "documents", "own", "weak", "values", "examples")]
    qualities = [
        (_said_of("common.quality", code), _said(f"quality_words.{code}")) for code in ("bronze", "silver", "gold")
    ]
    grades = [(_said(f"grade_names.{grade}"), _said(f"grade_words.{grade}")) for grade in ("A", "B", "C", "recalled")]
    parts = [f"# {_said('title')}\n\n{note}\n{_said('lead')}\n", *_table([_said("region"), "", *heads], rows), ""]
    parts += [f"## {_said('quality_title')}\n", *_table(["", ""], qualities), ""]
    parts += [f"## {_said('grade_title')}\n", *_table(["", ""], grades), "", _said("weak_note")]
    return "\n".join(parts) + "\n"


def _said_of(key: str, code: str) -> str:
    return " ".join(say(f"{key}.{code}") for say in SAY.values())


def _name(region: Region) -> str:
    return f"{region.name} {region.en}"


def _figures(region: Region, counted: Counted) -> tuple[str, ...]:
    weak = f"{counted.weak_rules} / {counted.rules}" if counted.rules else "–"
    values = f"{counted.values} ({_said('value.unknown')}: {counted.unknown})"
    quality = _said_of("common.quality", region.quality)
    return quality, region.checked_on, str(counted.documents), str(counted.rules), weak, values


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _page(zh: Overview, en: Overview, note: str) -> Iterator[str]:
    region = zh.region
    yield f"# {_both('page', place=region.name)[0]} {_both('page', place=region.en)[1]}\n\n{note}"
    for said, beside in zip(zh.notes, en.notes, strict=True):
        if not said.about:
            yield f"> {said.text}\n> {beside.text} ({_cited(said.cited, region.code)})\n"
    above = " · ".join(f"[{_name(each)}]({each.code}.md)" for each in zh.above) or "–"
    below = " · ".join(f"[{_name(each)}]({each.code}.md)" for each in zh.below) or "–"
    heads = [_said(key) for key in ("quality", "checked", "documents", "own", "weak", "values", "above", "below")]
    yield from _table(heads, [(*_figures(region, zh.counted), above, below)])
    yield from _documents(zh.documents)
    for table, beside in zip(zh.tables, en.tables, strict=True):
        yield from _rules(table, beside, zh)
    yield from _values(zh.parameters, en.parameters, region.code)
    yield from _differs(zh, en)
    yield from _spoken(zh.readings, en.readings, "readings.title", "reading")
    yield from _spoken(zh.meanings, en.meanings, "meanings.title", "meaning")


def _documents(documents: Iterable[DocumentEntry]) -> Iterator[str]:
    from yibao.web.templatetags.rules import validity_words

    yield f"\n## {_said('document.title')}\n"
    heads = ("document.number", "document.issuer", "document.in_force", "grade", "document.address", "document.used")
    rows = [
        (
            f'<a id="doc-{each.source.id}"></a>{each.source.title} {each.source.en}'.strip(),
            each.source.number or _said("document.unknown"),
            _known(each.source.issuer),
            " ".join(validity_words(each.source, say) for say in SAY.values()),
            _said(f"grade_names.{each.source.grade}"),
            _known(each.source.address),
            ", ".join(f"[{row}](#rule-{row})" for row in each.rows) or "–",
        )
        for each in documents
    ]
    yield from _table(["", *(_said(head) for head in heads)], rows) if rows else [_said("document.none")]


def _known(text: str) -> str:
    return text if text and text != "unknown" else _said("document.unknown")


def _rules(table: TableEntry, beside: TableEntry, shown: Overview) -> Iterator[str]:
    yield f"\n## {table.label} {beside.label}\n"
    if not table.own:
        yield _none_own(table, shown) + "\n"
    for (amount, rules), (amount_en, rules_en) in zip(table.own, beside.own, strict=True):
        if amount:
            yield f"### {amount} {amount_en}\n"
        for rule, rule_en in zip(rules, rules_en, strict=True):
            yield from _rule(rule, rule_en, shown.region.code, bool(amount))
    if table.inherited:
        yield f"### {_said('rule.inherited')}\n"
    for above, above_en in zip(table.inherited, beside.inherited, strict=True):
        instead = f" · {_said('rule.replaced_by', id=', '.join(above.replaced_by))}" if above.replaced_by else ""
        yield f"- [{above.id} {above.label}]({above.region}.md#rule-{above.id}) {above_en.label}{instead}"


def _none_own(table: TableEntry, shown: Overview) -> str:
    """Return that a region has no rows of its own, and by whose it is decided, in both languages."""
    codes = {rule.region for rule in table.inherited}
    above = [region for region in shown.above if region.code in codes]
    key = "none_own" if above else "none_at_all"
    zh = _both(key, place=shown.region.name, above="、".join(region.name for region in above))[0]
    en = _both(key, place=shown.region.en, above=", ".join(region.en for region in above))[1]
    return f"{zh} {en}"


def _rule(rule: RuleEntry, beside: RuleEntry, code: str, amount: bool) -> Iterator[str]:
    marks = [_said("low")] if rule.low_confidence else []
    marks += [_said("attested")] if rule.attested else []
    head = f'<a id="rule-{rule.id}"></a>**{rule.id} {rule.label}** {beside.label}'
    yield head + "".join(f" · *{mark}*" for mark in marks) + "\n"
    yield f"- {_both('rule.when')[0]}：{'；'.join(rule.conditions) or _both('rule.all')[0]}"
    yield f"  {_both('rule.when')[1]}: {'; '.join(beside.conditions) or _both('rule.all')[1]}"
    yield f"- {_both('rule.then')[0]}：{_outcome(rule, amount, '，')}"
    yield f"  {_both('rule.then')[1]}: {_outcome(beside, amount, ', ')}"
    source = _cited(rule.cited, code) or _said("rule.no_source")
    readings = f" · {_said('rule.readings')}: {', '.join(rule.readings)}" if rule.readings else ""
    instead = f" · {_said('rule.replaces', id=rule.replaces)}" if rule.replaces else ""
    file = rule.place.partition(":")[0]
    yield f"- {_days(rule)} · {_said('rule.source')}: {source}{readings}{instead} · `{file}`\n"


def _outcome(rule: RuleEntry, amount: bool, joint: str) -> str:
    told = [text if amount or not at else f"{name} {text}" for at, (name, text) in enumerate(rule.results)]
    return joint.join(told) or rule.label


def _days(entry: object) -> str:
    from yibao.web.templatetags.words import span_words

    return " ".join(span_words(entry.from_, entry.until, say) for say in SAY.values())


def _cited(places: Iterable[Place], code: str) -> str:
    return "、".join(
        f"[{place.text}]({'' if place.region == code else f'{place.region}.md'}#doc-{place.source})"
        f"（{_both(f'grade_names.{place.grade}')[0]}）"
        for place in places
    )


def _values(parameters: Iterable[ParameterEntry], beside: Iterable[ParameterEntry], code: str) -> Iterator[str]:
    yield f"\n## {_said('value.title')}\n"
    rows = [
        (f"{one.label} {other.label}", value.key, _days(value), value.text or _said("value.unknown"),
         _cited(value.cited, code) + (f" *{_said('low')}*" if value.low_confidence and value.text else ""), value.note)
        for one, other in zip(parameters, beside, strict=True)
        for value in one.values
    ]  # fmt: skip
    heads = ["", "", *(_said(f"value.{name}") for name in ("days", "value", "source")), ""]
    yield from _table(heads, rows) if rows else [_said("value.none")]


def _differs(zh: Overview, en: Overview) -> Iterator[str]:
    told = [pair for pair in zip(zh.notes, en.notes, strict=True) if pair[0].about]
    if told:
        yield f"\n## {_said('differs')}\n"
    for said, beside in told:
        yield f"- {said.about}：{said.text}\n  {beside.text} ({_cited(said.cited, zh.region.code)})"


def _spoken(said: Sequence[Said], beside: Sequence[Said], title: str, anchor: str) -> Iterator[str]:
    if said:
        yield f"\n## {_said(title)}\n"
    for one, other in zip(said, beside, strict=True):
        about = f"{one.about} " if anchor == "reading" else ""
        label = " ".join(dict.fromkeys((one.label, other.label)))
        yield f'- <a id="{anchor}-{one.about}"></a>{about}{label}\n  **{one.text}** {other.text}'
