import pytest
from support.shopping import buy


@pytest.fixture
def sold(admin, shopper, carried_out) -> dict:
    """An order that was paid, and all that follows."""
    order = buy(shopper, admin.product())
    carried_out()
    return order


def listed(admin, **query: object) -> list[str]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return [run["name"] for run in admin.get(f"/admin/workflows?{asked}").json["items"]]


def test_what_waits_and_what_is_done_is_listed_the_latest_first(admin, shopper, sold) -> None:
    buy(shopper, admin.product())

    assert listed(admin) == [*listed(admin, status="waiting"), *listed(admin, status="succeeded")]
    assert "order_paid" in listed(admin, status="waiting")
    assert "order_paid" in listed(admin, status="succeeded")
    assert listed(admin, status="failed") == []


def test_the_list_comes_in_pages(admin, shopper) -> None:
    for _ in range(3):
        buy(shopper, admin.product())

    whole = admin.get("/admin/workflows").json
    last = admin.get(f"/admin/workflows?per_page=1&page={whole['total']}").json

    assert whole["total"] == len(whole["items"]) >= 3
    assert last["items"] == whole["items"][-1:]
    assert last["total"] == whole["total"]


def test_one_is_shown_with_what_it_is_about(admin, sold) -> None:
    shown = admin.get(f"/admin/workflows/order-paid:{sold['id']}").json

    assert shown["name"] == "order_paid"
    assert shown["status"] == "succeeded"
    assert shown["arguments"] == [sold["id"]]
    assert shown["error"] is None


def test_one_that_did_not_fail_is_not_run_again(admin, sold) -> None:
    refused = admin.post(f"/admin/workflows/order-paid:{sold['id']}/rerun")

    assert refused.status_code == 409
    assert refused.json["error"] == "workflow_not_rerunnable"
    assert refused.json["details"] == {"status": "succeeded"}


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_one_that_there_is_not_is_404(admin, verb) -> None:
    path = "/admin/workflows/order-paid:none" + ("/rerun" if verb == "POST" else "")

    missing = admin.send(verb, path)

    assert missing.status_code == 404
    assert missing.json["error"] == "workflow_not_found"


def test_a_status_that_there_is_not_is_422(admin) -> None:
    assert admin.get("/admin/workflows?status=tired").status_code == 422


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/admin/workflows"),
        ("GET", "/admin/workflows/order-paid:x"),
        ("POST", "/admin/workflows/order-paid:x/rerun"),
    ],
)
def test_they_are_for_administrators(client, shopper, verb, path) -> None:
    assert client.send(verb, path).status_code == 401
    assert shopper.send(verb, path).status_code == 403


def test_what_ended_a_month_ago_is_forgotten_and_what_waits_is_not(
    run, client, admin, shopper, sold, later
) -> None:
    buy(shopper, admin.product())

    later(days=29)
    early = run(client.shop.runs.tidy())
    later(days=2)
    run(client.shop.runs.tidy())

    admin = client.as_admin()
    assert early == 0
    assert listed(admin, status="succeeded") == []
    assert "order_paid" in listed(admin, status="waiting")
