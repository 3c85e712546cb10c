import pytest
from support.receiver import ENDPOINTS, Receiver, deliveries, listen

UNKNOWN = "3f2c8a52-0d5b-4b8c-9f57-7b1b4ad0c111"
URL = "https://erp.example.com/hooks?shop=1"
DOORS = [
    ("POST", ENDPOINTS),
    ("GET", ENDPOINTS),
    *((verb, f"{ENDPOINTS}/{UNKNOWN}") for verb in ("GET", "PATCH", "DELETE")),
    *(("POST", f"{ENDPOINTS}/{UNKNOWN}/{what}") for what in ("rotate-secret", "test")),
    ("GET", f"{ENDPOINTS}/{UNKNOWN}/deliveries"),
    ("GET", f"/admin/deliveries/{UNKNOWN}"),
    ("POST", f"/admin/deliveries/{UNKNOWN}/redeliver"),
]
PRIVATE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "192.168.1.1:8080",
    "224.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00::1]",
    "[ff02::1]",
]
NO_URLS = [
    "",
    "erp.example.com",
    "ftp://erp.example.com",
    "file:///etc/passwd",
    "https://",
    "https://user:secret@erp.example.com/",
    "https://erp.example.com/#part",
    "https://erp.example.com\\@127.0.0.1/",
    "https://erp example.com",
    "https://erp..example.com",
    "https://1.2.3.456/",
    "https://[::1",
    "https://[:::::]/",
    "https://erp.example.com:99999/",
    "https://erp.example.com:port/",
    "https://erp.example.com/\n",
    "https://bücher.example/",
    "https://erp.example.com/" + "a" * 2000,
]


def add(admin, **wanted):
    return admin.post(ENDPOINTS, {"url": URL, "event_types": ["order.*"]} | wanted)


def test_an_endpoint_is_kept_and_its_secret_is_shown_once(admin) -> None:
    added = add(admin, description="ERP", event_types=["order.paid", "alert.*"])

    shown = added.json
    secret = shown.pop("secret")
    assert (added.status_code, secret[:6], len(secret)) == (201, "whsec_", 50)
    assert (shown["url"], shown["description"], shown["is_active"]) == (URL, "ERP", True)
    assert admin.get(f"{ENDPOINTS}/{shown['id']}").json == shown
    assert admin.get(ENDPOINTS).json["items"] == [shown]


def test_only_administrators_see_and_change_endpoints(client, shopper) -> None:
    for verb, path in DOORS:
        assert client.send(verb, path).status_code == 401, (verb, path)
        assert shopper.send(verb, path).status_code == 403, (verb, path)


def test_an_unknown_endpoint_is_not_found(admin) -> None:
    for verb, path in DOORS[2:]:
        answer = admin.send(verb, path, json={} if verb == "PATCH" else None)
        assert answer.status_code == 404, (verb, path)


def test_an_endpoint_is_changed_field_by_field(admin) -> None:
    endpoint = add(admin).json
    path = f"{ENDPOINTS}/{endpoint['id']}"

    changes = {
        "url": "http://example.org",
        "event_types": ["subscription.*"],
        "description": "new",
        "is_active": False,
    }
    for name, value in changes.items():
        changed = admin.patch(path, {name: value})
        assert changed.status_code == 200, changed.json

    shown = admin.get(path).json
    assert {name: shown[name] for name in changes} == changes
    assert shown["updated_at"] > endpoint["updated_at"]
    assert admin.patch(path, {"secret": "whsec_mine"}).status_code == 422


def test_a_deleted_endpoint_is_gone(admin) -> None:
    endpoint = add(admin).json

    deleted = admin.delete(f"{ENDPOINTS}/{endpoint['id']}")

    assert deleted.status_code == 204
    assert admin.get(ENDPOINTS).json["total"] == 0


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_in_any_notation(admin, host) -> None:
    refused = add(admin, url=f"http://{host}/hooks")
    endpoint = add(admin).json
    moved = admin.patch(f"{ENDPOINTS}/{endpoint['id']}", {"url": f"https://{host}"})

    assert (refused.status_code, refused.json["error"]) == (422, "address_not_allowed")
    assert (moved.status_code, moved.json["error"]) == (422, "address_not_allowed")
    assert [each["url"] for each in admin.get(ENDPOINTS).json["items"]] == [URL]


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_to_call_is_refused(admin, url) -> None:
    refused = add(admin, url=url)

    assert (refused.status_code, list(refused.json["details"])) == (422, ["url"])


@pytest.mark.parametrize("url", ["https://93.184.216.34/", "http://[2606:4700::1111]:8080/x"])
def test_a_public_address_will_do(admin, url) -> None:
    assert add(admin, url=url).json["url"] == url


@pytest.mark.parametrize(
    "event_types",
    [[], ["order"], ["*"], ["user.created"], ["order.Paid"], ["order.*.x"], ["order."], [1], None],
)
def test_events_are_of_kinds_that_exist(admin, event_types) -> None:
    assert add(admin, event_types=event_types).status_code == 422


def test_there_is_an_end_to_how_many_are_told(admin) -> None:
    for _ in range(100):
        listen(admin, URL)

    refused = add(admin)

    assert (refused.status_code, refused.json["error"]) == (409, "too_many_webhook_endpoints")


def test_nothing_is_tested_that_is_switched_off(admin) -> None:
    endpoint = add(admin).json
    admin.patch(f"{ENDPOINTS}/{endpoint['id']}", {"is_active": False})

    refused = admin.post(f"{ENDPOINTS}/{endpoint['id']}/test")

    assert (refused.status_code, refused.json["error"]) == (409, "webhook_endpoint_inactive")


def test_a_secret_told_under_an_idempotency_key_is_told_again(admin) -> None:
    wanted = {"url": URL, "event_types": ["order.*"]}

    first, again = (admin.post(ENDPOINTS, wanted, Idempotency_Key="k1") for _ in range(2))

    assert first.json == again.json
    assert admin.get(ENDPOINTS).json["total"] == 1


def test_secrets_are_sealed_at_rest(run, admin, shop) -> None:
    endpoint = add(admin).json
    rotated = admin.post(f"{ENDPOINTS}/{endpoint['id']}/rotate-secret").json

    kept = run(shop.webhook_endpoints.endpoints.get(endpoint["id"]))

    unsealed = [
        shop.sealer.unseal(sealed.encode()).decode()
        for sealed in (kept.secret, kept.previous_secret)
    ]
    assert unsealed == [rotated["secret"], endpoint["secret"]]
    assert "whsec_" not in kept.secret + kept.previous_secret


def test_a_name_that_leads_to_a_private_address_is_not_called_and_the_delivery_says_so(
    run, admin, carried_out
) -> None:
    with Receiver().opened(run) as receiver:
        endpoint = listen(admin, receiver.url.replace("127.0.0.1", "localhost"))
        admin.post(f"{ENDPOINTS}/{endpoint['id']}/test")
        carried_out()

    (delivery,) = deliveries(admin, endpoint)
    assert (delivery["status"], delivery["attempts"]) == ("PENDING", 1)
    assert "localhost is at" in delivery["note"]
    assert "may not be called" in delivery["note"]
    assert receiver.got == []
