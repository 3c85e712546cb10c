"""The floor's writes, each in one transaction."""

import asyncio
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher

from bench.floor_database import database, iso, now, writing

type Row = tuple[Any, ...]
type Json = dict[str, Any]

_USER = (
    "SELECT id, email, username, role, is_active, created_at, updated_at, password_hash, plan, "
    "external_platform_id, external_store_id, stripe_customer_id "
    "FROM users WHERE email = ? OR username = ?"
)
_OFFER = (
    "SELECT v.id, v.price_amount, v.stock, p.is_active, p.currency FROM products p "
    "JOIN variants v ON v.product_id = p.id WHERE p.id = ? AND v.position = 0"
)
_CART = "SELECT id, created_at FROM carts WHERE user_id = ?"
_OPEN_CART = (
    "INSERT INTO carts (id, user_id, currency, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
)
_TOUCH_CART = "UPDATE carts SET currency = ?, updated_at = ? WHERE id = ?"
_PUT = (
    "INSERT INTO cart_items (id, cart_id, product_id, variant_id, quantity, price_amount, "
    "added_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cart_id, product_id, variant_id) "
    "DO UPDATE SET quantity = quantity + excluded.quantity, price_amount = excluded.price_amount"
)
_ITEMS = (
    "SELECT i.id, i.product_id, i.variant_id, i.quantity, i.price_amount, p.title, "
    "v.price_amount, v.stock, p.is_active, coalesce(v.image_url, p.image_url), p.metadata, "
    "v.metadata, p.currency FROM cart_items i JOIN variants v ON v.id = i.variant_id "
    "JOIN products p ON p.id = v.product_id WHERE i.cart_id = ? ORDER BY i.added_at, i.id"
)
_TAKE = "UPDATE variants SET stock = stock - ? WHERE id = ? AND stock >= ?"
_PLACE = (
    "INSERT INTO orders (id, order_number, user_id, status, currency, subtotal_amount, "
    "tax_amount, shipping_amount, total_amount, refunded_amount, cart_id, created_at, "
    "updated_at, paid_at) VALUES (?, ?, ?, 'PAID', ?, ?, 0, 0, ?, 0, ?, ?, ?, ?)"
)
_LINE = (
    "INSERT INTO order_items (id, order_id, position, product_id, variant_id, title_snapshot, "
    "price_snapshot, quantity, image_url) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PAY = (
    "INSERT INTO payments (id, order_id, amount, currency, status, reference, created_at) "
    "VALUES (?, ?, ?, ?, 'SUCCEEDED', ?, ?)"
)
_FORGET_CART = "DELETE FROM carts WHERE id = ?"  # and its items with it

_one_at_a_time = ThreadPoolExecutor(1)
_passwords = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


async def log_in(username: str, password: str) -> Json:
    user = database.execute(_USER, (username, username)).fetchone()
    run = asyncio.get_running_loop().run_in_executor
    await run(_one_at_a_time, _passwords.verify, user[7], password)
    return {
        "access_token": secrets.token_urlsafe(),
        "token_type": "bearer",
        "expires_in": 14400,
        "user": {
            "id": user[0],
            "email": user[1],
            "username": user[2],
            "role": user[3],
            "is_active": bool(user[4]),
            "plan": user[8],
            "external_platform_id": user[9],
            "external_store_id": user[10],
            "stripe_customer_id": user[11],
            "created_at": iso(user[5]),
            "updated_at": iso(user[6]),
        },
    }


def add_to_cart(user_id: str, product_id: str, quantity: int) -> Json:
    moment = now()
    with writing():
        variant_id, price, stock, is_active, currency = database.execute(
            _OFFER, (product_id,)
        ).fetchone()
        cart_id, created_at = _open_cart(user_id, currency, moment)
        put = (str(uuid4()), cart_id, product_id, variant_id, quantity, price, moment)
        database.execute(_PUT, put)
        items = [_cart_item(row) for row in database.execute(_ITEMS, (cart_id,))]
        wanted = next(item["quantity"] for item in items if item["variant_id"] == variant_id)
        if wanted > stock or not is_active:
            raise RuntimeError("that many cannot be sold")
    total = sum(item["total_cents"] for item in items)
    return {
        "cart_id": cart_id,
        "user_id": user_id,
        "session_id": None,
        "items": items,
        **_sums(total),
        "currency": currency,
        "created_at": iso(created_at),
        "updated_at": iso(moment),
    }


def check_out(user_id: str) -> Json:
    moment, order_id, number = now(), str(uuid4()), f"PG-{secrets.token_hex(5).upper()}"
    with writing():
        (cart_id, _) = database.execute(_CART, (user_id,)).fetchone()
        rows = database.execute(_ITEMS, (cart_id,)).fetchall()
        currency, total = rows[0][12], sum(row[3] * row[6] for row in rows)
        for row in sorted(rows, key=lambda row: str(row[2])):
            if database.execute(_TAKE, (row[3], row[2], row[3])).rowcount != 1 or not row[8]:
                raise RuntimeError("that many cannot be sold")
        placed = (order_id, number, user_id, currency, total, total, cart_id, *[moment] * 3)
        database.execute(_PLACE, placed)
        lines = [_order_item(row) for row in rows]
        database.executemany(
            _LINE,
            [
                (line["id"], order_id, position, line["product_id"], line["variant_id"],
                 line["title"], line["price_cents"], line["quantity"], line["image_url"])
                for position, line in enumerate(lines)
            ],
        )  # fmt: skip
        reference = f"ch_{secrets.token_hex(12)}"
        database.execute(_PAY, (str(uuid4()), order_id, total, currency, reference, moment))
        database.execute(_FORGET_CART, (cart_id,))
    return {
        "id": order_id,
        "order_number": number,
        "user_id": user_id,
        "status": "PAID",
        "items": lines,
        **_sums(total),
        "total_amount_cents": total,
        "refunded": 0.0,
        "refunded_cents": 0,
        "currency": currency,
        "shipping_address": None,
        "created_at": iso(moment),
        "updated_at": iso(moment),
        "paid_at": iso(moment),
    }


def _open_cart(user_id: str, currency: str, moment: str) -> tuple[str, str]:
    if known := database.execute(_CART, (user_id,)).fetchone():
        database.execute(_TOUCH_CART, (currency, moment, known[0]))
        return known[0], known[1]
    cart_id = str(uuid4())
    database.execute(_OPEN_CART, (cart_id, user_id, currency, moment, moment))
    return cart_id, moment


def _sums(total: int) -> Json:
    return {
        "subtotal": total / 100,
        "subtotal_cents": total,
        "tax": 0.0,
        "tax_cents": 0,
        "shipping": 0.0,
        "shipping_cents": 0,
        "total": total / 100,
        "total_cents": total,
    }


def _cart_item(row: Row) -> Json:
    return {
        "item_id": row[0],
        "product_id": row[1],
        "variant_id": row[2],
        "name": row[5],
        "price": row[6] / 100,
        "price_cents": row[6],
        "price_changed": row[4] != row[6],
        "previous_price": row[4] / 100 if row[4] != row[6] else None,
        "previous_price_cents": row[4] if row[4] != row[6] else None,
        "quantity": row[3],
        "total": row[3] * row[6] / 100,
        "total_cents": row[3] * row[6],
        "image_url": row[9],
        "available_quantity": row[7],
        "is_active": bool(row[8]),
        "metadata": json.loads(row[10]) | json.loads(row[11]),
    }


def _order_item(row: Row) -> Json:
    return {
        "id": str(uuid4()),
        "product_id": row[1],
        "variant_id": row[2],
        "title": row[5],
        "title_snapshot": row[5],
        "price": row[6] / 100,
        "price_cents": row[6],
        "price_snapshot": row[6],
        "quantity": row[3],
        "total": row[3] * row[6] / 100,
        "total_cents": row[3] * row[6],
        "image_url": row[9],
    }
