from datetime import timedelta

import pytest
from support.clock import MovableClock
from support.tokens import claims_of, encoded, signed

from domain.identity.errors import AuthenticationRequired
from domain.identity.models import User
from infrastructure.jwt.service import JwtService

SECRET = "a secret that only this test knows, and long enough"


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
def tokens(clock):
    return JwtService(SECRET, clock)


@pytest.fixture
def user():
    return User(email="ada@example.com", password_hash="-", token_version=3)


def assert_refused(tokens, token):
    with pytest.raises(AuthenticationRequired):
        tokens.read(token)


def test_a_token_tells_whose_it_is_and_under_which_version(tokens, user) -> None:
    claims = tokens.read(tokens.issue(user, timedelta(minutes=15)))

    assert claims == (user.id, 3)


def test_no_two_tokens_are_alike(tokens, user) -> None:
    first, second = (tokens.issue(user, timedelta(minutes=15)) for _ in range(2))

    assert first != second


def test_a_token_holds_no_more_than_it_must(tokens, user) -> None:
    token = tokens.issue(user, timedelta(minutes=15))

    assert encoded(b"ada") not in token
    assert len(token) < 400


def test_another_process_with_the_same_secret_reads_it(tokens, user, clock) -> None:
    elsewhere = JwtService(SECRET, clock)

    assert elsewhere.read(tokens.issue(user, timedelta(minutes=15))).user_id == user.id


def test_another_secret_does_not_read_it(tokens, user, clock) -> None:
    elsewhere = JwtService(SECRET[:-1] + "?", clock)

    assert_refused(elsewhere, tokens.issue(user, timedelta(minutes=15)))


@pytest.mark.parametrize("read_before", [True, False])
def test_a_token_expires_whether_it_was_read_before_or_not(
    tokens, user, clock, read_before
) -> None:
    token = tokens.issue(user, timedelta(minutes=15))
    if read_before:
        tokens.read(token)

    clock.move(timedelta(minutes=15))

    assert_refused(tokens, token)


def test_more_tokens_than_are_remembered_are_still_read(tokens, user) -> None:
    many = [signed(claims_of(user.id, n=n), SECRET) for n in range(4100)]

    assert all(tokens.read(token).user_id == user.id for token in many)
    assert tokens.read(many[0]).user_id == user.id


def test_no_letter_of_a_token_can_be_changed(tokens, user) -> None:
    token = tokens.issue(user, timedelta(minutes=15))

    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "Q"
        assert_refused(tokens, token[:place] + other + token[place + 1 :])


def test_nothing_can_be_added_to_a_token_or_taken_away(tokens, user) -> None:
    token = tokens.issue(user, timedelta(minutes=15))

    for other in (token[1:], token[:-1], f"{token}A", f" {token}", f"{token}.", f"{token}="):
        assert_refused(tokens, other)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\xff",
        b"{",
        b"[" * 300,
        b'{"alg": NaN}',
        None,
        7,
        "HS256",
        ["HS256"],
        {},
        {"alg": None},
        {"alg": 256},
        {"alg": ["HS256"]},
        {"alg": {"HS256": 1}},
        {"alg": "hs256"},
        {"alg": "HS384"},
        {"alg": "none"},
        {"alg": "HS256", "typ": 1},
        {"alg": "HS256", "b64": False, "crit": ["b64"]},
        {"alg": "HS256", "crit": "exp"},
        {"alg": "HS256", "crit": [["exp"]]},
        {"alg": "HS256", "kid": ["1"]},
        {"alg": "HS256", "padding": "x" * 1000},
        {"alg": "dir", "enc": "A256GCM"},
    ],
    ids=lambda header: str(header)[:30],
)
def test_a_header_we_never_write_is_refused(tokens, user, header) -> None:
    assert_refused(tokens, signed(claims_of(user.id), SECRET, header))


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"sub": 7},
        {"sub": ["x"]},
        {"sub": ""},
        {"sub": "somebody"},
        {"ver": None},
        {"ver": "1"},
        {"ver": 1.0},
        {"ver": [1]},
        {"exp": None},
        {"exp": "99999999999"},
        {"exp": 99999999999.5},
        {"exp": float("inf")},
        {"exp": [99999999999]},
        {"exp": True},
        {"exp": 0},
        {"exp": -(10**30)},
    ],
    ids=str,
)
def test_claims_of_another_kind_are_refused_although_the_signature_is_ours(
    tokens, user, change
) -> None:
    assert_refused(tokens, signed(claims_of(user.id) | change, SECRET))


@pytest.mark.parametrize("missing", ["sub", "ver", "exp"])
def test_a_claim_that_is_missing_is_refused(tokens, user, missing) -> None:
    claims = claims_of(user.id)
    del claims[missing]

    assert_refused(tokens, signed(claims, SECRET))


@pytest.mark.parametrize("claims", [b"", b"{", b"\xff", b"[" * 1000, [], "x", 7, None], ids=str)
def test_claims_that_are_no_object_are_refused(tokens, claims) -> None:
    assert_refused(tokens, signed(claims, SECRET))


@pytest.mark.parametrize(
    "token",
    ["", " ", ".", "..", "...", "a.b.c", "é.é.é", "\ud800", "🐦" * 10, "." * 2048, "a" * 10**6],
    ids=lambda token: ascii(token)[:12],
)
def test_garbage_is_refused(tokens, token) -> None:
    assert_refused(tokens, token)
