"""Which API key opens which door, and what is said at those it does not open."""

from datetime import timedelta

import pytest
from support.keys import KEYS, made, raw
from support.plans import subscribed

from domain.identity.plan import PlanTier

DOORS = {
    "anyone": ("GET", "/products"),
    "guest": ("GET", "/api/v1/cart"),
    "own": ("GET", "/orders/me"),
    "me": ("GET", "/api/v1/auth/me"),
    "keys": ("GET", KEYS),
    "change": ("POST", "/cart/add"),
    "staff": ("GET", "/users"),
    "staff change": ("POST", "/users"),
    "login": ("POST", KEYS),
    "provision": ("POST", "/api/v1/auth/provision"),
}
A_DAY = timedelta(days=1)
OPEN = {200, 201, 422}
"""422: the door is open, and those behind it are told that they brought nothing."""
SCOPE, PLAN = (403, "insufficient_scope"), (403, "plan_limit_exceeded")
ROLE = (403, "permission_denied")


def everywhere(code):
    return dict.fromkeys(DOORS, (401, code)) | {"anyone": None}


def doors(**answers):
    """Say what each door answers; those that are not named are open."""
    return dict.fromkeys(DOORS) | {name.replace("_", " "): said for name, said in answers.items()}


READS = {"guest": SCOPE, "own": SCOPE, "me": SCOPE, "keys": SCOPE}
STAFF_ONLY = {"staff": ROLE, "staff_change": ROLE, "login": ROLE, "provision": ROLE}
TABLE = {
    "free": doors(guest=PLAN, own=PLAN, keys=PLAN, change=PLAN, **STAFF_ONLY),
    "free read": doors(guest=PLAN, own=PLAN, keys=PLAN, change=SCOPE, **STAFF_ONLY),
    "free write": doors(**READS, change=PLAN, **STAFF_ONLY),
    "pro": doors(**STAFF_ONLY),
    "enterprise": doors(**STAFF_ONLY),
    "pro read": doors(change=SCOPE, **STAFF_ONLY),
    "pro write": doors(**READS, **STAFF_ONLY),
    "admin": doors(login=ROLE, provision=SCOPE),
    "admin read": doors(change=SCOPE, staff_change=SCOPE, login=ROLE, provision=SCOPE),
    "admin provision": doors(**READS, change=SCOPE, staff=SCOPE, staff_change=SCOPE, login=ROLE),
    "demoted provision": doors(**READS, change=SCOPE, **STAFF_ONLY),
    "revoked": everywhere("api_key_revoked"),
    "expired": everywhere("api_key_expired"),
    "deactivated": everywhere("authentication_required"),
    "unknown": everywhere("authentication_required"),
}


@pytest.fixture
def key(client, admin, later, clock):
    """Make a key of the kind that is named: whose it is, and what for."""

    def make(kind: str) -> str:
        whose, _, scope = kind.partition(" ")
        if whose == "unknown":
            return "pgn_" + "0" * 40
        owner = client.as_admin() if whose in ("admin", "demoted") else client.as_shopper()
        if whose not in ("admin", "demoted", "free"):
            subscribed(owner, PlanTier.ENTERPRISE if whose == "enterprise" else PlanTier.PRO)
        expires_at = {"expires_at": (clock() + A_DAY).isoformat()} if whose == "expired" else {}
        made_key = made(owner, scopes=[scope] if scope else ["read", "write"], **expires_at)
        match whose:
            case "demoted":
                admin.patch(f"/users/{owner.user_id}", {"role": "USER"})
            case "deactivated":
                admin.patch(f"/users/{owner.user_id}", {"is_active": False})
            case "revoked":
                owner.delete(f"{KEYS}/{made_key['id']}")
            case "expired":
                later(days=2)
        return made_key["key"]

    return make


def told(answer):
    return None if answer.status_code in OPEN else (answer.status_code, answer.json["error"])


def ask(client, door, **headers):
    verb, path = DOORS[door]
    return client.send(verb, path, json={} if verb == "POST" else None, headers=headers)


@pytest.mark.parametrize("kind", TABLE)
def test_a_key_opens_the_doors_it_should_and_no_other(client, key, kind) -> None:
    its_key = key(kind)

    answers = {door: told(ask(client, door, X_API_Key=its_key)) for door in DOORS}

    assert answers == TABLE[kind]


@pytest.mark.parametrize("door", [door for door in DOORS if door not in ("anyone", "guest")])
def test_without_any_key_every_door_but_the_public_ones_is_shut(client, door) -> None:
    assert told(ask(client, door)) == (401, "authentication_required")


@pytest.mark.parametrize("key", ["pgn_unknown", "x", " ", "é" * 10, "k" * 5000, "\x01", "' OR 1=1"])
def test_a_key_that_is_not_ours_is_refused(client, key) -> None:
    assert told(client.get("/cart", X_API_Key=key)) == (401, "authentication_required")


def test_next_to_a_token_a_key_counts_for_nothing(client, shopper, admin) -> None:
    good = {"X_API_Key": raw(admin, "read", "write")}

    assert told(shopper.get("/users", **good)) == ROLE
    assert told(shopper.get("/cart", X_API_Key="pgn_unknown")) is None
    assert client.get("/users", Authorization="Bearer x.y.z", **good).status_code == 401


def test_a_key_in_the_place_of_a_token_is_refused(client, admin) -> None:
    key = raw(admin, "read")

    for wrong in (f"Bearer {key}", f"ApiKey {key}", key):
        answer = client.get("/cart", Authorization=wrong)
        assert told(answer) == (401, "authentication_required")
    assert client.get(f"/cart?api_key={key}").status_code == 401


def test_a_key_follows_its_owners_plan_from_one_request_to_the_next(client, shopper) -> None:
    key = raw(shopper, "read")

    answers = []
    for plan in (PlanTier.FREE, PlanTier.PRO, PlanTier.FREE):
        subscribed(shopper, plan)
        answers.append(told(client.get("/orders/me", X_API_Key=key)))

    assert answers == [PLAN, None, PLAN]


def test_who_has_logged_in_needs_no_plan(shopper) -> None:
    assert shopper.get("/orders/me").status_code == 200


def test_a_refusal_comes_before_a_look_at_what_is_asked_for(client, admin, shopper) -> None:
    key = raw(shopper, "read")
    theirs = [f"/users/{admin.user_id}", "/users/00000000-0000-4000-8000-000000000000"]

    assert {told(client.get(path, X_API_Key=key)) for path in [*theirs, "/users/x"]} == {PLAN}


def test_a_key_reads_nobody_elses_account(client, admin, shopper) -> None:
    key = raw(subscribed(shopper), "read")

    answer = client.get(f"/users/{admin.user_id}", X_API_Key=key)

    assert told(answer) == (404, "user_not_found")


@pytest.mark.parametrize("wanted", [["provision"], ["read", "write", "provision"]])
def test_only_administrators_make_keys_that_open_accounts(admin, shopper, wanted) -> None:
    refused = subscribed(shopper).post(KEYS, {"scopes": wanted})

    assert told(refused) == ROLE
    assert shopper.get(KEYS).json == []
    assert made(admin, scopes=wanted)["scopes"] == sorted(wanted)
