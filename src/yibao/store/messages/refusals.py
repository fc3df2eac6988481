"""Every no about where a person is reached, with its next step."""

from yibao.kernel.errors import Refusal, Refused

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "no_email_address",
            "电子邮箱不正确",
            "this is not an e-mail address",
            "请核对后重填，例如 name@example.com。",
            "Check it and type it again, for example name@example.com.",
            status=422,
        ),
        Refusal(
            "no_mobile_number",
            "手机号码不正确",
            "this is not a mobile number",
            "请填 11 位手机号码，例如 13800138000。",
            "Type the 11 digits of a mobile number, for example 13800138000.",
            status=422,
        ),
        Refusal(
            "code_just_sent",
            "验证码刚刚发出",
            "a code was sent a moment ago",
            "请等一分钟，收到后填在下面；没有收到再点一次。",
            "Wait a minute and type it below; if it does not come, ask again.",
            status=429,
        ),
        Refusal(
            "too_many_codes",
            "今天要的验证码太多了",
            "too many codes were asked for today",
            "请明天再试，或到医保窗口登记。",
            "Try again tomorrow, or have it entered at a counter.",
            status=429,
        ),
        Refusal(
            "code_wrong",
            "验证码不对",
            "the code is wrong",
            "请核对收到的 6 位数字，再填一次。",
            "Compare the six digits you received and type them again.",
            status=422,
        ),
        Refusal(
            "code_expired",
            "验证码已经失效",
            "the code is no longer good",
            "请点“重新发送验证码”，用新收到的一个。",
            "Ask for a new code and use the new one.",
            status=422,
        ),
    )
}


def refuse(code: str) -> Refused:
    """Return the refusal to raise.

    Examples:
        >>> refuse("code_wrong").refusal.status
        422
    """
    return Refused(REFUSALS[code])
