import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from support.guests import CART, ITEMS, gather
from support.shopping import fill

from common.clock import utc_now
from common.errors import ConcurrentUpdate

SESSION = "a-session-of-my-own-making"
REFUSED = {
    "a cart of nobody": "UPDATE carts SET session_id = NULL, user_id = NULL",
    "two carts of one session": (
        "INSERT INTO carts (id, session_id, created_at, updated_at)"
        " SELECT 'another', session_id, created_at, updated_at FROM carts"
    ),
}


def execute(run, client, statement: str) -> int:
    """Change rows behind the back of everything."""
    return run(client.shop.database.write(lambda tx: tx._session.run(text(statement))))


def is_there(client, cart) -> bool:
    return client.get(f"{CART}?session_id={cart['session_id']}").status_code == 200


@pytest.mark.parametrize("what", REFUSED)
def test_a_cart_has_one_holder_and_a_session_one_cart(run, admin, client, what) -> None:
    gather(client, admin.product())

    with pytest.raises(ConcurrentUpdate):
        execute(run, client, REFUSED[what])


def test_a_cart_is_a_users_or_a_guests_and_never_both(run, admin, client, shopper) -> None:
    gather(client, admin.product())

    with pytest.raises(ConcurrentUpdate):
        execute(run, shopper, "UPDATE carts SET user_id = (SELECT max(id) FROM users)")


def test_guests_carts_are_forgotten_a_month_after_they_were_last_touched(
    run, admin, client, shopper, later
) -> None:
    book = admin.product()
    fill(shopper, book)
    left = gather(client, book)
    kept = gather(client, book)
    later(days=29, hours=23)
    gather(client, book, session_id=kept["session_id"])
    later(hours=2)

    forgotten = run(client.shop.carts.forget_guests())

    users_carts = execute(run, client, "UPDATE carts SET id = id WHERE user_id IS NOT NULL")
    assert forgotten == 1
    assert not is_there(client, left)
    assert is_there(client, kept)
    assert users_carts == 1
    assert execute(run, client, "UPDATE cart_items SET id = id") == 2


def test_nothing_is_forgotten_twice(run, admin, client, later) -> None:
    for _ in range(3):
        gather(client, admin.product())
    later(days=31)

    async def sweep_twice() -> list[int]:
        sweeps = [client.shop.carts.forget_guests() for _ in range(2)]
        return await asyncio.gather(*sweeps)

    assert sum(run(sweep_twice())) == 3
    assert run(client.shop.carts.forget_guests()) == 0


def test_a_forgotten_session_may_be_filled_anew(run, admin, client, later) -> None:
    book = admin.product()
    gather(client, book, 5, session_id=SESSION)
    later(days=31)
    run(client.shop.carts.forget_guests())

    cart = gather(client, book, 1, session_id=SESSION)

    assert [item["quantity"] for item in cart["items"]] == [1]


def test_a_cart_touched_while_the_forgetful_wait_for_it_is_kept(run, admin, client, later) -> None:
    cart = gather(client, admin.product(stock=99))
    later(days=31)
    wish = {"product_id": cart["items"][0]["product_id"], "session_id": cart["session_id"]}

    async def both() -> None:
        conductor = client._conductor
        added = conductor.simulate_request("POST", ITEMS, json=wish)
        await asyncio.gather(*(added, client.shop.carts.forget_guests()))

    run(both())

    shown = client.get(f"{CART}?session_id={cart['session_id']}").json
    assert [item["quantity"] for item in shown["items"]] in ([2], [1])


def test_a_session_is_known_as_long_as_it_has_a_cart(run, admin, client, shopper) -> None:
    def known() -> bool:
        return run(client.shop.database.read(lambda tx: tx.carts.knows_session(SESSION)))

    before = known()
    gather(client, admin.product(), session_id=SESSION)
    filled = known()
    shopper.post(f"{CART}/merge", {"session_id": SESSION})

    assert (before, filled, known()) == (False, True, False)


def test_a_cart_is_opened_once_and_at_the_time_of_the_shop(run, client, shopper) -> None:
    now = utc_now() + timedelta(days=3)

    async def opened(tx) -> tuple[str, str]:
        users = await tx.carts.open_for(shopper.user_id, now)
        guests = await tx.carts.open_session(SESSION, now)
        return users.id, guests.id

    first, again = (run(client.shop.database.write(opened)) for _ in range(2))

    guests = client.get(f"{CART}?session_id={SESSION}").json
    assert first == again
    assert guests["cart_id"] == first[1]
    assert guests["created_at"] == guests["updated_at"] == now.isoformat().replace("+00:00", "Z")
