"""Ed25519 of RFC 8032, section 5.1: points are (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def signature_is_good(*, key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature of 64 bytes over a message is that of a public key of 32 bytes.

    A key of small order, such as 32 zero bytes, is nobody's: noise would pass for its signature.
    """
    if len(key) != 32 or len(signature) != 64:
        return False
    half, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    try:
        x, y, z, t = _point(key)
    except ValueError:
        return False
    multiple = _times(8, (x, y, z, t))
    if multiple[0] == 0 and multiple[1] == multiple[2]:
        return False
    challenge = int.from_bytes(hashlib.sha512(half + key + message).digest(), "little") % ORDER
    # The signer made scalar * BASE = half + challenge * key.
    found = _add(_times(scalar, BASE), _times(challenge, (P - x, y, z, P - t)))
    return scalar < ORDER and _bytes_of(found) == half


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c = 2 * one[3] * other[3] * D
    d = 2 * one[2] * other[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _point(encoded: bytes) -> Point:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _bytes_of(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
