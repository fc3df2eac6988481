"""A head is signed by somebody: a key under which noise passes for a signature is nobody's."""

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yibao.casework.verifier.signature import signature_is_good
from yibao.cli import main
from yibao.store import heads

P = 2**255 - 19
ORDER_EIGHT = (
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)
COORDINATES = [0, 1, P - 1, P, P + 1, *(int.from_bytes(bytes.fromhex(spelt), "little") for spelt in ORDER_EIGHT)]
WEAK = [(number | sign << 255).to_bytes(32, "little").hex() for number in COORDINATES for sign in (0, 1)]
HEAD = {
    "day": "2023-02-10", "last_action_id": 1, "last_transaction_id": 1, "last_read_id": 1, "leaf_count": 1,
    "root": "0" * 64, "previous_root": "", "made_at": "2023-02-10T02:00:00+00:00",
}  # fmt: skip
# The point 1 and the number 0: under the key that is the point 1, this "signs" every text.
NOISE = ((1).to_bytes(32, "little") + bytes(32)).hex()


@pytest.mark.parametrize("key", WEAK)
def test_a_key_of_small_order_is_nobodys(key: str) -> None:
    assert not heads.is_key(key)
    assert not heads.signed_by({**HEAD, "public_key": key, "signature": NOISE}, public_key=key)
    assert not signature_is_good(key=bytes.fromhex(key), message=b"anything", signature=bytes.fromhex(NOISE))


@pytest.mark.parametrize("key", ["", "00", "g" * 64, "0" * 63, WEAK[2][:62]])
def test_what_is_no_key_is_no_key(key: str) -> None:
    assert not heads.is_key(key)


def test_keys_of_people_are_keys() -> None:
    for _ in range(20):
        assert heads.is_key(Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex())


@pytest.mark.parametrize("key", ["0" * 64, "nonsense"])
def test_the_command_says_that_it_is_no_key(key: str) -> None:
    done = CliRunner().invoke(main, ["audit", "verify", "--public-key", key])
    assert done.exit_code == 2
    assert "no public key" in done.output
