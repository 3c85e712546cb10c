import asyncio
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from support.llm_gateway import LlmGateway

from app.container import Container, assemble
from app.settings import Settings
from common.pagination import PageRequest
from domain.assistant.calls import NO_ANSWER_YET, LlmCallService
from domain.assistant.ports import Answer, Question
from domain.assistant.usage import Usage


@pytest.fixture
def llm() -> Iterator[LlmGateway]:
    with LlmGateway() as gateway:
        yield gateway


@pytest.fixture
def shop(settings: Settings, llm: LlmGateway, clock) -> Container:
    return assemble(llm.told(settings), clock=clock)


@pytest.fixture
def lamp(admin):
    return admin.product(title="Lamp")


@pytest.fixture
def describe(admin, lamp):
    return lambda who=admin: who.post(f"/admin/products/{lamp['id']}/describe")


def calls(admin, query: str = "") -> list[dict]:
    return admin.get(f"/admin/llm-calls{query}").json["items"]


def usage(admin, **period) -> dict:
    query = "&".join(f"{name}={quote(moment.isoformat())}" for name, moment in period.items())
    return admin.get(f"/admin/llm-usage?{query}").json


def test_a_call_is_accounted_for(admin, describe) -> None:
    describe()

    (call,) = calls(admin)
    assert call == {
        "id": call["id"],
        "user_id": admin.user_id,
        "task_type": "product_description",
        "provider": "anthropic",
        "model": "claude-sonnet",
        "input_tokens": 120,
        "output_tokens": 30,
        "cost_usd": 0.001234,
        "cached": False,
        "latency_ms": 840,
        "error": None,
        "created_at": call["created_at"],
    }


def test_a_call_that_failed_is_accounted_for_with_the_reason(admin, describe, llm) -> None:
    llm.fails(401)
    describe()

    (call,) = calls(admin)
    assert call["error"] == "the gateway answered 401: look at LLM_GATEWAY_KEY"
    assert (call["provider"], call["cost_usd"]) == (None, 0)


def test_an_answer_of_no_use_is_paid_for_all_the_same(admin, describe, llm) -> None:
    llm.says(content=" ", cost_usd=0.5)
    describe()

    (call,) = calls(admin)
    assert call["error"] == "the draft is empty"
    assert (call["provider"], call["cost_usd"]) == ("anthropic", 0.5)


@pytest.mark.parametrize(
    ("told", "kept"),
    [(0, 0), (0.0000004, 0), (0.0000005, 0.000001), (0.1234567, 0.123457), (1000, 1000)],
)
def test_costs_are_kept_to_the_millionth_of_a_dollar(admin, describe, llm, told, kept) -> None:
    llm.says(cost_usd=told)
    describe()

    assert calls(admin)[0]["cost_usd"] == kept


def test_a_call_is_written_down_before_it_is_made(run, admin, shop, clock) -> None:
    seen = []

    class Watching:
        async def ask(self, question: Question) -> Answer:
            page = await shop.assistant.calls.page(None, None, PageRequest())
            seen.extend((call.task_type, call.error) for call in page.items)
            return Answer("Fine.", Usage("nobody", "none"))

    service = LlmCallService(shop.database, Watching(), clock)
    run(service.ask(Question("poetry", "A limerick.", "", admin.user_id), str))

    assert seen == [("poetry", NO_ANSWER_YET)]
    assert calls(admin)[0]["error"] is None


def test_a_call_whose_process_dies_stays_in_the_accounts(run, admin, describe, llm, shop) -> None:
    llm.fails(200, b"x" * 100, drips=1)

    async def dies() -> None:
        question = Question("poetry", "A limerick.", "", admin.user_id)
        await asyncio.wait_for(shop.assistant.calls.ask(question, str), 0.5)

    with pytest.raises(TimeoutError):
        run(dies())

    (call,) = calls(admin)
    assert (call["task_type"], call["error"]) == ("poetry", NO_ANSWER_YET)


def test_calls_are_listed_the_latest_first_and_by_what_is_wanted(
    client, admin, describe, later
) -> None:
    other = client.as_admin()
    describe()
    later(minutes=1)
    describe(other)

    assert [each["user_id"] for each in calls(admin)] == [other.user_id, admin.user_id]
    assert len(calls(admin, f"?user_id={other.user_id}")) == 1
    assert len(calls(admin, "?task_type=product_description&per_page=1")) == 1
    assert calls(admin, "?task_type=poetry") == []


def test_usage_is_added_up_by_user_and_task(client, admin, describe, llm) -> None:
    other = client.as_admin()
    describe()
    llm.says(cost_usd=0.1, input_tokens=7)
    describe()
    llm.fails(422)
    describe(other)

    report = usage(admin)

    assert report["items"] == [
        {
            "user_id": admin.user_id,
            "task_type": "product_description",
            "calls": 2,
            "failures": 0,
            "input_tokens": 127,
            "output_tokens": 60,
            "cost_usd": 0.101234,
        },
        {
            "user_id": other.user_id,
            "task_type": "product_description",
            "calls": 1,
            "failures": 1,
            "input_tokens": 0,
            "output_tokens": 0,
            "cost_usd": 0,
        },
    ]
    assert report["total"] == {
        "calls": 3,
        "failures": 1,
        "input_tokens": 127,
        "output_tokens": 60,
        "cost_usd": 0.101234,
    }


def test_usage_is_of_a_period(admin, describe, clock) -> None:
    describe()
    now, day = clock(), timedelta(days=1)

    assert usage(admin)["total"]["calls"] == 1
    assert usage(admin, to=now + 29 * day)["total"]["calls"] == 1
    assert usage(admin, to=now + 31 * day)["total"]["calls"] == 0
    assert usage(admin, **{"from": now - day}, to=now + 31 * day)["total"]["calls"] == 1
    assert usage(admin, to=now - day)["total"]["calls"] == 0


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z", "empty_period"),
        ("from=2030-01-01T00:00:00Z&to=2030-01-01T00:00:00Z", "empty_period"),
        ("from=9000-01-01T00:00:00Z", "empty_period"),
        ("from=2030-01-01", "validation_error"),
        ("from=yesterday", "validation_error"),
        ("to=0.5", "validation_error"),
        ("to=1700000000", "validation_error"),
        ("start=2030-01-01T00:00:00Z", "validation_error"),
        ("to=9999-12-31T23:59:59-01:00", "validation_error"),
    ],
)
def test_a_period_that_is_none_is_refused(admin, query, error) -> None:
    refused = admin.get(f"/admin/llm-usage?{query}")

    assert refused.status_code == 422
    assert refused.json["error"] == error


def test_an_empty_period_is_told_as_it_would_be_asked_for(admin) -> None:
    refused = admin.get("/admin/llm-usage?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z")

    told = "Nothing is between 2030-01-02T00:00:00Z and 2030-01-01T00:00:00Z: "
    assert refused.json["detail"].startswith(told)


def test_a_period_may_end_at_the_beginning_of_time(admin) -> None:
    assert admin.get("/admin/llm-usage?to=0001-01-02T00:00:00Z").json["items"] == []


def test_the_accounts_outlast_the_user(client, admin, describe) -> None:
    other = client.as_admin()
    describe(other)

    assert admin.delete(f"/users/{other.user_id}").status_code == 204

    (row,) = usage(admin)["items"]
    assert (row["user_id"], row["calls"]) == (None, 1)


def test_what_one_user_took_is_part_of_their_usage(client, admin, describe) -> None:
    describe()
    describe()

    def metrics(who):
        listed = who.get("/api/v1/usage").json["metrics"]
        return {each["name"]: each for each in listed}

    assert metrics(admin)["llm_calls"] | {"limit": None} == {
        "name": "llm_calls",
        "used": 2,
        "limit": None,
        "period": "month",
    }
    assert metrics(admin)["llm_tokens"]["used"] == 300
    assert metrics(client.as_shopper())["llm_tokens"]["used"] == 0
