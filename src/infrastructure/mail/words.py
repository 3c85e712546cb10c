from common.money import Money


def in_words(money: Money) -> str:
    """Write an amount exactly: ``1,234.50 EUR``, ``1,235 JPY``."""
    return f"{money.major:,f} {money.currency}"
