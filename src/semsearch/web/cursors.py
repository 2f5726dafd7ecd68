"""Cursors: where the next page of a search begins, as an opaque text that clients give back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import replace
from datetime import date

from semsearch.errors import CursorError
from semsearch.hits import Continuation, Query

__all__ = ["read_cursor", "write_cursor"]

BAD_CURSOR = "the cursor is not one that this service gave out; start again without it"


def write_cursor(query: Query, start: Continuation | None) -> str | None:
    """An opaque, URL-safe text; None where there is no next page."""
    if start is None:
        return None
    fields = [start.generation, start.offset, start.now.isoformat(), _fingerprint(query)]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def read_cursor(text: str, query: Query) -> Continuation:
    """Where a page begins; raises CursorError for a foreign text, or one of another search."""
    try:
        padded = text + "=" * (-len(text) % 4)
        generation, offset, now, search = json.loads(base64.urlsafe_b64decode(padded))
        start = Continuation(str(generation), int(offset), date.fromisoformat(now))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise CursorError(BAD_CURSOR) from error
    if start.offset < 0:
        raise CursorError(BAD_CURSOR)
    if search != _fingerprint(query):
        raise CursorError(
            "the cursor belongs to another search; use it with the parameters it came from"
        )
    return start


def _fingerprint(query: Query) -> str:
    """Stands for everything that decides which hits there are, and in which order."""
    same = replace(query, start=None, k=1, now=None)
    return hashlib.sha256(repr(same).encode("utf-8", "surrogatepass")).hexdigest()[:16]
