"""Codes of places: six digits, two for the province, two for the city, two for the county."""

_PROVINCE, _CITY, _DIGITS = 2, 4, 6


def province_of(code: str) -> str:
    """Return the code of the province a place lies in.

    Examples:
        >>> province_of("370202"), province_of("370000")
        ('370000', '370000')
    """
    return code[:_PROVINCE].ljust(_DIGITS, "0")


def city_of(code: str) -> str:
    """Return the code of the city a place lies in; of a province, its own.

    Examples:
        >>> city_of("370202"), city_of("370000")
        ('370200', '370000')
    """
    return code[:_CITY].ljust(_DIGITS, "0")
