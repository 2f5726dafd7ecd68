"""What the first lines of a news text say of it: dateline, byline, heading."""

# ruff: noqa: RUF001 -- the quotation marks and dashes are meant
from __future__ import annotations

import re
from datetime import date

from semsearch.readers.days import MONTH, english_date
from semsearch.text.boilerplate import rule_of
from semsearch.text.calendar_names import WEEKDAYS
from semsearch.text.sentences import paragraphs, sentences

__all__ = [
    "byline_authors",
    "dateline_place",
    "derived_title",
    "heading",
    "split_names",
    "stated_date",
]

_TITLE_MAX_CHARS = 90

_DASH = r"\s*(?:—|–|--|-)\s"
_AGENCY = "CNN|AP|AFP|Reuters|REUTERS|UPI|Xinhua|BBC"
_STATE = r"(?:,\s[A-Z][\w.]+(?:\s[A-Z][\w.]+)?(?!\s\d))?"  # or the country
_DATELINE = re.compile(
    # "ST. PETERSBURG - ", "KYIV, Ukraine (AP) — ", "LONDON, March 3 (Reuters) - "
    rf"\s*(?:((?!(?:{_AGENCY})\b)[A-Z][A-Z.'’]+(?:[ -][A-Z][A-Z.'’]*){{0,3}}"
    rf"(?:/[A-Z][A-Z .'’]+)?{_STATE})"
    rf"(?:,\s([^()\n—–]{{3,30}}?))?(?:\s?\([^)\n]{{2,40}}\))?{_DASH}"
    # "Washington (CNN) — ", "New York CNN Business —": in small letters only before an agency
    rf"|([A-Z][\w.'’]+(?:[ -][A-Z][\w.'’]+){{0,2}}{_STATE})"
    rf"\s(?:\((?:{_AGENCY})[\w ]{{0,12}}\)"
    rf"|CNN(?:\s(?:Business|Politics))?){_DASH}"
    # "(CNN) ", "CNN — ": an agency alone
    rf"|\((?:{_AGENCY})[\w ]{{0,12}}\)\s|(?:{_AGENCY}){_DASH})"
)
# What stands in capitals before a dash and is no place.
_NO_PLACE = re.compile(
    r"(?:UPDATED?|EXCLUSIVE|BREAKING|OPINION|ANALYSIS|WATCH|VIDEO|PHOTOS?|LIVE|CORRECTION|NEWS"
    r"|EDITOR|FACT|COVID|COMMENTARY|COLUMN|REVIEW|INTERVIEW|FEATURE|PREVIEW|RECAP|Q&A|NOTE|STORY|FILE)\b"
)


def _dateline(text: str) -> re.Match[str] | None:
    match = _DATELINE.match(text, 0, 200)
    return None if match is None or _NO_PLACE.match(text.lstrip()) else match


def dateline_place(text: str) -> str | None:
    """The place in the dateline that opens the text, as written ("ST. PETERSBURG")."""
    match = _dateline(text)
    return (match.group(1) or match.group(3)) if match else None


_OPENING_CHARS, _OPENING_LINES = 600, 4  # where bylines are looked for
_BYLINE_MAX_CHARS = 120
_NAME = r"[A-Z][\w.'’-]*(?:\s(?:[a-z]{2,3}\s)?[A-Z][\w.'’-]*){1,3}"
_BYLINE = re.compile(rf"(?:By|BY)\s+({_NAME}(?:(?:,\s|,?\sand\s){_NAME})*)(?=\Z|[,|•—–\n(-]|\s\W)")
_DATE_LINE = re.compile(
    rf"(?i)(?:by\b.*|(?:(?:first\s)?published|posted|updated|last updated|date)\b.*"
    rf"|(?:{'|'.join(WEEKDAYS)}),?\s.*|(?:{MONTH}\s+\d.*|\d{{1,2}}\s+{MONTH}.*))"
)


_ROLE = re.compile(
    r"(?i)\b(?:staff|special|writers?|reporters?|correspondents?|editors?|press|reuters|news|ap|afp"
    r"|network|bureau|today|times|post|the|columnists?|contributors?)\b"
)


def stated_date(text: str) -> date | None:
    """The day in the dateline, or in a line of its own at the top; only where the year is there."""
    match = _dateline(text)
    if match:
        return english_date(match.group(2) or "")
    lines = (line for line in _opening_lines(text) if _DATE_LINE.fullmatch(line))
    return next((day for day in map(english_date, lines) if day), None)


def split_names(line: str) -> list[str]:
    """The names of "By A B, C D and E F"."""
    line = re.sub(r"(?i)\A\s*by\s+", "", line)
    return re.split(r"\s*[;,|]\s*(?:and\s+)?|\s+and\s+|\s*&\s*", line)


def byline_authors(text: str) -> tuple[str, ...]:
    """The names in a line such as "By Jane Doe and John Roe, Staff Writers" at the top."""
    matches = (_BYLINE.match(line) for line in _opening_lines(text))
    line = next((match.group(1) for match in matches if match), "")
    return tuple(name for name in split_names(line) if name and not _ROLE.search(name))


def _opening_lines(text: str) -> list[str]:
    """The short paragraphs without a sentence's end among the first of the text."""
    spans = paragraphs(text, 0, min(len(text), _OPENING_CHARS))[:_OPENING_LINES]
    lines = [text[start:end] for start, end in spans if end - start <= _BYLINE_MAX_CHARS]
    return [line for line in lines if line[-1] not in ".?!" or line.endswith("m.")]


_TITLE_WITHIN_CHARS = 2_000  # of the text's opening
_HEADING_MAX_CHARS = 120
_HEADING_MIN_WORDS = 3  # two are more often an author's name


def heading(text: str) -> str | None:
    """The first line of the text where it is a title: no sentence, and with text after it."""
    opening = paragraphs(text[:_TITLE_WITHIN_CHARS])
    line = text[opening[0][0] : opening[0][1]] if len(opening) > 1 else ""
    return line if _is_heading(line) else None


def _is_heading(line: str) -> bool:
    if len(line) > _HEADING_MAX_CHARS or len(line.split()) < _HEADING_MIN_WORDS:
        return False
    return line[-1] not in '.…,;:"”' and not _is_about_the_text(line) and not _dateline(line)


_ABOUT = re.compile(r"(?i)(?:from|special to|by|contributed by|editor['’]s note)\b")


def _is_about_the_text(line: str) -> bool:
    """Whether the line is a byline, a date or a plea, and no part of the story."""
    return bool(_ABOUT.match(line) or _DATE_LINE.fullmatch(line) or rule_of(line))


def derived_title(text: str) -> str:
    """The first sentence of the story, without its dateline, shortened to 90 characters."""
    opening = text.lstrip()[:_TITLE_WITHIN_CHARS]
    lines = [opening[start:end] for start, end in paragraphs(opening)]
    told = (line for line in lines if len(line.split()) > 3 and not _is_about_the_text(line))
    line = next(told, lines[0])
    dateline = _dateline(line)
    story = line[dateline.end() :].strip() if dateline else ""
    story = story or line
    start, end = sentences(story)[0]
    return _shortened(" ".join(story[start:end].split()))


def _shortened(sentence: str) -> str:
    """At most 90 characters, cut at a word, with an ellipsis where something was cut."""
    if len(sentence) <= _TITLE_MAX_CHARS:
        return sentence.rstrip(".")
    kept = sentence[: _TITLE_MAX_CHARS - 1]
    at_word = kept.rsplit(None, 1)[0] if " " in kept else kept
    return at_word.rstrip(" ,;:–—-") + "…"
