from enum import StrEnum


class PlanTier(StrEnum):
    """What an account pays for. What that includes is in ``domain/billing/plans.py``."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"
