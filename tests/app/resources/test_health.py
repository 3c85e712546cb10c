import socket
from datetime import datetime, timedelta

import pytest
from support.client import Client

from app.container import assemble
from app.factory import create_app
from app.operation import Route
from app.resources.health import Health
from common.clock import utc_now
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url


@pytest.fixture
def named(run, settings, clock):
    """A guest of a service with a name of its own, and limits."""
    own = settings.model_copy(update={"service_name": "spydrop", "rate_limits": "default=1/minute"})
    shop = assemble(own, clock=clock)
    with Client.of(run, create_app(shop), shop) as client:
        yield client


@pytest.fixture
def client_of_two(run, shop):
    """A guest of a shop that also tells, at ``/away``, of a database that is not there."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = database_url(f"postgresql://ada@127.0.0.1:{nobody.getsockname()[1]}/shop")
        away = Route("/away", Health(SqlDatabase(url), shop.runs, "away"), "ready")
        with Client.of(run, create_app(shop, extra_routes=[away]), shop) as client:
            yield client


def test_a_shop_is_alive_and_ready(client) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_a_shop_that_cannot_enqueue_what_follows_is_alive_and_not_ready(
    client, without_a_queue
) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json["error"] == "not_ready"
    assert ready.json["message"] == "What follows after an answer cannot be enqueued."


def test_a_shop_without_its_database_is_not_ready(client_of_two) -> None:
    ready = client_of_two.get("/away")

    assert ready.status_code == 503
    assert ready.json["error"] == "not_ready"
    assert ready.json["message"] == "The database does not answer."
    assert client_of_two.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/health"])
def test_a_service_says_its_name_and_that_it_answers(named, path) -> None:
    health = named.get(path).json

    moment = datetime.fromisoformat(health.pop("timestamp"))
    assert health == {"service": "spydrop", "status": "ok"}
    assert utc_now() - timedelta(minutes=1) < moment <= utc_now()


def test_its_health_may_be_asked_as_often_as_one_likes(named) -> None:
    answers = [named.get("/api/v1/health") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5


def test_credentials_are_not_even_looked_at(named) -> None:
    assert named.get("/api/v1/health", Authorization="Bearer of bad news").status_code == 200
