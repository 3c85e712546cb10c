"""A shop that may read stores at home."""

import pytest
from support.competing import COMPETITORS, at, watched

from infrastructure.reachable import Allowed


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"outbound_allow": Allowed.of(["127.0.0.1", "10.0.0.0/8"])})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://10.1.2.3/shop"])
def test_private_addresses_that_are_let_may_be_watched(shopper, url) -> None:
    competitor = watched(shopper, url=url)

    assert competitor["url"] == url
    assert shopper.patch(at(competitor), {"url": url}).status_code == 200


def test_others_are_refused_as_ever(shopper) -> None:
    answer = shopper.post(COMPETITORS, {"name": "Router", "url": "http://192.168.0.1"})

    assert (answer.status_code, answer.json["error"]) == (422, "store_address_not_allowed")
    assert answer.json["details"] == {"host": "192.168.0.1"}
