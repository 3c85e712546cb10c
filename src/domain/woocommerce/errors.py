from common.errors import BadGateway, ConcurrentUpdate, Conflict, NotFound, Unavailable


class WooCommerceNotConfigured(Unavailable):
    code = "woocommerce_not_configured"
    message = "No WooCommerce store is set up: see WOOCOMMERCE_URL, _KEY and _SECRET."


class WooCommerceSyncFailed(BadGateway):
    code = "woocommerce_sync_failed"
    message = "The WooCommerce store refused or failed: {reason}"


class OutcomeUnknown(WooCommerceSyncFailed):
    """The same, but the store may have done what we asked: look before asking again."""


class WooCommerceSkuTaken(Conflict):
    code = "woocommerce_sku_taken"
    message = "Another product of the store has the SKU {sku!r}."


class WooCommerceBusy(ConcurrentUpdate):
    code = "woocommerce_sync_in_progress"
    message = "This is being synced at this moment. Ask again in {retry_after} seconds."
    prominent = ("retry_after",)


class ProductNotSynced(Conflict):
    code = "product_not_synced"
    message = "This is not in the WooCommerce store: sync product {product_id!r} first."


class StockNotManaged(Conflict):
    code = "woocommerce_stock_not_managed"
    message = "The store keeps no stock of this. Sync it to_woocommerce once."


class CurrencyDiffers(Conflict):
    code = "woocommerce_currency_differs"
    message = "The product is priced in {product}, but the store sells in {store}."


class OrderNotPaid(Conflict):
    code = "order_not_paid"
    message = "The order is {status}: only what is paid for goes to WooCommerce."


class CatalogueSyncRunning(Conflict):
    code = "catalogue_sync_running"
    message = "The catalogue is being synced already, as {sync_id}."


class CatalogueSyncNotFound(NotFound):
    code = "catalogue_sync_not_found"
    message = "There is no catalogue sync {sync_id!r}."
