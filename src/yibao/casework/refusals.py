"""The refusals of casework, each with a name, a reason and a next step.

Where several apply, the first in `REFUSALS` is the one that is given: the order is the contract.
"""

from __future__ import annotations

from yibao.kernel.errors import Refusal, Refused

_ASK_HEAD = ("请由有此岗位的同事办理。", "Have a colleague with that role do it.")
_RELOAD = ("请重新打开本件，看最新状态。", "Open the case again and look at its present state.")

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "not_your_case",
            "这不是您的申请",
            "this is not your application",
            *("请用本人账号登录后办理。", "Sign in with your own login."),
            status=403,
        ),
        Refusal(
            "level_too_low",
            "这一步要先核验您的身份",
            "this step asks for a stronger proof of who you are",
            "请按提示核验身份；不方便人脸的，带身份证件到医保窗口由工作人员核验，或用银行卡等其他方式。",
            "Prove it as shown; without a face: at a window with an identity document, or by bank card where offered.",
            status=403,
        ),
        Refusal(
            "out_of_scope",
            "您代办的权限不包括这项业务",
            "your right to act for this person does not cover this service",
            "请由本人办理，或请本人重新委托并写明这项业务。",
            "Let the person do it, or ask them for a new authorisation that names this service.",
            status=403,
        ),
        Refusal(
            "right_not_confirmed",
            "这项代办还没有确认",
            "this right to act for somebody has not been confirmed yet",
            "请本人在“为家人办”里确认，或带双方身份证件和授权材料到医保窗口确认。",
            "Let the person confirm it under My family, or confirm it at a window with both identity documents.",
            status=403,
        ),
        Refusal(
            "right_not_begun",
            "授权的开始日期还没有到",
            "the authorisation has not begun",
            "请在开始之日后再办；急办的，请本人办理或重新授权。",
            "Come back from its first day on; if urgent, let the person act or authorise you anew.",
            status=403,
        ),
        Refusal(
            "right_lapsed",
            "授权已经到期，不能再代办",
            "the authorisation has lapsed",
            "请本人重新授权，在“为家人办”里提交新的授权委托书；监护因成年而到期的，由本人自己办理。",
            "Ask for a new authorisation and hand it in under My family; a child of full age now acts alone.",
            status=403,
        ),
        Refusal(
            "right_revoked",
            "授权已被解除，不能再代办",
            "the authorisation was revoked",
            "请与本人联系；仍需代办的，请本人重新授权。",
            "Speak with the person; if you are still to act, they authorise you anew.",
            status=403,
        ),
        Refusal(
            "right_ended_by_death",
            "本人已经去世，代办从去世之日起终止",
            "the person has died; the right to act for them ended with the death",
            "继承人请在“为家人办”里以继承人身份重新申请，并带死亡证明和亲属关系材料到窗口确认。",
            "Heirs ask anew as heirs under My family and have it confirmed at a window with the papers.",
            status=403,
        ),
        Refusal(
            "right_needs_a_death",
            "档案里没有这位参保人的死亡记载，不能以继承人身份办理",
            "the record knows of no death, so nobody acts as an heir",
            "请先带死亡证明到医保窗口登记。",
            "Have the death recorded at a window first.",
            status=403,
        ),
        Refusal(
            "no_such_right",
            "没有找到这项代办",
            "there is no such right to act",
            "请在“为家人办”里查看您现有的代办。",
            "Look under My family for the rights you hold.",
            status=404,
        ),
        Refusal(
            "right_not_yours_to_confirm",
            "这项代办不能由您确认",
            "you cannot confirm this right",
            "委托由本人或窗口确认；监护和继承只能由窗口核对材料后确认。",
            "An authorisation is confirmed by the person or at a window; guardians and heirs only at a window.",
            status=403,
        ),
        Refusal(
            "agent_right_not_begun",
            "单位授权的开始日期还没有到",
            "the unit's authorisation has not begun",
            "请在开始之日后再办；急办的，请单位另派经办人到医保窗口登记。",
            "Come back from its first day on; if urgent, the unit has another agent recorded at a window.",
            status=403,
        ),
        Refusal(
            "agent_right_lapsed",
            "单位授权已经到期，不能再代单位办理",
            "the unit's authorisation has lapsed",
            "请单位重新出具授权委托书，由您带身份证件到医保窗口登记；已经提交的申请仍在办理。",
            "Bring a new letter of the unit and your identity document to a window; what was sent goes on.",
            status=403,
        ),
        Refusal(
            "agent_right_revoked",
            "单位已经收回授权，不能再代单位办理",
            "the unit has withdrawn its authorisation",
            "请与单位联系；需要继续办理的，由单位另派经办人到医保窗口登记。",
            "Speak with the unit; it may have another agent recorded at a window.",
            status=403,
        ),
        Refusal(
            "no_such_agency",
            "没有找到这项单位授权",
            "there is no such authorisation by a unit",
            "请在“为家人办”的“代单位办理”里查看您现有的授权。",
            "Look under My family, For a unit, for what you hold.",
            status=404,
        ),
        Refusal(
            "agent_already",
            "这位经办人已有这个单位的有效授权",
            "this person already is an agent of this unit",
            "不用再登记；要改期限的，请先收回原授权。",
            "Nothing needs to be recorded; to change the period, end the old authorisation first.",
        ),
        Refusal(
            "acting_for_unit",
            "您正在代单位办理，这一页属于个人业务",
            "you are acting for a unit, and this page is about a person",
            "请先点页面上方的“改回为本人办”，再打开这一页。",
            "Press “Act for myself again” above, then open this page.",
            status=403,
        ),
        Refusal(
            "act_for_unit_first",
            "这一页属于单位业务，您现在是为本人办理",
            "this page belongs to a unit, and you are acting for yourself",
            "请先到“为家人办”页，选择单位并点“代单位办理”，再打开这一页。",
            "Choose the unit under My family, then open this page again.",
            status=403,
        ),
        Refusal(
            "units_case",
            "这是用人单位就单位缴费提出的申请，由单位办理",
            "your employer applied for this, about what the employer paid",
            "您不用办理；谁看过您的记录，可在“谁看过我的记录”里看到。有疑问请联系单位或医保窗口。",
            "There is nothing for you to do; who looked is under Who looked at my record. Ask the unit or a window.",
            status=403,
        ),
        Refusal(
            "not_your_employee",
            "没有查到您单位为这位职工缴费的记录",
            "the record has no payment by your unit for this person",
            "请核对身份证号码和姓名；缴费由其他单位办理的，请由该单位申请。",
            "Check number and name; what another unit paid is asked back by that unit.",
            status=404,
        ),
        Refusal(
            "own_matter",
            "经办人不能代单位办理本人的缴费",
            "an agent does not act for the unit in their own matter",
            "请由单位的另一位经办人办理；您本人的缴费，可改回为本人后自己申请。",
            "Another agent of the unit does it; what you paid yourself you may ask back as yourself.",
            status=403,
        ),
        Refusal(
            "window_code_wrong",
            "核验码不对",
            "the code is not right",
            "请对照窗口给您的 8 位数字逐位核对；连续输错 5 次就要重新取码。",
            "Compare it with the eight digits from the window; after five wrong tries a new one is needed.",
            status=422,
        ),
        Refusal(
            "window_code_expired",
            "核验码已过期",
            "the code has expired",
            "核验码 10 分钟内有效，请在窗口重新取码。",
            "A code is good for ten minutes: ask for a new one at the window.",
            status=422,
        ),
        Refusal(
            "window_code_used",
            "这个核验码已经用过",
            "this code was used before",
            "每个核验码只能用一次，请在窗口重新取码。",
            "Each code works once: ask for a new one at the window.",
            status=422,
        ),
        Refusal(
            "window_code_spent",
            "输错次数太多，这个核验码已作废",
            "there were too many wrong tries, and the code is worth nothing any more",
            "请在窗口重新取码；如果不是您本人输入的，请告诉工作人员。",
            "Ask for a new one at the window; if it was not you who typed it, tell the clerk.",
            status=429,
        ),
        Refusal(
            "window_codes_too_many",
            "一天内给此人的核验码太多了",
            "this person was given too many codes within a day",
            "请在窗口直接为其办理，或明天再给；有疑问请报告安全管理员。",
            "Act for them at the window, or wait until tomorrow; if in doubt, tell the security officer.",
            status=429,
        ),
        Refusal(
            "window_person_died",
            "档案记载此人已经去世，不能给核验码",
            "the record says that this person has died, so no code is given",
            "请核对证件；记载有误的，先办理更正。",
            "Check the document; if the record is wrong, have it corrected first.",
        ),
        Refusal("not_your_region", "本件不在您的经办区域", "the case is outside your region", *_ASK_HEAD, status=403),
        Refusal("wrong_state", "本件当前状态不能办理这一步", "the case is not in a state for this step", *_RELOAD),
        Refusal("not_your_role", "您的岗位不能办理这一步", "your role may not take this step", *_ASK_HEAD, status=403),
        Refusal(
            "not_your_turn",
            "本级还有签署在前，或不需要这个岗位签署",
            "another signature comes first, or this level needs no such role",
            *_RELOAD,
        ),
        Refusal("already_signed", "这个岗位在本级已经签署", "this role has already signed at this level", *_RELOAD),
        Refusal(
            "two_person_rule",
            "经办与审核须分开：本件由您录入、受理，或您已在其他级签署",
            "entering and reviewing are kept apart: you entered, accepted or signed this case elsewhere",
            "请交由另一位同事办理。",
            "Hand it to another colleague.",
        ),
        Refusal(
            "held_by_other",
            "本件正由另一位同事办理",
            "a colleague is working on this case",
            "请等其放回，或请其移交给您。",
            "Wait for its release or ask for it to be handed over.",
        ),
        Refusal(
            "not_held_by_you",
            "本件不在您手上",
            "you do not have this case in hand",
            "要办理请先领去办理；没有领办的件不用放回，也不能移交。",
            "Take it in hand first; what you do not hold cannot be put back or handed over.",
        ),
        Refusal(
            "holder_changed",
            "本件的承办人已有变动",
            "somebody else has the case in hand by now",
            "请重新打开清单，看现在由谁办理。",
            "Open the list again and see who has it.",
        ),
        Refusal(
            "colleague_has_it",
            "本件已在这位同事手上",
            "this colleague has the case in hand already",
            "不用再移交或分派。",
            "There is nothing to hand over.",
        ),
        Refusal(
            "colleague_not_of_region",
            "这位同事不在本件的经办区域",
            "the colleague does not work for the region of the case",
            "请从名单中选本地区的同事。",
            "Choose a colleague of the region from the list.",
            status=422,
        ),
        Refusal(
            "colleague_handled_before",
            "经办与审核须分开：这位同事已录入、受理过本件，或在其他级签署过",
            "entering and reviewing are kept apart: the colleague entered, accepted or signed this case elsewhere",
            "请从名单中选没有经手过本件的同事。",
            "Choose a colleague from the list who has not handled the case.",
        ),
        Refusal(
            "colleague_without_role",
            "这位同事的岗位现在不能办理本件",
            "the colleague has no role whose turn it is",
            "请从名单中选能办理这一环节的同事。",
            "Choose a colleague from the list who may take the step that waits.",
            status=422,
        ),
        Refusal(
            "nobody_to_give",
            "没有同事可以接办本件",
            "there is no colleague who could take the case over",
            "请由系统管理员为这个岗位增加人手，或由现承办人继续办理。",
            "Have the officers give the role to somebody, or let the present holder go on.",
        ),
        Refusal(
            "no_handing_note",
            "移交没有写明原因",
            "the hand-over has no note",
            "请写明为什么移交，接办的同事会看到。",
            "Write why; the colleague who takes over will read it.",
            status=422,
        ),
        Refusal(
            "evidence_changed",
            "您看到的材料或金额已有变动，之前的签批作废，须从第一级重新审核",
            "the evidence or the amount changed; earlier signatures are void and review starts again at level 1",
            "请刷新页面，重新核对后再办理。",
            "Reload the page, check again, then go on.",
        ),
    )
}


def refuse(code: str, *details: object) -> Refused:
    """Return the refusal to raise.

    Args:
        code: One of `REFUSALS`.
        details: Values a program may want, such as the state.

    Examples:
        >>> refuse("two_person_rule").refusal.status
        409
    """
    refusal = REFUSALS[code]
    return Refused(
        Refusal(refusal.code, refusal.zh, refusal.en, refusal.next_zh, refusal.next_en, refusal.status, details)
    )
