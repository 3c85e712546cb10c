"""The part of a page that can tell of products, in HTML that no parser chokes on.

Read as it comes, HTML of some ten kilobytes keeps a parser busy for hours and fills the memory:
misnested ``<b>`` (lexbor issue 340), ten thousand ``<div>`` in each other, a tag with as many
attributes. The addresses that we read are chosen by others. So what is of no interest to us is
left out first, in one pass whose time grows with the page and no faster; what remains is well
nested, not deep, and small in its tags.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

_ATTRIBUTES = r"((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)"
_ANY = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+){_ATTRIBUTES}>")
_OF_THE_HEAD = re.compile(rf"<(/?)(meta|link|base|h1)(?=[\s/>]){_ATTRIBUTES}>", re.IGNORECASE)
_OR_LINKS = re.compile(rf"<(/?)(meta|link|base|h1|a)(?=[\s/>]){_ATTRIBUTES}>", re.IGNORECASE)
_MICRODATA = re.compile(r"\sitemscope\b", re.IGNORECASE)
_RAW = re.compile(r"<(script|style)(?=[\s/>])([^<>]*+)>", re.IGNORECASE)
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_CLOSED_BY_THE_NEXT = frozenset({"a", "p", "li", "td", "tr", "dt", "dd", "option"})
_ALWAYS_KEPT = frozenset({"meta", "link", "base", "a", "h1"})
_KEPT_WITH = re.compile(r"\sitem(?:prop|scope)\b", re.IGNORECASE)
_MOST_TAGS = 60_000
_MOST_KEPT = 6000
_DEEPEST = 100
_LONGEST_TAG = 4000
_MOST_SCRIPTS = 1000


def outline(text: str, *, with_links: bool = False) -> tuple[str, list[str]]:
    """Tell what a page consists of, and what its JSON-LD scripts say.

    Elements are renamed (``a`` is ``x-a``), so that none has a parsing rule of its own; the void
    ones need none.
    """
    remainder: list[str] = []
    scripts: list[str] = []
    at = 0
    for begin, inner, end, attributes in _raw_parts(text):
        remainder.append(text[at:begin])
        if "ld+json" in attributes.lower():
            scripts.append(text[inner:end])
        at = end
    remainder.append(text[at:])
    rest = _without_comments("".join(remainder))
    tag = _OR_LINKS if with_links else _OF_THE_HEAD
    return "".join(_pieces(rest, _ANY if _MICRODATA.search(rest) else tag)), scripts


def _raw_parts(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Find scripts and styles, in which nothing is a tag."""
    at = 0
    for _ in range(_MOST_SCRIPTS):
        begin = _RAW.search(text, at)
        end = _RAW_END[begin[1].lower()].search(text, begin.end()) if begin else None
        if begin is None or end is None:
            return
        yield begin.start(), begin.end(), end.start(), begin[2]
        at = end.end()


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in rest)


def _pieces(text: str, tag: re.Pattern[str]) -> Iterator[str]:
    """Keep what may be of interest, and the text within."""
    at = kept = depth = 0
    stack: list[tuple[str, bool]] = []
    opened: Counter[str] = Counter()
    for match in islice(tag.finditer(text), _MOST_TAGS):
        if depth:
            yield text[at : match.start()].replace("<", "&lt;")
        at = match.end()
        is_end, name, attributes = match[1], match[2].lower(), match[3]
        if is_end or (name in _CLOSED_BY_THE_NEXT and stack and stack[-1][0] == name):
            while opened[name]:
                last, was_kept = stack.pop()
                opened[last] -= 1
                if was_kept:
                    depth -= 1
                    yield f"</x-{last}>"
                if last == name:
                    break
        if is_end:
            continue
        is_kept = (
            (name in _ALWAYS_KEPT or bool(_KEPT_WITH.search(attributes)))
            and kept < _MOST_KEPT
            and depth < _DEEPEST
            and len(attributes) <= _LONGEST_TAG
        )
        kept += is_kept
        if name in _VOID:
            if is_kept:
                yield f"<{name}{attributes}>"
            continue
        stack.append((name, is_kept))
        opened[name] += 1
        if is_kept:
            depth += 1
            yield f"<x-{name}{attributes}>"
