from common.errors import Forbidden, Malformed


class PlanLimitExceeded(Forbidden):
    code = "plan_limit_exceeded"
    message = "The {plan} plan does not include {what}. A larger plan does."


class PlanIsFree(Malformed):
    code = "plan_is_free"
    message = "The {plan} plan costs nothing: there is nothing to check out."


class AlreadySubscribed(Malformed):
    code = "already_subscribed"
    message = "There is a subscription already. Change it in the billing portal."


class PlanNotForSale(Malformed):
    code = "plan_not_for_sale"
    message = "The {plan} plan cannot be bought here: the shop has set no price for it."


class NoCustomer(Malformed):
    code = "no_customer"
    message = "There is nothing to manage yet: this account has never checked out a plan."
