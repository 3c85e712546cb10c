"""Words, as people type them."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Split text into its words, without case, accents or punctuation."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return _WORD.findall(plain.casefold())


def trigrams(word: str) -> list[str]:
    """Cut a word into overlapping threes; its start counts as a letter."""
    padded = f" {word}"
    return sorted({padded[start : start + 3] for start in range(max(1, len(padded) - 2))})
