"""Where the mail of an assembled shop goes."""

from collections.abc import Callable
from contextlib import chdir
from datetime import timedelta

import pytest
from support.post_office import post_office

from app.container import assemble
from app.settings import Settings
from common.clock import utc_now
from domain.identity.users import NewUser
from domain.notice.service import Outcome

LINK = "https://shop.example/reset?token=secret"

type Tell = Callable[[Settings], Outcome]


@pytest.fixture
def tell(run) -> Tell:
    """Send a notice from a shop with these settings."""

    async def told(settings: Settings) -> Outcome:
        shop = assemble(settings)
        await shop.database.open()
        await shop.passwords.open()
        try:
            user = await shop.users.register(NewUser("ada@example.com", "correct horse"))
            expiry = utc_now() + timedelta(minutes=30)
            return await shop.notices.password_reset(user.id, LINK, expiry)
        finally:
            await shop.passwords.close()
            await shop.database.close()

    return lambda settings: run(told(settings))


def test_with_a_mail_server_it_goes_there(tell, settings) -> None:
    with post_office() as office:
        mailed = {"smtp_url": office.url(), "mail_from": "Books & more <shop@books.example>"}

        outcome = tell(settings.model_copy(update=mailed))

    (mail,) = office.mails
    assert outcome is Outcome.SENT
    assert mail["From"].addresses[0].display_name == "Books & more"
    assert mail["Message-ID"].endswith("@books.example>")
    assert mail.get_body(("plain",)).get_content().endswith("--\r\nBooks & more\r\n")


def test_without_one_it_is_a_file_among_those_of_the_shop(tell, settings, tmp_path) -> None:
    with chdir(tmp_path):
        outcome = tell(settings)

    (path,) = (tmp_path / "var" / "mail").iterdir()
    assert outcome is Outcome.SENT
    assert path.suffix == ".eml"
    assert LINK in path.read_text()
