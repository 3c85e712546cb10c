from common.errors import Conflict, Invalid, NotFound, UnsupportedMedia


class SupplierFeedNotFound(NotFound):
    code = "supplier_feed_not_found"
    message = "There is no supplier feed {feed_id!r}."


class FeedUnreadable(Invalid):
    code = "feed_unreadable"
    message = "Row {row}: {reason}. Nothing of the feed was kept."


class UnknownFeedFormat(UnsupportedMedia):
    code = "unknown_feed_format"
    message = "Send CSV, a JSON array or JSON lines, plain or by gzip, and say which."


class TooManySupplierFeeds(Conflict):
    code = "too_many_supplier_feeds"
    message = "There are {maximum} feeds, which is all one may have. Delete one."


class TooManyOffers(Conflict):
    code = "too_many_offers"
    message = "With this feed there would be more than {maximum} offers. Delete another feed."


class SourceSearchNotFound(NotFound):
    code = "source_search_not_found"
    message = "There is no search for sources {search_id!r}."


class SourceSearchRunning(Conflict):
    code = "source_search_running"
    message = "The search {search_id} is under way: wait for it to end."
