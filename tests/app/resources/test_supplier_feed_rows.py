"""What rows of a feed may say, and how they are told to be wrong."""

import json

import pytest
from support.plans import subscribed
from support.sources import JSON, NDJSON, found, left, send, track

CSV_KINDS = (
    *("plain", "bom", "semicolons", "tabs", "bars", "newline", "quotes", "stray", "notes", "names"),
    *("no last newline", "empty column", "blank rows"),
)


def short(value: object) -> str:
    return ascii(value)[1:40]


@pytest.fixture
def owner(shopper):
    return subscribed(shopper)


def refused(owner, body, media="text/csv") -> tuple[int, str]:
    """Send what is wrong, and tell in which row and how."""
    sent = send(owner, body, media)
    assert (sent.status_code, sent.json["error"]) == (422, "feed_unreadable"), sent.json
    assert left(owner) == (0, 0)
    return sent.json["details"]["row"], sent.json["details"]["reason"]


@pytest.mark.parametrize(
    "body",
    [
        "title,price\nRocket skates,12.50\n",
        "\ufefftitle,price\r\nRocket skates,12.50\r\n",
        'Name;PRICE\n"Rocket skates";12,50\n',
        "price\tname\n12.50\tRocket skates\n",
        "link|title|price\n|Rocket skates|12.50 USD\n",
        'title,price\n"Rocket\nskates","12.50"\n',
        'title,price\n"Rocket ""skates""",12.50\n',
        "title,price\n'Rocket' skates\",12.50\n",
        "title,note,price\nRocket skates,a;b;c;d,12.50\n",
        "Product Name,Unit-Price\nRocket skates,USD 12.50\n\n",
        "title,price\nRocket skates,12.50",
        "title,price,\nRocket skates,12.50,\n",
        "title,price\n \nRocket skates,12.50\n , \n",
    ],
    ids=list(CSV_KINDS),
)
def test_csv_is_read_as_it_comes(owner, body) -> None:
    (product,) = track(owner, "Rocket skates", price_amount=2500)

    sent = send(owner, body)

    assert sent.status_code == 201, sent.json
    (source,) = found(owner, product)
    assert (source["price"], source["price_cents"], source["currency"]) == (12.5, 1250, "USD")
    assert source["margin_percent"] == 50


@pytest.mark.parametrize(
    ("body", "row", "reason"),
    [
        ("", 1, "no column title"),
        ("name,brand\nAnvil,Acme\n", 1, "no column price"),
        ("title,price\n", 1, "there are no offers"),
        ("title,price\nAnvil,\n", 2, "price: missing"),
        ("title,price\nAnvil,10\n ,10\n", 3, "title: missing"),
        ("title,price\n---,10\n", 2, "title: no word in it"),
        ("title,price\nAnvil,cheap\n", 2, "price: 'cheap' is no price"),
        ("title,price\nAnvil,-1\n", 2, "price: '-1' is no price"),
        ("title,price\nAnvil,0\n", 2, "price: it must be more than 0"),
        ("title,price\nAnvil,10.505\n", 2, "price: '10.505' may mean two prices"),
        ("title,price\nAnvil,1e3\n", 2, "price: '1e3' is no price"),
        ("title,price\nAnvil,€10\n", 2, "price: '€10' is no price"),
        ("title,price,currency\nAnvil,10,XXX\n", 2, "currency: 'XXX' is no currency"),
        ("title,price,currency\nAnvil,10 EUR,USD\n", 2, "price: is it in EUR or in USD?"),
        ("title,price,url\nAnvil,10,javascript:alert(1)\n", 2, "url: neither http nor https"),
        (f"title,price\n{'x' * 501},10\n", 2, "title: longer than 500 characters"),
        ("title,price\nAnvil,10,more\n", 2, "more cells than the header has columns"),
        ('title,price\n"Anvil,10\n', 2, "no CSV"),
        ("title,price\nAn\0vil,10\n", 2, "a NUL in it"),
        (f"title,price\n{'x' * 300_000}\n", 2, "longer than 262144 characters"),
        (b"title,price\nAnvil\xff,10\n", 2, "not a text in UTF-8"),
    ],
    ids=short,
)
def test_a_row_of_csv_that_is_wrong_is_named(owner, body, row, reason) -> None:
    told, why = refused(owner, body)

    assert told == row
    assert why.startswith(reason)


@pytest.mark.parametrize(
    ("body", "row", "reason"),
    [
        ("", 1, "no JSON array"),
        ("{}", 1, "no JSON array"),
        ("[]", 1, "there are no offers"),
        ("[1]", 1, "no JSON object"),
        ("[{}]", 1, "title: missing"),
        ('[{"title": "Anvil", "price": 1}', 1, "no JSON array: neither"),
        ('[{"title": "Anvil", "price": 1},]', 2, "no JSON object"),
        ('[{"title": "Anvil", "price": 1}] x', 2, "something after the JSON array"),
        ('[{"title": "Anvil", "price": 1}, {"title": "Anvil"', 2, "no JSON"),
        ('[{"title": "Anvil", "price": NaN}]', 1, "no JSON"),
        ('[{"title": "Anvil", "price": 1e999999999999999999999}]', 1, "no JSON"),
        ('[{"title": "Anvil", "price": 1e400}]', 1, "price: it is no price"),
        ('[{"title": "Anvil", "price": 0.001}]', 1, "price: "),
        ('[{"title": "Anvil", "price": true}]', 1, "price: neither text nor a number"),
        ('[{"title": ["Anvil"], "price": 1}]', 1, "title: neither text nor a number"),
        ('[{"title": "An\\u0000vil", "price": 1}]', 1, "title: a NUL in it"),
        ('[{"title": "An\\ud800vil", "price": 1}]', 1, "title: no text"),
        ('[{"title": "Anvil", "price": 1, "x": ' + "[" * 100_000, 1, "no JSON"),
    ],
    ids=short,
)
def test_an_element_of_json_that_is_wrong_is_named(owner, body, row, reason) -> None:
    told, why = refused(owner, body, JSON)

    assert told == row
    assert why.startswith(reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [("nonsense", "no JSON"), ("[]", "no JSON object"), ('{"title": "Anvil"}', "price: missing")],
)
def test_a_line_of_json_that_is_wrong_is_named(owner, line, reason) -> None:
    told, why = refused(owner, f'{{"title": "Anvil", "price": 1}}\n\n{line}\n', NDJSON)

    assert told == 3
    assert why.startswith(reason)


def test_the_shops_currency_goes_without_saying(owner) -> None:
    (product,) = track(owner, "Rocket skates", price_amount=2500, currency="JPY")
    rows = [
        {"title": "Rocket skates", "price": "1,250", "currency": "JPY"},
        {"title": "Rocket skates", "price": 12},
    ]

    send(owner, json.dumps(rows), JSON)

    shown = [(each["price_cents"], each["currency"]) for each in found(owner, product)]
    assert shown == [(1250, "JPY"), (1200, "USD")]
