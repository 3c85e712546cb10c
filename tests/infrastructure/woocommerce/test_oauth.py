import pytest

from infrastructure.woocommerce.oauth import base_string, signed

ORDERS = "http://www.example.com/wp-json/wc/v3/orders"


def test_the_base_string_is_the_one_of_the_documentation() -> None:
    params = {"oauth_signature_method": "HMAC-SHA1", "oauth_consumer_key": "abc123"}

    text = base_string("GET", ORDERS, params)

    assert text == (
        "GET&http%3A%2F%2Fwww.example.com%2Fwp-json%2Fwc%2Fv3%2Forders"
        "&oauth_consumer_key%3Dabc123%26oauth_signature_method%3DHMAC-SHA1"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a b", "a%2520b"),
        ("a+b", "a%252Bb"),
        ("50%", "50%2525"),
        ("~-._", "~-._"),
        ("é", "%25C3%25A9"),
        ("a&b=c", "a%2526b%253Dc"),
    ],
)
def test_parameters_are_encoded_twice(value, written) -> None:
    assert base_string("GET", ORDERS, {"sku": value}).endswith(f"&sku%3D{written}")


def test_parameters_are_sorted_by_their_bytes() -> None:
    text = base_string("GET", ORDERS, {"search": "x", "after": "y", "Zero": "z"})

    assert text.endswith("&Zero%3Dz%26after%3Dy%26search%3Dx")


def test_a_signature_is_made_with_the_secret_and_a_lone_ampersand() -> None:
    proven = signed("GET", ORDERS, {"page": "2"}, "ck_1", "cs_1", nonce="n", timestamp=1318622958)

    assert proven == {
        "page": "2",
        "oauth_consumer_key": "ck_1",
        "oauth_nonce": "n",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": "1318622958",
        "oauth_signature": "G6hFUFEXHhCki6yEWdbWZjXgHqUbqV8Dej7+6QSQ9JY=",
    }
