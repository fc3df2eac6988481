"""Ed25519 in plain Python: the vectors of RFC 8032, and the answers of a library that many use."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from yibao.casework.verifier.signature import ORDER, P, signature_is_good

# RFC 8032 section 7.1: public key, message, signature.
VECTORS = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


def library_says(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_standard_are_good_and_each_changed_bit_is_not(name: str) -> None:
    key, message, signature = bytes.fromhex(VECTORS[name][0]), VECTORS[name][1], bytes.fromhex(VECTORS[name][2])
    assert signature_is_good(key=key, message=message, signature=signature)
    assert not signature_is_good(key=key, message=message + b"x", signature=signature)
    for bit in (0, 7, 255, 256, 300, 511):
        number = int.from_bytes(signature, "little") ^ 1 << bit
        assert not signature_is_good(key=key, message=message, signature=number.to_bytes(64, "little"))


@given(secret=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_what_the_library_signs_is_good(secret: bytes, message: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    key = private.public_key().public_bytes_raw()
    assert signature_is_good(key=key, message=message, signature=private.sign(message))


@given(
    secret=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=60),
    at=st.integers(0, 95),
    change=st.integers(1, 255),
)
def test_a_changed_byte_is_judged_as_the_library_judges_it(secret: bytes, message: bytes, at: int, change: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    both = bytearray(private.public_key().public_bytes_raw() + private.sign(message))
    both[at] ^= change
    key, signature = bytes(both[:32]), bytes(both[32:])
    assert signature_is_good(key=key, message=message, signature=signature) == library_says(key, message, signature)


@given(key=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_noise_is_no_signature(key: bytes, signature: bytes) -> None:
    assert not signature_is_good(key=key, message=b"text", signature=signature)


def test_a_signature_has_one_spelling_only() -> None:
    key, message, signature = bytes.fromhex(VECTORS["TEST 3"][0]), b"\xaf\x82", bytes.fromhex(VECTORS["TEST 3"][2])
    other = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not signature_is_good(key=key, message=message, signature=signature[:32] + other)
    assert not library_says(key, message, signature[:32] + other)
    assert not signature_is_good(key=key, message=message, signature=signature + b"\x00")
    assert not signature_is_good(key=key[:31], message=message, signature=signature)


@pytest.mark.parametrize("key", [bytes(32), (1).to_bytes(32, "little"), (P - 1).to_bytes(32, "little")])
def test_a_key_of_small_order_signs_nothing(key: bytes) -> None:
    signature = (1).to_bytes(32, "little") + bytes(32)
    texts = [bytes([n]) for n in range(16)]
    assert [text for text in texts if signature_is_good(key=key, message=text, signature=signature)] == []
    # The library leaves this to the caller.
    assert [text for text in texts if library_says(key, text, signature)] != []


@pytest.mark.parametrize("key", [P.to_bytes(32, "little"), (1 | 1 << 255).to_bytes(32, "little")])
def test_a_key_of_a_spelling_the_standard_forbids_signs_nothing(key: bytes) -> None:
    assert not signature_is_good(key=key, message=b"", signature=bytes(64))
