from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from support.stripe_api import StripeApi

from infrastructure.payments.stripe_connection import StripeConnection
from infrastructure.payments.stripe_gateway import StripeGateway

type Connect = Callable[..., StripeGateway]
type Dial = Callable[..., StripeConnection]


@pytest.fixture
def api(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> Iterator[StripeApi]:
    """Stripe, on loopback. Whatever is asked must be what its API takes."""
    api = StripeApi()
    run(api.open())
    yield api
    run(api.close())
    assert api.faults == []


@pytest.fixture
def dial(run: Callable[[Coroutine[Any, Any, Any]], Any]) -> Iterator[Dial]:
    """Make connections to a Stripe at an address; they are closed after the test."""
    connections = []

    def dial(url: str, key: str = "sk_test_1", patience: float = 20) -> StripeConnection:
        connections.append(StripeConnection(key, base=url, patience=patience))
        return connections[-1]

    yield dial
    for connection in connections:
        run(connection.close())


@pytest.fixture
def connect(dial: Dial) -> Connect:
    """Make gateways to a Stripe at an address."""
    return lambda *where, **how: StripeGateway(dial(*where, **how), "pk_test_1")


@pytest.fixture
def stripe(api: StripeApi, connect: Connect) -> StripeGateway:
    """The gateway to it, with a key that moves no money."""
    return connect(api.url)
