"""No sequence of steps sells what is not there, loses stock, or takes the wrong sum.

The shop is the real one on a real database; the steps are what shoppers, administrators, the
payment provider, time and bad luck do to it. After each, the books of the shop and of the
provider are compared.
"""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from support.money.flurry import Machine
from support.money.providers import BankProvider, StandInProvider


def run_machine(migrated, provider, examples: int) -> None:
    run_state_machine_as_test(
        lambda: Machine(migrated, provider()),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


import os

STEPS = int(os.environ.get("STEPS", 30))
EX = int(os.environ.get("EX", 20))

def test_money_adds_up_at_a_bank_whose_events_come_as_they_like(migrated_sqlite) -> None:
    run_machine(migrated_sqlite, BankProvider, examples=EX)


def test_money_adds_up_at_the_stand_in(migrated_sqlite) -> None:
    run_machine(migrated_sqlite, StandInProvider, examples=EX)
