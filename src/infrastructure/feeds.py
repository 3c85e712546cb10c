"""Reading suppliers' feeds, a row at a time: no more than one is in memory."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from domain.source.errors import FeedUnreadable
from domain.source.ports import FeedFormat
from domain.source.rows import REQUIRED, Row, column_of, row_of, values_of

MOST_BYTES = 256 * 1024 * 1024
"""How large a feed that came compressed may be."""
_LONGEST_ROW = 256 * 1024  # characters
_CHUNK = 64 * 1024
_DELIMITERS = ",;\t|"
_BLANKS = re.compile(r"[ \t\r\n]*")
_ENDS = (EOFError, gzip.BadGzipFile, zlib.error)

type Pairs = list[tuple[str, Any]]


class Feeds:
    """Reads CSV, JSON arrays and JSON lines; raises ``FeedUnreadable`` at the first bad row."""

    def read(
        self, file: IO[bytes], written: FeedFormat, *, compressed: bool, currency: str
    ) -> Iterator[Row]:
        """Read rows; those of CSV are counted with the header, as spreadsheets do."""
        row = 1
        try:
            plain: Any = _Inflated(file) if compressed else file
            text = io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
            for row, pairs in _FORMATS[written](text):  # noqa: B007
                yield row_of(values_of(pairs), currency)
            text.detach()
        except _Fault as fault:
            raise FeedUnreadable(row=fault.row, reason=fault.reason) from None
        except UnicodeDecodeError:
            raise FeedUnreadable(
                row=row + 1, reason="not a text in UTF-8, here or soon after"
            ) from None
        except _ENDS:
            raise FeedUnreadable(row=row + 1, reason="not whole by gzip") from None
        except ValueError as error:
            raise FeedUnreadable(row=row, reason=str(error)) from None


class _Fault(Exception):
    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row, self.reason = row, reason


class _Inflated(io.BufferedIOBase):
    """What was compressed, up to a limit: a little gzip may hold a great deal."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=file, mode="rb")
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def read1(self, size: int | None = -1, /) -> bytes:
        data = self._file.read1(_CHUNK if size is None or size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise _Fault(1, f"more than {MOST_BYTES} bytes when inflated")
        return data

    def read(self, size: int | None = -1, /) -> bytes:
        return self.read1(size)


def _lines(text: io.TextIOBase) -> Iterator[str]:
    number = 0
    while line := text.readline(_LONGEST_ROW):
        number += 1
        if len(line) == _LONGEST_ROW:
            raise _Fault(number, f"longer than {_LONGEST_ROW} characters")
        if "\0" in line:
            raise _Fault(number, "a NUL in it")
        yield line


def _csv(text: io.TextIOBase) -> Iterator[tuple[int, Pairs]]:
    lines = _lines(text)
    header = next(lines, "")
    delimiter, columns = max(
        ((each, _columns(header, each)) for each in _DELIMITERS),
        key=lambda found: len(set(filter(None, found[1]))),
    )
    for column in REQUIRED:
        if column not in columns:
            raise _Fault(1, f"no column {column}")
    number = 1
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            number += 1
            if len(cells) > len(columns) and any(cells[len(columns) :]):
                raise _Fault(number, "more cells than the header has columns")
            if any(map(str.strip, cells)):
                yield (
                    number,
                    [(name, cell) for name, cell in zip(columns, cells, strict=False) if name],
                )
    except csv.Error as error:
        raise _Fault(number + 1, f"no CSV: {error}") from None


def _columns(header: str, delimiter: str) -> list[str | None]:
    try:
        return [column_of(name) for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _json_lines(text: io.TextIOBase) -> Iterator[tuple[int, Pairs]]:
    for number, line in enumerate(_lines(text), 1):
        if not _BLANKS.fullmatch(line):
            try:
                element = _DECODER.decode(line)
            except _WRONG as error:
                raise _Fault(number, _said(error)) from None
            yield number, _pairs(number, element)


def _json_array(text: io.TextIOBase) -> Iterator[tuple[int, Pairs]]:
    """Decode one element after the other, each as soon as all of it is there."""
    window, number = _Window(text), 0
    if window.next() != "[":
        raise _Fault(1, "no JSON array")
    mark = window.step()
    while mark != "]":
        number += 1
        if window.next() != "{":
            raise _Fault(number, "no JSON object")
        yield number, _pairs(number, window.element(number))
        mark = window.next()
        if mark not in (",", "]"):
            raise _Fault(number, "no JSON array: neither , nor ] after it")
        if mark == ",":
            window.step()
    window.step()
    if window.next():
        raise _Fault(number + 1, "something after the JSON array")


class _Window:
    """The part of a text that is being looked at: never much more than the longest row."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._seen, self._at = "", 0

    def next(self) -> str:
        """Leave out blanks, and tell what comes after them; nothing, at the end."""
        while True:
            self._at = _BLANKS.match(self._seen, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._seen) or not self._more():
                return self._seen[self._at : self._at + 1]

    def step(self) -> str:
        """Go past what was told, and tell what comes next."""
        self._at += 1
        return self.next()

    def element(self, number: int) -> Any:
        while True:
            try:
                element, self._at = _DECODER.raw_decode(self._seen, self._at)
            except _WRONG as error:
                if len(self._seen) - self._at > _LONGEST_ROW or not self._more():
                    raise _Fault(number, _said(error)) from None
            else:
                return element

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK)
        self._seen, self._at = self._seen[self._at :] + chunk, 0
        return bool(chunk)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=_constant)
_WRONG = (ValueError, InvalidOperation, RecursionError)


def _said(error: Exception) -> str:
    deep = isinstance(error, RecursionError)
    return f"no JSON: {'too deep' if deep else getattr(error, 'msg', 'a number that cannot be')}"


def _pairs(number: int, element: Any) -> Pairs:
    if not isinstance(element, dict):
        raise _Fault(number, "no JSON object")
    return [(column, value) for name, value in element.items() if (column := column_of(name))]


_FORMATS: dict[FeedFormat, Callable[[io.TextIOBase], Iterable[tuple[int, Pairs]]]] = {
    FeedFormat.CSV: _csv,
    FeedFormat.JSON: _json_array,
    FeedFormat.NDJSON: _json_lines,
}
