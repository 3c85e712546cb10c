import re

import pytest

LOCAL = re.compile(r'(?:src|href)="([^"]+)"')
ANYWHERE = re.compile(r"(https?:)?//[a-z]", re.IGNORECASE)


def parts_of(page: str) -> list[str]:
    """List what a page is made of, other than what it holds itself."""
    return [part for part in LOCAL.findall(page) if not part.startswith("data:")]


def test_the_page_and_all_it_is_made_of_are_served_from_here(client) -> None:
    page = client.get("/docs")

    parts = {part: client.get(part) for part in parts_of(page.text)}

    assert page.headers["content-type"].startswith("text/html")
    assert len(parts) == 3
    assert {answer.status_code for answer in parts.values()} == {200}
    assert all(len(answer.content) > 100 for answer in parts.values())


def test_the_page_asks_nothing_of_the_internet(client) -> None:
    page, start = client.get("/docs").text, client.get("/docs/start.js").text

    assert ANYWHERE.search(page) is None
    assert ANYWHERE.search(start) is None
    assert "validatorUrl: null" in start


def test_the_page_may_only_load_what_is_from_here(client) -> None:
    policy = client.get("/docs").headers["content-security-policy"]

    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy  # nor may it run scripts of its own making
    assert "http" not in policy


def test_nothing_but_the_page_may_load_anything(client) -> None:
    policy = client.get("/openapi.json").headers["content-security-policy"]

    assert policy == "default-src 'none'; frame-ancestors 'none'"


def test_the_parts_of_the_page_are_what_they_say_and_may_be_kept(client) -> None:
    style, script = client.get("/docs/swagger_style.css"), client.get("/docs/swagger_bundle.js")

    assert style.headers["content-type"].startswith("text/css")
    assert script.headers["content-type"].startswith("text/javascript")
    assert style.headers["cache-control"] == script.headers["cache-control"]
    assert "max-age=86400" in style.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    [
        "unknown.js",
        "swagger_preset.js",
        "__init__.py",
        "..%2F..%2Fpyproject.toml",
        "%2Fetc%2Fpasswd",
        "%00",
    ],
)
def test_other_files_are_not_served(client, name) -> None:
    answer = client.get(f"/docs/{name}")

    assert answer.status_code == 404
    assert answer.json["error"] == "not_found"


def test_the_page_also_answers_with_a_slash_behind_it(client) -> None:
    assert client.get("/docs/").text == client.get("/docs").text


def test_the_pages_are_there_to_be_read_only(client) -> None:
    for path in ("/docs", "/docs/start.js", "/openapi.json"):
        assert client.post(path, {}).status_code == 405
