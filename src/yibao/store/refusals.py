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
        Refusal(
            "no_such_batch",
            "没有这个付款批次",
            "there is no such payment batch",
            "请从付款批次列表中打开。",
            "Open it from the list of batches.",
            status=404,
        ),
        Refusal(
            "nothing_due",
            "没有可以列入批次的应付款",
            "nothing is due that could go into a batch",
            "可能已由同事列入另一批次，请刷新列表。",
            "A colleague may have put it into another batch; reload the list.",
        ),
        Refusal(
            "no_payer_account",
            "还没有登记基金的付款账户",
            "the fund has no account to pay from on record",
            "请用 yibao bank account 登记后再制作批次。",
            "Record it with `yibao bank account`, then make the batch.",
        ),
        Refusal(
            "batch_two_persons",
            "制作批次的人不能复核付出",
            "whoever made a batch cannot release it",
            "请由另一位财务支付岗同事复核。",
            "Have another colleague of finance release it.",
        ),
        Refusal(
            "batch_wrong_state",
            "批次目前的状态不能这样办",
            "the batch is in a state that does not allow this",
            "请刷新批次页面，看它办到哪一步。",
            "Reload the batch and see how far it is.",
        ),
        Refusal(
            "in_a_batch",
            "本件已列入付款批次，不能单笔支付",
            "the case stands in a payment batch and cannot be paid alone",
            "请在批次中复核付出，或先作废批次。",
            "Release the batch, or drop it first.",
        ),
        Refusal(
            "batch_item_changed",
            "应付金额、收款账户或依据与列入批次时不同",
            "amount, account or evidence is not what was put into the batch",
            "本件已移出批次，请重新核对后列入下一批次。",
            "It was left out; check it and put it into the next batch.",
        ),
        Refusal(
            "no_bank_file",
            "批次还没有付款文件",
            "the batch has no file for the bank",
            "请先复核付出；全部移出的批次没有文件。",
            "Release it first; a batch of which everything was left out has none.",
        ),
        Refusal(
            "answer_to_no_batch",
            "回执对应的批次不存在，或不属于本机构",
            "the answer is to a batch that does not exist or is of another office",
            "请核对文件是否发给本机构；没有改动任何记录。",
            "Check whom the file is for; nothing was changed.",
            status=422,
        ),
        Refusal(
            "answer_sums_differ",
            "回执的笔数、合计或金额与批次不符",
            "count, sum or an amount of the answer is not that of the batch",
            "没有改动任何记录。请与银行核对后索取正确的回执。",
            "Nothing was changed. Ask the bank for a right answer.",
            status=422,
        ),
        Refusal(
            "answer_number_reused",
            "这个回执编号已用于另一份内容不同的回执",
            "the number of this answer was used for another one with other content",
            "没有改动任何记录。请与银行核对。",
            "Nothing was changed. Ask the bank.",
        ),
        Refusal(
            "no_copy_ready",
            "没有可以下载的副本",
            "there is no copy to fetch",
            "每份副本只能下载一次，七天内有效。请重新索取。",
            "Each copy can be fetched once, within seven days. Ask for a new one.",
        ),
        Refusal(
            "no_newer_key",
            "没有更新的密钥可换",
            "there is no newer key to change to",
            "请先运行 yibao keys new。",
            "Run `yibao keys new` first.",
        ),
        Refusal(
            "no_such_key",
            "没有这个版本的密钥",
            "there is no key of this version",
            "请用 yibao keys list 查看。",
            "See `yibao keys list`.",
            status=404,
        ),
        Refusal(
            "key_in_use",
            "这个版本的密钥正在使用或将要使用",
            "the key of this version is in use or will be",
            "请先运行 yibao keys rotate 换到更新的密钥。",
            "Change to a newer one with `yibao keys rotate` first.",
        ),
        Refusal(
            "key_still_needed",
            "仍有内容由这个密钥加密，或仍须凭它查找",
            "something is still sealed with this key, or found by it",
            "没有停用。请再运行一次 yibao keys rotate。",
            "It was not retired. Run `yibao keys rotate` once more.",
        ),
        Refusal(
            "username_wrong",
            "用户名不合要求",
            "the user name cannot be used",
            "请用 3 至 30 个小写字母、数字、点、横线或下划线，以字母开头。",
            "Use 3 to 30 small letters, digits, dots, hyphens or underscores, beginning with a letter.",
            status=422,
        ),
        Refusal(
            "username_taken",
            "这个用户名已有人使用",
            "the user name is taken",
            "请换一个用户名。",
            "Choose another one.",
        ),
        Refusal(
            "name_missing",
            "没有填写姓名，或姓名超过 30 个字",
            "the name is missing or longer than 30 characters",
            "请填写同事在页面上看到的姓名。",
            "Enter the name colleagues will see.",
            status=422,
        ),
        Refusal(
            "no_such_account",
            "没有这个工作人员账号",
            "there is no such login of staff",
            "请从账号列表重新进入。",
            "Start from the list of logins.",
            status=404,
        ),
        Refusal(
            "own_account",
            "不能办理自己的账号",
            "nobody acts on their own login",
            "请由另一位管理员办理。",
            "Have another officer do it.",
            status=403,
        ),
        Refusal(
            "officer_alone",
            "系统、安全、审计三员不得互相兼任，也不得兼任业务岗",
            "an officer holds no other role, neither another officer's nor one on cases",
            "请为这个岗位另建账号，或先收回原有岗位。",
            "Make another login for it, or take the roles held away first.",
        ),
        Refusal(
            "role_unknown",
            "没有这个岗位",
            "there is no such role",
            "请从列表中选择岗位。",
            "Choose one of the list.",
            status=422,
        ),
        Refusal(
            "region_unknown",
            "地区代码不对",
            "the region code is wrong",
            "请填写 6 位地区代码，如 500000。",
            "Enter the six digits of a region, such as 500000.",
            status=422,
        ),
        Refusal(
            "role_held",
            "这个账号在该地区已有这个岗位",
            "the login holds this role there already",
            "不需要再办。",
            "Nothing needs to be done.",
        ),
        Refusal(
            "proposal_gone",
            "这项申请已经办过",
            "this proposal was decided already",
            "请重新打开账号，看最新状态。",
            "Open the login again and look at its present state.",
        ),
        Refusal(
            "officers_exist",
            "已经有管理员，不再从命令行建立",
            "there are officers already; none are made from the command line any more",
            "请由系统管理员在工作台建立账号。",
            "Have a system officer make logins at the workbench.",
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
