"""Web pages: trafilatura finds the article in them and what they say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers.decoding import decode
from semsearch.readers.metadata import build

__all__ = ["read"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\b[^>]{0,500}?\slang\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_META = re.compile(r"<meta\s[^>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:([\"'])(.*?)\2|([^\s\"'>]+))", re.DOTALL)
_HEAD_BYTES = 4_096  # where the encoding is declared


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
    declared = _CHARSET.search(data[:_HEAD_BYTES])
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
    stated = _statements(page)
    language = _LANGUAGE.search(page)
    # trafilatura writes names with capitals ("The Bbc"); what the page states goes first.
    fields: dict[str, object] = {
        "title": found.title,
        "url": found.url,
        "source": _first(stated, "og:site_name") or found.sitename or found.hostname,
        "published": _first(stated, "article:published_time", "date") or found.date,
        "authors": stated.get("author") or stated.get("article:author") or found.author,
        "language": language.group(1) if language else None,
    }
    return _without_title(found.text, found.title), fields


def _statements(page: str) -> dict[str, list[str]]:
    """The contents of the <meta> elements by name or property; addresses are left out."""
    stated: dict[str, list[str]] = {}
    for element in _META.finditer(page):
        attributes = {
            match.group(1).lower(): unescape(match.group(3) or match.group(4) or "").strip()
            for match in _ATTRIBUTE.finditer(element.group())
        }
        name = attributes.get("property") or attributes.get("name") or ""
        content = attributes.get("content", "")
        if name and content and "://" not in content:
            stated.setdefault(name.lower(), []).append(content)
    return stated


def _first(stated: dict[str, list[str]], *names: str) -> str | None:
    return next((stated[name][0] for name in names if name in stated), None)


def _without_title(text: str, title: str | None) -> str:
    """The text without a first line that repeats the title."""
    first, _, rest = text.partition("\n")
    return rest if title and rest and first.strip() == title.strip() else text
