"""What a snapshot of the index holds, looked up: articles, passages, quotes, speakers, sources."""

from __future__ import annotations

from datetime import date

from semsearch.corpus import Article, Passage, Quote
from semsearch.hits import ArticleBrief, Count
from semsearch.index.opened import OpenIndex
from semsearch.index.store import SpeakerRecord, Suggestion, passage_of
from semsearch.quotes.sayings import QuoteGroup
from semsearch.searcher.speaker_quotes import SpeakerQuotes

__all__ = ["IndexReader"]


class IndexReader:
    """Looks things up in one generation, which never changes. Thread-safe."""

    def __init__(self, index: OpenIndex) -> None:
        self._index = index
        self._speaker_quotes = SpeakerQuotes(index)

    def article(self, article_id: str) -> Article:
        """The article with its text; raises NotFoundError."""
        return self._index.store.article(article_id)

    def brief(self, article_id: str) -> ArticleBrief:
        """The article without its text; raises NotFoundError."""
        num = self._index.store.num(article_id)
        return self._index.store.briefs([num])[num]

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article in order; raises NotFoundError."""
        return self._index.store.passages(article_id)

    def passage(self, passage_id: str) -> Passage:
        """The passage; raises NotFoundError."""
        record = self._index.store.record_by_id(passage_id)
        article = self._index.store.article_by_num(record.num)
        return passage_of(record, article.id, article.text)

    def quotes(self, article_id: str) -> tuple[Quote, ...]:
        """All quotes of an article by offset; raises NotFoundError."""
        num = self._index.store.num(article_id)
        return self._index.store.quotes([num])[num]

    def sources(self) -> tuple[Count, ...]:
        """Articles per source, most first."""
        return self._index.store.sources()

    def speakers(self, prefix: str = "", limit: int = 50, offset: int = 0) -> list[SpeakerRecord]:
        """Speakers with a word of their name beginning so; most quoted first."""
        return self._index.store.speakers(prefix, limit, offset)

    def speaker(self, name: str) -> SpeakerRecord:
        """The speaker of exactly this name; raises NotFoundError."""
        return self._index.store.speaker(name)

    def quotes_by(
        self, speaker: str | None, text: str = "", limit: int = 50, offset: int = 0
    ) -> tuple[int, list[tuple[Quote, ArticleBrief]]]:
        """How many quotes of a speaker (None: of anybody) hold `text`, and a page of them."""
        return self._index.store.quotes_by(speaker, text, limit, offset)

    def sayings(
        self, speaker: str, text: str = "", limit: int = 20, offset: int = 0
    ) -> tuple[int, tuple[QuoteGroup, ...], dict[str, ArticleBrief]]:
        """What somebody said, newest first, the same words in several articles as one.

        Returns how many sayings hold `text`, those from `offset` on, and their articles by id.
        """
        groups = self._speaker_quotes.sayings(speaker, text)
        page = groups[offset : offset + limit]
        return len(groups), page, self._speaker_quotes.articles(page)

    def suggest(self, prefix: str, limit: int = 8) -> list[Suggestion]:
        """Speakers, sources and titles with words that begin so."""
        return self._index.store.suggest(prefix, limit)

    def titles(self, limit: int = 50) -> list[tuple[int, str]]:
        """(article number, title), newest first, titles of their own before derived ones."""
        return self._index.store.titles(limit)

    def date_range(self) -> tuple[date, date] | None:
        """First and last publication date in the index."""
        return self._index.store.date_range()
