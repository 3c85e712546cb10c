"""The page that mailed links lead to."""

import html
import re
from urllib.parse import urlencode

import pytest
from support.client import PASSWORD
from support.post_office import post_office
from support.resets import link_in, token_in

ADA = "ada@example.com"
NEW = "an entirely new password"
PAGE = "/reset-password"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return settings.model_copy(
        update={
            "smtp_url": office.url(),
            "mail_from": "Books & more <shop@books.example>",
            "public_url": "https://books.example",
        }
    )


@pytest.fixture
def letter(run, client, office):
    client.post("/auth/signup", {"email": ADA, "password": PASSWORD})
    run(client.shop.password_resets.mail_link(ADA))
    return office.mails[-1]


def submit(client, **fields):
    return client.send(
        "POST",
        PAGE,
        body=urlencode(fields).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def text_of(answer):
    """Read what is on the page."""
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL))


def logs_in(client, password):
    return client.post("/login", {"username": ADA, "password": password}).status_code == 200


def test_whoever_follows_the_link_is_asked_and_can_log_in(client, letter) -> None:
    page = client.get(link_in(letter).removeprefix("https://books.example"))
    (token,) = re.findall(r'name="token" value="([^"]+)"', page.text)

    done = submit(client, token=token, password=NEW, again=NEW)

    assert page.status_code == 200
    assert "Books & more" in text_of(page)
    assert ADA in text_of(page)
    assert "Your password is changed" in text_of(done)
    assert logs_in(client, NEW)


def test_looking_at_the_page_uses_nothing_up(client, letter) -> None:
    for verb in ("GET", "HEAD", "GET"):
        assert client.send(verb, f"{PAGE}?token={token_in(letter)}").status_code == 200

    assert submit(client, token=token_in(letter), password=NEW, again=NEW).status_code == 200


def test_a_link_that_was_used_says_so(client, letter) -> None:
    token = token_in(letter)
    submit(client, token=token, password=NEW, again=NEW)

    answers = [
        client.get(f"{PAGE}?token={token}"),
        submit(client, token=token, password=PASSWORD, again=PASSWORD),
    ]

    assert [each.status_code for each in answers] == [400, 400]
    assert all("does not work any more" in text_of(each) for each in answers)
    assert logs_in(client, NEW)


def test_a_link_that_has_expired_says_so(client, letter, later) -> None:
    later(minutes=30)

    assert client.get(f"{PAGE}?token={token_in(letter)}").status_code == 400
    assert submit(client, token=token_in(letter), password=NEW, again=NEW).status_code == 400
    assert logs_in(client, PASSWORD)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("seven77", "seven77", "8 to 256 characters"),
        ("x" * 257, "x" * 257, "8 to 256 characters"),
        ("", "", "8 to 256 characters"),
        ("nul \0 inside", "nul \0 inside", "8 to 256 characters"),
        (NEW, "another one", "not the same"),
        (NEW, "", "not the same"),
    ],
)
def test_a_password_that_will_not_do_can_be_tried_again(
    client, letter, password, again, said
) -> None:
    token = token_in(letter)

    refused = submit(client, token=token, password=password, again=again)

    assert refused.status_code == 422
    assert said in text_of(refused)
    assert f'value="{token}"' in refused.text
    assert not password or f'"{password}"' not in refused.text
    assert submit(client, token=token, password=NEW, again=NEW).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "?token=", "?token", "?token=unknown", "?token=a&token=b", "?token=%00", "?token=%ff"],
)
def test_no_other_link_is_one(client, query) -> None:
    assert client.get(PAGE + query).status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"token=x", b"\xff\xfe", b"{}", b"&" * 99, b"token=x&password=12345678&again=12345678"],
)
def test_no_other_form_is_ours(client, body) -> None:
    assert client.send("POST", PAGE, body=body).status_code == 400


def test_a_page_shows_nothing_but_text_of_what_it_is_given(client, letter) -> None:
    hostile = '"><script>alert(1)</script>'

    answers = [
        client.get(f"{PAGE}?{urlencode({'token': hostile})}"),
        submit(client, token=hostile, password="short", again="short"),
    ]

    assert all("<script" not in each.text for each in answers)


def test_the_page_loads_nothing_and_is_kept_nowhere(client, letter) -> None:
    page = client.get(f"{PAGE}?token={token_in(letter)}")

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in page.text
    assert re.findall(r'(?:src|href)="(?!data:)', page.text) == []
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"].startswith("text/html")


def test_a_body_that_is_too_large_is_refused(client) -> None:
    assert client.send("POST", PAGE, body=b"x" * 1_048_577).status_code == 413


def test_the_page_leaves_nothing_in_the_browser(client, letter) -> None:
    page = client.get(f"{PAGE}?token={token_in(letter)}")

    assert "set-cookie" not in page.headers
