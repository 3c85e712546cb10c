"""Tokens nobody was given, and headers that hold none."""

import hashlib

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from support.tokens import claims_of, encoded, signed


@pytest.fixture
def secret(client):
    return client.shop.settings.secret()


@pytest.fixture
def token(shopper, secret):
    """A token as good as any of ours."""
    return signed(claims_of(shopper.user_id), secret)


def ask(client, authorization):
    return client.get("/cart", Authorization=authorization)


def assert_refused(answer):
    assert answer.status_code == 401
    assert answer.json["error"] == "authentication_required"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER ", "Bearer    "])
def test_a_good_token_works_and_the_scheme_is_read_in_any_case(client, token, scheme) -> None:
    assert ask(client, f"{scheme} {token}").status_code == 200


def test_a_role_that_a_token_claims_counts_for_nothing(client, token) -> None:
    assert client.bearing(token).get("/users").status_code == 403


def test_a_signature_by_another_secret_is_refused(client, shopper) -> None:
    forged = signed(claims_of(shopper.user_id), "a secret somebody has guessed, and wrongly")

    assert_refused(ask(client, f"Bearer {forged}"))


def test_claims_that_were_changed_after_signing_are_refused(client, admin, token) -> None:
    header, _, signature = token.split(".")

    assert_refused(ask(client, f"Bearer {header}.{encoded(claims_of(admin.user_id))}.{signature}"))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_an_unsigned_token_is_refused(client, shopper, algorithm) -> None:
    unsigned = f"{encoded({'alg': algorithm})}.{encoded(claims_of(shopper.user_id))}."

    assert_refused(ask(client, f"Bearer {unsigned}"))


def test_another_algorithm_is_refused_even_with_the_right_secret(client, shopper, secret) -> None:
    other = signed(claims_of(shopper.user_id), secret, {"alg": "HS512"}, digest=hashlib.sha512)

    assert_refused(ask(client, f"Bearer {other}"))


def test_a_token_that_brings_its_own_key_is_refused(client, shopper) -> None:
    pair = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": pair.as_dict(private=False)}
    other = jwt.encode(header, claims_of(shopper.user_id), pair, algorithms=["RS256"])

    assert_refused(ask(client, f"Bearer {other}"))


@pytest.mark.parametrize("critical", [["exp"], [["exp"]], [{}], "exp"])
def test_a_header_that_trips_the_parser_is_refused(client, shopper, critical) -> None:
    header = {"alg": "HS256", "crit": critical}
    tripping = signed(claims_of(shopper.user_id), "no secret of ours at all, at all", header)

    assert_refused(ask(client, f"Bearer {tripping}"))


@pytest.mark.parametrize("claim", ["sub", "ver", "exp"])
def test_a_claim_of_the_wrong_type_is_refused(client, shopper, secret, claim) -> None:
    odd = signed(claims_of(shopper.user_id, **{claim: ["1"]}), secret)

    assert_refused(ask(client, f"Bearer {odd}"))


def test_a_token_for_nobody_is_refused(client, secret) -> None:
    nobodys = signed(claims_of("00000000-0000-4000-8000-000000000000"), secret)

    assert_refused(ask(client, f"Bearer {nobodys}"))


def test_a_token_is_refused_once_it_has_expired_although_it_was_good(client, token, later) -> None:
    assert ask(client, f"Bearer {token}").status_code == 200

    later(minutes=5)

    assert_refused(ask(client, f"Bearer {token}"))


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer  ",
        "Bearer a.b.c",
        "Bearer null",
        "Bearer ä.ö.ü",
        "Bearer " + "a" * 100_000,
        "Bearer " + "." * 100_000,
        "Basic YWRhOnNlY3JldA==",
        "\xff\xfe",
    ],
    ids=lambda text: text[:12],
)
def test_a_header_that_holds_no_token_is_refused(client, authorization) -> None:
    assert_refused(ask(client, authorization))


def test_no_header_is_refused(client) -> None:
    assert_refused(client.get("/cart"))


@pytest.mark.parametrize("wrap", ["{0}", "Basic {0}", "Bearer{0}", "Bearer {0}, Bearer {0}"])
def test_a_good_token_in_the_wrong_wrapping_is_refused(client, token, wrap) -> None:
    assert_refused(ask(client, wrap.format(token)))


@pytest.mark.parametrize("place", ["access_token", "token"])
def test_a_token_in_the_address_counts_for_nothing(client, token, place) -> None:
    assert client.get(f"/cart?{place}={token}").status_code == 401


def test_where_anyone_may_go_a_bad_token_does_not_matter(client) -> None:
    assert client.get("/products", Authorization="Bearer nonsense").status_code == 200


def test_who_is_asking_comes_before_what_is_asked(client, shopper) -> None:
    assert client.get("/users/not-an-id").status_code == 401
    assert shopper.post("/users", {"nonsense": True}).status_code == 403
