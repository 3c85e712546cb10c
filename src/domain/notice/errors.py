"""Why a mail was not sent. Nobody waits for one, so these are told to nobody over HTTP."""

from domain.workflow import TryAgain


class MailUnavailable(TryAgain):
    """It cannot be sent at this moment; a little later it can."""


class MailRefused(Exception):
    """It will never be taken for whom it is meant."""
