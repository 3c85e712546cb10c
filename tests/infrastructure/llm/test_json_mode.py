import json

import pytest

from domain.assistant.errors import AssistantFailed, AssistantUnavailable

GOOD = {
    "an object": ('{"a": [1, null]}', {"a": [1, None]}),
    "a list": ("[1, 2]", [1, 2]),
    "a text": ('"ä"', "ä"),
    "with blanks around": ('\n {"a": 1} \n', {"a": 1}),
    "fenced": ('```json\n{"a": 1}\n```', {"a": 1}),
    "fenced without a language": ('```\n{"a": 1}\n```\n', {"a": 1}),
    "fenced on Windows": ('```JSON\r\n{"a": 1}\r\n```', {"a": 1}),
    "with a fence inside": ('{"a": "```json\\n1\\n```"}', {"a": "```json\n1\n```"}),
}
BAD = ["", "Sure! {}", "{'a': 1}", '{"a": NaN}', "```json\n{\n```", '{"a": "\\ud800"}', "[" * 9999]


@pytest.mark.parametrize(("content", "value"), GOOD.values(), ids=GOOD)
def test_json_is_read(gateway, ask, content, value) -> None:
    gateway.says(content=content)

    result = ask(json_mode=True)

    assert result["json"] == json.loads(result["content"]) == value
    assert gateway.asked[0].body["json_mode"] is True


@pytest.mark.parametrize("content", BAD, ids=range(len(BAD)))
def test_what_is_no_json_is_asked_for_again_with_what_was_wrong(gateway, ask, content) -> None:
    gateway.says(content=content)
    gateway.says(content='{"a": 1}')

    result = ask("Count.", json_mode=True)

    first, second = (asked.body["prompt"] for asked in gateway.asked)
    assert first == "Count."
    assert second.startswith("Count.\n\nYour last answer to this was not valid JSON: ")
    assert result["json"] == {"a": 1}


def test_both_answers_are_paid_for(gateway, ask) -> None:
    gateway.says(content="no", cost_usd=0.1, input_tokens=10, output_tokens=1, latency_ms=5)
    gateway.says(content="{}", cost_usd=0.2, input_tokens=20, output_tokens=2, latency_ms=6)

    result = ask(json_mode=True)

    assert str(result["cost_usd"]) == "0.3"
    assert (result["input_tokens"], result["output_tokens"]) == (30, 3)
    assert result["latency_ms"] == 11


def test_nobody_is_asked_for_json_a_third_time(gateway, ask) -> None:
    gateway.says(content="no")
    gateway.says(content="no")

    with pytest.raises(AssistantFailed, match="wrote no JSON"):
        ask(json_mode=True)

    assert len(gateway.asked) == 2


def test_what_was_spent_before_the_gateway_fell_silent_is_known(gateway, ask) -> None:
    gateway.says(content="no")
    gateway.fails(503)
    gateway.fails(503)

    with pytest.raises(AssistantUnavailable) as failed:
        ask(json_mode=True)

    assert failed.value.spent.input_tokens == 120


def test_without_json_mode_nothing_is_read(gateway, ask) -> None:
    gateway.says(content="no JSON")

    assert ask()["json"] is None
