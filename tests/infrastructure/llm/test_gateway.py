import asyncio

from support.llm_gateway import KEY

from infrastructure.llm.gateway import LlmGateway
from infrastructure.llm.wire import Asked


def test_a_connection_is_kept_from_one_call_to_the_next(run, gateway) -> None:
    client = LlmGateway(gateway.url, KEY)

    for _ in range(3):
        run(client.call(Asked("A limerick.")))
    run(client.close())

    assert len(gateway.asked) == 3
    assert gateway.connections == 1


def test_a_closed_one_may_be_asked_and_closed_again(run, gateway) -> None:
    client = LlmGateway(gateway.url, KEY)
    run(client.close())

    run(client.call(Asked("A limerick.")))
    run(client.close())

    assert len(gateway.asked) == 1


def test_many_may_ask_at_once(run, gateway) -> None:
    client = LlmGateway(gateway.url, KEY)

    async def everybody() -> None:
        await asyncio.gather(*(client.call(Asked(str(number))) for number in range(30)))
        await client.close()

    run(everybody())

    assert {asked.body["prompt"] for asked in gateway.asked} == set(map(str, range(30)))
    assert gateway.connections <= 10
