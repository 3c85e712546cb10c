from decimal import Decimal

import pytest

from common.money import Money
from infrastructure.scanner.addresses import bases_of, picture, resolved, web_address
from infrastructure.scanner.values import id_of, money_of, text_of

FAMILY = "\U0001f468\u200d\U0001f469"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (" Red \n Mug ", "Red Mug"),
        ("A\x00B\x1bC", "A B C"),
        ("Tom &amp; Jerry &#8211; 2", "Tom & Jerry \u2013 2"),
        ("left\u202eright\u00ad", "leftright"),
        (FAMILY, FAMILY),
        ("a\ud83db", "a b"),
        ("x" * 999, "x" * 200),
        (42, "42"),
        (10**30, None),
        (True, None),
        ("\u200b", None),
        (None, None),
        (["Mug"], None),
    ],
)
def test_text_is_what_can_be_shown_of_it(said, shown) -> None:
    assert text_of(said) == shown


@pytest.mark.parametrize(
    ("said", "currency", "money"),
    [
        ("19.99", "EUR", Money(1999, "EUR")),
        (Decimal("19.99"), "EUR", Money(1999, "EUR")),
        (19.99, "EUR", Money(1999, "EUR")),
        ("0.005", "EUR", Money(1, "EUR")),
        ("1980.5", "JPY", Money(1981, "JPY")),
        ("90071992547409.91", "EUR", Money(2**53 - 1, "EUR")),
        ("90071992547409.92", "EUR", None),
        ("1E999999999", "EUR", None),
        ("-0.01", "EUR", None),
        ("19,99", "EUR", None),
        ("Infinity", "EUR", None),
        ("19.99", "XYZ", None),
        ("19.99", None, None),
    ],
)
def test_money_is_what_the_currency_can_pay(said, currency, money) -> None:
    assert money_of(said, currency) == money


@pytest.mark.parametrize(
    ("said", "number"),
    [(7, "7"), ("gid://7", "gid://7"), ("", None), (7.5, None), (False, None), ("7" * 41, None)],
)
def test_an_id_is_short(said, number) -> None:
    assert id_of(said) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" HTTPS://Store.Example/a b?q=ü#top ", "https://store.example/a%20b?q=%C3%BC"),
        ("https://müller.example/", "https://xn--mller-kva.example/"),
        ("https://user:password@store.example/", "https://store.example/"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://store.example.:8443/x", "https://store.example:8443/x"),
        ("http://./x", None),
        ("http://store.example:0/", None),
        ("http://store.example:99999/", None),
        ("http://store.example/\x00", None),
        ("http://store.example/" + "x" * 2000, None),
        ("//store.example/", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("", None),
    ],
)
def test_an_address_is_one_of_the_web(text, address) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("../x?y#z", "https://store.example/x?y"),
        ("//other.example/x", "https://other.example/x"),
        ("?page=2", "https://store.example/a/b?page=2"),
        ("mailto:x@y.example", None),
        ("http://[", None),
        ("http://a%b/", None),
    ],
)
def test_an_address_on_a_page_is_as_a_browser_reads_it(reference, address) -> None:
    assert resolved("https://store.example/a/b", reference) == address


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("//cdn.example/a.jpg?v=1", "https://cdn.example/a.jpg?v=1"),
        ("/a b.jpg", "https://store.example/a%20b.jpg"),
        ('https://cdn.example/"onload=', "https://cdn.example/%22onload="),
        ("javascript:alert(1)", None),
        (None, None),
        (7, None),
    ],
)
def test_a_picture_is_of_the_web(reference, address) -> None:
    assert picture("https://store.example/", reference) == address


@pytest.mark.parametrize(
    ("url", "bases"),
    [
        ("https://store.example", ["https://store.example"]),
        ("https://store.example/?x=1#y", ["https://store.example"]),
        ("https://store.example/en/", ["https://store.example/en", "https://store.example"]),
        ("nowhere", []),
    ],
)
def test_a_shop_begins_at_its_address_or_where_its_host_does(url, bases) -> None:
    assert bases_of(url) == bases
