"""Whether Stripe's API takes a request, by the parameter types that Stripe ships in its SDK.

They are generated from the same description as the API of the SDK's version, so they tell a
misspelt, a misplaced and a retired parameter, a wrong type, and a value that is none of a choice.
"""

import re
import sys
import types
import typing
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import typing_extensions
from stripe import RequestOptions, StripeObject, params

type Faults = list[str]

_CALLS = {
    r"POST /v1/checkout/sessions": "checkout.SessionCreateParams",
    r"GET /v1/checkout/sessions/\w+": "checkout.SessionRetrieveParams",
    r"POST /v1/checkout/sessions/\w+/expire": "checkout.SessionExpireParams",
    r"POST /v1/payment_intents": "PaymentIntentCreateParams",
    r"GET /v1/payment_intents/search": "PaymentIntentSearchParams",
    r"GET /v1/payment_intents/\w+": "PaymentIntentRetrieveParams",
    r"POST /v1/payment_intents/\w+/confirm": "PaymentIntentConfirmParams",
    r"POST /v1/payment_intents/\w+/cancel": "PaymentIntentCancelParams",
    r"POST /v1/payment_methods": "PaymentMethodCreateParams",
    r"POST /v1/refunds": "RefundCreateParams",
    r"GET /v1/refunds": "RefundListParams",
    r"POST /v1/customers": "CustomerCreateParams",
    r"GET /v1/checkout/sessions": "checkout.SessionListParams",
    r"GET /v1/subscriptions": "SubscriptionListParams",
    r"POST /v1/billing_portal/sessions": "billing_portal.SessionCreateParams",
}
_NOT_ON_THE_WIRE = frozenset(RequestOptions.__annotations__)
_WHOLE = re.compile(r"-?\d+")
_SCALARS: dict[object, Callable[[str], object]] = {
    int: _WHOLE.fullmatch,
    bool: {"true", "false"}.__contains__,
    str: lambda text: True,
}


def faults_of(method: str, path: str, form: str) -> Faults:
    """Tell what is wrong with a request; ``form`` is its body, or its query."""
    for call, name in _CALLS.items():
        if re.fullmatch(call, f"{method} {path}"):
            return _faults(unpacked(form), _named(name), "")
    return [f"{method} {path} is no call that we know"]


def unpacked(form: str) -> dict[str, Any]:
    """Read ``a[b][0]=c`` as ``{"a": {"b": {"0": "c"}}}``."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(form, keep_blank_values=True):
        *path, last = [part for part in re.split(r"\[|\]\[|\]", key) if part]
        place = root
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return root


def _named(name: str) -> Any:
    found: Any = params
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _faults(value: Any, kind: Any, where: str) -> Faults:
    origin, arguments = typing_extensions.get_origin(kind), typing_extensions.get_args(kind)
    if origin in (typing_extensions.NotRequired, typing_extensions.Required):
        return _faults(value, arguments[0], where)
    if origin in (typing.Union, types.UnionType):
        return _of_any(value, arguments, where)
    if origin is typing.Literal:
        known = [str(each) for each in arguments]
        return [] if value in known else [f"{where}: {value!r} is none of {known}"]
    if typing_extensions.is_typeddict(kind):
        return _of_parts(value, kind, where)
    if origin is list:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            return [f"{where}: not a list"]
        return [
            fault
            for index, each in value.items()
            for fault in _faults(each, arguments[0], f"{where}[{index}]")
        ]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{where}: not a map"]
        return [
            fault
            for name, each in value.items()
            for fault in _faults(each, arguments[1], f"{where}.{name}")
        ]
    if kind in _SCALARS:
        good = isinstance(value, str) and _SCALARS[kind](value)
        return [] if good else [f"{where}: {value!r} is no {kind.__name__}"]
    return []


def _of_any(value: Any, kinds: tuple[Any, ...], where: str) -> Faults:
    """Take the kind that fits best. The SDK writes a choice as ``Literal | str``: it is none.

    It also takes what it has answered before, where maps are taken; on the wire that is a map.
    """
    kinds = tuple(kind for kind in kinds if not _is_answer(kind))
    if any(typing_extensions.get_origin(kind) is typing.Literal for kind in kinds):
        kinds = tuple(kind for kind in kinds if kind is not str)
    return min((_faults(value, kind, where) for kind in kinds), key=len)


def _of_parts(value: Any, kind: Any, where: str) -> Faults:
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    known = _hints(kind)
    faults = [f"{where}.{name}: unknown" for name in value if name not in known]
    faults += [
        f"{where}.{name}: missing"
        for name in kind.__required_keys__
        if name in known and name not in value and not _is_optional(known[name])
    ]
    return faults + [
        fault
        for name, part in value.items()
        if name in known
        for fault in _faults(part, known[name], f"{where}.{name}")
    ]


def _is_answer(kind: Any) -> bool:
    made_of = typing_extensions.get_origin(kind)
    return isinstance(made_of, type) and issubclass(made_of, StripeObject)


def _is_optional(hint: Any) -> bool:
    return typing_extensions.get_origin(hint) is typing_extensions.NotRequired


def _hints(kind: Any) -> dict[str, Any]:
    """Resolve the annotations of a TypedDict; names that only type checkers import are ``Any``."""
    names = {**vars(typing), **vars(typing_extensions), **vars(sys.modules[kind.__module__])}
    while True:
        try:
            hints = typing_extensions.get_type_hints(kind, names, include_extras=True)
        except NameError as unknown:
            names[unknown.name] = Any
        else:
            return {name: hints[name] for name in hints if name not in _NOT_ON_THE_WIRE}
