from infrastructure.databases.db import in_transaction


def refuse_in_transaction() -> None:
    """Raise where a slow model would hold up everybody who wants to write."""
    if in_transaction.get():
        raise RuntimeError("a language model must not be waited for inside a transaction")
