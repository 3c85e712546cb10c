import pytest
from support.billing import BILLING

FREE = {
    "tier": "free",
    "name": "Free",
    "price_monthly": 0,
    "price_monthly_cents": 0,
    "currency": "USD",
    "max_competitors": 3,
    "max_products": 50,
    "scan_frequency": "weekly",
    "features": ["Basic tracking", "No alerts", "No source finding"],
    "trial_days": 0,
    "api_access": False,
    "alerts": False,
    "source_finding": False,
    "bulk_source_finding": False,
}
PRO = {
    "tier": "pro",
    "name": "Pro",
    "price_monthly": 29,
    "price_monthly_cents": 2900,
    "currency": "USD",
    "max_competitors": 25,
    "max_products": 2500,
    "scan_frequency": "daily",
    "features": ["Price alerts", "Source finding", "API access"],
    "trial_days": 14,
    "api_access": True,
    "alerts": True,
    "source_finding": True,
    "bulk_source_finding": False,
}
ENTERPRISE = {
    "tier": "enterprise",
    "name": "Enterprise",
    "price_monthly": 99,
    "price_monthly_cents": 9900,
    "currency": "USD",
    "max_competitors": -1,
    "max_products": -1,
    "scan_frequency": "hourly",
    "features": ["All alerts + API", "Bulk source finding", "Priority support"],
    "trial_days": 14,
    "api_access": True,
    "alerts": True,
    "source_finding": True,
    "bulk_source_finding": True,
}


@pytest.mark.parametrize("path", [f"{BILLING}/plans", "/api/billing/plans"])
def test_anyone_may_see_what_there_is_to_buy(client, path) -> None:
    assert client.get(path).json == [FREE, PRO, ENTERPRISE]


def test_who_knows_the_plans_already_is_not_told_again(client) -> None:
    first = client.get(f"{BILLING}/plans")

    again = client.get(f"{BILLING}/plans", If_None_Match=first.headers["etag"])

    assert (again.status_code, again.text) == (304, "")
