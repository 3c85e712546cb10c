"""The payment provider that ships: it takes over where no other one is set up."""

from infrastructure.payments.stand_in.cards import DECLINING_CARDS, PAYING_CARDS
from infrastructure.payments.stand_in.gateway import StandInGateway

__all__ = ["DECLINING_CARDS", "PAYING_CARDS", "StandInGateway"]
