"""The comparison is fair only if everyone gives the same answers: look, before measuring."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bench.ask import insist
from bench.operations import by_token, by_word, paths_of
from bench.servers import Server
from bench.shop import PASSWORD, Shop

_ENOUGH = 3


def same_reads(operations: Iterable[str], peregrine: Server, other: Server, shop: Shop) -> None:
    """Insist on the same values in the same fields."""
    for operation in operations:
        for path in paths_of(operation, shop)[:_ENOUGH]:
            ours, theirs = (insist(server.port, "GET", path) for server in (peregrine, other))
            _agree(ours, theirs, f"{other.name} {path}")


def same_writes(peregrine: Server, floor: Server, shop: Shop) -> None:
    """Insist on the same fields; what is in them each has made up on its own."""
    user = shop.users[-1]
    asked = {
        "/cart/add": {"product_id": shop.product_ids[0], "quantity": 1},
        "/checkout": {},
        "/login": {"username": user.email, "password": PASSWORD},
    }
    for path, body in asked.items():
        ours = insist(peregrine.port, "POST", path, body, by_token(user))
        theirs = insist(floor.port, "POST", path, body, by_word(user))
        _agree(_shape(ours), _shape(theirs), f"{floor.name} {path}")


def _agree(ours: Any, theirs: Any, where: str) -> None:
    """Name the first difference there is."""
    for difference in _differences(ours, theirs, where):
        raise RuntimeError(f"unfair: {difference}")


def _differences(ours: Any, theirs: Any, where: str) -> Iterator[str]:
    match ours, theirs:
        case dict(), dict() if ours.keys() == theirs.keys():
            for name in ours:
                yield from _differences(ours[name], theirs[name], f"{where} {name}")
        case list(), list() if len(ours) == len(theirs):
            for number, pair in enumerate(zip(ours, theirs, strict=True)):
                yield from _differences(*pair, f"{where} {number}")
        case _ if _plain(ours) != _plain(theirs):
            yield f"{where} is {str(theirs)[:500]}, with us {str(ours)[:500]}"


def _plain(value: Any) -> Any:
    """See one moment in two spellings as the same."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def _shape(value: Any) -> Any:
    match value:
        case dict():
            return {name: _shape(part) for name, part in value.items()}
        case list():
            return [_shape(part) for part in value]
    return None
