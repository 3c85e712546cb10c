"""No sequence of steps sells what is not there, loses stock, or takes the wrong sum.

The shop is the real one on a real database; the steps are what shoppers, administrators, the
payment provider, time and bad luck do to it. After each, the books of the shop and of the
provider are compared. Thirty examples find what is broken; before a release run five hundred,
of fifty steps each.
"""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from support.money.flurry import Machine
from support.money.providers import BankProvider, StandInProvider

EXAMPLES, STEPS = 30, 25


@pytest.mark.parametrize("provider", [BankProvider, StandInProvider])
def test_money_adds_up(migrated_sqlite, provider) -> None:
    run_state_machine_as_test(
        lambda: Machine(migrated_sqlite, provider()),
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None),
    )
