"""Titles, as they are sorted and searched."""

from common.text import words

_LONGEST = 200


def sort_title(title: str) -> str:
    """Make of a title what it is sorted by: its words, without case, accents or punctuation."""
    return (" ".join(words(title)) or title.casefold().strip())[:_LONGEST]
