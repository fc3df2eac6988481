"""Numbers of papers: what kind it is, an abbreviation of the place, the year, a running number."""

from datetime import date

from yibao.store.numbers import next_number

_DIGITS = 6
# The letters of the provinces in GB/T 2260, for numbers a person reads aloud.
_LETTERS = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL", "31": "SH",
    "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD", "41": "HA", "42": "HB", "43": "HN",
    "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ", "61": "SN",
    "62": "GS", "63": "QH", "64": "NX", "65": "XJ",
}  # fmt: skip


def letters(region: str) -> str:
    """Return the letters of the province a region lies in, or its two digits where there are none.

    Example:
        >>> letters("500112"), letters("990000")
        ('CQ', '99')
    """
    return _LETTERS.get(region[:2], region[:2])


def paper_number(*, prefix: str, region: str, on: date) -> str:
    """Take and return the next number of one kind of paper, such as TK-CQ-2023-000012."""
    place = letters(region)
    return f"{prefix}-{place}-{on.year}-{next_number(name=f'{prefix}/{place}/{on.year}'):0{_DIGITS}d}"
