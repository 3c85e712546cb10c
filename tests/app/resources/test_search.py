from typing import Any
from urllib.parse import quote, urlencode

import pytest
from support.client import Client

SHELF: list[dict[str, Any]] = [
    {
        "title": "Harry Potter and the Philosopher's Stone",
        "author": "J. K. Rowling",
        "series": "HP",
        "description": "A boy learns on his birthday that he is a wizard.",
        "price_cents": 999,
    },
    {
        "title": "Harry Potter and the Goblet of Fire",
        "author": "J. K. Rowling",
        "series": "HP",
        "description": "A tournament, and a wizard who should not be in it.",
        "price_cents": 1499,
        "stock": 0,
    },
    {
        "title": "The Lion, the Witch and the Wardrobe",
        "author": "C. S. Lewis",
        "series": "NARNIA",
        "description": "Four children step into Narnia.",
        "price_cents": 899,
    },
    {
        "title": "Cien años de soledad",
        "author": "Gabriel García Márquez",
        "description": "La historia de los Buendía en Macondo.",
        "price_cents": 1200,
        "currency": "EUR",
    },
    {
        "title": "A Wizard of Earthsea",
        "author": "Ursula K. Le Guin",
        "description": "Ged looses a shadow upon the world.",
        "price_cents": 1100,
    },
    {"title": "Felted Sleeve", "description": "For readers, 6\" and 7\". Size: M/L."},
]  # fmt: skip

STONE, GOBLET, LION, CIEN, EARTHSEA, SLEEVE = (str(each["title"]) for each in SHELF)


@pytest.fixture
def shelf(client: Client, admin: Client) -> Client:
    """A guest in front of a few well-known books."""
    for each in SHELF:
        admin.product(**each)
    return client


def search(client: Client, q: str, **filters: object) -> dict[str, Any]:
    found = client.get("/products/search?" + urlencode({"q": q} | filters))
    assert found.status_code == 200, found.json
    assert found.json["total"] >= len(found.json["items"])
    return found.json


def found(client: Client, q: str, **filters: object) -> list[str]:
    return [item["title"] for item in search(client, q, **filters)["items"]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("earthsea", [EARTHSEA]),
        ("EARTHSEA", [EARTHSEA]),
        ("ged", [EARTHSEA]),
        ("narnia", [LION]),
        ("lewis", [LION]),
        ("harry", [STONE, GOBLET]),
        ("rowling goblet", [GOBLET]),
        ("goblet rowling", [GOBLET]),
        ("hp", [STONE, GOBLET]),
        ("stone earthsea", []),
        ("tolkien", []),
    ],
)
def test_a_search_finds_what_has_every_word_in_any_field(shelf, typed, meant) -> None:
    assert sorted(found(shelf, typed)) == sorted(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("e", [EARTHSEA]),
        ("earth", [EARTHSEA]),
        ("har pot gob", [GOBLET]),
        ("philosopher", [STONE]),
        ("6", [SLEEVE]),
    ],
)
def test_words_may_be_unfinished(shelf, typed, meant) -> None:
    assert found(shelf, typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hary poter", [STONE, GOBLET]),
        ("narnai", [LION]),
        ("nrania", [LION]),
        ("wizzard", [STONE, GOBLET, EARTHSEA]),
        ("goblte of fire", [GOBLET]),
        ("gobl rowlng", [GOBLET]),
        ("h rowlnig", [STONE, GOBLET]),
        ("erthsea", [EARTHSEA]),
        ("earthsae", [EARTHSEA]),
        ("garzia marques", [CIEN]),
        ("xyzzyx", []),
        ("xyzzyx narnai", []),
    ],
)
def test_slips_of_the_fingers_are_forgiven(shelf, typed, meant) -> None:
    assert sorted(found(shelf, typed)) == sorted(meant)


def test_a_short_word_keeps_its_meaning_beside_a_mistyped_one(client, admin) -> None:
    for word in ("Haberdasher", "Habit", "Hack", "Haddock", "Harry"):
        admin.product(title=f"{word} Potter")

    assert found(client, "ha poter", sort="title")[-1] == "Harry Potter"
    assert found(client, "har poter") == ["Harry Potter"]


@pytest.mark.parametrize(
    "typed",
    [
        "garcia marquez",
        "García Márquez",
        "GARCÍA MÁRQUEZ",
        "garci\u0301a ma\u0301rquez",
        "ｇａｒｃｉａ",
        "anos",
        "años",
        "buendia",
    ],
)
def test_accents_and_case_make_no_difference(shelf, typed) -> None:
    assert found(shelf, typed) == [CIEN]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Война и мир", "война"),
        ("Война и мир", "ВОЙ"),
        ("Ὀδύσσεια", "οδυσσεια"),
        ("吾輩は猫である", "吾輩は猫"),
        ("채식주의자", "채식"),
        ("ألف ليلة وليلة", "ليلة"),
        ("Straße der Ölsardinen", "STRASSE ol"),
        ("İstanbul", "istanbul"),
        ("ﬁve ﬂowers", "five flowers"),
        ("1984", "198"),
        ("3D printing with 10e5 dots, 0x1F and 5th edition", "3d 10e5 0x1f 5th"),
        ("10e5 dots", "10e"),
        ("Volume IV: a1b2c3", "a1b"),
    ],
)
def test_any_script_can_be_searched(client, admin, title, typed) -> None:
    admin.product(title=title)
    admin.product(title="Something else")

    assert found(client, typed) == [title]


def test_a_hit_in_the_title_comes_before_one_in_the_description(client, admin) -> None:
    admin.product(title="Bestiary", description="Dragons! Of dragons, by dragons, for dragons.")
    admin.product(title="Dragons", description="Everything there is to know. " * 100)
    admin.product(title="Cookbook", description="No fire-breathing dragons were harmed.")

    assert found(client, "dragons")[0] == "Dragons"
    assert found(client, "drago")[0] == "Dragons"


def test_a_hit_for_the_author_comes_before_one_in_the_description(client, admin) -> None:
    admin.product(title="A Life", description="About Lewis. Lewis as a child, Lewis as a don.")
    admin.product(title="Perelandra", author="C. S. Lewis", description="A voyage to Venus. " * 50)

    assert found(client, "lewis") == ["Perelandra", "A Life"]


@pytest.mark.parametrize(
    "typed",
    [
        '"narnia',
        'narnia"',
        '"narnia"',
        "narnia*",
        "*narnia",
        "^narnia",
        "-narnia",
        "+narnia",
        "narnia)",
        "(narnia",
        "narnia' --",
        "narnia;",
        "narnia:*",
        "narnia & ",
        "| narnia",
        "!narnia",
        "<-> narnia",
        "{narnia}",
        "narnia\\",
        "'narnia'",
        "nar%nia"[:3],
        "narnia 🦁",
        "\u202enarnia\u202c",
        "\ufeffnarnia",
    ],
)
def test_punctuation_is_not_an_operator(shelf, typed) -> None:
    assert found(shelf, typed) == [LION]


@pytest.mark.parametrize(
    "typed",
    [
        '"', "*", "'", "''", "(", ")", "()", "-", "--", ":", ":*", "&", "|", "!", "<->", "\\", "%",
        "_", "^", "+", "?!", '"" ""', "…", "🦁", "🦁🧙", " ", "\t\n", "\u200b", "\u0301", "\ufffd",
        ";", "/*", "{}", "[]", "@@", "$$", "#",
    ],
)  # fmt: skip
def test_only_punctuation_finds_nothing(shelf, typed) -> None:
    assert search(shelf, typed) == {"items": [], "total": 0, "page": 1, "per_page": 20}


@pytest.mark.parametrize(
    "typed",
    [
        "AND", "OR", "NOT", "AND OR NOT", "NEAR(", "NEAR(a b, 5)", "title:", "title : narnia",
        "narnia OR harry", "narnia NOT lewis", "narnia AND NOT", '"narnia" NEAR "harry"',
        "rowid", "search_index", "1 OR 1=1", "'; DROP TABLE products; --", "bm25(search_index)",
        "to_tsquery('x')", "\\' OR 1=1", "a" * 200, "a " * 100, "é" * 200, "💥 " * 66, "\ufdfa" * 200,
        "ss" * 100, "0" * 200, "1e400", "-1", "0x00", "NULL", "None", "%s", "%(words)s", ":words",
    ],
)  # fmt: skip
def test_the_languages_of_the_databases_are_only_words(shelf, typed) -> None:
    assert set(found(shelf, typed)) <= {STONE, GOBLET, LION, CIEN, EARTHSEA, SLEEVE}
    assert found(shelf, "narnia") == [LION]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        f"q={'a' * 201}",
        f"q={'a' * 10_000}",
        "q=%00",
        "q=narnia%00",
        "q=a&q=b",
    ],
)
def test_a_search_for_nothing_or_too_much_is_refused(client, query) -> None:
    refused = client.get(f"/products/search?{query}")

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["q"]


@pytest.mark.parametrize("encoded", ["%FF", "%ED%A0%80", "%C3%28", "%zz", "%", "%F0%9F%A6"])
def test_broken_encodings_are_harmless(shelf, encoded) -> None:
    assert shelf.get(f"/products/search?q={encoded}").status_code == 200
    assert shelf.get(f"/products/search?q=narnia+{encoded}").status_code == 200


@pytest.mark.parametrize(
    ("filters", "meant"),
    [
        ({"series": "HP"}, [STONE, GOBLET]),
        ({"series": "hp", "in_stock": "true"}, [STONE]),
        ({"in_stock": "false"}, [GOBLET]),
        ({"author": "Ursula K. Le Guin"}, [EARTHSEA]),
        ({"min_price": 10}, [GOBLET, EARTHSEA]),
        ({"max_price": "9.99"}, [STONE]),
        ({"min_price": "9.99", "max_price": 11}, [STONE, EARTHSEA]),
        ({"currency": "EUR"}, []),
        ({"series": "NARNIA"}, []),
    ],
)
def test_filters_narrow_a_search(shelf, filters, meant) -> None:
    page = search(shelf, "wizard", **filters)

    assert sorted(item["title"] for item in page["items"]) == sorted(meant)
    assert page["total"] == len(meant)


@pytest.mark.parametrize(
    ("sort", "meant"),
    [
        ("price", [STONE, EARTHSEA, GOBLET]),
        ("-price", [GOBLET, EARTHSEA, STONE]),
        ("title", [EARTHSEA, GOBLET, STONE]),
        ("-title", [STONE, GOBLET, EARTHSEA]),
        ("created_at", [STONE, GOBLET, EARTHSEA]),
        ("-created_at", [EARTHSEA, GOBLET, STONE]),
    ],
)
def test_a_search_can_be_sorted_otherwise(shelf, sort, meant) -> None:
    assert found(shelf, "wizard", sort=sort) == meant


def test_a_search_comes_in_pages_that_do_not_overlap(client, admin) -> None:
    for number in range(7):
        admin.product(title=f"Atlas {number}")

    pages = [search(client, "atlas", per_page=3, page=page) for page in (1, 2, 3, 4)]

    assert [page["total"] for page in pages] == [7, 7, 7, 7]
    assert [len(page["items"]) for page in pages] == [3, 3, 1, 0]
    assert len({item["id"] for page in pages for item in page["items"]}) == 7


def test_the_typos_of_a_search_are_forgiven_on_every_page(client, admin) -> None:
    for number in range(5):
        admin.product(title=f"Atlas {number}")

    assert search(client, "alas", per_page=2, page=3)["total"] == 5
    assert len(found(client, "altas", per_page=2, page=3)) == 1


def test_a_revised_product_is_found_by_its_new_words_only(client, admin) -> None:
    book = admin.product(title="Voyage", author="Nobody", series="Old", description="Sails")

    admin.patch(
        f"/products/{book['id']}",
        {"title": "Journey", "author": "Verne", "series": None, "description": "Rails"},
    )

    for word in ("journey", "verne", "rails"):
        assert found(client, word) == ["Journey"]
    for word in ("voyage", "nobody", "old", "sails"):
        assert found(client, word) == []


def test_a_withdrawn_product_is_not_found_until_it_is_back(client, admin) -> None:
    book = admin.product(title="Rarity")

    admin.delete(f"/products/{book['id']}")

    assert found(client, "rarity") == []
    assert found(client, "rarty") == []

    admin.patch(f"/products/{book['id']}", {"is_active": True})

    assert found(client, "rarity") == ["Rarity"]
    assert found(client, "rarty") == ["Rarity"]


@pytest.mark.parametrize("description", ["a" * 20_000, "\ufdfa" * 20_000, "x y " * 5_000])
def test_the_longest_description_can_be_searched(client, admin, description) -> None:
    admin.product(title="Endless", description=description)

    assert found(client, "endless") == ["Endless"]
    assert client.get(f"/products/search?q={quote(description[:200])}").status_code == 200


def test_a_search_answers_with_whole_products_and_an_etag(shelf) -> None:
    result = shelf.get("/products/search?q=earthsea")

    product = result.json["items"][0]
    assert product == shelf.get(f"/products/{product['id']}").json
    again = shelf.get("/products/search?q=earthsea", If_None_Match=result.headers["etag"])
    assert (again.status_code, again.text) == (304, "")
