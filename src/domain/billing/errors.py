from common.errors import Forbidden


class PlanLimitExceeded(Forbidden):
    code = "plan_limit_exceeded"
    message = "The {plan} plan does not include {what}. A larger plan does."
