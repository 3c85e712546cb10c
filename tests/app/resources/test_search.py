from urllib.parse import parse_qsl

import pytest
from support.client import Client
from support.shelf import (
    CIEN,
    EARTHSEA,
    GOBLET,
    LION,
    SHELF,
    SLEEVE,
    STONE,
    answers,
    found,
    search,
    titles,
)


@pytest.fixture
def shelf(client: Client, admin: Client) -> Client:
    """A guest in front of a few well-known books."""
    for each in SHELF:
        admin.product(**each)
    return client


def test_a_search_finds_what_has_every_word_in_any_field(shelf) -> None:
    meant = {
        "earthsea": {EARTHSEA},
        "EARTHSEA": {EARTHSEA},
        "ged": {EARTHSEA},
        "narnia": {LION},
        "lewis": {LION},
        "rowling goblet": {GOBLET},
        "goblet rowling": {GOBLET},
        "harry": {STONE, GOBLET},
        "hp": {STONE, GOBLET},
        "hp wizard harry": {STONE, GOBLET},
        "stone earthsea": set(),
        "tolkien": set(),
    }

    assert answers(shelf, meant) == meant


def test_words_may_be_unfinished(shelf) -> None:
    meant = {
        "g": {CIEN, EARTHSEA, GOBLET},
        "earth": {EARTHSEA},
        "har pot gob": {GOBLET},
        "philosopher": {STONE},
        "6": {SLEEVE},
    }

    assert answers(shelf, meant) == meant


def test_slips_of_the_fingers_are_forgiven(shelf) -> None:
    meant = {
        "hary poter": {STONE, GOBLET},
        "narnai": {LION},
        "nrania": {LION},
        "wizzard": {EARTHSEA, STONE, GOBLET},
        "goblte of fire": {GOBLET},
        "gobl rowlng": {GOBLET},
        "h rowlnig": {STONE, GOBLET},
        "erthsea": {EARTHSEA},
        "earthsae": {EARTHSEA},
        "wrold": {EARTHSEA},
        "garzia marques": {CIEN},
        "xyzzyx": set(),
        "xyzzyx narnai": set(),
    }

    assert answers(shelf, meant) == meant


def test_a_short_word_keeps_its_meaning_beside_a_mistyped_one(client, admin) -> None:
    for word in ("Haberdasher", "Habit", "Hack", "Haddock", "Harry"):
        admin.product(title=f"{word} Potter")

    assert found(client, "ha poter", sort="title")[-1] == "Harry Potter"
    assert found(client, "har poter") == ["Harry Potter"]


def test_accents_and_case_make_no_difference(shelf) -> None:
    ways = [
        "garcia marquez",
        "García Márquez",
        "GARCÍA MÁRQUEZ",
        "garci\u0301a ma\u0301rquez",
        "\uff47\uff41\uff52\uff43\uff49\uff41",
        "anos",
        "años",
        "buendia",
    ]

    assert answers(shelf, ways) == {typed: {CIEN} for typed in ways}


def test_any_script_can_be_searched(client, admin) -> None:
    titles = {
        "война": "Война и мир",
        "ВОЙ": "Война и мир",
        "οδυσσεια": "Ὀδύσσεια",
        "吾輩は猫": "吾輩は猫である",
        "채식": "채식주의자",
        "ليلة": "ألف ليلة وليلة",
        "STRASSE ol": "Straße der Ölsardinen",
        "istanbul": "İstanbul",
        "five flowers": "ﬁve ﬂowers",
        "198": "1984",
        "3d 10e5 0x1f 5th": "3D printing with 10e5 dots, 0x1F and 5th edition",
        "10e": "3D printing with 10e5 dots, 0x1F and 5th edition",
        "a1b": "Volume IV: a1b2c3",
    }
    for title in set(titles.values()):
        admin.product(title=title)

    assert answers(client, titles) == {typed: {title} for typed, title in titles.items()}


def test_a_hit_in_the_title_comes_before_one_in_the_description(client, admin) -> None:
    admin.product(title="Bestiary", description="Dragons! Of dragons, by dragons, for dragons.")
    admin.product(title="Dragons", description="Everything there is to know. " * 100)
    admin.product(title="Cookbook", description="No dragons were harmed. " * 20)

    assert found(client, "dragons")[0] == "Dragons"
    assert found(client, "drago")[0] == "Dragons"


def test_a_hit_for_the_author_comes_before_one_in_the_description(client, admin) -> None:
    admin.product(title="A Life", description="About Lewis. Lewis as a child, Lewis as a don.")
    admin.product(title="Perelandra", author="C. S. Lewis", description="A voyage to Venus. " * 50)

    assert found(client, "lewis") == ["Perelandra", "A Life"]


def test_filters_narrow_a_search(shelf) -> None:
    meant = {
        "series=HP": {STONE, GOBLET},
        "series=hp&in_stock=true": {STONE},
        "in_stock=false": {GOBLET},
        "author=Ursula K. Le Guin": {EARTHSEA},
        "min_price=10": {EARTHSEA, GOBLET},
        "max_price=9.99": {STONE},
        "min_price=9.99&max_price=11": {EARTHSEA, STONE},
        "currency=EUR": set(),
        "series=NARNIA": set(),
    }

    pages = {each: search(shelf, "wizard", **dict(parse_qsl(each))) for each in meant}

    assert {each: set(titles(page)) for each, page in pages.items()} == meant
    assert {each: page["total"] for each, page in pages.items()} == {
        each: len(wanted) for each, wanted in meant.items()
    }


def test_a_search_can_be_sorted_otherwise(shelf) -> None:
    meant = {
        "price": [STONE, EARTHSEA, GOBLET],
        "-price": [GOBLET, EARTHSEA, STONE],
        "title": [EARTHSEA, GOBLET, STONE],
        "-title": [STONE, GOBLET, EARTHSEA],
        "created_at": [STONE, GOBLET, EARTHSEA],
        "-created_at": [EARTHSEA, GOBLET, STONE],
    }

    assert {sort: found(shelf, "wizard", sort=sort) for sort in meant} == meant


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


def test_a_search_answers_with_whole_products_and_an_etag(shelf) -> None:
    result = shelf.get("/products/search?q=earthsea")

    product = result.json["items"][0]
    assert product == shelf.get(f"/products/{product['id']}").json
    again = shelf.get("/products/search?q=earthsea", If_None_Match=result.headers["etag"])
    assert (again.status_code, again.text) == (304, "")
