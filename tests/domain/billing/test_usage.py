from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.billing import subscribe

from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import LIMITS, UNLIMITED
from domain.billing.usage import (
    Period,
    Reading,
    Span,
    UsageMetric,
    UsageService,
    month_of,
    require_within,
)
from domain.identity.caller import Caller, Role
from domain.identity.plan import PlanTier

FREE, PRO, ENTERPRISE = PlanTier
CALLS = {FREE: 2, PRO: 100, ENTERPRISE: UNLIMITED}
ADA = Caller("ada")


class Meter:
    """Shows what a test says, and remembers what it was asked."""

    def __init__(self, used: int = 0) -> None:
        self.used = used
        self.asked: list[tuple[str, Period]] = []

    async def __call__(self, user_id: str, period: Period) -> int:
        self.asked.append((user_id, period))
        return self.used


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def usage(client, meter, clock) -> UsageService:
    metrics = [
        UsageMetric("llm_calls", meter, CALLS, Span.MONTH),
        UsageMetric("wishes", Meter(7)),
    ]
    return UsageService(client.shop.database, LIMITS, metrics, clock)


def test_a_report_has_every_metric_with_its_limit(run, usage, meter) -> None:
    meter.used = 1

    report = run(usage.report(ADA))

    assert report.plan is FREE
    assert report.readings == (
        Reading("llm_calls", 1, 2, Span.MONTH),
        Reading("wishes", 7, UNLIMITED, Span.TOTAL),
    )
    assert (report.used("wishes"), report.used("competitors")) == (7, 0)


def test_a_metric_is_asked_for_the_month_where_nothing_is_paid_for(
    run, usage, meter, clock
) -> None:
    run(usage.report(ADA))

    assert meter.asked == [("ada", month_of(clock()))]


def test_a_metric_is_asked_for_the_period_that_is_paid_for(run, shopper, usage, meter) -> None:
    subscription = subscribe(shopper)

    run(usage.report(Caller(shopper.user_id, plan=PRO)))

    (_, period), *_ = meter.asked
    assert period == Period(
        *(
            datetime.fromisoformat(subscription[name])
            for name in ("current_period_start", "current_period_end")
        )
    )


def test_a_period_that_is_over_is_the_month_until_the_next_is_known(
    run, shopper, usage, clock, later
) -> None:
    subscribe(shopper)
    later(days=20)

    report = run(usage.report(Caller(shopper.user_id, plan=PRO)))

    assert report.period == month_of(clock())


@pytest.mark.parametrize(("used", "fits"), [(0, True), (1, True), (2, False), (3, False)])
def test_one_more_is_refused_at_the_limit(run, usage, meter, used, fits) -> None:
    meter.used = used

    if fits:
        run(usage.enforce(ADA, "llm_calls"))
    else:
        with pytest.raises(PlanLimitExceeded, match="does not include more than 2 llm calls"):
            run(usage.enforce(ADA, "llm_calls"))


@pytest.mark.parametrize(
    "caller",
    [replace(ADA, role=Role.ADMIN), replace(ADA, plan=ENTERPRISE)],
    ids=["administrator", "unlimited plan"],
)
def test_who_has_no_limit_is_not_even_counted(run, usage, meter, caller) -> None:
    meter.used = 10**9

    run(usage.enforce(caller, "llm_calls"))

    assert meter.asked == []


@pytest.mark.parametrize(
    ("caller", "used", "fits"),
    [
        (ADA, 1, True),
        (ADA, 2, False),
        (replace(ADA, plan=PRO), 99, True),
        (replace(ADA, plan=PRO), 100, False),
        (replace(ADA, plan=ENTERPRISE), 10**9, True),
        (replace(ADA, role=Role.ADMIN), 10**9, True),
    ],
    ids=["free", "free, used up", "pro", "pro, used up", "enterprise", "administrator"],
)
def test_a_deed_may_count_for_itself(caller, used, fits) -> None:
    if fits:
        require_within(caller, CALLS, used, "llm calls")
    else:
        with pytest.raises(PlanLimitExceeded) as refusal:
            require_within(caller, CALLS, used, "llm calls")
        assert refusal.value.details["plan"] == caller.plan


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-01-31T23:59:59", "2026-01-01", "2026-02-01"),
        ("2026-02-01T00:00:00", "2026-02-01", "2026-03-01"),
        ("2026-12-31T12:00:00", "2026-12-01", "2027-01-01"),
        ("2028-02-29T12:00:00", "2028-02-01", "2028-03-01"),
    ],
)
def test_months_begin_with_their_first_day(moment, start, end) -> None:
    period = month_of(datetime.fromisoformat(moment).replace(tzinfo=UTC))

    assert [each.date().isoformat() for each in period] == [start, end]
    assert period.end - period.start < timedelta(days=32)
