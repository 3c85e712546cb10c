import pytest

from infrastructure.databases.db import SqlDatabase
from infrastructure.payments.stand_in import StandInGateway
from infrastructure.payments.stand_in.counter import Cashier


@pytest.fixture
def database(client) -> SqlDatabase:
    return client.shop.database


@pytest.fixture
def stand_in(database, clock) -> StandInGateway:
    return StandInGateway(database, clock)


@pytest.fixture
def cashier(database, clock) -> Cashier:
    return Cashier(database, clock)
