"""Another system is told of an order, although the shop is killed while it tells."""

from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook
from support.listener import Listener
from support.receiver import ENDPOINTS
from support.server import Server, web_process
from support.traps import wait_until


@pytest.fixture
def receiver() -> Iterator[Listener]:
    with Listener().running() as receiver:
        yield receiver


def test_an_order_is_told_of_although_the_shop_is_killed_meanwhile(tmp_path, receiver) -> None:
    with web_process(tmp_path, demo=True, OUTBOUND_ALLOW="127.0.0.1") as process:
        process.wait_until_ready()
        shop = Server(process.url, process.pid, process.log)
        logins = shop.logins()
        token = shop.token(logins["ADMIN"])
        with shop.client(token) as admin, shop.client(shop.token(logins["USER"])) as shopper:
            wanted = {
                "url": receiver.url,
                "event_types": ["order.paid"],
            }
            endpoint = admin.post(ENDPOINTS, json=wanted).json()
            product = next(each for each in admin.get("/products").json()["items"] if each["stock"])
            shopper.post("/cart/add", json={"product_id": product["id"]})
            order = shopper.post("/checkout", json={}).json()
        wait_until(lambda: receiver.got, "the first attempt")

        process.kill()
        receiver.may_answer.set()
        process.start()
        process.wait_until_ready()

        wait_until(lambda: len(receiver.got) > 1, "the attempt after the kill")
        with shop.client(token) as admin:
            path = f"{ENDPOINTS}/{endpoint['id']}/deliveries?status=DELIVERED"
            wait_until(lambda: admin.get(path).json()["total"], "the delivery")

    told = [Webhook(endpoint["secret"]).verify(body, headers) for body, headers in receiver.got]
    assert [(each["type"], each["data"]["id"]) for each in told] == [
        ("order.paid", order["id"]),
        ("order.paid", order["id"]),
    ]
    assert told[0]["id"] == told[1]["id"]
