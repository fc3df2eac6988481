"""Chinese labels of codes, as the vocabulary of the service declares them."""

from functools import cache
from pathlib import Path

import yaml

_FACTS = Path(__file__).parent.parent / "facts.yaml"
_CHANNELS = {
    "app": "手机或网上办理",
    "web": "网上办理",
    "tax_wechat": "税务微信公众号",
    "window": "服务窗口",
    "agency_list": "经办机构清单",
    "post": "邮寄",
}
_RECEIVERS = {
    "person": "本人",
    "heir": "法定继承人或指定受益人",
    "unit": "缴费单位",
    "unemployment_fund": "失业保险基金",
    "finance": "财政专户",
    "account": "个人账户",
}
_FIELDS = {
    "reason": "申请原因",
    "payments": "申请退费的缴费记录",
    "channel": "办理渠道",
    "applicant": "申请人",
    "bank_name": "收款银行",
    "bank_holder": "收款户名",
    "bank_number": "收款账号",
    "other": "其他",
}
_TIERS = {1: "一档", 2: "二档"}


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    # Every scalar as text: nothing of the vocabulary is guessed to be a number or a truth value.
    whole = yaml.load(_FACTS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    enums: dict[str, dict[str, dict[str, str]]] = whole["enums"]
    return enums


def label(*, enum: str, code: str) -> str:
    """Return the Chinese label of a code, or the code itself where the vocabulary has none.

    Example:
        >>> label(enum="material", code="payment_proof")
        '缴费凭证'
    """
    return _labels().get(enum, {}).get(code, {}).get("label", code)


def labels(enum: str) -> dict[str, dict[str, str]]:
    """Return the labels of an enumeration in both languages, by code, in the order of the vocabulary."""
    return _labels().get(enum, {})


def channel(code: str) -> str:
    """Return the label of a channel."""
    return _CHANNELS.get(code, code)


def receiver(code: str) -> str:
    """Return the label of a receiver of money."""
    return _RECEIVERS.get(code, code)


def field(name: str) -> str:
    """Return the label of an answer, or its name where it has none.

    Example:
        >>> field("bank_number")
        '收款账号'
    """
    return _FIELDS.get(name, name)


def tier(number: int | None) -> str:
    """Return the label of a tier, empty where there is none."""
    return "" if number is None else _TIERS.get(number, f"{number}档")
