"""Cursors: where the next page begins, in which generation, of which search."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date

from semsearch.errors import CursorError
from semsearch.hits import Query

__all__ = ["Cursor", "read_cursor", "write_cursor"]

BAD_CURSOR = "the cursor is not one that this service gave out; start again without it"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`offset` is how many hits came before; `now` the clock that the first page was read with."""

    generation: str
    offset: int
    now: date
    search: str


def write_cursor(query: Query, generation: str, offset: int, now: date) -> str:
    """An opaque, URL-safe text."""
    fields = [generation, offset, now.isoformat(), _fingerprint(query)]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def read_cursor(query: Query) -> Cursor | None:
    """The query's cursor; raises CursorError for a foreign one, or one of another search."""
    if query.cursor is None:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        generation, offset, now, search = json.loads(base64.urlsafe_b64decode(padded))
        cursor = Cursor(str(generation), int(offset), date.fromisoformat(now), str(search))
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise CursorError(BAD_CURSOR) from error
    if cursor.offset < 0:
        raise CursorError(BAD_CURSOR)
    if cursor.search != _fingerprint(query):
        raise CursorError(
            "the cursor belongs to another search; use it with the parameters it came from"
        )
    return cursor


def _fingerprint(query: Query) -> str:
    """Stands for everything that decides which hits there are, and in which order."""
    same = replace(query, cursor=None, k=1, now=None)
    return hashlib.sha256(repr(same).encode("utf-8", "surrogatepass")).hexdigest()[:16]
