import pytest

from domain.idempotency.errors import RequestInProgress
from domain.idempotency.service import Claim, current_claim


@pytest.fixture
def requests(client, shop):
    """The service of a shop that the client has opened."""
    return shop.keyed_requests


def claimed(run, requests) -> Claim:
    return run(requests.claim("user:ada", "key", "fingerprint", resumable=False))


def test_a_claim_that_broke_off_before_anything_was_committed_is_free_again(run, requests) -> None:
    claim = claimed(run, requests)

    run(requests.release_unused(claim))

    assert isinstance(claimed(run, requests), Claim)


def test_a_claim_under_which_something_was_committed_is_not(run, shop, requests) -> None:
    claim = claimed(run, requests)

    async def commit_something() -> None:
        current_claim.set(claim)
        await shop.database.write(lambda tx: tx.ping())

    run(commit_something())
    run(requests.release_unused(claim))

    with pytest.raises(RequestInProgress):
        claimed(run, requests)
