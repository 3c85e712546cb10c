import json
from decimal import Decimal

import pytest
from support.llm_gateway import ANSWER, KEY

from common.logging import log
from domain.assistant.errors import AssistantFailed, AssistantUnavailable
from domain.assistant.usage import Usage
from infrastructure.databases.db import in_transaction
from infrastructure.llm.client import call_llm, call_llm_mock
from infrastructure.llm.gateway import MAX_ANSWER

FIELDS = {*ANSWER, "json"}


def test_everything_that_is_asked_arrives(gateway, ask) -> None:
    ask(
        "A limerick.",
        system="You are a poet.",
        user_id="ada",
        service_name="shop",
        task_type="poetry",
        max_tokens=70,
        temperature=0.2,
    )

    (asked,) = gateway.asked
    assert asked.path == "/api/v1/generate"
    assert asked.headers["x-service-key"] == KEY
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == {
        "prompt": "A limerick.",
        "system": "You are a poet.",
        "user_id": "ada",
        "service": "shop",
        "task_type": "poetry",
        "max_tokens": 70,
        "temperature": 0.2,
        "json_mode": False,
    }


def test_what_is_answered_is_returned_with_the_cost_to_the_digit(ask) -> None:
    result = ask()

    assert result == ANSWER | {"cost_usd": Decimal("0.001234"), "json": None}


def test_what_nobody_gave_is_sent_as_nothing(gateway, ask) -> None:
    ask(gateway_key=None)

    (asked,) = gateway.asked
    assert "x-service-key" not in asked.headers
    assert (asked.body["system"], asked.body["user_id"]) == ("", "")


def test_latency_is_measured_where_the_gateway_does_not_say(gateway, ask) -> None:
    gateway.says(latency_ms=..., cached=...)

    result = ask()

    assert 0 <= result["latency_ms"] < 5000
    assert result["cached"] is False


@pytest.mark.parametrize("path", ["", "/", "/llm", "/llm/"])
def test_a_gateway_may_live_under_a_path(gateway, ask, path) -> None:
    ask(gateway_url=gateway.url + path)

    assert gateway.asked[0].path == f"{path.rstrip('/')}/api/v1/generate"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_gateway_is_tried_once_more(gateway, ask, status) -> None:
    gateway.fails(status)

    assert ask()["content"] == ANSWER["content"]
    assert len(gateway.asked) == 2


def test_a_connection_that_breaks_is_tried_once_more(gateway, ask) -> None:
    gateway.fails(closes=True)

    assert ask()["content"] == ANSWER["content"]
    assert len(gateway.asked) == 2


def test_nobody_is_asked_a_third_time(gateway, ask) -> None:
    gateway.fails(503)
    gateway.fails(503, headers={"Retry-After": "7"})

    with pytest.raises(AssistantUnavailable, match="answered 503") as failed:
        ask()

    assert len(gateway.asked) == 2
    assert failed.value.details["retry_after"] == 7


@pytest.mark.parametrize("said", ["soon", "-5", "0", "9" * 40, "²"])
def test_an_absurd_pause_is_not_passed_on(gateway, ask, said) -> None:
    gateway.fails(429, headers={"Retry-After": said})

    with pytest.raises(AssistantUnavailable) as failed:
        ask()

    assert 1 <= failed.value.details["retry_after"] <= 3600


def test_a_gateway_that_is_not_there_is_unavailable(ask) -> None:
    with pytest.raises(AssistantUnavailable, match="cannot be reached"):
        ask(gateway_url="http://127.0.0.1:1")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_tried_again_nor_repeated_in_its_words(gateway, ask, status) -> None:
    gateway.fails(status, json.dumps({"detail": f"Bad key {KEY}"}).encode())

    with pytest.raises(AssistantFailed, match=f"answered {status}") as failed:
        ask()

    assert len(gateway.asked) == 1
    assert KEY not in str(failed.value)


def test_too_many_requests_are_a_reason_to_wait(gateway, ask) -> None:
    gateway.fails(429, headers={"Retry-After": "12"})

    with pytest.raises(AssistantUnavailable) as failed:
        ask()

    assert len(gateway.asked) == 1
    assert failed.value.details["retry_after"] == 12


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_told_and_not_followed(gateway, ask, status) -> None:
    gateway.fails(status, headers={"Location": f"{gateway.url}/elsewhere"})

    with pytest.raises(AssistantFailed, match="set LLM_GATEWAY_URL"):
        ask()

    assert len(gateway.asked) == 1


def test_an_answer_that_drips_is_not_waited_for_longer_than_any_other(gateway, ask) -> None:
    gateway.fails(200, json.dumps(ANSWER).encode(), drips=0.05)

    with pytest.raises(AssistantUnavailable, match=r"no answer in 0\.4 s"):
        ask(timeout=0.4)

    assert len(gateway.asked) == 1


def test_the_second_attempt_has_only_the_time_the_first_left(gateway, ask) -> None:
    gateway.fails(503)
    gateway.fails(200, json.dumps(ANSWER).encode(), drips=0.05)

    with pytest.raises(AssistantUnavailable, match=r"no answer in 0\.6 s"):
        ask(timeout=0.6)

    assert len(gateway.asked) == 2


def test_no_more_is_read_than_there_is_room_for(gateway, ask) -> None:
    gateway.fails(200, b" " * (MAX_ANSWER + 1))

    with pytest.raises(AssistantFailed, match="larger than"):
        ask()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b"[]", b"null", b'{"content": "half'],
    ids=["empty", "html", "bytes", "deep", "list", "null", "cut"],
)
def test_what_is_no_answer_is_said_to_be_none(gateway, ask, body) -> None:
    gateway.fails(200, body)

    with pytest.raises(AssistantFailed, match="its answer"):
        ask()


WRONG = {
    "a field missing": {"model": ...},
    "no content": {"content": None},
    "a number for content": {"content": 7},
    "tokens in words": {"input_tokens": "many"},
    "tokens in halves": {"output_tokens": 1.5},
    "negative tokens": {"input_tokens": -1},
    "absurd tokens": {"output_tokens": 10**12},
    "negative cost": {"cost_usd": -0.01},
    "absurd cost": {"cost_usd": 1e300},
    "no number for cost": {"cost_usd": "NaN"},
    "negative latency": {"latency_ms": -1},
    "absurd latency": {"latency_ms": 10**15},
    "cached in words": {"cached": "yes"},
    "a provider without a name": {"provider": ""},
    "a model that cannot be stored": {"model": "a\0b"},
    "a model without end": {"model": "m" * 1000},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_a_field_that_makes_no_sense_is_refused(gateway, ask, fields) -> None:
    gateway.says(**fields)

    with pytest.raises(AssistantFailed, match=r"its (answer|cost_usd)"):
        ask()


def test_more_fields_than_we_know_are_welcome(gateway, ask) -> None:
    gateway.says(request_id="abc")

    assert set(ask()) == FIELDS


def test_a_failure_says_what_was_spent(gateway, ask) -> None:
    gateway.says(content="no JSON")
    gateway.says(content="nor this")

    with pytest.raises(AssistantFailed) as failed:
        ask(json_mode=True)

    assert failed.value.spent == Usage(
        "anthropic", "claude-sonnet", 240, 60, cost_microdollars=2468, latency_ms=1680
    )


def test_the_key_is_in_no_log(gateway, ask) -> None:
    gateway.fails(401)
    lines: list[str] = []
    sink = log.add(lines.append, level=0, diagnose=False)

    with pytest.raises(AssistantFailed) as failed:
        ask()
    log.opt(exception=failed.value).error("failed")
    log.remove(sink)

    assert lines
    assert KEY not in "".join(lines)


@pytest.mark.parametrize("key", ["two words", "line\nend", "schlüssel"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(ask, key) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as refused:
        ask(gateway_key=key)

    assert key not in str(refused.value)


@pytest.mark.parametrize("gateway_url", ["http://127.0.0.1:1", None])
def test_no_model_is_waited_for_inside_a_transaction(run, gateway_url) -> None:
    async def inside() -> None:
        in_transaction.set(True)
        await call_llm("A limerick.", gateway_url=gateway_url)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run(inside())


def test_the_double_answers_in_the_same_shape(run) -> None:
    result = run(call_llm_mock("A limerick.", system="Poet.", task_type="poetry", max_tokens=5))

    assert set(result) == FIELDS
    assert result["content"] == "Mock LLM response for testing."
    assert (result["provider"], result["cost_usd"]) == ("mock", 0)


def test_the_double_says_what_it_is_told(run) -> None:
    assert run(call_llm_mock("A limerick.", content="No."))["content"] == "No."
