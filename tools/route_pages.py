"""The reference of the addresses: every one of the site, and the rule that stands beside its page."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

from yibao.casework.entry import AGENT, CITIZEN, STAFF, VISITOR, Entry, rule_of
from yibao.cli.django_setup import prepare
from yibao.web.words import Say

WHO = {
    VISITOR: "人人 everybody",
    CITIZEN: "参保人 citizen",
    AGENT: "单位经办人 agent of a unit",
    STAFF: "各业务岗 every role on cases",
}
OWN = {
    "": "",
    "case": "本人的案件；本地区的案件 own case; for staff, a case of their region",
    "region": "本地区 own region",
    "self": "本人 oneself",
    "accounts": "工作人员账号，自己的除外 logins of staff, never one's own",
    "installation": "整套系统，不含参保人 the installation, no insured persons",
}


def page(note: str) -> str:
    """Return the page: one row per address, in the order of the addresses.

    Args:
        note: who writes the page, for those who would change it by hand.
    """
    prepare()
    rows = "".join(sorted(_row(address, rule_of(view)) for address, view in _addresses(get_resolver())))
    return (
        f"# 地址与权限 Addresses and who may open them\n\n{note}\n"
        "An address without a rule opens for nobody. Tests try every address with everybody, by GET and by POST.\n"
        "`again`: steps that ask for the second factor again.\n\n"
        f"| address | who | own | again |\n| --- | --- | --- | --- |\n{rows}"
    )


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, address)
        else:
            yield address, pattern.callback


def _row(address: str, rule: Entry | None) -> str:
    if rule is None:
        return f"| `{address}` | 无人 nobody | | |\n"
    who = "、".join(_who(one) for one in sorted(rule.who))
    again = " ".join(f"`{verb}`" for verb in sorted(rule.fresh))
    return f"| `{address}` | {who} | {OWN[rule.own]} | {again} |\n"


def _who(code: str) -> str:
    return WHO.get(code) or f"{Say('zh')(f'common.role.{code}')} {Say('en')(f'common.role.{code}').lower()}"
