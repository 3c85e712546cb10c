from enum import StrEnum


class PlanTier(StrEnum):
    """What an account pays for. What that includes is in ``domain/billing/plans.py``."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"

    @property
    def rank(self) -> int:
        """How large the plan is, beside the others."""
        return list(PlanTier).index(self)
