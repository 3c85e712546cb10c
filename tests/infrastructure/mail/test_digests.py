import re
from decimal import Decimal

import pytest

from common.money import Money
from domain.alert.digest import Digest, DigestedChange, DigestedType
from domain.alert.models import AlertType
from infrastructure.mail.digests import link_of
from infrastructure.mail.letters import JinjaLetters
from infrastructure.mail.mime import one_line

STORE = "https://rival.example"
NASTY = [
    '<script>alert("1")</script>',
    "A\n  Mug: 1.00 EUR → 0.01 EUR (-99%)",
    "A\r\nBcc: eve@example.com\r\n\r\n<h1>Hi</h1>",
    "</td></tr></table><h1>Hi</h1>",
    "{{ shop }} {% raw %}",
    "safe \u202egpj.exe",
    "'\"><img src=x onerror=alert(1)>",
    "endless " * 1000,
]


@pytest.fixture
def letters() -> JinjaLetters:
    return JinjaLetters("Peregrine")


def a_change(**told) -> DigestedChange:
    plain = {
        "title": "Mug",
        "url": f"{STORE}/mug",
        "old_price": Money(2000, "EUR"),
        "new_price": Money(1500, "EUR"),
        "percent": Decimal("-25"),
    }
    return DigestedChange(**plain | told)


def a_digest(*changes: DigestedChange, count: int = 0, store: str = "Rival", **more) -> Digest:
    told = DigestedType(AlertType.PRICE_DROP, count or len(changes), changes)
    return Digest("ada", store, more.get("url", STORE), (told,))


def tags(html: str) -> list[str]:
    return re.findall(r"<[/\w]+", html)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "20.00 EUR → 15.00 EUR (-25%)"),
        ({"percent": Decimal("1234.5")}, "20.00 EUR → 15.00 EUR (+1,234.5%)"),
        ({"percent": None}, "20.00 EUR → 15.00 EUR"),
        ({"old_price": None}, "15.00 EUR"),
        ({"old_price": Money(1500, "EUR")}, "15.00 EUR"),
        ({"new_price": None}, "last 20.00 EUR"),
    ],
)
def test_prices_are_said_in_words(run, letters, told, said) -> None:
    letter = run(letters.alert_digest(a_digest(a_change(**told))))

    assert f"\n  Mug: {said}\n  {STORE}/mug\n" in letter.text
    assert f'<a href="{STORE}/mug"><bdi>Mug</bdi></a>' in letter.html
    assert f">{said}<" in letter.html


def test_what_has_no_price_is_named_all_the_same(run, letters) -> None:
    change = a_change(old_price=None, new_price=None, percent=None)

    letter = run(letters.alert_digest(a_digest(change)))

    assert "\n  Mug\n" in letter.text


def test_what_is_left_out_is_counted(run, letters) -> None:
    letter = run(letters.alert_digest(a_digest(a_change(), count=1235)))

    assert letter.subject == "Rival: 1,235 price drops"
    assert "\n  and 1,234 more\n" in letter.text
    assert "and 1,234 more" in letter.html


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
def test_words_of_strangers_are_words_whatever_is_in_them(run, letters, words) -> None:
    plain = run(letters.alert_digest(a_digest(a_change())))

    nasty = run(letters.alert_digest(a_digest(a_change(title=words), store=words)))

    assert nasty.text.count("\n") == plain.text.count("\n")
    assert tags(nasty.html) == tags(plain.html)
    assert "\u202e" not in nasty.text + nasty.html
    assert one_line(nasty.subject) == nasty.subject
    assert len(nasty.subject) < 100
    assert max(map(len, nasty.text.splitlines())) < 200


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (f"{STORE}/mug?a=1&b=2#c", f"{STORE}/mug?a=1&b=2#c"),
        ("http://127.0.0.1:8080/mug", "http://127.0.0.1:8080/mug"),
        ("http://[2001:db8::1]/mug", "http://[2001:db8::1]/mug"),
        (f"{STORE}/caf%C3%A9", f"{STORE}/caf%C3%A9"),
        (f"{STORE}/café", f"{STORE}/caf%C3%A9"),
        (f'{STORE}/"><script>', f"{STORE}/%22%3E%3Cscript%3E"),
        (f"{STORE}/a b\r\nBcc: x", f"{STORE}/a%20b%0D%0ABcc:%20x"),
        ("javascript:alert(1)", None),
        ("data:text/html,hi", None),
        ("ftp://rival.example/mug", None),
        ("//rival.example/mug", None),
        ("/mug", None),
        ("", None),
        ("https://bank.example@evil.example/", None),
        ("https:// rival.example/", None),
        (f"{STORE}/{'a' * 1000}", None),
    ],
)
def test_links_lead_to_web_pages_only(run, letters, url, link) -> None:
    assert link_of(url) == link

    letter = run(letters.alert_digest(a_digest(a_change(url=url), url=STORE)))

    shown = [each.replace("&amp;", "&") for each in re.findall(r'href="([^"]*)"', letter.html)]
    assert shown == [STORE, *filter(None, [link])]
    assert "Mug" in letter.text
