import json
from collections.abc import Callable

import pytest

from infrastructure.llm.client import call_llm
from infrastructure.llm.wire import LlmResult


@pytest.fixture
def ask(run) -> Callable[..., LlmResult]:
    return lambda prompt, **more: run(call_llm(prompt, **more))


PRODUCT = (
    'Describe.\n<product>\n{"title": "Lamp", "author": "Ann", "variants": ["Large"]}\n</product>'
)


@pytest.mark.parametrize("prompt", ["A limerick.", PRODUCT])
def test_the_same_question_has_the_same_answer(ask, prompt) -> None:
    assert ask(prompt) == ask(prompt)


def test_it_costs_nothing_and_says_who_it_is(ask) -> None:
    result = ask("A limerick.")

    assert (result["provider"], result["cost_usd"], result["cached"]) == ("stand-in", 0, False)


def test_a_product_is_described_by_what_is_said_of_it(ask) -> None:
    assert ask(PRODUCT)["content"] == "Lamp by Ann. Also as Large."


def test_tokens_are_four_characters_each_or_what_is_left(ask) -> None:
    result = ask("A limerick.", system="Poet.")

    assert result["input_tokens"] == 4  # for 16 characters
    assert result["output_tokens"] == -(-len(result["content"]) // 4)


@pytest.mark.parametrize("max_tokens", [1, 5, 1000])
def test_it_writes_no_more_than_was_asked_for(ask, max_tokens) -> None:
    assert ask(PRODUCT, max_tokens=max_tokens)["output_tokens"] <= max_tokens


@pytest.mark.parametrize("max_tokens", [1, 1000])
def test_asked_for_json_it_writes_json(ask, max_tokens) -> None:
    result = ask(PRODUCT, json_mode=True, max_tokens=max_tokens)

    assert json.loads(result["content"]) == result["json"]
    assert list(result["json"]) == ["text"]


@pytest.mark.parametrize("prompt", ["", "{", '{"title": 3}', "[" * 99_999, "{" * 99_999, "a\0b"])
def test_there_is_always_an_answer(ask, prompt) -> None:
    assert ask(prompt)["content"]
