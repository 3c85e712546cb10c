"""What the README promises, through a real server."""

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.server import Server, served


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("demo"), demo=True) as server:
        yield server


def signed_up(shop: Server, email: str) -> str:
    with shop.client() as guest:
        answer = guest.post("/auth/signup", json={"email": email, "password": "eight or more"})
    assert answer.status_code == 201, answer.text
    return answer.json()["access_token"]


def found(shop: Server, words: str) -> dict:
    with shop.client() as guest:
        return guest.get("/products/search", params={"q": words}).json()["items"][0]


def test_somebody_signs_up_searches_fills_a_cart_and_buys(shop) -> None:
    book = found(shop, "prizoner of azkaban")
    admin = shop.token(shop.logins()["ADMIN"])
    once = {"Idempotency-Key": "first-purchase"}

    with shop.client(signed_up(shop, "lucy@example.com")) as lucy:
        cart = lucy.post("/cart/add", json={"product_id": book["id"], "quantity": 2})
        order = lucy.post("/checkout", json={}, headers=once)
        again = lucy.post("/checkout", json={}, headers=once)

    assert book["title"] == "Harry Potter and the Prisoner of Azkaban"
    assert cart.json()["total_cents"] == 2 * book["price_cents"]
    assert order.status_code == 201
    assert order.json()["status"] == "PAID"
    assert order.json()["total_cents"] == 2 * book["price_cents"]
    assert (again.status_code, again.json()) == (201, order.json())
    with shop.client(admin) as behind_the_counter:
        seen = behind_the_counter.get("/admin/orders", params={"status": "PAID"}).json()["items"]
        left = behind_the_counter.get(f"/products/{book['id']}").json()["stock"]
    assert [each["id"] for each in seen].count(order.json()["id"]) == 1
    assert left == book["stock"] - 2


def test_the_same_key_gives_the_same_order_after_the_server_was_killed(tmp_path) -> None:
    once = {"Idempotency-Key": "before-the-crash"}
    with served(tmp_path, demo=True) as before:
        token = before.token(before.logins()["USER"])
        book = found(before, "dawn treader")
        with before.client(token) as shopper:
            shopper.post("/cart/add", json={"product_id": book["id"]})
            order = shopper.post("/checkout", json={}, headers=once)
        os.kill(before.pid, signal.SIGKILL)

    with served(tmp_path, demo=True) as after, after.client(token) as shopper:
        replayed = shopper.post("/checkout", json={}, headers=once)
        orders = shopper.get("/orders/me").json()

    assert order.status_code == 201
    assert replayed.json() == order.json()
    assert orders["total"] == 1


def test_filling_the_demo_shop_twice_makes_no_duplicates(tmp_path) -> None:
    totals, logins = [], []

    for _ in range(2):
        with served(tmp_path, demo=True) as server:
            logins.append(server.logins())
            with server.client(server.token(server.logins()["ADMIN"])) as admin:
                totals.append([admin.get(path).json()["total"] for path in ("/products", "/users")])

    assert totals == [[60, 2], [60, 2]]
    assert logins[0] == logins[1]


def test_the_printed_commands_make_a_purchase(shop) -> None:
    printed = shop.log.read_text()

    assert re.search(r"^TOKEN=\$\(curl", printed, re.MULTILINE)
    assert f"{shop.url}/checkout" in printed
    assert f"{shop.url}/docs" in printed
    assert f"{shop.url}/dashboard" in printed


def test_every_request_leaves_one_line_that_carries_its_id(shop) -> None:
    with shop.client() as guest:
        guest.get("/products", headers={"X-Request-ID": "find-me-in-the-log"})
        answer = guest.get("/products/none", headers={"X-Request-ID": "and-me"})

    with served(shop.log.parent, LOG_JSON="true") as quiet:
        pass
    lines = shop.log.read_text().splitlines()
    assert answer.json()["request_id"] == "and-me"
    assert sum("find-me-in-the-log GET /products 200" in line for line in lines) == 1
    assert sum("and-me GET /products/none 400" in line for line in lines) == 1
    assert quiet.log.read_text().startswith('{"time":')


def test_of_two_shoppers_with_the_last_copy_in_their_carts_one_gets_it(shop) -> None:
    book = found(shop, "silver chair")
    with shop.client(shop.token(shop.logins()["ADMIN"])) as counter:
        counter.patch(f"/admin/products/{book['id']}/stock", json={"stock": 1})
    tokens = [signed_up(shop, f"{name}@example.com") for name in ("jill", "eustace")]
    for token in tokens:
        with shop.client(token) as shopper:
            shopper.post("/cart/add", json={"product_id": book["id"]})

    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda token: checked_out(shop, token), tokens))

    assert [answer["status"] for answer in answers if "error" not in answer] == ["PAID"]
    assert [answer.get("error") for answer in answers if "error" in answer] == [
        "insufficient_inventory"
    ]
    assert found(shop, "silver chair")["stock"] == 0


def checked_out(shop: Server, token: str) -> dict:
    with shop.client(token) as shopper:
        return shopper.post("/checkout", json={}).json()
