"""Tables with a header row, comma- or tab-separated: one article per row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from semsearch.corpus import Article, Failure, FailureKind
from semsearch.readers.decoding import encoding_of, peek
from semsearch.readers.metadata import from_row

__all__ = ["read"]

_MAX_CELL_CHARS = 50_000_000  # the library's own limit, 131,072, is less than a long article


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The rows of a .csv or .tsv file, one at a time. `line` of a failure is the row's first.

    The header names the columns as a JSONL row names its fields, in any case. Quoting is strict:
    a quotation mark that never closes is reported, and does not silently swallow what follows.
    """
    # The limit belongs to the process; there is no other way to set it.
    csv.field_size_limit(_MAX_CELL_CHARS)
    with path.open("rb") as stream:
        encoding = encoding_of(peek(stream))
    if encoding is None:
        yield Failure(str(path), None, "not text: no known encoding fits the bytes")
        return
    # surrogateescape: a byte that cannot be decoded spoils its own row only.
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as lines:
        yield from _articles(path, lines, base_id)


def _articles(path: Path, lines: IO[str], base_id: str) -> Iterator[Article | Failure]:
    header: list[str] | None = None
    for number, row in _rows(lines, path):
        if isinstance(row, Failure):
            yield row
        elif header is None:
            header = [name.strip().lower() for name in row]
        elif any(row):
            yield _article(path, number, header, row, base_id)


def _rows(lines: IO[str], path: Path) -> Iterator[tuple[int, list[str] | Failure]]:
    """Each row with the number of its first line, or why it cannot be read."""
    number = 1
    try:
        first = lines.readline()
        rows = csv.reader(chain((first,), lines), delimiter=_delimiter(path, first), strict=True)
        while (row := _next(rows, path, number)) is not None:
            yield number, row
            number = rows.line_num + 1
    except UnicodeError as error:
        yield number, Failure(str(path), number, f"not text: {error}", "rest_lost")


def _next(rows: Iterator[list[str]], path: Path, number: int) -> list[str] | Failure | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        # At the end of the data the quotation mark that never closed has swallowed the rest.
        kind: FailureKind = "rest_lost" if "end of data" in str(error) else "unreadable"
        return Failure(str(path), number, f"not a row: {error}", kind)


def _delimiter(path: Path, header: str) -> str:
    """A tab in a .tsv; else whichever of comma, semicolon and tab the header holds most."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    return max(",;\t", key=header.count)


def _article(
    path: Path, number: int, header: list[str], row: list[str], base_id: str
) -> Article | Failure:
    if len(row) != len(header):
        reason = f"the row has {len(row)} cells and the header {len(header)}"
        return Failure(str(path), number, reason)
    if any("\udc80" <= char <= "\udcff" for cell in row if not cell.isascii() for char in cell):
        return Failure(str(path), number, "the row holds bytes that cannot be decoded")
    try:
        return from_row(dict(zip(header, row, strict=True)), base_id)
    except ValueError as error:
        return Failure(str(path), number, str(error))
