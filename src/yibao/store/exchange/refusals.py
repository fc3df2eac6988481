"""Every no of the exchange of messages in this installation, each with a name, a reason and a next step."""

from yibao.kernel.errors import Refusal, Refused

_CALL = ("请联系对方经办机构核对。", "Call the other agency and compare.")

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "area_not_joined",
            "与该统筹区尚未联网交换",
            "no messages are exchanged with this area",
            "请先用 yibao exchange partners 登记对方，或改用纸质函件办理。",
            "Enter it with yibao exchange partners first, or send papers.",
        ),
        Refusal(
            "not_our_message",
            "报文的接收方不在本系统",
            "the receiver of the message is not kept here",
            *_CALL,
            status=422,
        ),
        Refusal(
            "id_reused",
            "同一报文编号已用于另一项内容",
            "this number of a message was used for something else",
            *_CALL,
        ),
        Refusal(
            "position_taken",
            "这一序号已有另一条报文",
            "another message stands at this place of the thread",
            *_CALL,
        ),
        Refusal(
            "answer_refused",
            "对方系统没有接收整批报文",
            "the other installation did not take the batch",
            "稍后自动重发；持续出现请联系对方。",
            "It is sent again by itself; if this lasts, call the other agency.",
        ),
        Refusal(
            "kind_unknown",
            "本系统不办理这种报文",
            "messages of this kind are not handled here",
            *_CALL,
            status=422,
        ),
        Refusal(
            "no_such_message",
            "没有这条报文",
            "there is no such message",
            "请核对编号。",
            "Check the number.",
            status=404,
        ),
        Refusal(
            "not_in_trouble",
            "这条报文没有受阻，不必重发",
            "this message is not in trouble",
            "请看 yibao exchange status。",
            "See yibao exchange status.",
        ),
        Refusal(
            "address_wrong",
            "地址不正确",
            "the address is wrong",
            "请填写以 https:// 或 http:// 开头的网址；本系统自管的统筹区不填。",
            "Give an address that begins with https:// or http://; none for an area kept here.",
            status=422,
        ),
        Refusal(
            "area_wrong",
            "统筹区代码应为 6 位数字",
            "an area is six digits",
            "请核对代码。",
            "Check the code.",
            status=422,
        ),
        Refusal(
            "public_key_wrong",
            "公钥不正确",
            "the public key is wrong",
            "请对方重新给出 yibao exchange partners 所列公钥。",
            "Ask the other agency for the key that yibao exchange partners shows there.",
            status=422,
        ),
        Refusal(
            "no_such_signing_key",
            "没有这一版本的有效密钥",
            "there is no key of this version that holds",
            "请看 yibao exchange partners list。",
            "See yibao exchange partners list.",
            status=404,
        ),
        Refusal(
            "signing_key_in_use",
            "这一版本正在用于签名",
            "this version signs now",
            "请先新建并启用下一版本，再停用它。",
            "Make the next version and use it, then end this one.",
        ),
        Refusal(
            "key_version_taken",
            "这一版本已登记了另一把公钥",
            "another key is on record under this version",
            "请与对方核对版本；换钥须用新的版本号。",
            "Compare versions; a new key has a new version.",
        ),
    )
}


def refuse(code: str, *details: object) -> Refused:
    """Return the named refusal, with details where a program may want them."""
    no = REFUSALS[code]
    return Refused(Refusal(no.code, no.zh, no.en, no.next_zh, no.next_en, no.status, tuple(details)))
