import pytest
from support.competing import PRODUCTS, at, listed, put_on_sale, sold, watched

TITLES = ("Wireless Earbuds (2nd gen)", "Wearable T-Shirt", "CAFÉ Crème", "Ear-warmers, wool")


@pytest.fixture
def competitor(client, shopper):
    competitor = watched(shopper)
    put_on_sale(client, [sold(competitor, title, 100) for title in TITLES])
    return competitor


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("earbuds", ["Wireless Earbuds (2nd gen)"]),
        ("EAR", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("ear wire", ["Wireless Earbuds (2nd gen)"]),
        ("2nd", ["Wireless Earbuds (2nd gen)"]),
        ("shirt", ["Wearable T-Shirt"]),
        ("t-shirt", ["Wearable T-Shirt"]),
        ("cafe", ["CAFÉ Crème"]),
        ("crème", ["CAFÉ Crème"]),
        ("buds", []),
        ("%", []),
        ("ear_", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("ear cafe", []),
        ("' OR 1=1", []),
        ("  ", sorted(TITLES, key=str.lower)),
    ],
)
def test_words_of_the_title_are_found_by_their_beginnings(
    shopper, competitor, typed, found
) -> None:
    query = f"sort_by=title&q={typed.replace('%', '%25')}"

    assert sorted(listed(shopper, query)) == sorted(found)
    assert sorted(listed(shopper, query, f"{at(competitor)}/products")) == sorted(found)


def test_what_is_searched_is_sorted_filtered_and_paged_too(client, shopper, competitor) -> None:
    put_on_sale(client, [sold(competitor, f"Pen {each}", 1000 - each) for each in range(30)])
    put_on_sale(client, [sold(competitor, "Pen, gone", 1, status="removed")])

    page = shopper.get(f"{PRODUCTS}?q=pen&status=active&sort_by=price&per_page=10&page=3").json

    assert page["total"] == 30
    assert [each["title"] for each in page["items"]] == [f"Pen {each}" for each in range(9, -1, -1)]


def test_many_finds_are_shown_like_few(client, shopper, competitor) -> None:
    put_on_sale(client, [sold(competitor, f"Pen {each:03}", 1000 - each) for each in range(600)])

    pages = [
        shopper.get(f"{PRODUCTS}?q=pen&sort_by=price&per_page=100&page={page}").json
        for page in (1, 6, 7)
    ]

    assert {page["total"] for page in pages} == {600}
    assert [each["title"] for each in pages[1]["items"]] == [
        f"Pen {each:03}" for each in range(99, -1, -1)
    ]
    assert pages[0]["items"][0]["title"] == "Pen 599"
    assert pages[2]["items"] == []


def test_a_search_has_bounds(shopper) -> None:
    assert shopper.get(f"{PRODUCTS}?q={'a' * 201}").status_code == 422
    assert listed(shopper, f"q={'+'.join(['ear'] * 50)}") == []
