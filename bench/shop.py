"""The shop that is measured: a thousand products through the front door, and users to buy them."""

import random
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.ask import insist

PRODUCTS = 1000
USERS = 128
PASSWORD = "correct-horse-battery"  # noqa: S105 - of users that live for three minutes
ADMIN = "admin@bench.example"
TITLE_WORDS, _PROSE = (
    line.split() for line in Path(__file__).with_name("words.txt").read_text().splitlines()
)


@dataclass(frozen=True, slots=True)
class User:
    id: str
    email: str
    token: str


@dataclass(frozen=True, slots=True)
class Shop:
    """What the load needs to know of the shop."""

    product_ids: list[str]
    users: list[User]


def stock(port: int, database: Path) -> Shop:
    """Fill a freshly migrated shop that has nothing but its administrator."""
    with ThreadPoolExecutor(8) as pool:
        admin = _log_in(port, ADMIN)
        dice = random.Random(7)  # noqa: S311 - the same shop every time
        products = [_product(number, dice) for number in range(PRODUCTS)]
        create = partial(insist, port, "POST", "/products", headers=bearer(admin))
        ids = [made["id"] for made in pool.map(create, products)]
        emails = [f"shopper{number}@bench.example" for number in range(USERS)]
        insist(port, "POST", "/auth/signup", {"email": emails[0], "password": PASSWORD})
        known = _multiply_user(database, emails)
        tokens = pool.map(partial(_log_in, port), emails)
        users = [
            User(known[email], email, token) for email, token in zip(emails, tokens, strict=True)
        ]
    return Shop(ids, users)


def copy(database: Path, to: Path) -> None:
    """Copy a database that is in use."""
    with sqlite3.connect(database) as original, sqlite3.connect(to) as made:
        original.backup(made)


def bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _log_in(port: int, email: str) -> str:
    answer = insist(port, "POST", "/login", {"username": email, "password": PASSWORD})
    return str(answer["access_token"])


def _product(number: int, dice: random.Random) -> dict[str, Any]:
    price = dice.randrange(499, 4999)
    return {
        "title": f"The {' '.join(dice.sample(TITLE_WORDS, 2)).title()} {number}",
        "author": " ".join(dice.sample(TITLE_WORDS, 2)).title(),
        "series": dice.choice(TITLE_WORDS).title(),
        "description": f"{' '.join(dice.choices(_PROSE, k=25)).capitalize()}.",
        "price_cents": price,
        "currency": "USD",
        "stock": 1_000_000,
        "metadata": {"pages": dice.randrange(90, 900), "format": "paperback", "language": "en"},
        "variants": [
            {
                "title": "Hardcover",
                "sku": f"BENCH-{number}-HC",
                "price_cents": price + 900,
                "stock": 1_000_000,
            }
        ],
    }


def _multiply_user(database: Path, emails: list[str]) -> dict[str, str]:
    """Copy the first user's row for all the others: hashing a password is slow on purpose."""
    with sqlite3.connect(database) as connection:
        cursor = connection.execute("SELECT * FROM users WHERE email = ?", emails[:1])
        names = [column[0] for column in cursor.description]
        original = dict(zip(names, cursor.fetchone(), strict=True))
        places = ", ".join(f":{name}" for name in names)
        connection.executemany(
            f"INSERT INTO users ({', '.join(names)}) VALUES ({places})",  # noqa: S608
            [
                original | {"id": str(uuid4()), "email": email, "username": None}
                for email in emails[1:]
            ],
        )
        return dict(connection.execute("SELECT email, id FROM users"))
