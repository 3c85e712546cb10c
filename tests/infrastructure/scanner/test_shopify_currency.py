import pytest
from support.stores import Product

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import StoreUnreadable

SHOPIFY = Platform.SHOPIFY

HOMES = {
    "script": b'<script>Shopify.currency = {"active":"SEK","rate":"1.0"};</script>',
    "meta": b"<meta content='SEK' property='og:price:currency'>",
    "json-ld": b'<script type="application/ld+json">{"offers":{"priceCurrency":"SEK"}}</script>',
}


@pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)
def test_a_currency_that_is_not_told_is_looked_for_on_the_home_page(
    readings, shopify, home
) -> None:
    shopify.has_meta = False
    shopify.bodies["/"] = home
    shopify.fill(300)

    prices = {each.price for each in readings.sightings(shopify.url, SHOPIFY)}

    assert prices == {Money(1000, "SEK")}
    assert len(shopify.asked("/")) == 1


@pytest.mark.parametrize(
    "home",
    [
        b"Welcome.",
        b'<script>Shopify.currency = {"active":"SEK","rate":"11.2"};</script>',
        b'<script>Shopify.currency = {"active":"XXX"};</script>',
        b'<meta property="og:price:currency"><meta property="og:price:currency" content="">',
    ],
)
def test_without_a_currency_a_number_is_no_price(readings, shopify, home) -> None:
    shopify.has_meta = False
    shopify.bodies["/"] = home
    shopify.products["mug"] = Product("Mug")

    mug = readings.only(shopify.url, SHOPIFY)

    assert (mug.title, mug.price) == ("Mug", None)


def test_a_description_that_is_nonsense_is_passed_over(readings, shopify) -> None:
    shopify.says("/meta.json", b'{"currency": 7}')
    shopify.products["mug"] = Product("Mug")

    assert readings.only(shopify.url, SHOPIFY).price == Money(1000, "EUR")


def test_a_shop_that_breaks_over_its_currency_is_not_read_without(readings, shopify) -> None:
    shopify.fails("/meta.json", 500)
    shopify.products["mug"] = Product("Mug")

    with pytest.raises(StoreUnreadable, match="it answered 500"):
        readings.pages(shopify.url, SHOPIFY)


def test_a_shop_that_has_not_changed_still_tells_its_currency(readings, shopify) -> None:
    shopify.fill(300)
    readings.pages(shopify.url, SHOPIFY)
    shopify.products["thing-299"].price = "7.00"

    _, changed, _ = readings.pages(shopify.url, SHOPIFY)

    assert changed.sightings[-1].price == Money(700, "EUR")


def test_what_robots_may_not_ask_is_not_asked(readings, shopify) -> None:
    shopify.robots = "User-agent: *\nDisallow: /meta.json"
    shopify.products["mug"] = Product("Mug")

    assert readings.only(shopify.url, SHOPIFY).price == Money(1000, "EUR")
    assert shopify.asked("/meta.json") == []
