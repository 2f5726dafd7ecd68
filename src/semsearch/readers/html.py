"""Web pages: trafilatura finds the article in them and what they say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers.decoding import decode
from semsearch.readers.metadata import build

__all__ = ["read"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_HEAD = 4_096  # bytes or characters in which both stand


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The one article of the page: its body text, paragraphs on lines of their own."""
    try:
        page = _page(path.read_bytes())
        text, fields = _extracted(page)
        yield build(base_id, text, fields)
    except UnicodeError as error:
        yield Failure(str(path), None, f"not text: {error}")
    except ValueError as error:
        yield Failure(str(path), None, str(error))


def _page(data: bytes) -> str:
    """The page's text, in the encoding it declares; else in the one that fits."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeError):
            return decode(data)  # pages lie about their encoding
    return decode(data)


def _extracted(page: str) -> tuple[str, dict[str, object]]:
    """The article's text and the fields the page states. Raises ValueError where none is found."""
    # Late: it takes as long to load as to read thousands of rows of another format.
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        # Only dates that the page states, never one made out of loose numbers in it.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Document) or not found.text:
        raise ValueError("no article was found in the page")
    language = _LANGUAGE.search(page[:_HEAD])
    fields: dict[str, object] = {
        "title": found.title,
        "url": found.url,
        "source": found.sitename or found.hostname,
        "published": found.date,
        "authors": found.author,
        "language": language.group(1) if language else None,
    }
    return _without_title(found.text, found.title), fields


def _without_title(text: str, title: str | None) -> str:
    """The text without a first line that repeats the title."""
    first, _, rest = text.partition("\n")
    return rest if title and rest and first.strip() == title.strip() else text
