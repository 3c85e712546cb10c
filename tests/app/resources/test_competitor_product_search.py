from urllib.parse import quote

import pytest
from sqlalchemy import update
from support.competing import PRODUCTS, at, listed, put_on_sale, sold, watched

from domain.competitor.models import CompetitorProduct

TITLES = ("Wireless Earbuds (2nd gen)", "Wearable T-Shirt", "CAFÉ Crème", "Ear-warmers, wool")
FOREIGN = (
    "Große Straße",
    "İstanbul Çay",
    "Ωμέγα-3",
    "日本酒 セット",
    "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
    "Čaj № ½",
    "—!—",
)


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
        ("w", ["Ear-warmers, wool", "Wearable T-Shirt", "Wireless Earbuds (2nd gen)"]),
        ("we", ["Wearable T-Shirt"]),
        ("w w w wo", ["Ear-warmers, wool"]),
        ("ear*", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("*ear", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("^wear", ["Wearable T-Shirt"]),
        ('"ear warmers"', ["Ear-warmers, wool"]),
        ("'wear':*", ["Wearable T-Shirt"]),
        ("words:wear", []),
        ("ear OR cafe", []),
        ("ear | cafe", []),
        ("ear NOT wool", []),
        ("ear & !wool", ["Ear-warmers, wool"]),
        ("NEAR(ear wool)", []),
        ("\\ear\\", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("ear (", ["Ear-warmers, wool", "Wireless Earbuds (2nd gen)"]),
        ("active", []),
        ("' OR 1=1", []),
        ("  ", sorted(TITLES, key=str.lower)),
    ],
)
def test_words_of_the_title_are_found_by_their_beginnings(
    shopper, competitor, typed, found
) -> None:
    query = f"sort_by=title&q={quote(typed)}"

    assert sorted(listed(shopper, query)) == sorted(found)
    assert sorted(listed(shopper, query, f"{at(competitor)}/products")) == sorted(found)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("GROSSE", "Große Straße"),
        ("straß", "Große Straße"),
        ("strasse große", "Große Straße"),
        ("istanbul", "İstanbul Çay"),
        ("ISTANBUL çay", "İstanbul Çay"),
        ("ωμεγα 3", "Ωμέγα-3"),
        ("ΩΜΈ", "Ωμέγα-3"),
        ("日本", "日本酒 セット"),
        ("日", "日本酒 セット"),
        ("セット", "日本酒 セット"),
        ("საქ", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ"),
        ("caj", "Čaj № ½"),
    ],
)
def test_letters_of_the_whole_world_are_found(client, shopper, typed, found) -> None:
    competitor = watched(shopper)
    put_on_sale(client, [sold(competitor, title, 100) for title in FOREIGN])

    assert listed(shopper, f"q={quote(typed)}") == [found]


def test_nobody_finds_what_is_anothers(client, shopper, admin, competitor) -> None:
    theirs = watched(admin)
    put_on_sale(client, [sold(theirs, "Earbuds of somebody else", 100) for _ in range(600)])

    assert listed(shopper, "q=earbuds") == ["Wireless Earbuds (2nd gen)"]
    assert shopper.get(f"{PRODUCTS}?q=e").json["total"] == 2
    assert listed(shopper, f"q=e&competitor_id={theirs['id']}") == []
    assert shopper.get(f"{PRODUCTS}?q=somebody").json["total"] == 0
    assert admin.get(f"{PRODUCTS}?q=earbuds").json["total"] == 600
    for typed in (theirs["user_id"], theirs["id"], f"{theirs['user_id']}activeear"):
        assert listed(shopper, f"q={typed}") == listed(admin, f"q={typed}") == []


def test_each_store_is_searched_by_itself(client, shopper, competitor) -> None:
    other = watched(shopper, name="Other")
    put_on_sale(client, [sold(other, f"Earbuds {each}", each + 1) for each in range(600)])

    for path in (f"{PRODUCTS}?competitor_id={other['id']}&", f"{at(other)}/products?"):
        assert shopper.get(f"{path}q=earb").json["total"] == 600
        assert len(shopper.get(f"{path}q=earb&sort_by=price&page=30").json["items"]) == 20
        assert shopper.get(f"{path}q=wireless").json["total"] == 0
    assert listed(shopper, "q=ear", f"{at(competitor)}/products") != []
    assert shopper.get(f"{PRODUCTS}?q=earb").json["total"] == 601


def test_what_many_searched_for_is_not_found_in_a_deleted_store(client, shopper) -> None:
    kept, deleted = watched(shopper), watched(shopper, name="Deleted")
    put_on_sale(client, [sold(kept, f"Pen {each:03}", 100) for each in range(600)])
    put_on_sale(client, [sold(deleted, f"Pen {each:03}, gone", 100) for each in range(900)])

    shopper.delete(at(deleted))

    assert shopper.get(f"{PRODUCTS}?q=pen").json["total"] == 600
    assert listed(shopper, "q=pen+000&sort_by=title") == ["Pen 000"]
    assert listed(shopper, "q=pen&sort_by=title&page=30")[-1] == "Pen 599"
    assert listed(shopper, "q=gone") == []


@pytest.mark.parametrize("many", [1, 600])
def test_another_title_and_another_status_are_found_at_once(client, shopper, many) -> None:
    competitor = watched(shopper)
    ids = put_on_sale(client, [sold(competitor, "Blue pen", 100) for _ in range(many)])

    changed(client, ids, title="Red pen", sort_title="red pen", status="removed", seen_in=2)

    totals = {
        query: shopper.get(f"{PRODUCTS}?q={query}").json["total"]
        for query in ("blue", "red", "pen", "pen&status=active", "red&status=removed")
    }
    assert totals == {
        "blue": 0,
        "red": many,
        "pen": many,
        "pen&status=active": 0,
        "red&status=removed": many,
    }


def changed(client, ids, **values) -> None:
    """Change products as a scan does."""
    statement = update(CompetitorProduct).where(CompetitorProduct.id.in_(ids)).values(**values)
    client._run(client.shop.database.write(lambda tx: tx.session.run(statement)))


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
