"""Cursors: opaque texts that lead to the next page of the same search, and to nothing else."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date

import pytest

from semsearch.errors import CursorError
from semsearch.hits import Continuation, Filters, Query
from semsearch.web.cursors import read_cursor, write_cursor

START = Continuation("20220615T120000.000Z-0a1b", 20, date(2022, 6, 15))
QUERY = Query("the central bank", k=10)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_gives_back_what_it_was_made_of() -> None:
    cursor = write_cursor(QUERY, START)
    assert cursor is not None
    assert read_cursor(cursor, QUERY) == START
    # Another page size, and the clock that the cursor itself fixes, are the same search.
    assert read_cursor(cursor, replace(QUERY, k=3, now=date(2020, 1, 1), start=START)) == START


def test_the_last_page_has_none() -> None:
    assert write_cursor(QUERY, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "é",
        encoded("[]"),
        encoded("null"),
        encoded('{"a":1}'),
        encoded('["g", Infinity, "2022-01-01", "s"]'),
        encoded('["g", -1, "2022-01-01", "s"]'),
        encoded("[" * 1400),
    ],
)
def test_a_foreign_text_is_refused(text: str) -> None:
    with pytest.raises(CursorError, match="not one that this service gave out"):
        read_cursor(text, QUERY)


@pytest.mark.parametrize(
    "other", [Query("the glacier"), replace(QUERY, filters=Filters(sources=("BBC",)))]
)
def test_a_cursor_of_another_search_is_refused(other: Query) -> None:
    cursor = write_cursor(QUERY, START)
    assert cursor is not None
    with pytest.raises(CursorError, match="belongs to another search"):
        read_cursor(cursor, other)
