"""What titles say, in a form in which those of two sellers can be compared."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_MARKS = str.maketrans("", "", "™®©℠")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_INCHES = re.compile(r"(?<=\d)\s*(?:''|[\"″”])")
_PACK_OF = re.compile(r"\b(?:pack|set|box|case) of (\d+)\b")
_TOKEN = re.compile(r"\d+\.\d+[^\W_]*|[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]+)")
_DIGIT = re.compile(r"\d")
_LONGEST_NUMBER = 9

_UNITS = {
    **dict.fromkeys(("gb",), ("gb", 1)),
    **dict.fromkeys(("tb",), ("gb", 1000)),
    **dict.fromkeys(("mg",), ("mg", 1)),
    **dict.fromkeys(("g", "gr", "gram", "grams"), ("g", 1)),
    **dict.fromkeys(("kg", "kilo"), ("g", 1000)),
    **dict.fromkeys(("lb", "lbs"), ("lb", 1)),
    **dict.fromkeys(("oz",), ("oz", 1)),
    **dict.fromkeys(("ml",), ("ml", 1)),
    **dict.fromkeys(("cl",), ("ml", 10)),
    **dict.fromkeys(("l", "ltr", "liter", "litre", "liters", "litres"), ("ml", 1000)),
    **dict.fromkeys(("mm",), ("mm", 1)),
    **dict.fromkeys(("cm",), ("mm", 10)),
    **dict.fromkeys(("m", "meter", "metre"), ("mm", 1000)),
    **dict.fromkeys(("in", "inch", "inches", "zoll"), ("in", 1)),
    **dict.fromkeys(("w", "watt", "watts"), ("w", 1)),
    **dict.fromkeys(("v", "volt", "volts"), ("v", 1)),
    **dict.fromkeys(("mah",), ("mah", 1)),
    **dict.fromkeys(("hz",), ("hz", 1)),
    **dict.fromkeys(("mp", "megapixel", "megapixels"), ("mp", 1)),
    **dict.fromkeys(
        ("pcs", "pc", "piece", "pieces", "pack", "packs", "pk", "count", "ct", "stk"), ("pcs", 1)
    ),
}
_PIECES = "pcs"
_FILLING_WORDS = "a an and by from in new of original genuine the to with und mit de"
_KIND_WORDS = """
pro max plus mini ultra lite air se fe slim xl xs light zero sugar kids junior refurbished
used renewed case cases cover covers cable charger adapter strap band protector holder stand
mount bag sleeve skin compatible replacement refill cartridge spare for fits fur
"""
_COLOUR_WORDS = """
black white silver gold grey gray blue red green yellow pink purple orange brown beige navy
graphite titanium cream turquoise schwarz weiss rot blau grun gelb
"""
_FILLING = frozenset(_FILLING_WORDS.split())
_KINDS = frozenset(_KIND_WORDS.split())
"""A word more of these, and it is another thing: a smaller model, or what goes with one."""
_COLOURS = frozenset(_COLOUR_WORDS.split())


@dataclass(frozen=True, slots=True)
class Profile:
    """What a title says of the thing, sorted by how far two titles may differ in it."""

    sizes: Mapping[str, frozenset[str]]
    """By what is measured; equal ones read alike."""
    models: frozenset[str]
    """Whatever else has digits: model numbers, generations, years."""
    kinds: frozenset[str]
    colours: frozenset[str]


def words_of(title: str) -> list[str]:
    """List the words of a title without case, accents and filling, and equal sizes alike.

    A title that is all filling has nothing else to be told by: it keeps it.
    """
    text = title.translate(_MARKS)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in decomposed if not unicodedata.combining(each))
    text = _INCHES.sub("in ", text.casefold())
    text = _COMMA.sub(".", _THOUSANDS.sub("", text))
    found = _TOKEN.findall(_PACK_OF.sub(r"\1pcs", text))
    words: list[str] = []
    for place, word in enumerate(found):
        before = found[place - 1] if place else ""
        if word in _UNITS and _NUMBER.fullmatch(before) and words and words[-1] == before:
            words[-1] = _measured(before + word)
        elif word not in _FILLING:
            words.append(_measured(word))
    return words or found


def profile_of(words: Sequence[str]) -> Profile:
    """Sort the words of a title."""
    sizes: dict[str, set[str]] = {}
    models = set()
    for word in words:
        if not _DIGIT.search(word):
            continue
        measure = _MEASURE.fullmatch(word)
        if measure and measure[2] in _UNITS:
            sizes.setdefault(measure[2], set()).add(word)
        else:
            models.add(word)
    if sizes.get(_PIECES) == {f"1{_PIECES}"}:
        del sizes[_PIECES]  # as goes without saying
    return Profile(
        {unit: frozenset(measured) for unit, measured in sizes.items()},
        frozenset(models),
        _KINDS.intersection(words),
        _COLOURS.intersection(words),
    )


def joined(words: Sequence[str], others: Collection[str]) -> list[str]:
    """Write neighbours as one where ``others`` have them so: WH-1000XM5 is WH1000XM5."""
    together: list[str] = []
    for word in words:
        both = together[-1] + word if together else ""
        if both in others and _DIGIT.search(both):
            together[-1] = both
        else:
            together.append(word)
    return together


def contradict(one: Profile, other: Profile) -> bool:
    """Tell whether two titles cannot be of the same thing."""
    if one.kinds != other.kinds or not _fit(one.models, other.models):
        return True
    if (_PIECES in one.sizes) != (_PIECES in other.sizes):
        return True
    shared = one.sizes.keys() & other.sizes.keys()
    return any(not _fit(one.sizes[unit], other.sizes[unit]) for unit in shared)


def _fit(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether neither says anything that the other, saying more, does not."""
    return one <= other or other <= one


def _measured(word: str) -> str:
    """Write a size in the unit that all of its kind are compared in: 1.5l is 1500ml."""
    measure = _MEASURE.fullmatch(word)
    unit = measure and _UNITS.get(measure[2])
    if not measure or not unit or len(measure[1]) > _LONGEST_NUMBER:
        return word
    return f"{(Decimal(measure[1]) * unit[1]).normalize():f}{unit[0]}"
