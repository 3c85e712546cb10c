"""What schemathesis cannot know from the description, because JSON Schema cannot say it."""

import base64
import json
import re
from collections import deque
from typing import Any
from uuid import uuid4

import schemathesis
from requests import PreparedRequest
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

_KEY = "Idempotency-Key"
_PRICE = re.compile(r"(variants\.\d+\.)?(price|total|amount)")
_RULES_OF_MONEY = re.compile(
    r"contradicts [\w.]+_cents"
    r"|.* is finer than the smallest unit of [A-Z]{3}"
    r"|more than \d+ minor units"
)
_SAID_TO_BE_SOUND = re.compile(
    r"Invalid component: (in \w+ - )?"
    r"(positive test case|only required properties|all required (properties )?and (\d+ )?optional)"
)
_seen: dict[str, deque[str]] = {"product_id": deque(maxlen=20), "order_id": deque(maxlen=20)}


@schemathesis.serializer("text/csv", "application/x-ndjson")
def as_it_is(context: object, value: object) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Take a fresh idempotency key for each request, and never end the account in use.

    Made-up ids would only ever find that nothing is there, so they give way to ids seen before.
    """
    path = case.path_parameters
    if _is_sound(case, ParameterLocation.HEADER) and _KEY in case.headers:
        kwargs["auth"] = _with_fresh_key
    if case.method in ("PATCH", "DELETE") and path.get("user_id") == _account_in_use(case):
        path["user_id"] = str(uuid4())
    if _is_sound(case, ParameterLocation.PATH) and _phase(case) is TestPhase.FUZZING:
        path.update({name: _seen[name][0] for name in path if _seen.get(name)})
    if _is_sound(case, ParameterLocation.BODY) and _phase(case) is not TestPhase.COVERAGE:
        for line in _lines(case.body):
            _make_likely(line)
    calls_out = "webhook-endpoints" in case.path or "competitors" in case.path
    if _is_sound(case, ParameterLocation.BODY) and calls_out:
        _call_nobody(case.body)


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    """Remember what the shop has shown."""
    if response.status_code in (200, 201) and response.content and _is_json(response):
        shown = response.json()
        for thing in [*shown.get("items", []), shown] if isinstance(shown, dict) else []:
            if "order_number" in thing and "id" in thing:
                _seen["order_id"].append(thing["id"])
            elif thing.get("is_active") and thing.get("stock", 0) > 9:
                _seen["product_id"].append(thing["id"])


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep all but these: amounts of the right shape that contradict each other or a currency.

    And requests that are said to be wrong, and in the same breath to be all that is required.
    """
    if _SAID_TO_BE_SOUND.search(failure.message):
        return False
    if "positive_data_acceptance" not in failure.checks or response.status_code != 422:
        return True
    details = response.json()["details"]
    return not details or not all(
        _PRICE.fullmatch(field) and _RULES_OF_MONEY.fullmatch(fault)
        for field, fault in details.items()
    )


def _is_json(response: Response) -> bool:
    return response.headers["content-type"] == ["application/json"]


def _with_fresh_key(request: PreparedRequest) -> PreparedRequest:
    request.headers[_KEY] = str(uuid4())
    return request


def _is_sound(case: Case, part: ParameterLocation) -> bool:
    """Tell whether a part of the request is as described; what is wrong on purpose stays so."""
    generated = case.meta.components.get(part) if case.meta else None
    return generated is None or generated.mode.is_positive


def _phase(case: Case) -> TestPhase:
    return case.meta.phase.name if case.meta else TestPhase.COVERAGE


def _lines(body: object) -> list[dict[str, Any]]:
    """Find the lines of a cart or an order in a body."""
    if not isinstance(body, dict):
        return []
    lines = body["items"] if isinstance(body.get("items"), list) else [body]
    return [line for line in lines if "product_id" in line]


def _make_likely(line: dict[str, Any]) -> None:
    """Ask for a few of a product that is there, in its default variant, most of the time."""
    products, wanted = _seen["product_id"], int(line.get("quantity") or 1)
    if products and wanted % 4:
        products.rotate()
        line.pop("variant_id", None)
        line["product_id"] = products[0]
        if "quantity" in line:
            line["quantity"] = wanted % 4


def _call_nobody(body: object) -> None:
    """Name an address that cannot exist (RFC 2606): the shop would call what is made up."""
    if isinstance(body, dict) and "url" in body:
        body["url"] = "https://receiver.invalid/hooks"


def _account_in_use(case: Case) -> str | None:
    """Read from the token we were given whose it is."""
    given = case.operation.schema.config.headers_for().get("Authorization", "")
    claims = given.count(".") == 2 and given.split(".")[1]
    if not claims:
        return None
    account: str | None = json.loads(base64.urlsafe_b64decode(f"{claims}===")).get("sub")
    return account
