"""Asking for a link that sets another password, and what arrives."""

import pytest
from support.client import PASSWORD
from support.post_office import post_office
from support.resets import FORGOT, RESET, link_in, token_in
from support.worker import waiting

from app.container import assemble
from domain.notice.errors import MailUnavailable

ADA = "ada@example.com"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return settings.model_copy(
        update={"smtp_url": office.url(), "public_url": "https://shop.example"}
    )


@pytest.fixture
def ada(client):
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json["user"]


def forget(client, email=ADA, **headers):
    return client.post(FORGOT, {"email": email}, **headers)


def test_a_mailed_link_holds_what_sets_another_password(client, ada, office, carried_out) -> None:
    forget(client)
    carried_out()

    (mail,) = office.mails
    wish = {"token": token_in(mail), "password": "an entirely new password"}
    answer = client.post(RESET, wish)

    assert mail["To"] == ADA
    assert link_in(mail) == f"https://shop.example/reset-password?token={wish['token']}"
    assert answer.status_code == 200
    login = client.post("/login", {"username": ADA, "password": wish["password"]})
    assert login.status_code == 200


def test_no_answer_tells_whether_there_is_such_an_account(client, admin, ada) -> None:
    closed = client.as_shopper()
    admin.patch(f"/users/{closed.user_id}", {"is_active": False})

    answers = [forget(client, email) for email in (ADA, closed.email, "nobody@example.com")]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    assert len(waiting(client.shop)) == 3


def test_only_active_accounts_get_mail(client, admin, ada, office, carried_out) -> None:
    admin.patch(f"/users/{ada['id']}", {"is_active": False})

    forget(client)
    forget(client, "nobody@example.com")
    carried_out()

    assert office.mails == []


def test_who_is_deactivated_meanwhile_gets_no_mail(client, admin, ada, office, carried_out) -> None:
    forget(client)
    admin.patch(f"/users/{ada['id']}", {"is_active": False})

    carried_out()

    assert office.mails == []


def test_a_flood_of_requests_is_one_mail_a_minute(client, ada, office, carried_out, later) -> None:
    for email in (ADA, "Ada@Example.com", ADA):
        forget(client, email)
    carried_out()
    later(minutes=1)
    forget(client)
    carried_out()

    assert len(office.mails) == 2
    assert len(set(office.ids)) == 2
    assert token_in(office.mails[0]) != token_in(office.mails[1])


def test_a_request_that_comes_twice_under_one_key_is_one(client, ada, office, carried_out) -> None:
    first = forget(client, Idempotency_Key="one")
    carried_out()
    again = forget(client, Idempotency_Key="one")

    assert (again.text, again.headers["idempotency-replayed"]) == (first.text, "true")
    assert carried_out() == []


def test_a_mail_that_is_sent_twice_opens_two_links(run, client, ada, office) -> None:
    for _ in range(2):
        run(client.shop.password_resets.mail_link(ADA))

    first, second = (token_in(mail) for mail in office.mails)
    assert client.post(RESET, {"token": first, "password": "some new password"}).status_code == 200
    assert client.post(RESET, {"token": second, "password": "yet another one"}).status_code == 400


def test_what_no_mail_server_took_is_mailed_later(run, client, ada, office) -> None:
    office.answers["DATA"] = "451 4.3.0 Come back later"
    with pytest.raises(MailUnavailable):
        run(client.shop.password_resets.mail_link(ADA))
    office.answers.clear()

    run(client.shop.password_resets.mail_link(ADA))

    (mail,) = office.mails
    wish = {"token": token_in(mail), "password": "an entirely new password"}
    assert client.post(RESET, wish).status_code == 200


def test_no_link_leads_where_a_request_says_we_are(client, ada, office, carried_out) -> None:
    forget(client, Host="evil.example", X_Forwarded_Host="evil.example", Origin="https://evil.test")
    carried_out()

    (mail,) = office.mails
    assert link_in(mail).startswith("https://shop.example/reset-password?token=")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"public_url": ""}, "http://localhost:8000/reset-password?token="),
        ({"password_reset_url": "https://a.example/new"}, "https://a.example/new?token="),
        ({"password_reset_url": "https://a.example/?p=new"}, "https://a.example/?p=new&token="),
        ({"password_reset_url": "https://a.example/#/new"}, "https://a.example/#/new?token="),
    ],
)
def test_links_lead_where_the_settings_say(
    run, client, ada, settings, office, places, expected
) -> None:
    shop = assemble(settings.model_copy(update=places))

    async def mail() -> None:
        await shop.database.open()
        await shop.password_resets.mail_link(ADA)
        await shop.database.close()

    run(mail())

    (letter,) = office.mails
    assert link_in(letter).startswith(expected)


@pytest.mark.parametrize("email", ["", "ada", "a@b", "a\0@example.com", None, 1, ["a@b.example"]])
def test_what_is_no_address_is_refused_by_name(client, email) -> None:
    refused = forget(client, email)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["email"]
    assert waiting(client.shop) == []


def test_what_is_on_record_of_it_is_the_address_alone(admin, client, ada, carried_out) -> None:
    forget(client)
    (run_id,) = carried_out()

    seen = admin.get(f"/admin/workflows/{run_id}").json

    assert seen["name"] == "password_reset"
    assert seen["arguments"] == [ADA]
    assert ADA not in run_id
