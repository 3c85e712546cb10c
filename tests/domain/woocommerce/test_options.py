import pytest

from domain.catalog.models import Variant
from domain.woocommerce.options import choices_of, metadata_of, options_of


def variant(title: str, **attributes: object) -> Variant:
    return Variant(title=title, price_amount=100, attributes=attributes)


def test_variants_with_the_same_particulars_are_chosen_by_them() -> None:
    variants = [
        variant("a", size="M", colour="red"),
        variant("b", colour="blue", size="M"),
        variant("c", size="L", colour="red"),
    ]

    choices = choices_of(variants)

    assert choices[1] == {"size": "M", "colour": "blue"}
    assert options_of(choices) == {"size": ("M", "L"), "colour": ("red", "blue")}


@pytest.mark.parametrize(
    "variants",
    [
        [variant("a"), variant("b")],
        [variant("a", size="M"), variant("b")],
        [variant("a", size="M"), variant("b", size="m ")],
        [variant("a", size="M"), variant("b", size=7)],
        [variant("a", size="M"), variant("b", size="  ")],
        [variant("a", size="M", Size="x"), variant("b", size="L", Size="y")],
        [variant("a", **{"★": "M"}), variant("b", **{"★": "L"})],
    ],
)
def test_others_are_chosen_by_their_titles(variants) -> None:
    assert choices_of(variants) == [{"Option": "a"}, {"Option": "b"}]


def test_titles_that_read_the_same_are_numbered() -> None:
    variants = [variant("Large"), variant("large"), variant(" LARGE "), variant("S|M")]

    assert [each["Option"] for each in choices_of(variants)] == [
        "Large",
        "large (2)",
        "LARGE (3)",
        "S/M",
    ]


def test_what_could_be_taken_for_the_stores_own_is_left_out() -> None:
    assert metadata_of({"_stock": 1, "size": "M", "weight": None, "new": False}) == {
        "size": "M",
        "new": False,
    }
