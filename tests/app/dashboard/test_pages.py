import re
from pathlib import Path

import pytest

import app.dashboard.pages

STATIC = Path(app.dashboard.pages.__file__).parent / "static"
FILES = sorted(file.name for file in STATIC.iterdir() if file.suffix in (".js", ".css"))
MARKUP = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage"
)


def test_the_page_lets_in_nothing_but_its_own_files(client) -> None:
    answer = client.get("/dashboard")

    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=|https?://", answer.text)


def test_each_file_is_served_as_what_it_is(client) -> None:
    for name in FILES:
        answer = client.get(f"/dashboard/{name}")

        expected = "text/javascript" if name.endswith(".js") else "text/css"
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{expected}; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.text == (STATIC / name).read_text()


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/main.js"])
def test_what_a_browser_has_already_is_not_sent_again(client, path) -> None:
    first = client.get(path)
    again = client.get(path, If_None_Match=first.headers["etag"])
    other = client.get(path, If_None_Match='"of yesterday"')

    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    assert (other.status_code, other.text) == (200, first.text)


def test_there_is_nothing_else_to_be_had(client) -> None:
    names = [
        "index.html", "nothing.js", "pages.py", "__init__.py", "..%2fpages.py", "%2e%2e", "%00",
        "main.js%00.css", "static%2fmain.js", "..%5cpages.py", "MAIN.JS", "main.js/more",
    ]  # fmt: skip

    for name in names:
        assert client.get(f"/dashboard/{name}").status_code == 404, name


def test_every_file_is_asked_for_by_another_and_is_there() -> None:
    page = (STATIC / "index.html").read_text()
    named = set(re.findall(r'"/dashboard/([\w.-]+)"', page))

    for name in FILES:
        text = (STATIC / name).read_text()
        named |= set(re.findall(r'^import .* from "\./([\w.-]+)";$', text, re.M))

    assert named == set(FILES)


@pytest.mark.parametrize("name", [each for each in FILES if each.endswith(".js")])
def test_no_script_takes_text_for_markup_or_code(name) -> None:
    assert not re.search(MARKUP, (STATIC / name).read_text())
