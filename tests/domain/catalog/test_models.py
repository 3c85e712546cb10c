from datetime import timedelta

import pytest

from common.clock import utc_now
from domain.catalog.models import Product, Variant

NOW = utc_now()
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def product() -> Product:
    made = Product(title="Atlas", currency="USD", created_at=NOW, updated_at=NOW)
    made.offer(Variant(price_amount=1000, stock=3))
    made.offer(Variant(title="Hardcover", price_amount=2500))
    return made


def test_the_first_variant_is_the_default(product) -> None:
    assert [variant.position for variant in product.variants] == [0, 1]
    assert product.default_variant is product.variants[0]
    assert product.default_variant.title == "Default"


def test_a_new_product_is_for_sale_and_has_no_variants_of_another() -> None:
    one, other = Product(title="One", currency="USD"), Product(title="Other", currency="USD")
    one.offer(Variant(price_amount=1))

    assert one.is_active
    assert other.variants == []
    assert one.id != other.id


def test_a_revision_changes_only_what_it_names(product) -> None:
    product.revise({"title": "New Atlas", "author": "Mercator"}, LATER)

    assert (product.title, product.author) == ("New Atlas", "Mercator")
    assert (product.currency, product.created_at) == ("USD", NOW)
    assert product.updated_at == LATER


def test_a_revised_price_is_that_of_the_default_variant(product) -> None:
    product.revise({"price_amount": 1200}, LATER)

    assert [variant.price_amount for variant in product.variants] == [1200, 2500]


def test_a_withdrawn_product_keeps_everything_but_its_place(product) -> None:
    product.withdraw(LATER)

    assert not product.is_active
    assert product.updated_at == LATER
    assert [variant.stock for variant in product.variants] == [3, 0]


def test_a_withdrawn_product_can_be_offered_again(product) -> None:
    product.withdraw(LATER)

    product.revise({"is_active": True}, LATER)

    assert product.is_active
