"""Every no to a message or a batch of another agency, each with a name, a reason and a next step."""

from __future__ import annotations

from yibao.kernel.errors import Refusal, Refused

_BY_FORM = ("请按交换格式重新生成后发送。", "Make it anew by the published form and send it again.")
_BY_KEYS = ("请双方核对公钥及其版本。", "Compare the public keys and their versions at both agencies.")

REFUSALS = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "message_malformed",
            "报文内容不符合格式",
            "the message does not have the published form",
            *_BY_FORM,
            status=422,
        ),
        Refusal("message_too_large", "一条报文过大", "one message is too large", *_BY_FORM, status=413),
        Refusal("batch_unreadable", "整批报文无法读取", "the batch cannot be read", *_BY_FORM, status=400),
        Refusal(
            "batch_not_canonical",
            "整批报文不是唯一写法",
            "the batch is not written in its one spelling",
            *_BY_FORM,
            status=422,
        ),
        Refusal(
            "batch_too_large",
            "整批报文过大或条数过多",
            "the batch is too large or holds too many messages",
            "请分成每批不超过 100 条再发送。",
            "Send batches of at most 100 messages.",
            status=413,
        ),
        Refusal(
            "batch_mixed",
            "一批报文只能由同一发送方发给同一接收方",
            "a batch goes from one sender to one receiver",
            *_BY_FORM,
            status=422,
        ),
        Refusal("signature_wrong", "签名不正确", "the signature is wrong", *_BY_KEYS, status=401),
        Refusal("key_unknown", "不认识签名所用的公钥", "the key of the signature is not known", *_BY_KEYS, status=401),
        Refusal(
            "receipt_wrong",
            "对方回执与所发报文不符",
            "the receipt is not about what was sent",
            "报文会再次发送；持续出现请联系对方。",
            "It will be sent again; if this lasts, call the other agency.",
            status=422,
        ),
    )
}


def refuse(code: str, *details: object) -> Refused:
    """Return the named refusal, with details where a program may want them."""
    no = REFUSALS[code]
    return Refused(Refusal(no.code, no.zh, no.en, no.next_zh, no.next_en, no.status, tuple(details)))
