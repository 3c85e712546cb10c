"""What people do on the dashboard."""

from support.scripted_browser import ScriptedBrowser
from support.server import Login, Server
from support.stores import Store

SETTINGS = {"OUTBOUND_ALLOW": "127.0.0.1", "SCAN_RATE_PER_SECOND": "100", "RATE_LIMITS": "off"}
"""A shop that may scan stores on loopback."""
PASSWORD = "long enough to be one"


def administrator(shop: Server, name: str) -> Login:
    """Open an account that no plan binds."""
    login = Login(f"{name}@example.com", PASSWORD)
    with shop.client(shop.token(shop.logins()["ADMIN"])) as admin:
        opened = admin.post("/users", json={**login._asdict(), "role": "ADMIN"})
    assert opened.status_code == 201, opened.text
    return login


def log_in(browser: ScriptedBrowser, shop: Server, login: Login) -> None:
    browser.go(f"{shop.url}/dashboard")
    browser.fill("#email", login.email)
    browser.fill("#password", login.password)
    browser.press("form button", "Log in")
    browser.reads("Competitors", "h1")


def open_account(browser: ScriptedBrowser, shop: Server, email: str) -> None:
    browser.go(f"{shop.url}/dashboard")
    browser.press(".link", "Open an account")
    browser.fill("#email", email)
    browser.fill("#password", PASSWORD)
    browser.press("form button", "Open an account")
    browser.reads("Competitors", "h1")


def watch(browser: ScriptedBrowser, store: Store | str, name: str) -> None:
    """Fill in a store, by where it is, and add it."""
    if not browser.value("document.querySelector('.adding').open"):
        browser.press(".adding summary")
    browser.fill("[name=name]", name)
    browser.fill("[name=url]", store if isinstance(store, str) else store.url)
    browser.press(".adding button", "Add competitor")


def scan(browser: ScriptedBrowser, outcome: str) -> None:
    """Scan the only competitor there is, and wait until it is told how that went."""
    browser.press("nav a", "Competitors")
    browser.press(".card .actions button", "Scan now")
    browser.reads(outcome, ".scan .note")


def watch_and_scan(
    browser: ScriptedBrowser, store: Store, outcome: str, name: str = "Rival"
) -> None:
    watch(browser, store, name)
    scan(browser, outcome)
