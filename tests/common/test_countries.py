from common.countries import COUNTRIES


def test_there_are_as_many_countries_as_the_standard_has_and_kosovo() -> None:
    assert len(COUNTRIES) == 249 + 1
    assert {"DE", "GB", "JP", "KW", "US", "XK"} <= COUNTRIES
    assert not {"UK", "EU", "XX", "ZZ", "AN", "SU"} & COUNTRIES
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
