"""Microdata: the same terms of schema.org, in the attributes of what people see."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from infrastructure.scanner.graph import Graph, Node, is_a, listed

_MOST_ITEMS = 500
_MOST_NODES = 5000
_DEEPEST = 4
_SOURCES = {"x-a": "href", "link": "href", "img": "src", "source": "src", "x-data": "value"}


def microdata_of(tree: LexborHTMLParser) -> Graph:
    """Read the items of a page that are no part of others, or are what it is about."""
    scopes = tree.css("[itemscope][itemtype]")[:_MOST_ITEMS]
    own = (each for each in scopes if each.attributes.get("itemprop") in (None, "mainEntity"))
    return Graph(_item(each) for each in own if is_a(_head(each), "Product", "ProductGroup"))


def _head(scope: LexborNode) -> Node:
    return {"@type": (scope.attributes.get("itemtype") or "").split()}


def _item(scope: LexborNode, depth: int = 0) -> Node:
    item = _head(scope)
    for node in _inside(scope):
        names = (node.attributes.get("itemprop") or "").split()[:5]
        if names:
            is_item = "itemscope" in node.attributes and depth < _DEEPEST
            value = _item(node, depth + 1) if is_item else _value(node)
            for name in names:
                item[name] = [*listed(item[name]), value] if name in item else value
    return item


def _inside(scope: LexborNode) -> Iterator[LexborNode]:
    """Walk through what is inside of an item, but not of those within."""
    waiting = list(scope.iter())
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        yield node
        if "itemscope" not in node.attributes:
            waiting[:0] = node.iter()


def _value(node: LexborNode) -> str | None:
    told = node.attributes
    if "content" in told:
        return told["content"]
    source = _SOURCES.get(node.tag or "")
    return told.get(source) if source and source in told else node.text(strip=True)
