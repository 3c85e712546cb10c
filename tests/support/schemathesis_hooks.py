"""What schemathesis cannot know from the description, because JSON Schema cannot say it."""

import base64
import json
import re
from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation

_KEY = "Idempotency-Key"
_PRICE = re.compile(r"(variants\.\d+\.)?(price|total)")
_RULES_OF_MONEY = re.compile(
    r"contradicts [\w.]+_cents"
    r"|.* is finer than the smallest unit of [A-Z]{3}"
    r"|more than \d+ minor units"
)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Take a fresh idempotency key for each request, and never end the account in use."""
    if _is_sound(case, ParameterLocation.HEADER) and _KEY in case.headers:
        case.headers[_KEY] = str(uuid4())
    ends = case.method in ("PATCH", "DELETE") and "user_id" in case.path_parameters
    if ends and case.path_parameters["user_id"] == _account_in_use(case):
        case.path_parameters["user_id"] = str(uuid4())


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep all but this: amounts of the right shape that contradict each other or a currency."""
    if "positive_data_acceptance" not in failure.checks or response.status_code != 422:
        return True
    details = response.json()["details"]
    return not details or not all(
        _PRICE.fullmatch(field) and _RULES_OF_MONEY.fullmatch(fault)
        for field, fault in details.items()
    )


def _is_sound(case: Case, part: ParameterLocation) -> bool:
    """Tell whether a part of the request is as described; what is wrong on purpose stays so."""
    generated = case.meta.components.get(part) if case.meta else None
    return generated is None or generated.mode.is_positive


def _account_in_use(case: Case) -> str | None:
    """Read from the token we were given whose it is."""
    given = case.operation.schema.config.headers_for().get("Authorization", "")
    claims = given.count(".") == 2 and given.split(".")[1]
    if not claims:
        return None
    account: str | None = json.loads(base64.urlsafe_b64decode(f"{claims}===")).get("sub")
    return account
