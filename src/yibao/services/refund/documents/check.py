"""Check codes: a reader of a paper can ask whether the system issued it, with nothing personal in the address."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Mapping

import segno

_CODE_BYTES = 10  # 80 bits: 16 letters of base32, beyond guessing through a rate-limited page


def check_code(*, key: bytes, number: str, content: Mapping[str, object]) -> str:
    """Return the check code printed on a paper.

    Args:
        key: Secret key of the installation; without it no valid code can be made.
        number: Number of the paper.
        content: What the paper states (codes, dates and amounts as text). Any change gives another code.

    Returns:
        Sixteen letters and digits in four groups, such as `ABCD-EFGH-IJKL-MNOP`.

    Examples:
        >>> check_code(key=b"k" * 32, number="TK-500000-2026-000001", content={"amount": "1949.10"})
        'POKD-W3PO-5BOC-PX3H'
    """
    text = json.dumps([number, dict(content)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:_CODE_BYTES]
    letters = base64.b32encode(digest).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def check_address(*, base: str, number: str, code: str) -> str:
    """Return the address at which a paper can be verified: its number and its check code, nothing else.

    Examples:
        >>> check_address(base="http://localhost:8000/", number="TK-500000-2026-000001", code="ABCD-EFGH")
        'http://localhost:8000/check/TK-500000-2026-000001/ABCD-EFGH'
    """
    return f"{base.rstrip('/')}/check/{number}/{code}"


def qr_svg(address: str) -> str:
    """Return the QR code of an address as one SVG image, error level M, without a quiet zone.

    Examples:
        >>> qr_svg("http://localhost:8000/check/TK-1/ABCD").startswith("<svg")
        True
    """
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()
