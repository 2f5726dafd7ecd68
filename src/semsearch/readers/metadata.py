"""What a source says of itself: title, dates, authors, dateline, ids.

`build` turns the loose values of any format into one Article.
"""

# ruff: noqa: RUF001 -- the quotation marks, dashes and full-width marks are meant
# ruff: noqa: SIM905 -- word lists read better as text
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate

from semsearch.corpus import Article
from semsearch.readers.decoding import without_surrogates
from semsearch.sentences import paragraphs, sentences

__all__ = ["Fields", "authors_of", "build", "check_id", "date_of", "from_row", "stated_id"]

Fields = Mapping[str, object]

_MAX_ID_BYTES = 512
_TITLE_MAX_CHARS = 90

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


def lowered(fields: Fields) -> dict[str, object]:
    """The fields under lower-case names, those that say nothing left out."""
    return {str(name).lower(): value for name, value in fields.items() if value not in _NOTHING}


_NOTHING: tuple[object, ...] = (None, "", [], ())


def stated_id(found: Fields) -> str | None:
    """The id that a source states, as text. Raises ValueError for one that cannot be an id."""
    stated = next((found[name] for name in ("_id", "id") if found.get(name) is not None), None)
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
    """A stated value as one line of text; None when it says nothing."""
    if value is None or isinstance(value, (dict, bool)):
        return None
    if isinstance(value, list):
        value = next((part for part in value if part), "")
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
    if value is None or isinstance(value, (dict, bool)):
        return ()
    parts: Iterable[object] = value if isinstance(value, list) else _split_names(str(value))
    names = (_string(part) for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))


def _split_names(line: str) -> list[str]:
    line = re.sub(r"(?i)\A\s*by\s+", "", line)
    return re.split(r"\s*[;,|]\s*(?:and\s+)?|\s+and\s+|\s*&\s*", line)


def language_of(value: object) -> str | None:
    """An ISO 639-1 code out of "en", "en-US" or "EN_us"; None for anything else."""
    match = re.match(r"([A-Za-z]{2})(?:[-_].*)?\Z", _string(value) or "")
    return match.group(1).lower() if match else None


_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
        "|september sept sep|october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_MONTH_FIRST = re.compile(rf"(?i)\b{_MONTH}\s+{_DAY},?\s+(\d{{4}})\b")
_DAY_FIRST = re.compile(rf"(?i)\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(\d{{4}})\b")
_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")


def date_of(value: object) -> date | None:
    """The day that a stated value names; None when it names none for certain.

    Understood: ISO 8601 dates and times (the day as stated, whatever the zone), RFC 2822,
    English dates with the month's name, and Unix times in seconds or milliseconds (UTC).
    Figures such as 3/4/2021 are not: they mean two days.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_timestamp(value)
    return _date_in(value.strip()) if isinstance(value, str) else None


def _from_timestamp(value: float) -> date | None:
    seconds = value / 1000 if abs(value) > 1e11 else value
    if not 0 < seconds < 32_503_680_000:  # the year 3000
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).date()


def _date_in(stated: str) -> date | None:
    match = _ISO.match(stated)
    if match:
        return _day(*match.groups())
    parsed = parsedate(stated) if "," in stated[:10] else None
    if parsed:
        return _day(*parsed[:3])
    return _english_date(stated[:100])


def _english_date(stated: str) -> date | None:
    match = _MONTH_FIRST.search(stated)
    if match:
        return _day(match.group(3), _MONTHS[match.group(1).lower()], match.group(2))
    match = _DAY_FIRST.search(stated)
    if match:
        return _day(match.group(3), _MONTHS[match.group(2).lower()], match.group(1))
    return None


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# "WASHINGTON (AP) — ", "ST. PETERSBURG - ", "LONDON, March 3 (Reuters) - "
_DATELINE = re.compile(
    r"\s*([A-Z][A-Z.'’]+(?:[ -][A-Z][A-Z.'’]*)*(?:/[A-Z][A-Z .'’]+)?"  # the place
    r"(?:,\s[A-Z][\w.]+(?:\s[A-Z][\w.]+)?(?!\s\d))?)"  # its state or country
    r"(?:,\s([^()\n—–]{3,30}?))?"  # the day
    r"(?:\s?\([^)\n]{2,40}\))?"  # the agency
    r"\s*(?:—|–|--|-)\s"
)


def dateline_place(text: str) -> str | None:
    """The place in the dateline that opens the text, as written ("ST. PETERSBURG")."""
    match = _DATELINE.match(text, 0, 200)
    return match.group(1) if match else None


_OPENING_CHARS = 600  # where bylines are looked for
_BYLINE_MAX_CHARS = 120
_NAME = r"[A-Z][\w.'’-]*(?:\s(?:[a-z]{2,3}\s)?[A-Z][\w.'’-]*){1,3}"
_BYLINE = re.compile(rf"(?:By|BY)\s+({_NAME}(?:(?:,\s|,?\sand\s){_NAME})*)(?=\Z|[,|•—–\n(-]|\s\W)")
_DATE_LINE = re.compile(
    rf"(?i)(?:by\b.*|(?:(?:first\s)?published|posted|updated|last updated|date)\b.*"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s.*|(?:{_MONTH}\s+\d.*|\d{{1,2}}\s+{_MONTH}.*))"
)


_ROLE = re.compile(
    r"(?i)\b(?:staff|special|writers?|reporters?|correspondents?|editors?|press|reuters|news|ap|afp"
    r"|network|bureau|today|times|post|the|columnists?|contributors?)\b"
)


def stated_date(text: str) -> date | None:
    """The day in the dateline, or in a line of its own at the top; only where the year is there."""
    match = _DATELINE.match(text, 0, 200)
    if match:
        return _english_date(match.group(2) or "")
    lines = (line for line in _opening_lines(text) if _DATE_LINE.fullmatch(line))
    return next((day for day in map(_english_date, lines) if day), None)


def byline_authors(text: str) -> tuple[str, ...]:
    """The names in a line such as "By Jane Doe and John Roe, Staff Writers" at the top."""
    matches = (_BYLINE.match(line) for line in _opening_lines(text))
    names = next((authors_of(match.group(1)) for match in matches if match), ())
    return tuple(name for name in names if not _ROLE.search(name))


def _opening_lines(text: str) -> list[str]:
    """The short lines without a sentence's end among the first of the text."""
    lines = [line.strip() for line in text[:_OPENING_CHARS].splitlines()[:8]]
    return [line for line in lines if 0 < len(line) <= _BYLINE_MAX_CHARS and line[-1] not in ".?!"]


_HEADING_MAX_CHARS = 120


def heading(text: str) -> str | None:
    """The first line of the text where it is a title: no sentence, and with text after it."""
    opening = paragraphs(text[:2_000])
    line = text[opening[0][0] : opening[0][1]] if len(opening) > 1 else ""
    return line if _is_heading(line) else None


def _is_heading(line: str) -> bool:
    if not 0 < len(line) <= _HEADING_MAX_CHARS or line[-1] in '.…,;:"”':
        return False
    has_words = len(line.split()) > 1 and any(char.isalpha() for char in line)
    return has_words and not (_DATELINE.match(line) or _DATE_LINE.fullmatch(line))


def derived_title(text: str) -> str:
    """The first sentence after the dateline, shortened to 90 characters."""
    opening = text.lstrip()[:2_000]
    dateline = _DATELINE.match(opening)
    body = opening[dateline.end() :] if dateline else opening
    spans = sentences(body) or sentences(opening)
    return _shortened(" ".join(body[spans[0][0] : spans[0][1]].split()))


def _shortened(sentence: str) -> str:
    """At most 90 characters, cut at a word, with an ellipsis where something was cut."""
    if len(sentence) <= _TITLE_MAX_CHARS:
        return sentence.rstrip(".")
    kept = sentence[: _TITLE_MAX_CHARS - 1]
    at_word = kept.rsplit(None, 1)[0] if " " in kept else kept
    return at_word.rstrip(" ,;:–—-") + "…"
