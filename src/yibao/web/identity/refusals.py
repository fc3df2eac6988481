"""Every no of signing in through a provider: code, sentence and next step, in both languages."""

from yibao.kernel.errors import Refusal, Refused

_AGAIN = (
    "请重新登录；仍不行，可到医保窗口办理，或拨打 12393。",
    "Sign in again; if it fails again, go to a window or call 12393.",
)
_WINDOW = (
    "请带身份证件到医保窗口核对档案，或拨打 12393；窗口可以当场代您办理。",
    "Bring your identity document to a window, or call 12393; the window can act for you at once.",
)

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "sign_in_cancelled",
            "登录没有完成，什么也没有改动",
            "the sign-in was not completed; nothing was changed",
            "可以再登录一次，或换一种登录方式。",
            "Sign in once more, or choose another way.",
            status=403,
        ),
        Refusal(
            "sign_in_other_window",
            "这次登录与您在本页发起的不是同一次，或已经用过，为了安全没有让它通过",
            "this is not the sign-in you began here, or it was used before; for safety it was not let through",
            *_AGAIN,
            status=403,
        ),
        Refusal(
            "sign_in_not_proved",
            "登录方给出的证明核对不上或已过期，没有让它通过",
            "what the sign-in service sent could not be verified or has expired",
            *_AGAIN,
            status=403,
        ),
        Refusal(
            "provider_unreachable",
            "登录服务暂时连不上",
            "the sign-in service cannot be reached at the moment",
            "请过几分钟再试，或换一种登录方式；急办的可到医保窗口。",
            "Try again in a few minutes or another way; for urgent matters go to a window.",
            status=424,
        ),
        Refusal(
            "person_unknown",
            "您的身份已经核实，但医保档案里还没有您",
            "your identity is proved, but the insurance record does not know you yet",
            "还没有参保的，请先参保登记；已经参保的，请带身份证件到医保窗口核对档案，或拨打 12393。",
            "Not insured yet: enrol first. Insured: have the record checked at a window, or call 12393.",
            status=403,
        ),
        Refusal(
            "no_identity_told",
            "登录方没有告诉我们证件号码，无法找到您的档案",
            "the sign-in service did not tell an identity number, so your record cannot be found",
            "请在登录方完成实名认证后再来，或带身份证件到医保窗口办理。",
            "Complete the real-name check there and come back, or go to a window with your identity document.",
            status=403,
        ),
        Refusal(
            "subject_changed",
            "这个登录账号以前属于另一个人，没有让它通过",
            "this login belonged to somebody else before and was not let through",
            *_WINDOW,
            status=403,
        ),
        Refusal(
            "person_has_died",
            "档案记载本人已经去世，不能再用本人账号登录",
            "the record says that this person has died, so this login is closed",
            "继承人请用自己的账号登录，在“为家人办”里申请代办；记载有误的，请到医保窗口更正。",
            "Heirs sign in as themselves and apply under My family; if the record is wrong, go to a window.",
            status=403,
        ),
        Refusal(
            "other_person_came_back",
            "核验的不是正在登录的本人，等级没有提高",
            "somebody else proved their identity; the level was not raised",
            "请由本人核验；要换人，请先退出再登录。",
            "Prove it as the person signed in; to change persons, sign out first.",
            status=403,
        ),
        Refusal(
            "level_not_reached",
            "这次核验没有达到所需的等级",
            "this proof did not reach the level that is needed",
            "请换一种核验方式；不方便人脸的，带身份证件到医保窗口，由工作人员当面核验并办理。",
            "Choose another way; without the face: go to a window, where a clerk checks and acts with you.",
            status=403,
        ),
    )
}


def refuse(code: str) -> Refused:
    """Return the refusal to raise.

    Args:
        code: One of `REFUSALS`.

    Examples:
        >>> refuse("person_unknown").refusal.status
        403
    """
    return Refused(REFUSALS[code])
