"""A few well-known books, and ways to look for them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

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


def search(client: Client, q: str, **filters: object) -> dict[str, Any]:
    """Search, and answer with the page."""
    result = client.get("/products/search?" + urlencode({"q": q} | filters))
    assert result.status_code == 200, (q, result.json)
    return result.json


def found(client: Client, q: str, **filters: object) -> list[str]:
    """Search, and answer with the titles on the page."""
    return titles(search(client, q, **filters))


def answers(client: Client, queries: Iterable[str]) -> dict[str, set[str]]:
    """Make every search, and tell which titles each finds."""
    return {q: set(found(client, q)) for q in queries}


def titles(page: dict[str, Any]) -> list[str]:
    return [item["title"] for item in page["items"]]
