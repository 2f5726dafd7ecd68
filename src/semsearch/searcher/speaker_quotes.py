"""What somebody said over time, the same words in several articles taken as one saying."""

from __future__ import annotations

from functools import lru_cache

from semsearch.hits import ArticleBrief
from semsearch.index.opened import OpenIndex
from semsearch.quotes.sayings import QuoteGroup, SourcedQuote, group_quotes

__all__ = ["SpeakerQuotes"]

# Grouping somebody's quotes costs up to a second for those quoted thousands of times, and pages
# of one list follow each other.
REMEMBERED = 64
EVERYTHING = 1_000_000


class SpeakerQuotes:
    """Sayings by speaker, on one generation. Thread-safe."""

    def __init__(self, index: OpenIndex) -> None:
        self._index = index
        self.sayings = lru_cache(maxsize=REMEMBERED)(self._sayings)

    def _sayings(self, speaker: str, text: str) -> tuple[QuoteGroup, ...]:
        """The sayings of exactly this speaker that hold `text`, newest first, undated last."""
        _, found = self._index.store.quotes_by(speaker, text, EVERYTHING)
        groups = group_quotes(
            [SourcedQuote(q, article.source, article.published) for q, article in found]
        )
        return tuple(
            sorted(groups, key=lambda g: (-(g.first.toordinal() if g.first else 0), g.text))
        )

    def articles(self, groups: tuple[QuoteGroup, ...]) -> dict[str, ArticleBrief]:
        """The articles that print these sayings, by id."""
        ids = {one.quote.article_id for group in groups for one in group.quotes}
        return self._index.store.briefs_by_id(sorted(ids))
