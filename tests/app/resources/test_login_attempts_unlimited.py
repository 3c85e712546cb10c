from support.client import PASSWORD


def test_without_limits_nothing_is_counted(client) -> None:
    client.post("/auth/signup", {"email": "ada@example.com", "password": PASSWORD})
    wrong = {"username": "ada@example.com", "password": "not the password"}

    refused = [client.post("/login", wrong).status_code for _ in range(15)]

    assert refused == [401] * 15
    assert client.post("/login", wrong | {"password": PASSWORD}).status_code == 200
