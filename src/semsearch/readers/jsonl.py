"""One JSON object per line: BEIR's `_id`, `title`, `text`, `metadata`, or plain field names."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from semsearch.corpus import Article, Failure
from semsearch.readers.decoding import encoding_of, peek
from semsearch.readers.metadata import from_row

__all__ = ["read"]


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The rows of a .jsonl or .jsonl.gz file, one at a time; empty lines are passed over."""
    number = 0
    try:
        with _opened(path) as stream:
            for number, line in enumerate(_lines(stream), start=1):
                if not line.isspace():
                    yield _article(path, number, line, base_id)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield Failure(str(path), number + 1, f"the archive is damaged: {error}", "rest_lost")
    except UnicodeError as error:
        yield Failure(str(path), number + 1, f"not text: {error}", "rest_lost")


def _opened(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        # GzipFile hands out lines slowly; the buffer around it does so in C.
        return io.BufferedReader(cast(io.RawIOBase, gzip.open(path, "rb")), 1 << 18)
    return path.open("rb")


def _lines(stream: IO[bytes]) -> Iterator[bytes | str]:
    """Lines as bytes where they are UTF-8 (a bad line then fails alone), else as text."""
    encoding = encoding_of(peek(stream))
    if encoding is None:
        raise UnicodeError("no known encoding fits the bytes")
    if encoding == "utf-8":
        yield from stream
        return
    with io.TextIOWrapper(stream, encoding=encoding, newline="\n") as lines:
        yield from lines


def _article(path: Path, number: int, line: bytes | str, base_id: str) -> Article | Failure:
    try:
        row = json.loads(line)
    except UnicodeDecodeError as error:
        return Failure(str(path), number, f"not UTF-8: {error.reason} at byte {error.start}")
    except (ValueError, RecursionError) as error:
        return Failure(str(path), number, f"not JSON: {error}")
    if not isinstance(row, dict):
        return Failure(str(path), number, "not a JSON object")
    try:
        return from_row(row, base_id)
    except ValueError as error:
        return Failure(str(path), number, str(error))
