"""The refusals of the store, each with a name, a reason and a next step."""

from yibao.kernel.errors import Refusal, Refused

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "key_reused",
            "同一请求编号已用于另一项内容",
            "this request key was used for something else",
            "请重新打开页面，再提交一次。",
            "Open the page again and send once more.",
        ),
        Refusal(
            "period_closed",
            "该记账日期所在月份已结账",
            "the books of that month are closed",
            "请改用未结账月份的记账日期。",
            "Use an accounting date in an open month.",
        ),
        Refusal(
            "balance_too_low",
            "个人账户余额不足",
            "the personal account has too little money",
            "请核对金额，或改从其他资金列支。",
            "Check the amount or take it from another fund.",
        ),
        Refusal(
            "account_closed",
            "该账户已销户或已合并",
            "the account is closed or was merged",
            "请使用合并后的账户。",
            "Use the account it was merged into.",
        ),
        Refusal(
            "account_counted_twice",
            "这笔缴费既有直接计入个人账户的部分，又有按月划入的记录",
            "this contribution has both a part paid into the personal account and monthly credits",
            "请核对缴费记录，只留其中一种。",
            "Check the record of the contribution and keep one of the two.",
        ),
        Refusal(
            "already_reversed",
            "这笔账已经冲销过",
            "this transaction has been reversed before",
            "请查看冲销凭证，不要重复冲销。",
            "Look at the reversal; do not reverse twice.",
        ),
        Refusal(
            "not_the_same_person",
            "两个账户不属于同一人",
            "the two accounts are not of one person",
            "请先核实并合并人员档案。",
            "Verify and merge the persons first.",
        ),
        Refusal(
            "no_such_case",
            "没有这个受理编号",
            "there is no case with this number",
            "请核对编号后再查。",
            "Check the number and look again.",
            status=404,
        ),
        Refusal(
            "no_such_paper",
            "没有这份文书，或校验码不符",
            "there is no such paper, or the check code is another",
            "请核对文书编号和校验码。",
            "Check the number and the check code.",
            status=404,
        ),
    )
}


def refuse(code: str, *details: object) -> Refused:
    """Return the refusal to raise.

    Args:
        code: One of `REFUSALS`.
        details: Values a program may want, such as the key.

    Examples:
        >>> refuse("no_such_case", "CQ-2023-000127").refusal.details
        ('CQ-2023-000127',)
    """
    found = REFUSALS[code]
    return Refused(Refusal(found.code, found.zh, found.en, found.next_zh, found.next_en, found.status, details))
