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
