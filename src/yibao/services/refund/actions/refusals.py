"""Every no of the refund actions: code, sentence and next step, in both languages."""

from yibao.kernel.errors import Refusal, Refused

_SENTENCES = {
    "payment_moved": (
        409,
        "这笔缴费的医保关系已经转移或者正在转移到其他地方，这里不能退",
        "the relation this was paid for has moved or is moving to another place; it is not refunded here",
        "缴费年限和个人账户随关系转走，请向转入地的经办机构申请。",
        "Its years and account go along: apply to the agency of the new place.",
    ),
    "material_unknown": (
        422,
        "没有这种材料",
        "there is no such material",
        "请从材料清单中选择。",
        "Choose one of the list.",
    ),
    "promise_not_allowed": (
        409,
        "这份材料不能用承诺书代替",
        "a promise letter cannot replace this material",
        "请提交这份材料，或到窗口咨询。",
        "Hand in the paper, or ask at a window.",
    ),
    "promise_not_signed": (
        422,
        "请勾选确认后再签署承诺书",
        "tick the box to sign the letter",
        "请读完告知、承诺和后果，同意的请勾选；不同意的请提交材料。",
        "Read it; tick the box if you agree, or hand in the paper instead.",
    ),
    "document_not_found": (
        404,
        "没有找到这份文件",
        "there is no such file",
        "请刷新页面后再试。",
        "Reload the page.",
    ),
    "nothing_selected": (
        422,
        "还没有选择要退的缴费",
        "no payment was selected",
        "请至少勾选一笔缴费。",
        "Tick at least one payment.",
    ),
    "no_account": (
        422,
        "还没有填写收款账户",
        "there is no account to pay to",
        "请填写收款银行、户名和账号。",
        "Enter bank, holder and number.",
    ),
    "no_account_of_employee": (
        422,
        "这笔缴费有职工本人缴的部分，要退给本人，但档案里没有本人的收款账户",
        "part of this payment is the employee's own, and the record has no account to pay it to",
        "请职工本人登录申请这笔退费，单位部分会一并退回单位；或一起到医保窗口办理。",
        "Let the employee apply for it, and the unit's part comes back with it; or come to a window together.",
    ),
    "no_reason": (
        422,
        "请说明原因",
        "a reason is needed",
        "请填写原因，申请人会看到这段话。",
        "Write it; the applicant will read it.",
    ),
    "no_reference": (
        422,
        "请填写银行或国库的回单号",
        "the reference of the bank or treasury is needed",
        "请照回单填写。",
        "Copy it from the receipt.",
    ),
    "no_items": (
        422,
        "一次性告知书里没有列出任何事项",
        "the notice lists nothing",
        "请列出全部需要补正的材料或内容。",
        "List everything that is missing.",
    ),
    "reason_unknown": (
        422,
        "没有这个不予退费原因",
        "there is no such reason to refuse",
        "请从列表中选择原因。",
        "Choose a reason of the list.",
    ),
    "level_passed": (
        409,
        "这一级已经签批，不能再签",
        "this level has been signed already",
        "请刷新页面，查看当前环节。",
        "Reload the page to see where the case stands.",
    ),
    "already_refunded": (
        409,
        "这些月份的费用已经退过，不能再退",
        "these months have been refunded already",
        "请核对缴费记录中的已退月份。",
        "Look at the months already refunded on the record.",
    ),
    "more_than_paid": (
        409,
        "退费合计超过了当初缴纳的金额",
        "refunds together would exceed what was paid",
        "请核对缴费记录中的已退金额。",
        "Look at the amounts already refunded on the record.",
    ),
    "nothing_to_pay": (
        409,
        "没有待支付的金额",
        "there is nothing left to pay",
        "请查看支付记录。",
        "Look at the payments of the case.",
    ),
    "not_staff": (
        403,
        "这项内容由经办人员录入",
        "this is entered by the agency's staff",
        "请到窗口办理，或联系经办机构。",
        "Go to a window, or ask the agency.",
    ),
    "case_open_already": (
        409,
        "这笔缴费已有一件退费正在办理",
        "a refund of this payment is already being handled",
        "请在“办理进度”查看，无需重复申请。",
        "Follow it under My cases; there is no need to apply again.",
    ),
    "chain_changed": (
        409,
        "按现在的决定，审批环节与受理时不同",
        "by the decision as it is now, other levels must sign than at acceptance",
        "请退回补正，由受理岗重新受理。",
        "Send it back for correction, and have it accepted again.",
    ),
    "level_unknown": (
        409,
        "这件事不在这一审批环节",
        "the case is not at this level",
        "请刷新页面，查看当前环节。",
        "Reload the page to see where the case stands.",
    ),
    "slip_at_window": (
        409,
        "退款单由财务结算窗口补打",
        "a refund slip is printed again at the finance window",
        "请带身份证件到窗口，告诉工作人员办理编号。",
        "Go to the window with your identity document and tell the case number.",
    ),
    "paper_not_yet": (
        409,
        "现在还不能出具这份文书",
        "this paper cannot be issued yet",
        "请在办理到相应环节后再打印。",
        "Print it when the case has come that far.",
    ),
}


def refusal(code: str, *details: object) -> Refusal:
    """Return the refusal of a code.

    Args:
        code: One of this module's codes.
        details: Values a program may want.

    Raises:
        KeyError: The code does not exist; a bug in the caller.

    Example:
        >>> refusal("no_reason").status
        422
    """
    status, zh, en, next_zh, next_en = _SENTENCES[code]
    return Refusal(code, zh, en, next_zh, next_en, status, details)


def refused(code: str, *details: object) -> Refused:
    """Return the exception of a code, to be raised by the caller."""
    return Refused(refusal(code, *details))


REFUSALS = {code: refusal(code) for code in _SENTENCES}
"""Every refusal of the actions by code, for the reference."""
