"""Writing a copy: one page to read and one file to process, in a ZIP."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yibao.store.models import Person
from yibao.store.own_data.sections import Section

READ, PROCESS = "own-data.html", "own-data.json"
LAW = "中华人民共和国个人信息保护法第四十五条 Personal Information Protection Law, art. 45"
STYLE = (
    "body{font:18px/1.6 'Noto Sans CJK SC',sans-serif;margin:2rem;color:#111}"
    "table{border-collapse:collapse}th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "th small{display:block;font-weight:normal}div{overflow-x:auto}"
)
Rows = list[list[Any]]


def written(*, person: Person, sections: Iterable[tuple[Section, Rows]], at: datetime) -> bytes:
    """Return the ZIP file.

    Args:
        person: Whose record.
        sections: As `sections.collected` gives them.
        at: Now; it stands in the files.
    """
    found = list(sections)
    made = at.astimezone(timezone.get_current_timezone()).isoformat(timespec="seconds")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(READ, _page(person, found, made))
        folder.writestr(PROCESS, _json(found, made))
    return out.getvalue()


def _json(sections: list[tuple[Section, Rows]], made: str) -> str:
    told = {
        "law": LAW,
        "made_at": made,
        "sections": [
            {
                "code": section.code,
                "zh": section.zh,
                "en": section.en,
                "fields": [{"name": name, "zh": zh, "en": en} for name, zh, en in section.fields],
                "rows": [dict(zip((name for name, _zh, _en in section.fields), row, strict=True)) for row in rows],
            }
            for section, rows in sections
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _page(person: Person, sections: list[tuple[Section, Rows]], made: str) -> str:
    return format_html(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>我的信息 My data</title>'
        "<style>{}</style></head><body><h1>{} 的个人信息 <small>My data</small></h1><p>{}</p><p>{}</p>{}</body></html>",
        SafeString(STYLE), person.name, LAW, made,
        format_html_join("", "{}", ((_section(section, rows),) for section, rows in sections)),
    )  # fmt: skip


def _section(section: Section, rows: Rows) -> str:
    if not rows:
        return format_html("<h2>{} <small>{}</small></h2><p>无 None</p>", section.zh, section.en)
    head = format_html_join("", "<th>{}<small>{}</small></th>", ((zh, en) for _name, zh, en in section.fields))
    cells = (format_html_join("", "<td>{}</td>", ((_shown(value),) for value in row)) for row in rows)
    body = format_html_join("", "<tr>{}</tr>", ((row,) for row in cells))
    whole = "<h2>{} <small>{}</small></h2><div><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    return format_html(whole, section.zh, section.en, head, body)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
