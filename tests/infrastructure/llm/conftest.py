from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.llm_gateway import KEY, LlmGateway

from infrastructure.llm.client import call_llm
from infrastructure.llm.wire import LlmResult


@pytest.fixture
def gateway() -> Iterator[LlmGateway]:
    with LlmGateway() as gateway:
        yield gateway


@pytest.fixture
def ask(run, gateway) -> Callable[..., LlmResult]:
    """Ask the gateway for a limerick, or for what else is said."""

    def ask(prompt: str = "A limerick.", **more: Any) -> LlmResult:
        options = {"gateway_url": gateway.url, "gateway_key": KEY, "timeout": 5} | more
        return run(call_llm(prompt, **options))

    return ask
