from collections.abc import Callable

import pytest
from support.client import Client
from support.clock import MovableClock
from support.plans import subscribed
from support.scripted_store import Watch


@pytest.fixture
def watching(clock: MovableClock) -> Callable[[Client], Watch]:
    """Have somebody watch a store that the test writes."""
    return lambda owner: Watch(owner, clock)


@pytest.fixture
def watch(shopper: Client, watching: Callable[[Client], Watch]) -> Watch:
    """A store, watched by somebody with a paid plan."""
    return watching(subscribed(shopper))
