"""Who is quoted, and what somebody said over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, abort, request

from semsearch.corpus import Quote
from semsearch.hits import ArticleBrief
from semsearch.index.store import SpeakerRecord
from semsearch.quotes.sayings import Edit, QuoteGroup, differences
from semsearch.web.pages.exports import formats
from semsearch.web.pages.exports.downloads import attachment
from semsearch.web.pages.page_request import live, page, searching, speaker_url

if TYPE_CHECKING:
    from semsearch.searcher import LiveIndex

__all__ = ["speaker", "speakers"]

SPEAKERS_PER_PAGE = 60
QUOTES_PER_PAGE = 20
QUOTES_PER_READ = 500
LARGEST_OFFSET = 1_000_000
LONGEST_TEXT = 500
ALIASES_SHOWN = 6
PRONOUNS = frozenset(("he", "she", "they", "it", "i", "we", "you", "who", "one"))
COLUMNS = ("published", "speaker", "quote", "kind", "cue", "source", "title", "url", "article_id")


def speakers() -> Response:
    """`/speakers?prefix=…&offset=…`: everybody quoted, most quoted first.

    `/speakers?name=…` is one of them, for names that do not survive in a path.
    """
    if request.args.get("name"):
        return speaker(request.args["name"])
    prefix, offset = request.args.get("prefix", "").strip()[:200], _offset()
    with searching() as searcher:
        # One more than a page holds tells whether there is a next one.
        found = searcher.speakers(prefix, SPEAKERS_PER_PAGE + 1, offset)
    return page(
        "speakers.html",
        found=found[:SPEAKERS_PER_PAGE],
        more=len(found) > SPEAKERS_PER_PAGE,
        prefix=prefix,
        offset=offset,
        step=SPEAKERS_PER_PAGE,
    )


def speaker(name: str) -> Response:
    """`/speakers/<name>?q=…&offset=…`, newest first; `format=csv` gives all of it."""
    text = request.args.get("q", "").strip()[:LONGEST_TEXT]
    offset = _offset()
    with searching() as searcher:
        about = searcher.speaker(name)
        total, groups, articles = searcher.sayings(name, text, QUOTES_PER_PAGE, offset)
    if request.args.get("format") == "csv":
        return _csv(name, text)
    return page(
        "speaker.html",
        name=name,
        text=text,
        found=[shown_saying(group, articles) for group in groups],
        total=total,
        about=about,
        aliases=other_names(about),
        offset=offset,
        step=QUOTES_PER_PAGE,
        csv_url=speaker_url(name, q=text, format="csv"),
    )


@dataclass(frozen=True, slots=True)
class ShownSaying:
    """A saying as the page shows it: its fullest wording, where else it stands, and how.

    `others` are the other places, earliest first. `wordings` are the wordings that differ from
    the one shown, each with the names of its sources.
    """

    quote: Quote
    article: ArticleBrief
    others: tuple[tuple[Quote, ArticleBrief], ...]
    wordings: tuple[tuple[str, tuple[Edit, ...]], ...]


def shown_saying(group: QuoteGroup, articles: Mapping[str, ArticleBrief]) -> ShownSaying:
    """One saying with its articles, which `articles` holds by id."""
    quotes = [one.quote for one in group.quotes]
    lead = next(quote for quote in quotes if quote.text == group.text)
    others = {q.article_id: q for q in reversed(quotes) if q.article_id != lead.article_id}
    return ShownSaying(
        quote=lead,
        article=articles[lead.article_id],
        others=tuple((q, articles[i]) for i, q in reversed(others.items())),
        wordings=tuple(
            (", ".join(wording.sources), differences(group.text, wording.text))
            for wording in group.wordings[1:]
        ),
    )


def other_names(record: SpeakerRecord) -> list[str]:
    """The names somebody goes by besides the fullest; pronouns and bare roles are not names."""
    return [
        alias
        for alias in record.aliases
        if alias != record.name
        and alias[:1].isupper()
        and alias.lower() not in PRONOUNS
        and not alias.endswith(("'s", "\u2019s"))
    ][:ALIASES_SHOWN]


def _offset() -> int:
    text = request.args.get("offset", "0")
    if not text.isdecimal() or int(text) > LARGEST_OFFSET:
        abort(400, f"offset must be a number from 0 to {LARGEST_OFFSET}")
    return int(text)


def _csv(name: str, text: str) -> Response:
    return attachment(
        formats.csv_lines(COLUMNS, _rows(live(), name, text)), formats.CSV_TYPE, "quotes.csv"
    )


def _rows(index: LiveIndex, name: str, text: str) -> Iterator[tuple[object, ...]]:
    with index.snapshot() as searcher:
        offset, total = 0, 1
        while offset < total:
            total, found = searcher.quotes_by(name, text, QUOTES_PER_READ, offset)
            offset += QUOTES_PER_READ
            for quote, article in found:
                yield (
                    article.published,
                    quote.speaker,
                    quote.text,
                    quote.kind,
                    quote.cue,
                    article.source,
                    article.title,
                    article.url,
                    article.id,
                )
