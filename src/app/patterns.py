"""What texts have to look like, and how to say so to people whose texts do not."""

_MEANINGS: dict[str, str] = {}


def pattern(expression: str, meaning: str) -> str:
    """Return a regular expression for ``Field``; ``meaning`` completes "Input should be …"."""
    _MEANINGS[expression] = meaning
    return expression


def mismatch(expression: str) -> str:
    """Say what a text should be that does not match."""
    return f"Input should be {_MEANINGS.get(expression, f'text that matches {expression}')}"
