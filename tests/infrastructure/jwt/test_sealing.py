import pytest
from joserfc.errors import JoseError

from infrastructure.jwt.sealing import Sealer

SECRET = "a secret that only this test knows, and long enough"


@pytest.fixture
def sealer():
    return Sealer(SECRET)


@pytest.mark.parametrize("plain", [b"{}", b"\x00\xff", "é🐦".encode(), b"x" * 100_000])
def test_what_was_sealed_can_be_unsealed(sealer, plain) -> None:
    assert sealer.unseal(sealer.seal(plain)) == plain


def test_a_seal_shows_nothing_of_what_is_in_it(sealer) -> None:
    sealed = sealer.seal(b"access_token" * 10)

    assert b"access" not in sealed
    assert sealed != sealer.seal(b"access_token" * 10)


def test_after_a_restart_a_seal_opens_still() -> None:
    assert Sealer(SECRET).unseal(Sealer(SECRET).seal(b"kept")) == b"kept"


def test_another_secret_does_not_open_a_seal(sealer) -> None:
    with pytest.raises(JoseError):
        Sealer(SECRET[:-1] + "?").unseal(sealer.seal(b"kept"))


@pytest.mark.parametrize("place", [0, 40, -30, -2])
def test_a_broken_seal_does_not_open(sealer, place) -> None:
    sealed = bytearray(sealer.seal(b"kept"))
    sealed[place] ^= 1

    with pytest.raises((JoseError, ValueError)):
        sealer.unseal(bytes(sealed))


def test_the_same_request_has_the_same_fingerprint(sealer) -> None:
    assert sealer.fingerprint(b"POST", b"/cart") == Sealer(SECRET).fingerprint(b"POST", b"/cart")


@pytest.mark.parametrize(
    "other", [(b"POST", b"/carts"), (b"POS", b"T/cart"), (b"POST", b"", b"/cart")]
)
def test_another_request_has_another_fingerprint(sealer, other) -> None:
    assert sealer.fingerprint(*other) != sealer.fingerprint(b"POST", b"/cart")


def test_a_fingerprint_cannot_be_worked_out_without_the_secret(sealer) -> None:
    assert Sealer("x" * 48).fingerprint(b"password") != sealer.fingerprint(b"password")


def test_a_derived_secret_is_ever_the_same(sealer) -> None:
    assert sealer.derive("api key", "1") == Sealer(SECRET).derive("api key", "1")


@pytest.mark.parametrize("other", [("api key", "2"), ("api", "key\0001"), ("api key1", "")])
def test_a_secret_of_another_name_is_another(sealer, other) -> None:
    assert sealer.derive(*other) != sealer.derive("api key", "1")


def test_a_derived_secret_cannot_be_worked_out_without_the_shops(sealer) -> None:
    assert Sealer("x" * 48).derive("api key", "1") != sealer.derive("api key", "1")
