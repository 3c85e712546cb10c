"""Which titles are held to be of the same thing."""

import pytest

from domain.source.matching import (
    LEAST,
    MOST_SOURCES,
    Matcher,
    Offered,
    Wanted,
    normal_sku,
)
from domain.source.titles import words_of
from infrastructure.likeness import likeness

PAPER = "LEGO Star Wars 75192 Millennium Falcon"


def offer(title, brand=None, gtin=None, sku=None, name="offer") -> Offered:
    return Offered(name, " ".join(words_of(title)), brand, gtin, normal_sku(sku))


def confidence(title, offered, brand=None, gtin=None, sku=None) -> int:
    return Wanted("product", title, brand, gtin, sku).confidence(offered, likeness)


@pytest.mark.parametrize(
    ("title", "offered", "brand", "their_brand"),
    [
        ("Apple iPhone 15 128GB Black", "iPhone 15 128 GB - Black", "Apple", "Apple"),
        ("Apple iPhone 15 128GB Black", "APPLE IPHONE 15 (128 GB, black)", None, None),
        (
            "Sony WH-1000XM5 Wireless Noise Cancelling Headphones, Black",
            "Sony WH1000XM5 Over-Ear Headphones Black",
            "Sony",
            None,
        ),
        (
            "Samsung Galaxy S23 Ultra 5G 256GB Phantom Black",
            "Samsung SM-S918B Galaxy S23 Ultra 256 GB black",
            "Samsung",
            "Samsung Electronics",
        ),
        (
            "Logitech MX Master 3S Wireless Mouse",
            "MX Master 3S Performance Wireless Mouse (Graphite)",
            "Logitech",
            "Logitech",
        ),
        ("Nivea Soft Cream 200ml", "NIVEA Soft Moisturising Cream 0.2 l", "Nivea", "NIVEA"),
        (
            "Lavazza Qualità Rossa Coffee Beans 1kg",
            "Lavazza Qualita Rossa Coffee Beans 1000 g",
            None,
            "Lavazza",
        ),
        ("Coca-Cola Zero Sugar 1.5L", "Coca Cola Zero Sugar 1,5 l", None, None),
        (
            "LEGO Star Wars 75192 Millennium Falcon",
            "LEGO 75192 Star Wars: Millennium Falcon",
            "LEGO",
            "LEGO",
        ),
        (
            'Dell UltraSharp 27" 4K Monitor U2723QE',
            "Dell UltraSharp U2723QE 27 inch 4K USB-C Hub Monitor",
            "Dell",
            "Dell",
        ),
        (
            "Bosch Professional GSR 12V-15 Cordless Drill",
            "Bosch GSR 12V-15 Professional Drill Driver",
            "Bosch",
            None,
        ),
        (
            "Harry Potter and the Philosopher's Stone",
            "Harry Potter and the Philosopher's Stone (Paperback)",
            None,
            None,
        ),
        ("Duracell AA Batteries 12 Pack", "Duracell AA Battery, pack of 12", None, None),
        ("Wireless Earbuds", "Wireless Earbuds", None, None),
    ],
)
def test_the_same_thing_is_found(title, offered, brand, their_brand) -> None:
    assert confidence(title, offer(offered, their_brand), brand) >= LEAST


@pytest.mark.parametrize(
    ("title", "offered", "brand", "their_brand"),
    [
        ("Apple iPhone 15 128GB Black", "Apple iPhone 15 256GB Black", "Apple", "Apple"),
        ("Apple iPhone 15 128GB", "Apple iPhone 14 128GB", None, None),
        ("Apple iPhone 15 128GB", "Apple iPhone 15 Pro 128GB", None, None),
        ("Apple iPhone 15 128GB", "Silicone Case for Apple iPhone 15", None, None),
        ("Sony WH-1000XM5 Headphones", "Sony WH-1000XM4 Headphones", "Sony", "Sony"),
        ("Samsung Galaxy Tab A8 32GB", "Samsung Galaxy Tab A7 32GB", None, None),
        ("Logitech MX Master 3S", "Logitech MX Anywhere 3S", None, None),
        ("Nivea Soft Cream 200ml", "Nivea Soft Cream 300ml", None, None),
        ("Coca-Cola Zero Sugar 1.5L", "Coca-Cola Zero Sugar 15L", None, None),
        ("Coca-Cola Zero Sugar 1.5L", "Coca-Cola Classic 1.5L", None, None),
        ("Duracell AA Batteries 12 Pack", "Duracell AA Batteries 4 Pack", None, None),
        ("Duracell AA Batteries 12 Pack", "Duracell AA Batteries", None, None),
        (
            "LEGO Star Wars 75192 Millennium Falcon",
            "LEGO Star Wars 75257 Millennium Falcon",
            "LEGO",
            "LEGO",
        ),
        ("Cordless Drill 18V", "Cordless Drill 18V", "Bosch", "Makita"),
        ("Wireless Earbuds", "Wireless Mouse", None, None),
        ("Cotton T-Shirt Black", "Cotton T-Shirt White", None, None),
        (
            "Dell UltraSharp 27 inch Monitor U2723QE",
            "Dell UltraSharp 32 inch Monitor U3223QE",
            "Dell",
            "Dell",
        ),
        ("Philips Sonicare 4100", "Philips Sonicare 4100 replacement brush head", None, None),
        ("Kindle Paperwhite 16GB", "Kindle Oasis 32GB", None, None),
        (
            "Harry Potter and the Philosopher's Stone",
            "Harry Potter and the Chamber of Secrets",
            None,
            None,
        ),
        ("Running Shoes", "Blue Garden Chair", None, None),
        ("Adidas Ultraboost Light Running Shoes", "Nike Pegasus Running Shoes", None, None),
        ("The Lord of the Rings", "The Lord of the Flies", None, None),
    ],
)
def test_another_thing_is_not(title, offered, brand, their_brand) -> None:
    assert confidence(title, offer(offered, their_brand), brand) < LEAST


def test_an_equal_gtin_is_as_good_as_certain() -> None:
    offered = offer("Something else", gtin="04006381333931")

    assert confidence("Stabilo Boss", offered, gtin="4006381333931") == 99


@pytest.mark.parametrize("gtin", ["N/A", "4006381333932", "2000000000008", None])
def test_what_is_no_gtin_makes_nothing_certain(gtin) -> None:
    offered = offer("Something else", gtin=None)

    assert confidence("Stabilo Boss", offered, gtin=gtin) < LEAST


def test_of_things_with_different_gtins_one_cannot_be_sure() -> None:
    offered = offer(PAPER, gtin="00036000291452")

    assert confidence(PAPER, offered) > 90
    assert confidence(PAPER, offered, gtin="4006381333931") == 70


@pytest.mark.parametrize(
    ("brand", "sku", "sure"),
    [
        ("Sony", "SRS-XB100", 95),
        (None, "srs xb100", 80),
        ("Makita", "SRSXB100", 2),
        ("Sony", "SRS", 52),
    ],
    ids=["and brand", "alone", "of another brand", "too short a one"],
)
def test_an_equal_sku_is_as_good_as_the_brand(brand, sku, sure) -> None:
    offered = offer("Garden speaker", brand, sku=sku)

    assert confidence("Portable speaker", offered, "Sony", sku="SRS-XB100") == sure


def test_only_the_best_are_kept() -> None:
    matcher = Matcher([Wanted("product", "Sony WH-1000XM5", "Sony", None, None)], likeness)
    worse = [offer("Sony WH-1000XM5 grey refreshed edition", name=f"{n:02}") for n in range(30)]
    better = [offer("Sony WH-1000XM5", "Sony", name=f"better{n}") for n in range(5)]

    matcher.pass_by([*worse, *better])

    ((_, matches),) = matcher.found()
    assert len(matches) == MOST_SOURCES
    assert {each.offer_id for each in matches[:5]} == {each.id for each in better}


def test_an_offer_that_is_met_twice_is_kept_once() -> None:
    matcher = Matcher([Wanted("product", PAPER, None, "4006381333931", "LEGO-75192")], likeness)
    offered = offer(PAPER, gtin="04006381333931", sku="LEGO-75192")

    matcher.meet([offered, offered])
    matcher.pass_by([offered])

    assert dict(matcher.found()) == {"product": [(99, "offer")]}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Coca-Cola® Zero 1,5 L", "coca cola zero 1500ml"),
        ("LAVAZZA Qualità 1kg", "lavazza qualita 1000g"),
        ('Dell 27" 4K', "dell 27in 4k"),
        ("Power bank 10,000 mAh", "power bank 10000mah"),
        ("Batteries, pack of 12", "batteries 12pcs"),
        ("The Cable, 1.5 m", "cable 1500mm"),
        ("日本の本", "日本の本"),
        ("The Original", "the original"),
    ],
)
def test_words_are_written_alike(title, words) -> None:
    assert " ".join(words_of(title)) == words
