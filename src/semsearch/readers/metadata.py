"""What a source says of itself: ids, title, dates, authors.

`build` turns the loose values of any format into one Article.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date

from semsearch.corpus import Article
from semsearch.readers.days import date_of
from semsearch.readers.decoding import without_surrogates
from semsearch.readers.lead import (
    byline_authors,
    dateline_place,
    derived_title,
    heading,
    split_names,
    stated_date,
)

__all__ = ["Fields", "authors_of", "build", "check_id", "from_row", "stated_id"]

Fields = Mapping[str, object]

_MAX_ID_BYTES = 512

# Field names in the order of preference, compared in lower case.
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name"),
    "url": ("url", "link", "canonical_url", "source_url"),
    "source": ("source", "site", "sitename", "publisher", "outlet", "domain"),
    "published": ("published", "date", "published_at", "publish_date", "pubdate", "created"),
    "authors": ("authors", "author", "byline", "creator"),
    "language": ("language", "lang"),
    "place": ("place", "dateline", "location"),
}


def build(article_id: str, text: str, fields: Fields) -> Article:
    """An Article out of what a reader found. Raises ValueError for a bad id or an empty text.

    The names of `fields` are compared in lower case; see _NAMES. What no field states is read
    from the dateline and the byline that open the text, or else left out.
    """
    check_id(article_id)
    text = without_surrogates(text)
    if not text or text.isspace():
        raise ValueError("the article has no text")
    if "\0" in text:
        raise ValueError("the text holds NUL characters, so it is no text")
    found = lowered(fields)
    title = _string(_first(found, "title")) or heading(text)
    url = _string(_first(found, "url"))
    return Article(
        id=article_id,
        title=title or derived_title(text),
        text=text,
        title_derived=title is None,
        url=url,
        source=_string(_first(found, "source")) or _host(url),
        published=date_of(_first(found, "published")) or stated_date(text),
        authors=authors_of(_first(found, "authors")) or byline_authors(text),
        language=language_of(_first(found, "language")),
        place=_string(_first(found, "place")) or dateline_place(text),
    )


_ID_NAMES = ("_id", "id")
_NOTHING: tuple[object, ...] = (None, "", [], ())


def lowered(fields: Fields) -> dict[str, object]:
    """The fields under lower-case names, those that say nothing left out, but for an empty id."""
    named = ((str(name).lower(), value) for name, value in fields.items())
    return {
        name: value
        for name, value in named
        if value not in _NOTHING or (name in _ID_NAMES and value == "")
    }


def stated_id(found: Fields) -> str | None:
    """The id that a source states, as text. Raises ValueError for one that cannot be an id."""
    stated = next((found[name] for name in _ID_NAMES if found.get(name) is not None), None)
    if stated is None:
        return None
    if isinstance(stated, bool) or not isinstance(stated, (str, int, float)):
        raise ValueError("the id is neither text nor a number")
    return str(stated)


def _host(url: str | None) -> str | None:
    """The site of an address that names one: "bbc.co.uk" of https://www.bbc.co.uk/news."""
    match = re.match(r"https?://(?:www\.)?([^/\s:?#@]+)", url or "", re.IGNORECASE)
    return match.group(1).lower() if match else None


_TEXT_NAMES = ("text", "body", "content", "article")


def from_row(row: Fields, base_id: str) -> Article:
    """The article of one row of a table or a JSONL file. Raises ValueError saying what is wrong.

    The fields of an inner "metadata" object count where the row itself does not state them.
    """
    found = lowered(row)
    inner = found.get("metadata")
    if isinstance(inner, dict):
        found = {**lowered(inner), **found}
    text = next((found[name] for name in _TEXT_NAMES if name in found), None)
    if not isinstance(text, str):
        raise ValueError(f"the row has no text (looked for {', '.join(_TEXT_NAMES)})")
    return build(row_id(base_id, found, text), text, found)


def _first(found: Fields, meaning: str) -> object:
    """The first field of this meaning that says something."""
    return next((found[name] for name in _NAMES[meaning] if name in found), None)


def _string(value: object) -> str | None:
    """A stated value as one line of text; None when it says nothing.

    Of a list its first value counts, of an object ({"name": "A Bee"}) its name. Nothing deeper is
    looked at: a few lines of YAML can stand for a list of any size.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date)):
        return None
    line = " ".join(without_surrogates(str(value)).split())
    return line or None


def check_id(article_id: str) -> None:
    """Raise ValueError unless the id can stand in an address once it is percent-encoded."""
    if not article_id.strip():
        raise ValueError("the id is empty")
    if not article_id.isprintable():
        raise ValueError(f"the id {article_id!r} holds control characters")
    if len(article_id.encode("utf-8", "surrogatepass")) > _MAX_ID_BYTES:
        raise ValueError(f"the id {article_id[:40]!r}… is longer than {_MAX_ID_BYTES} bytes")
    # Clients resolve such segments before they send an address, encoded or not.
    if any(part in (".", "..") for part in article_id.split("/")):
        raise ValueError(f"the id {article_id!r} holds a '.' or '..' segment")


def row_id(base_id: str, found: Fields, text: str) -> str:
    """The id of a row: what it states, else the file's and 12 hex digits of its url or its text.

    So it survives rows that come and go before it, and with a url also edits of the text.
    """
    stated = stated_id(found)
    if stated is not None:
        return stated
    url = _string(_first(found, "url"))
    digest = hashlib.sha256((url or text).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{base_id}-{digest[:12]}"


def authors_of(value: object) -> tuple[str, ...]:
    """Names out of a list, or out of one string ("By A B, C D and E F")."""
    parts: Iterable[object] = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        parts = split_names(value)
    names = (_string(part) for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))


def language_of(value: object) -> str | None:
    """An ISO 639-1 code out of "en", "en-US" or "EN_us"; None for anything else."""
    match = re.match(r"([A-Za-z]{2})(?:[-_].*)?\Z", _string(value) or "")
    return match.group(1).lower() if match else None
