import pytest

from infrastructure.mail.addresses import Relay, Sender, relay_of, sender_of

RELAYS = {
    "smtp://mail.example": Relay("mail.example", 25),
    "smtp://mail.example:2525/": Relay("mail.example", 2525),
    "smtp://ada:pw@mail.example": Relay("mail.example", 587, user="ada", password="pw"),
    "smtp://a%40b.c:p%2Fw%20%C3%A9@mail.example:25": Relay(
        "mail.example", 25, user="a@b.c", password="p/w é"
    ),
    "smtps://mail.example": Relay("mail.example", 465, tls_from_the_start=True),
    "smtp://127.0.0.1": Relay("127.0.0.1", 25),
    "smtp://[::1]:2525": Relay("::1", 2525),
}
SENDERS = {
    "shop@localhost": Sender("", "shop@localhost"),
    "<shop@example.com>": Sender("", "shop@example.com"),
    "Peregrine <shop@example.com>": Sender("Peregrine", "shop@example.com"),
    ' "Books, old & new" <a.b+c@mail.example.com> ': Sender(
        "Books, old & new", "a.b+c@mail.example.com"
    ),
    "Café 店 <shop@xn--caf-dma.example>": Sender("Café 店", "shop@xn--caf-dma.example"),
}


@pytest.mark.parametrize(("url", "relay"), RELAYS.items())
def test_a_mail_server_is_read_from_its_url(url, relay) -> None:
    assert relay_of(url) == relay


@pytest.mark.parametrize(
    ("url", "insists"),
    {
        "smtp://ada:pw@mail.example": True,
        "smtp://ada:pw@10.0.0.7": True,
        "smtp://ada:pw@localhost": False,
        "smtp://ada:pw@127.0.0.1": False,
        "smtp://ada:pw@[::1]": False,
        "smtp://mail.example": False,
        "smtps://ada:pw@mail.example": False,
    }.items(),
)
def test_a_password_leaves_the_machine_under_tls_or_not_at_all(url, insists) -> None:
    assert relay_of(url).insists_on_tls is insists


def test_a_mail_server_does_not_show_its_password() -> None:
    assert "pa55word" not in repr(relay_of("smtp://ada:pa55word@mail.example"))


@pytest.mark.parametrize(("text", "sender"), SENDERS.items())
def test_a_sender_is_read_as_people_write_it(text, sender) -> None:
    assert sender_of(text) == sender


def test_the_host_of_a_sender_is_what_message_ids_end_in() -> None:
    assert sender_of("Peregrine <shop@mail.example.com>").host == "mail.example.com"
