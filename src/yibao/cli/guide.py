"""`yibao guide`: what to bring, where and how long, for a service somewhere."""

import json
from datetime import date, datetime

import click

from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.policy import PackErrors, UnknownRegion
from yibao.policy.guide import KINDS, Guide, Item, guide

BROKEN = "规则包有错误，请先运行 yibao packs check。 The packs have faults: run `yibao packs check` first."
NO_GUIDE = "“{service}”没有办理指南。 There is no guide to {service}."
WORDS = {
    "zh": {
        "material": "要带什么", "step": "怎样办理", "channel": "在哪里办", "phone": "问谁", "limit": "多长时间",
        "unknown": "没有查到", "weak": "可信度低", "grade": "依据等级 {grade}", "colon": "：",
    },
    "en": {
        "material": "What to bring", "step": "What to do", "channel": "Where", "phone": "Whom to ask",
        "limit": "How long", "unknown": "not found", "weak": "weak source", "grade": "grade {grade}", "colon": ": ",
    },
}  # fmt: skip


@click.command(help="办理指南：材料、步骤、渠道、电话、时限和出处。 What to bring, where and how long, with sources.")
@click.argument("service")
@click.option("--region", "code", required=True, help="六位地区代码 Code of the place, six digits.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="日期，默认今天 Day, or today.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON Print JSON.")
@click.option(
    "--lang", "language", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="语言 Language."
)
def command(*, service: str, code: str, day: datetime | None, as_json: bool, language: str) -> None:
    """Print the guide; exit 2 where the place or the service is not known, or nobody wrote one."""
    on = day.date() if day else date.today()  # noqa: DTZ011  (the day of whoever sits here)
    try:
        found = guide(service=services.named(service).name, region=services.packs().region_for(code), on=on)
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    except UnknownRegion as error:
        click.echo(f"{error.zh}\n{error.en}", err=True)
        raise SystemExit(2) from None
    except InputInvalid as error:
        raise click.UsageError(str(error)) from None
    if found is None:
        raise click.UsageError(NO_GUIDE.format(service=service))
    click.echo(json.dumps(found.json(), ensure_ascii=False, indent=2) if as_json else _told(found, language))


def _told(found: Guide, language: str) -> str:
    at, words = int(language == "en"), WORDS[language]
    place = found.region.en if at else found.region.name
    lines = [f"{place} · {found.on}"]
    for kind in KINDS:
        lines += ["", words[kind], *(line for item in found.of(kind) for line in _line(item, at, words))]
    return "\n".join(lines)


def _line(item: Item, at: int, words: dict[str, str]) -> list[str]:
    value = item.value[at] if item.value else words["unknown"] if item.kind == KINDS[-1] else ""
    lines = [f"  - {item.label[at]}{words['colon'] + value if value else ''}"]
    if item.how[at]:
        lines.append(f"      {item.how[at]}")
    for each in item.sources:
        lines.append(f"      [{each.shown()}；{words['grade'].format(grade=each.source.grade)}]")
    if not item.known and item.kind != KINDS[-1]:
        lines.append(f"      [{words['unknown']}]")
    return lines + ([f"      [{words['weak']}]"] if item.low_confidence else [])
