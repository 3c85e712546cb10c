import pytest

from domain.source.gtin import normal_gtin


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("4006381333931", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("0036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("10036000291459", "10036000291459"),
        ("978-0-7475-3269-9", "09780747532699"),
        ("4006 3813 33931", "04006381333931"),
    ],
)
def test_a_number_is_written_in_14_digits(text, gtin) -> None:
    assert normal_gtin(text) == gtin


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "N/A",
        "123",
        "4006381333932",
        "4006381333931000",
        "0000000000000",
        "2000000000008",
        "4.00638E+12",
        "٤٠٠٦٣٨١٣٣٣٩٣١",
    ],
)
def test_what_is_none_or_means_another_thing_elsewhere_is_left_out(text) -> None:
    assert normal_gtin(text) is None
