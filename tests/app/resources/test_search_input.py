"""What people, and attackers, type into a search box."""

from urllib.parse import quote

import pytest
from support.client import Client
from support.shelf import GOBLET, LION, SHELF, SLEEVE, STONE, answers, found


@pytest.fixture
def shelf(client: Client, admin: Client) -> Client:
    """A guest in front of a few well-known books."""
    for each in SHELF:
        admin.product(**each)
    return client


def test_punctuation_around_a_word_is_not_an_operator(shelf) -> None:
    queries = [
        '"narnia', 'narnia"', '"narnia"', "narnia*", "*narnia", "^narnia", "-narnia", "+narnia",
        "narnia)", "(narnia", "(narnia)", "narnia' --", "narnia;", "narnia:*", "narnia & ",
        "| narnia", "!narnia", "<-> narnia", "{narnia}", "narnia\\", "'narnia'", "narnia/*",
        "narnia 🦁", "\u202enarnia\u202c", "\ufeffnarnia", "_narnia_", "%narnia%",
    ]  # fmt: skip

    assert answers(shelf, queries) == {q: {LION} for q in queries}


def test_only_punctuation_finds_nothing(shelf) -> None:
    queries = [
        '"', "*", "'", "''", "(", ")", "()", "-", "--", ":", ":*", "&", "|", "!", "<->", "\\", "%",
        "_", "^", "+", "?!", '"" ""', "…", "🦁", "🦁🧙", " ", "\t\n", "\u200b", "\u0301", "\ufffd",
        ";", "/*", "{}", "[]", "@@", "$$", "#",
    ]  # fmt: skip

    assert answers(shelf, queries) == {q: set() for q in queries}


def test_the_languages_of_the_databases_are_only_words(shelf) -> None:
    queries = [
        "OR", "AND OR NOT", "NEAR(a b, 5)", "title:", "title : narnia",
        "narnia OR harry", "narnia NOT lewis", "narnia AND NOT", '"narnia" NEAR "harry"',
        "rowid", "search_index", "1 OR 1=1", "'; DROP TABLE products; --", "bm25(search_index)",
        "to_tsquery('x')", "\\' OR 1=1", "1e400", "0x00", "NULL", "None",
        "%(words)s", ":words", "$1",
    ]  # fmt: skip

    assert answers(shelf, queries) == {q: set() for q in queries}
    assert answers(shelf, ["AND", "NOT"]) == {"AND": {SLEEVE, GOBLET, STONE, LION}, "NOT": {GOBLET}}


def test_words_without_end_are_harmless(shelf) -> None:
    queries = [
        "q" * 200, "q " * 100, "é" * 200, "💥 " * 66, "\ufdfa" * 200, "ss" * 100, "0" * 200,
        "narnia " * 28,
    ]  # fmt: skip

    assert answers(shelf, queries) == {q: set() for q in queries} | {"narnia " * 28: {LION}}


@pytest.mark.parametrize(
    "query",
    ["", "q=", f"q={'a' * 201}", f"q={'a' * 10_000}", "q=%00", "q=narnia%00", "q=a&q=b"],
)
def test_a_search_for_nothing_or_too_much_is_refused(client, query) -> None:
    refused = client.get(f"/products/search?{query}")

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["q"]


def test_broken_encodings_are_harmless(shelf) -> None:
    for broken in ("%FF", "%ED%A0%80", "%C3%28", "%", "%F0%9F%A6"):
        result = shelf.get(f"/products/search?q=narnia+{broken}")

        assert result.status_code == 200
        assert [item["title"] for item in result.json["items"]] == [LION]


@pytest.mark.parametrize("description", ["a" * 20_000, "\ufdfa" * 20_000, "x y " * 5_000])
def test_the_longest_description_can_be_searched(client, admin, description) -> None:
    admin.product(title="Endless", description=description)

    assert found(client, "endless") == ["Endless"]
    assert client.get(f"/products/search?q={quote(description[:200])}").status_code == 200


def test_a_search_is_refused_with_filters_it_does_not_know(client) -> None:
    for extra in ("colour=red", "sort=rank", "per_page=0", "min_price=cheap", "in_stock=perhaps"):
        refused = client.get(f"/products/search?q=a&{extra}")

        assert refused.status_code == 422
        assert list(refused.json["details"]) == [extra.partition("=")[0]]
