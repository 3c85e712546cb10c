"""Feeds of a hundred thousand rows are read in next to no memory."""

import json
import tracemalloc
from itertools import islice
from tempfile import TemporaryFile

import pytest

from domain.source.ports import FeedFormat
from infrastructure.feeds import Feeds

ROWS = 100_000
MOST = 4_000_000  # bytes: a fifth of what the smallest of these feeds has
OFFER = {"title": "Wireless noise cancelling headphones", "price": 99.5, "note": "x" * 150}
LINE = json.dumps(OFFER)
BODIES = {
    FeedFormat.CSV: ("title,price,note\n", f"{OFFER['title']},99.5,{OFFER['note']}", "\n", "\n"),
    FeedFormat.JSON: ("[", LINE, ",\n", "]"),
    FeedFormat.NDJSON: ("", LINE, "\n", "\n"),
}


@pytest.mark.parametrize("written", BODIES)
def test_a_hundred_thousand_rows_are_read_in_little_memory(written) -> None:
    before, row, between, after = BODIES[written]
    with TemporaryFile() as file:
        file.write(before.encode())
        file.writelines(f"{row}{between}".encode() for _ in range(ROWS - 1))
        file.write(f"{row}{after}".encode())
        file.seek(0)
        rows = Feeds().read(file, written, compressed=False, currency="USD")

        tracemalloc.start()
        count = 0
        while batch := list(islice(rows, 1000)):
            count += len(batch)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert count == ROWS
    assert peak < MOST
