from collections.abc import Callable, Iterator

import pytest
from support.woo_store import KEY, SECRET

from infrastructure.woocommerce.address import Credentials
from infrastructure.woocommerce.client import Patience, WooClient

QUICK = Patience(seconds=10, attempts=3, pause=0.001)


@pytest.fixture
def asking(run, woo) -> Iterator[Callable[..., WooClient]]:
    """Make clients of the store that pause for next to nothing."""
    made: list[WooClient] = []

    def make(
        url: str = "", secret: str = SECRET, patience: Patience = QUICK, **more: object
    ) -> WooClient:
        made.append(WooClient(Credentials(url or woo.url, KEY, secret), patience, **more))
        return made[-1]

    yield make
    for client in made:
        run(client.close())


@pytest.fixture
def ask(asking) -> WooClient:
    return asking()
