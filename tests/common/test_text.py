import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import trigrams, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Prince Caspian", ["prince", "caspian"]),
        ("  C. S.  Lewis\n", ["c", "s", "lewis"]),
        ("García Márquez", ["garcia", "marquez"]),
        ("e\u0301te\u0301", ["ete"]),
        ("Straße", ["strasse"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁve", ["five"]),
        ("\uff2e\uff21", ["na"]),
        ("x²", ["x2"]),
        ("snake_case-and/slash", ["snake", "case", "and", "slash"]),
        ("don't", ["don", "t"]),
        ("Война и мир", ["воина", "и", "мир"]),
        ("🦁 …!? \"'*()-", []),
        ("\u200b\u202e\x00\ufffd", []),
    ],
)
def test_words_have_no_case_no_accents_and_no_punctuation(text, found) -> None:
    assert words(text) == found


@given(st.text())
def test_words_are_letters_and_digits_only(text) -> None:
    assert all(word.isalnum() for word in words(text))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("narnia", [" na", "arn", "nar", "nia", "rni"]),
        ("cat", [" ca", "cat"]),
        ("ca", [" ca"]),
        ("c", [" c"]),
        ("aaaaa", [" aa", "aaa"]),
    ],
)
def test_trigrams_count_the_start_of_a_word_as_a_letter(word, parts) -> None:
    assert trigrams(word) == parts


@given(st.text(min_size=1, max_size=64))
def test_trigrams_are_never_longer_than_three(word) -> None:
    assert {len(part) for part in trigrams(word)} <= {1, 2, 3}
