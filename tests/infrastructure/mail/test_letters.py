import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from common.money import Money
from domain.alert.digest import Digest, DigestedChange, DigestedType
from domain.alert.models import AlertType
from domain.notice.ports import Letter
from domain.order.models import Order, OrderItem
from infrastructure.mail.letters import JinjaLetters, in_words

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address_1": "12 St James's Square",
    "city": "London",
    "postcode": "SW1Y 4JH",
    "country": "GB",
}
AMOUNTS = {
    Money(0, "USD"): "0.00 USD",
    Money(5, "USD"): "0.05 USD",
    Money(123_456, "EUR"): "1,234.56 EUR",
    Money(1999, "JPY"): "1,999 JPY",
    Money(1_234_567, "KWD"): "1,234.567 KWD",
    Money(999_900_000_000_000, "USD"): "9,999,000,000,000.00 USD",
    Money(-250, "EUR"): "-2.50 EUR",
}
NASTY = [
    '<script>alert("1")</script>',
    "A\nTotal: 0.00 EUR",
    "A\r\n\r\n--\u2028Peregrine",
    "</td></tr></table><h1>Hi</h1>",
    "{{ shop }} {% raw %}",
    "safe \u202egpj.exe",
    "ألف ليلة وليلة & more",
    "'\"><img src=x onerror=alert(1)>",
]
A_DIGEST = Digest(
    "ada",
    "Rival",
    "https://rival.example",
    tuple(
        DigestedType(each, 2, (DigestedChange("Mug", "https://rival.example/mug", *[None] * 3),))
        for each in AlertType
    ),
)


@pytest.fixture
def letters() -> JinjaLetters:
    return JinjaLetters("Peregrine & Sons")


type Run = Callable[[Coroutine[Any, Any, Letter]], Letter]


def an_order(*lines: tuple[str, int, int], **more: Any) -> Order:
    """Write an order of lines of a title, a price and a quantity."""
    order = Order(user_id="ada", currency="EUR", created_at=datetime(2026, 10, 1, tzinfo=UTC))
    for title, price, quantity in lines or [("Emma", 999, 1)]:
        order.items.append(
            OrderItem(
                position=len(order.items),
                product_id=None,
                variant_id=None,
                title_snapshot=title,
                price_snapshot=price,
                quantity=quantity,
            )
        )
        order.subtotal_amount += price * quantity
    order.total_amount = order.subtotal_amount
    for name, value in more.items():
        setattr(order, name, value)
    return order


def every_letter(run: Run, letters: JinjaLetters, order: Order) -> list[Letter]:
    return [
        run(letters.order_confirmed(order)),
        run(letters.payment_failed(order, "card_declined")),
        run(letters.order_refunded(order, order.total)),
        run(letters.password_reset("https://shop.example/reset?token=a&b=c", order.created_at)),
        run(letters.alert_digest(A_DIGEST)),
    ]


def rows(letter: Letter) -> list[str]:
    """Read the figures of a letter: what is indented in its text."""
    return [line.strip() for line in letter.text.splitlines() if line.startswith("  ")]


def seen(html: str) -> str:
    """Read HTML as a person sees it, roughly."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.S).split())


@pytest.mark.parametrize(("money", "written"), AMOUNTS.items())
def test_amounts_are_written_exactly(money, written) -> None:
    assert in_words(money) == written


def test_a_confirmation_lists_what_was_bought_and_where_it_goes(run, letters) -> None:
    order = an_order(("Emma", 999, 2), ("Prince Caspian", 1250, 1), shipping_address=ADDRESS)

    letter = run(letters.order_confirmed(order))

    assert order.order_number in letter.subject
    assert f"Order {order.order_number}, 1 October 2026" in letter.text
    assert rows(letter) == [
        "2 x Emma: 19.98 EUR",
        "1 x Prince Caspian: 12.50 EUR",
        "Total: 32.48 EUR",
        "Ada Lovelace",
        "12 St James's Square",
        "SW1Y 4JH London",
        "GB",
    ]


def test_a_total_that_is_more_than_its_lines_is_explained(run, letters) -> None:
    order = an_order(
        ("Emma", 1000, 1), tax_amount=190, shipping_amount=490, total_amount=1000 + 190 + 490 - 80
    )

    assert rows(run(letters.order_confirmed(order))) == [
        "1 x Emma: 10.00 EUR",
        "Subtotal: 10.00 EUR",
        "Shipping: 4.90 EUR",
        "Tax: 1.90 EUR",
        "Adjustment: -0.80 EUR",
        "Total: 16.00 EUR",
    ]


def test_both_forms_say_the_same(run, letters) -> None:
    order = an_order(("Emma", 999, 2), tax_amount=5, total_amount=2003, shipping_address=ADDRESS)

    letter = run(letters.order_confirmed(order))

    html = seen(letter.html).replace("&#39;", "'").replace("&times;", "x")
    for row in rows(letter):
        assert row.replace(": ", " ") in html


@pytest.mark.parametrize(
    ("reason", "said"),
    {
        "insufficient_funds": "There is not enough money on the card.",
        "expired_card": "The card has expired.",
        "lost_card": "It was declined.",
        "<b>anything</b> at all": "It was declined.",
    }.items(),
)
def test_a_failed_payment_has_a_reason_in_plain_words(run, letters, reason, said) -> None:
    letter = run(letters.payment_failed(an_order(), reason))

    assert f"{said} Nothing has been charged." in letter.text
    assert f"{said} Nothing has been charged." in seen(letter.html)
    assert "Total: 9.99 EUR" in letter.text


@pytest.mark.parametrize(("amount", "how_much"), [(999, "all that"), (400, "a part of what")])
def test_a_refund_says_how_much_and_of_what(run, letters, amount, how_much) -> None:
    order = an_order()

    letter = run(letters.order_refunded(order, Money(amount, "EUR")))

    said = f"We have refunded {how_much} you paid for order {order.order_number}:"
    assert f"{said} {in_words(Money(amount, 'EUR'))}." in letter.text
    assert said in seen(letter.html)


def test_a_password_reset_carries_its_link_and_says_how_long_it_works(run, letters) -> None:
    link = "https://shop.example/reset?token=a_b-c&next=%2F"

    letter = run(letters.password_reset(link, datetime(2026, 10, 1, 14, 5, tzinfo=UTC)))

    assert f"\n{link}\n" in letter.text
    assert f'href="{link.replace("&", "&amp;")}"' in letter.html
    assert "until 14:05 UTC on 1 October 2026" in letter.text
    assert "until 14:05 UTC on 1 October 2026" in letter.html


@pytest.mark.parametrize("title", NASTY, ids=range(len(NASTY)))
def test_a_title_is_a_title_whatever_is_in_it(run, letters, title) -> None:
    plain = run(letters.order_confirmed(an_order(("Emma", 999, 1))))

    nasty = run(letters.order_confirmed(an_order((title, 999, 1))))

    assert nasty.text.count("\n") == plain.text.count("\n")
    assert re.findall(r"<[/\w]+", nasty.html) == re.findall(r"<[/\w]+", plain.html)
    assert "\u202e" not in nasty.text + nasty.html


@pytest.mark.parametrize("line", NASTY, ids=range(len(NASTY)))
def test_an_address_is_an_address_whatever_is_in_it(run, letters, line) -> None:
    plain = run(letters.order_confirmed(an_order(shipping_address={"city": "London"})))

    nasty = run(letters.order_confirmed(an_order(shipping_address={"city": line})))

    assert nasty.text.count("\n") == plain.text.count("\n")
    assert re.findall(r"<[/\w]+", nasty.html) == re.findall(r"<[/\w]+", plain.html)


def test_letters_fetch_nothing_from_anywhere(run, letters) -> None:
    for letter in every_letter(run, letters, an_order()):
        assert not re.search(r"<(img|script|link|iframe|object)|url\(|@import|src=", letter.html)


def test_every_letter_is_signed_by_the_shop(run, letters) -> None:
    for letter in every_letter(run, letters, an_order()):
        assert letter.text.endswith("\n--\nPeregrine & Sons\n")
        assert "Peregrine &amp; Sons" in letter.html


def test_a_text_has_no_gaps_in_it(run, letters) -> None:
    for order in (an_order(), an_order(tax_amount=1, shipping_address=ADDRESS)):
        for letter in every_letter(run, letters, order):
            assert "\n\n\n" not in letter.text
            assert letter.text == letter.text.lstrip()
