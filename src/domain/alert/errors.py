from common.errors import Conflict, Invalid, NotFound


class AlertNotFound(NotFound):
    code = "alert_not_found"
    message = "There is no alert {alert_id!r}."


class TooManyAlerts(Conflict):
    code = "too_many_alerts"
    message = "There are {maximum} alerts, which is all one may have."


class ThresholdOutOfReach(Invalid):
    code = "threshold_out_of_reach"
    message = "The threshold of a {alert_type} alert is {largest} percent at the most."


class ProductOfAnotherCompetitor(Invalid):
    code = "product_of_another_competitor"
    message = "Product {product_id!r} is not sold by competitor {competitor_id!r}."
