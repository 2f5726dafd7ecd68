"""The values that everything else speaks of: articles, passages, quotes, failures.

All offsets are character (code point) offsets into `Article.text`, start inclusive, end
exclusive. All values are frozen; parse and validate at the edge, then trust them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

__all__ = ["Article", "Failure", "FailureKind", "Passage", "Quote", "QuoteKind", "passage_key"]

QuoteKind = Literal["direct", "indirect"]
FailureKind = Literal["unreadable", "rest_lost", "id_taken"]


@dataclass(frozen=True)
class Article:
    """One source text with its metadata.

    `text` is the source's text as read, never rewritten: every offset in the index points into
    it. `title_derived` is True when the source had no title of its own. `published` is the date
    the source states, never a file's time. `language` is an ISO 639-1 code; readers set it only
    when the source states it, the indexer detects it otherwise. `place` is the dateline's place
    ("ST. PETERSBURG").
    """

    id: str
    title: str
    text: str
    title_derived: bool = False
    url: str | None = None
    source: str | None = None
    published: date | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    place: str | None = None

    @cached_property
    def content_hash(self) -> str:
        """Hex sha256 over everything the reader delivered; equal hashes need no reindexing."""
        fields = [
            self.id,
            self.title,
            self.text,
            self.title_derived,
            self.url,
            self.source,
            self.published.isoformat() if self.published else None,
            self.authors,
            self.language,
            self.place,
        ]
        # surrogatepass: a lone surrogate out of a JSON escape must hash, not crash.
        packed = json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return hashlib.sha256(packed).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one article: `text == article.text[start:end]`, always.

    `id` is public and stable: 16 hex digits that depend on the article's id and the passage's
    own text only, so it survives edits elsewhere in the article. `number` is the place among the
    article's passages, from 0.
    """

    id: str
    article_id: str
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words in an article.

    `text == article.text[start:end]`, inside the quotation marks for direct quotes. `speaker` is
    the fullest name the article gives, None when nobody is named; `mention` the words that name
    the speaker next to the quote; `cue` the reporting word ("said"); `rule` what found it.
    """

    article_id: str
    kind: QuoteKind
    start: int
    end: int
    text: str
    speaker: str | None
    mention: str | None
    cue: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or row that could not be read. `line` counts from 1; None means the whole file.

    After "rest_lost" reading stopped, so what the file holds further on is unknown; "id_taken" is
    an article that was read and left out, as its id belongs to another one.
    """

    path: str
    line: int | None
    reason: str
    kind: FailureKind = field(default="unreadable", compare=False)


def passage_key(article_id: str, text: str, occurrence: int = 0) -> str:
    """The public id of a passage: 16 hex digits of a sha256.

    `occurrence` tells apart equal texts within one article (0 for the first).
    """
    packed = f"{article_id}\0{text}\0{occurrence}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(packed).hexdigest()[:16]
