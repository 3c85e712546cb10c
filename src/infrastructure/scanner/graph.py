"""Structured data: nodes that hold others, or tell by an ``@id`` where they are."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

type Node = dict[str, Any]

_INSIDE = ("@graph", "mainEntity")
_MOST = 5000
_MOST_STEPS = 20_000
"""From node to node: a few that each stand a thousand times for the next, by an ``@id``, have no
end."""
_MOST_KINDS = 20


class Graph:
    """All that a page tells in one notation."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._nodes = list(_nodes(values))
        self._steps_left = _MOST_STEPS
        self._by_id = {
            node["@id"]: node
            for node in self._nodes
            if isinstance(node.get("@id"), str) and len(node) > 1
        }

    def of_kind(self, *kinds: str) -> list[Node]:
        """List what is of a kind and what the page is about: not what is a part or a mention."""
        return [node for node in self._nodes if is_a(node, *kinds)]

    def follow(self, value: Any) -> Any:
        """Find the node that a mere ``@id`` stands for; after too many steps, nothing."""
        if not isinstance(value, dict):
            return value
        self._steps_left -= 1
        if self._steps_left < 0:
            return None
        if len(value) <= 2 and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value


def is_a(node: Node, *kinds: str) -> bool:
    wanted = {kind.lower() for kind in kinds}
    return any(last_word(each) in wanted for each in listed(node.get("@type"))[:_MOST_KINDS])


def last_word(value: Any) -> str:
    """Read a term of schema.org, in whichever of its spellings, in lower case."""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("@value") or value.get("name")
    text = value[:200] if isinstance(value, str) else ""
    return text.strip().rstrip("/").replace("#", "/").replace(":", "/").rpartition("/")[2].lower()


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _nodes(values: Iterable[Any]) -> Iterator[Node]:
    waiting = deque(values)
    for _ in range(_MOST):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, list):
            waiting.extend(value[:_MOST])
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[name] for name in _INSIDE if name in value)
