"""How alike two texts are."""

from rapidfuzz import fuzz


def likeness(one: str, other: str) -> float:
    """Compare the words of two texts, in whatever order they stand.

    What both say counts as much as what only one says: `token_set_ratio` by itself holds a thing
    and its spare part to be the same.
    """
    return (fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other)) / 200
