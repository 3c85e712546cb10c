"""The language model that drafts texts, and what is done with them."""

from dataclasses import dataclass

from app.settings import Settings
from common.clock import Clock
from domain.assistant.calls import LlmCallService
from domain.assistant.descriptions import DescriptionService
from infrastructure.databases.db import SqlDatabase
from infrastructure.llm.model import Caller, GatewayModel
from infrastructure.llm.stand_in import StandIn


@dataclass(frozen=True, slots=True)
class Assistant:
    model: GatewayModel
    calls: LlmCallService
    descriptions: DescriptionService


def assistant(settings: Settings, database: SqlDatabase, clock: Clock) -> Assistant:
    """Join the services with the gateway; without one the stand-in drafts."""
    model = GatewayModel(_caller(settings), settings.service_name)
    calls = LlmCallService(database, model, clock)
    return Assistant(model, calls, DescriptionService(database, calls, clock))


def _caller(settings: Settings) -> Caller:
    if not settings.llm_gateway_url:
        return StandIn()
    from infrastructure.llm.gateway import LlmGateway  # it takes time to load

    return LlmGateway(settings.llm_gateway_url, settings.llm_gateway_key.get_secret_value())
