"""The way to Stripe: the SDK, how long it may take, and what its failures mean to us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from common.errors import DomainError
from common.logging import log
from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from infrastructure.databases.db import in_transaction

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError
    from stripe._v1_services import V1Services

    from infrastructure.payments.stripe_http import StripeHttp

RETRIES = 2
PATIENCE = 30.0
"""How long one operation may take, with all its calls and their retries, in seconds."""
PAUSE = 5
"""How long a caller is asked to wait when Stripe does not answer, in seconds."""
BANK_PAUSE = 30
"""The same, when a bank has to make up its mind."""


class StripeConnection:
    """Opened when the shop opens, or else by the first call: the SDK takes long to load."""

    def __init__(
        self, secret_key: str, *, base: str | None = None, patience: float = PATIENCE
    ) -> None:
        self._secret_key = secret_key
        self._base = base
        self._patience = patience
        self._opened: tuple[StripeClient, StripeHttp] | None = None

    @property
    def is_test(self) -> bool:
        """Whether the key is one that moves no money."""
        return self._secret_key.startswith(("sk_test_", "rk_test_"))

    async def open(self) -> None:
        self._client()

    async def close(self) -> None:
        if self._opened:
            _, http = self._opened
            self._opened = None
            await http.close_async()

    @asynccontextmanager
    async def call(self) -> AsyncIterator["V1Services"]:
        """Lend the API for one operation; what then fails is said in our words."""
        if in_transaction.get():
            raise RuntimeError("Stripe must not be called inside a transaction")
        client = self._client()
        from stripe import StripeError

        try:
            async with asyncio.timeout(self._patience):
                yield client.v1
        except TimeoutError as error:
            log.warning("Stripe does not answer")
            raise PaymentsUnavailable(retry_after=PAUSE) from error
        except StripeError as error:
            raise _in_our_words(error) from error

    def _client(self) -> "StripeClient":
        if self._opened is None:
            from stripe import StripeClient

            from infrastructure.payments.stripe_http import StripeHttp

            http = StripeHttp()
            client = StripeClient(
                self._secret_key,
                http_client=http,
                max_network_retries=RETRIES,
                base_addresses={"api": self._base} if self._base else None,
            )
            self._opened = client, http
        client, _ = self._opened
        return client


def _in_our_words(error: "StripeError") -> DomainError:
    """Tell a bill that Stripe will not have from everything that may pass, or that we must mend."""
    import stripe

    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return PaymentRefused(reason=reason_of(error))
    if isinstance(
        error, stripe.AuthenticationError | stripe.PermissionError | stripe.IdempotencyError
    ):
        log.error("Stripe turns us away: {}", error)
    else:
        log.warning("Stripe fails: {}", error)
    return PaymentsUnavailable(retry_after=PAUSE)


def reason_of(error: "StripeError") -> str:
    """Say why Stripe refuses, in its own words."""
    return (error.user_message or "it does not say why").rstrip(".")
