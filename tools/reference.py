"""Write the generated parts of the docs, or (`--check`) say which of them are stale.

Whole pages: docs/reference/*.md, docs/reference/rules/*.md.
Parts of pages: what stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import route_pages
import rule_pages
import yaml

import yibao
from yibao.casework.faults import MESSAGES as PROCESS_MESSAGES
from yibao.casework.states import TRANSITIONS, State
from yibao.cli import main as verbs
from yibao.cli.django_setup import prepare
from yibao.kernel.errors import Refusal
from yibao.policy.messages import MESSAGES, REMARKS
from yibao.services import packs as find_packs

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by `make docs`; change the code, not this page. -->\n"
WIDTH = 100


def command_line() -> str:
    """Return the reference of every verb, from its own `--help`."""
    blocks = [f"# 命令行 Command line\n\n{NOTE}\nExit codes: 0 done, 1 a check failed, 2 the input is wrong.\n"]
    blocks += [f"## {name}\n\n```text\n{text}\n```\n" for name, text in _helps(verbs, "yibao", None)]
    return "\n".join(blocks)


def _helps(command: click.Command, name: str, parent: click.Context | None) -> list[tuple[str, str]]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)
    context.max_content_width = WIDTH
    found = [(context.command_path, "\n".join(line.rstrip() for line in command.get_help(context).splitlines()))]
    if isinstance(command, click.Group):
        for verb in command.list_commands(context):
            below = command.get_command(context, verb)
            if below and not below.hidden:
                found += _helps(below, verb, context)
    return found


def settings() -> str:
    """Return the reference of the environment variables, from the head of the settings."""
    described = (ROOT / "src/yibao/project/settings.py").read_text(encoding="utf-8").split('"""')[1]
    rows = re.findall(r"^(YIBAO_\w+): (.+)$", described, re.MULTILINE)
    table = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in rows)
    head = f"# 设置 Settings\n\n{NOTE}\nRead from the environment when a process starts.\n"
    return f"{head}\n| name | meaning |\n| --- | --- |\n{table}\n"


def states() -> str:
    """Return the states of a case and what leads from one to the next."""
    words = yaml.safe_load((ROOT / "src/yibao/web/text.yaml").read_text(encoding="utf-8"))["state"]
    rows = "\n".join(f"| `{state}` | {words[state]['zh']} | {words[state]['en']} |" for state in State)
    moves = "\n".join(f"| `{state}` | `{verb}` | `{after}` |" for (state, verb), after in TRANSITIONS.items())
    return (
        f"# 状态 States of a case\n\n{NOTE}\nThe same for every service; the table is `yibao.casework.states`.\n"
        f"\n| state | 中文 | English |\n| --- | --- | --- |\n{rows}\n"
        f"\n## What leads where\n\n| from | verb | to |\n| --- | --- | --- |\n{moves}\n"
    )


def refusals() -> str:
    """Return every named refusal, by the module that gives it, in the order that decides."""
    blocks = [f"# 不予办理的说法 Refusals\n\n{NOTE}\nWhere several apply, the first of its table is given.\n"]
    for name, found in _refusals_by_module():
        rows = "\n".join(
            f"| `{one.code}` | {one.status} | {one.zh} | {one.en} | {one.next_zh} {one.next_en} |" for one in found
        )
        head = "| code | status | 中文 | English | next step |\n| --- | --- | --- | --- | --- |"
        blocks.append(f"## `{name}`\n\n{head}\n{rows}\n")
    for service, words in _service_texts():
        rows = "\n".join(
            f"| `{code}` | {one['zh']} | {one['en']} | {one['next_zh']} {one['next_en']} |"
            for code, one in words.items()
        )
        head = "| code | 中文 | English | next step |\n| --- | --- | --- | --- |"
        blocks.append(f"## Decisions of `{service}`\n\n{head}\n{rows}\n")
    return "\n".join(blocks)


def _service_texts() -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    for file in sorted((ROOT / "src/yibao/services").glob("[a-z]*/text.yaml")):
        words = yaml.safe_load(file.read_text(encoding="utf-8")).get("refusals", {})
        if words:
            yield file.parent.name, words


def _refusals_by_module() -> Iterator[tuple[str, list[Refusal]]]:
    prepare()
    for found in pkgutil.walk_packages(yibao.__path__, "yibao."):
        if found.ispkg or ".tests" in found.name or "._" in found.name:
            continue
        module = importlib.import_module(found.name)
        table = getattr(module, "REFUSALS", {}) if found.name.endswith(".refusals") else {}
        own = [value for key, value in vars(module).items() if isinstance(value, Refusal) and key.isupper()]
        refusals_of_module = [*table.values(), *own]
        if refusals_of_module:
            yield found.name, refusals_of_module


def contradictions() -> str:
    """Return every contradiction between a place and the nation that a pack declares, and which rule stands."""
    opening = "Where the rule of a place and a national one differ, and which stands."
    blocks = [f"# 不一致的规定 Contradictions\n\n{NOTE}\n{opening}\n"]
    found = find_packs()
    for region in found.regions.values():
        rows = ""
        for stack in region.stacks.values():
            declared = {each: None for row in stack.rows for each in row.conflicts}
            for each in declared:
                names = ", ".join(f"`{name}`" for name, _ in each.rows)
                rows += f"| {names} | {each.stands} | {each.sentence('zh')} | {each.sentence('en')} |\n"
        if rows:
            head = "| rows | stands | 中文 | English |\n| --- | --- | --- | --- |"
            blocks.append(f"## {region.code} {region.name} {region.en}\n\n{head}\n{rows}")
    return "\n".join(blocks)


def findings() -> str:
    """Return everything the checks of packs can find, with its sentences."""
    opening = (
        "What `yibao packs check` can find, with file, line and column. An error keeps every pack from loading;"
        " a remark does not. What stands in braces is filled in."
    )
    rows = "".join(
        f"| `{code}` | {'remark' if code in REMARKS else 'error'} | {zh} | {en} |\n"
        for code, (zh, en) in MESSAGES.items()
    )
    head = "| code | | 中文 | English |\n| --- | --- | --- | --- |"
    about = (
        "Chains, roles and clocks are checked as well, and every process is walked through all that may happen to a"
        " case. `{path}` is the counter-example: the steps of a case that goes wrong. All are errors."
    )
    walked = "".join(f"| `{code}` | {zh} | {en} |\n" for code, (zh, en) in PROCESS_MESSAGES.items())
    process = f"## 办理过程 Processes\n\n{about}\n\n| code | 中文 | English |\n| --- | --- | --- |\n{walked}"
    return f"# 规则包的检查 Findings of the checks\n\n{NOTE}\n{opening}\n\n{head}\n{rows}\n{process}"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/addresses.md": lambda: route_pages.page(NOTE),
    "docs/reference/contradictions.md": contradictions,
    "docs/reference/cli.md": command_line,
    "docs/reference/findings.md": findings,
    "docs/reference/settings.md": settings,
    "docs/reference/states.md": states,
    "docs/reference/refusals.md": refusals,
}


def services() -> str:
    """Return the table of the public services that are there, from their manifests."""
    manifests = sorted((ROOT / "src/yibao/services").glob("[a-z]*/service.yaml"))
    found = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in manifests]
    rows = "\n".join(f"| `{one['name']}` | {one['label']} | {one['en']} | {one['quality']} |" for one in found)
    return f"| service | 中文 | English | quality |\n| --- | --- | --- | --- |\n{rows}\n"


def regions() -> str:
    """Return the table of the regions that are there, from their packs."""
    rows = ""
    for file in sorted((ROOT / "packs").glob("[0-9]*/pack.yaml")):
        pack = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        cases = sum(
            len(yaml.load(case.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["cases"])
            for case in file.parent.glob("cases/*/*.yaml")
        )
        cells = (f"`{pack['code']}`", pack["name"], pack["en"], pack["quality"], str(cases), pack["checked_on"])
        rows += f"| {' | '.join(cells)} |\n"
    head = "| region | 中文 | English | quality | worked cases | checked on |\n| --- | --- | --- | --- | --- | --- |"
    return f"{head}\n{rows}"


PARTS: dict[str, Callable[[], str]] = {"services": services, "regions": regions}
PARTED = ("README.md", "README.zh-CN.md")


def _with_parts(text: str) -> str:
    for name, write in PARTS.items():
        pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda found, write=write: found[1] + write() + found[2], text)
    return text


def wanted() -> dict[Path, str]:
    """Return every generated file with the text it should have."""
    pages = {ROOT / name: write() for name, write in PAGES.items()}
    pages |= {ROOT / name: text for name, text in rule_pages.pages(NOTE).items()}
    return pages | {ROOT / name: _with_parts((ROOT / name).read_text(encoding="utf-8")) for name in PARTED}


def main(arguments: list[str]) -> int:
    """Write what differs; with `--check` only name it and return 1."""
    stale = {path: text for path, text in wanted().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
