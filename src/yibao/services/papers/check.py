"""How a reader of a paper asks whether the system issued it: an address with nothing personal, also as QR code."""

import io
from dataclasses import dataclass
from datetime import date

import segno


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every paper carries: its number, its date and how to verify it."""

    number: str
    case_number: str
    issued_on: date
    agency: str
    check_code: str
    check_address: str
    synthetic: bool = True


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
