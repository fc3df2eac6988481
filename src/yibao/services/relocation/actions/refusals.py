"""Every no of a transfer that no pack gives, each with a name, a reason and a next step."""

from dataclasses import replace

from yibao.kernel.errors import Refusal, Refused

_WAIT = ("请稍后再看进度，不用重复办理。", "Look at the progress later; nothing need be done twice.")

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "transfer_crossed",
            "反方向的转移（从这里转出、又转回）还没有办结",
            "a transfer in the other direction is still open",
            "请先撤回其中一件，或等那一件办结后再申请。",
            "Withdraw one of the two, or apply once that one is finished.",
        ),
        Refusal(
            "person_died",
            "参保人已经死亡，关系不再转移",
            "the insured person has died: the relation no longer moves",
            "个人账户余额由继承人在账户所在地申请领取。",
            "The heirs claim the balance of the account at the place that holds it.",
        ),
        Refusal(
            "record_contradicts",
            "档案中有缴费落在参保期以外，年限不能照此转移",
            "a payment on record lies outside its relation: the years cannot move like this",
            "请先在“显示的参保地”页申请更正这条记录，或到登记它的经办机构核对，再申请转移。",
            "First have the record corrected from the page of the place shown, or at the agency that keeps it.",
        ),
        Refusal(
            "died_in_transit",
            "参保人在转移途中死亡，转移已停止",
            "the insured person died during the transfer; it was stopped",
            "个人账户余额由继承人在账户所在地申请领取。",
            "The heirs claim the balance of the account at the place that holds it.",
        ),
        Refusal(
            "not_known_there",
            "对方经办机构没有这个人的参保记录",
            "the other place has no record of this person",
            "请核对转出地、转入地和证件号码；还没有参保的先办理参保登记。",
            "Check both places and the identity number; enrol first where there is no enrolment.",
        ),
        Refusal(
            "names_differ",
            "同一证件号码在两地登记的姓名不同",
            "the two places have different names for one identity number",
            "请先到登记有误的一地申请更正档案，再申请转移。",
            "Have the record corrected at the place that is wrong, then apply again.",
        ),
        Refusal(
            "not_of_this_transfer",
            "报文的发送方不是这件转移的另一方",
            "the sender of the message is not the other place of this transfer",
            "请核对线程编号和两地代码。",
            "Check the thread and the codes of both places.",
            status=422,
        ),
        Refusal(
            "withdrawn_by_person",
            "申请人已撤回",
            "the applicant withdrew it",
            "需要时可以重新申请。",
            "Apply again when needed.",
        ),
        Refusal(
            "person_objects",
            "职工本人不同意，已撤回",
            "the employee objected and withdrew it",
            "请先与职工本人说明情况；本人同意后可以重新申请。",
            "Speak with the employee first; apply again once they agree.",
        ),
        Refusal(
            "no_employment",
            "没有查到您单位为这位职工参保的记录",
            "the record has no enrolment of this person by your unit",
            "请核对姓名和证件号码；由其他单位参保的，由那个单位或本人申请转移。",
            "Check name and number; where another unit enrols them, that unit or the person applies.",
            status=404,
        ),
        Refusal(
            "own_transfer",
            "经办人不能代单位办理本人的转移",
            "an agent does not act for the unit in their own transfer",
            "请改回为本人办，用本人身份申请；或由单位的另一位经办人办理。",
            "Act for yourself and apply as yourself, or let another agent of the unit do it.",
            status=403,
        ),
        Refusal(
            "unit_to_stop",
            "您单位还没有在转出地为这位职工办理减员",
            "your unit has not taken the employee off at the old place",
            "请先办理减员（停保），再提交转移申请。",
            "Take the employee off there first, then hand the transfer in.",
        ),
        Refusal(
            "unit_to_enrol",
            "您单位没有在转入地为这位职工参保",
            "your unit does not enrol the employee at the new place",
            "请先办理增员参保，再提交转移申请。",
            "Enrol the employee there first, then hand the transfer in.",
        ),
        Refusal(
            "kept_from_employer",
            "有一项情况要由职工本人处理，不向单位显示",
            "something is for the employee to settle, and is not shown to the unit",
            "请职工本人登录，在“把医保转过来”查看原因和办法；办好以后可以再提交。",
            "Let the employee sign in and look under Move your insurance for reason and remedy; then hand it in.",
        ),
        Refusal(
            "refused_by_place",
            "一地的经办机构经复核不予办理",
            "one place refused it upon review",
            "请查看理由；有异议可以申请复核。",
            "Read the reason; ask for a review if you disagree.",
        ),
        Refusal(
            "table_already_sent",
            "信息表已经发出，不能撤回",
            "the table has been sent; it can no longer be withdrawn",
            "请等转移办结；需要转回的，办结后再申请。",
            "Wait until it is finished; apply for the way back afterwards.",
        ),
        Refusal(
            "withdrawal_asked",
            "撤回已经提出，等转出地确认",
            "the withdrawal was asked for and waits for the old place",
            *_WAIT,
        ),
        Refusal(
            "not_on_this_side",
            "这一步不由本地办理",
            "this step belongs to the other place",
            "请查看进度，由对方经办机构办理。",
            "See the progress; the other agency takes it.",
        ),
        Refusal(
            "table_not_yet",
            "信息表还没有生成或收到",
            "there is no table yet",
            "请先生成信息表，或等转出地发来。",
            "Make the table first, or wait until the old place sends it.",
        ),
        Refusal(
            "table_changed",
            "参保记录或账户在生成信息表之后变动了",
            "the record or the account changed after the table was made",
            "请重新生成信息表，再复核。",
            "Make the table again, then review it.",
        ),
        Refusal(
            "transfer_step_passed",
            "这一步已经办过，或现在还不能办",
            "this step was taken already, or cannot be taken yet",
            "请刷新页面查看进度。",
            "Load the page again and look at the progress.",
        ),
        Refusal(
            "no_reason_given",
            "请写明理由",
            "give a reason",
            "理由会告知对方和申请人。",
            "The other place and the applicant read it.",
            status=422,
        ),
        Refusal(
            "money_differs",
            "到账金额与信息表上的转出金额不一致",
            "what arrived is not what the table says",
            "请勿计入，先与转出地核对；差错由转出地更正或补划。",
            "Do not credit it; compare with the old place, which corrects or pays the rest.",
        ),
        Refusal(
            "no_money_moves",
            "这件转移没有需要划转的个人账户资金",
            "no account money moves with this transfer",
            "不用办理。",
            "Nothing need be done.",
        ),
        Refusal(
            "years_first",
            "信息表还没有转入，资金暂不能计入个人账户",
            "the table is not loaded yet, so the money cannot be credited",
            "请先核对并转入信息表。",
            "Check and load the table first.",
        ),
        Refusal(
            "money_two_persons",
            "登记到账的人不能计入个人账户",
            "who recorded the arrival may not credit it",
            "请由另一位同事计入。",
            "Let a colleague credit it.",
        ),
        Refusal(
            "table_two_persons",
            "生成信息表的人不能复核",
            "who made the table may not sign it",
            "请由另一位同事复核。",
            "Let a colleague sign it.",
        ),
        Refusal(
            "amount_already_paid",
            "个人账户资金已经划出，更正后的信息表金额必须不变",
            "the money has been paid, so the corrected table must keep its amount",
            "请更正参保时段；金额差错另行补划或退回。",
            "Correct the periods; settle a wrong amount apart.",
        ),
        Refusal(
            "money_on_its_way",
            "个人账户资金已经划出，转移不能停止",
            "the money has been paid, so the transfer cannot be stopped",
            "请等转移办结，再在转入地办理。",
            "Wait until it is finished and go on at the new place.",
        ),
        Refusal(
            "unit_stops",
            "参保关系由单位办理停保",
            "the unit stops this relation",
            "请联系单位办理减员，停保后再申请转移。",
            "Ask the unit to take you off its list, then apply for the transfer.",
        ),
        Refusal(
            "nothing_to_stop",
            "这里没有正在参保的关系",
            "there is no running relation here",
            "不用办理停保，可以直接申请转移。",
            "Nothing need be stopped; apply for the transfer.",
        ),
        Refusal(
            "agency_bank_missing",
            "转入地还没有登记收款账户",
            "the new place has not said to which account it wants the money",
            "请联系转入地经办机构补充收款账户后再划款。",
            "Ask the agency of the new place for its account, then pay.",
        ),
        Refusal(
            "paper_not_yet",
            "现在还不能出具这份文书",
            "this paper cannot be issued yet",
            "请在办理到相应环节后再打印；另一地的文书由另一地出具。",
            "Print it when the case has come that far; papers of the other place are issued there.",
        ),
        Refusal(
            "no_payment_reference",
            "请填写银行流水号",
            "give the reference of the bank",
            "见银行回单。",
            "It stands on the bank's slip.",
            status=422,
        ),
    )
}


def refused(code: str, *details: object) -> Refused:
    """Return the named refusal, with details where a program may want them."""
    return Refused(replace(REFUSALS[code], details=tuple(details)))
