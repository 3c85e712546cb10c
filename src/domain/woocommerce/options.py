"""What a shopper chooses a variant by. A store wants to know: «Size: M», not just «M»."""

from collections import Counter
from collections.abc import Mapping, Sequence

from common.text import words
from domain.catalog.models import Variant

type Choices = dict[str, str]

_OTHERWISE = "Option"


def choices_of(variants: Sequence[Variant]) -> list[Choices]:
    """Tell, for each variant in turn, what is chosen when it is.

    Its metadata say so, where all variants have the same particulars and no two the same values;
    otherwise the titles do.
    """
    return _by_metadata(variants) or _by_title(variants)


def options_of(choices: Sequence[Choices]) -> dict[str, tuple[str, ...]]:
    """List what there is to choose from, under each name."""
    return {name: tuple(dict.fromkeys(each[name] for each in choices)) for name in choices[0]}


def _by_metadata(variants: Sequence[Variant]) -> list[Choices] | None:
    names = list(variants[0].attributes)
    if not names or any(set(variant.attributes) != set(names) for variant in variants):
        return None
    choices = [{name: _plain(variant.attributes[name]) for name in names} for variant in variants]
    distinct = {tuple(value.casefold() for value in each.values()) for each in choices}
    slugs = {"-".join(words(name)) for name in names}
    clear = len(distinct) == len(choices) and len(slugs) == len(names) and "" not in slugs
    return choices if clear and all(all(each.values()) for each in choices) else None


def _by_title(variants: Sequence[Variant]) -> list[Choices]:
    seen: Counter[str] = Counter()
    choices = []
    for variant in variants:
        title = _plain(variant.title)
        seen[title.casefold()] += 1
        repeat = seen[title.casefold()]
        choices.append({_OTHERWISE: f"{title} ({repeat})" if repeat > 1 else title})
    return choices


def _plain(value: object) -> str:
    """Write a value as an option can be written: in one line, and without the mark between two."""
    return " ".join(value.replace("|", "/").split()) if isinstance(value, str) else ""


def metadata_of(attributes: Mapping[str, object]) -> dict[str, object]:
    """Leave out names that begin as the store's own do: its prices and stocks are such."""
    return {
        name: value
        for name, value in attributes.items()
        if value is not None and not name.startswith("_")
    }
