from common.errors import Conflict, Invalid, NotFound


class CompetitorNotFound(NotFound):
    code = "competitor_not_found"
    message = "There is no competitor {competitor_id!r}."


class CompetitorProductNotFound(NotFound):
    code = "competitor_product_not_found"
    message = "No competitor has a product {product_id!r}."


class ScanNotFound(NotFound):
    code = "scan_not_found"
    message = "There is no scan {scan_id!r} of this competitor."


class ScanUnderWay(Conflict):
    code = "scan_under_way"
    message = "The competitor is being scanned already: see scan {scan_id}."


class StoreAddressNotAllowed(Invalid):
    code = "store_address_not_allowed"
    message = "{host} is not an address of the public internet: OUTBOUND_ALLOW does not list it."
