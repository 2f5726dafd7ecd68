"""The index as a program has it that uses semsearch as a library."""

from __future__ import annotations

from typing import Self

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.hits import Query, SearchResults
from semsearch.index.generation import IndexFolder
from semsearch.searcher.live import LiveIndex
from semsearch.settings import Settings

__all__ = ["Index"]


class Index:
    """An open index; made by `semsearch.open_index`.

    Thread-safe: share one among all threads. A process that forks opens its own after the fork.
    What is published while it is open is taken over within a second, by the next search; a search
    sees one state of the index from its beginning to its end. Values that it gave stay good after
    `close`.
    """

    def __init__(self, settings: Settings) -> None:
        """Load the model and open the index; raises as `semsearch.open_index` does."""
        # Looked for first: that there is no index should be said before seconds go into a model.
        IndexFolder(settings.index_dir).require_current()
        self._settings = settings
        encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
        self._live = LiveIndex(settings.index_dir, encoder, settings)
        self._closed = False
        with self._live.snapshot():  # so that a damaged index is an error here, not of a search
            pass

    def search(self, query: str | Query) -> SearchResults:
        """One page of hits, best first; a text is a query with the defaults of `Query`, and the
        setting `per_article`.

        The next page is `dataclasses.replace(query, start=results.next)`. It comes from the state
        of the index that gave the first one.

        Raises QueryError when there is nothing to search for, CursorError when that state of the
        index is gone, NotFoundError for an unknown passage in `like` or `unlike`, and ValueError
        when the index is closed.
        """
        if isinstance(query, str):
            query = Query(query, per_article=self._settings.per_article)
        with self._opened().snapshot_for(query) as searcher:
            return searcher.search(query)

    def article(self, article_id: str) -> Article:
        """The whole article that a hit is from, which all offsets point into.

        Raises NotFoundError when the index holds none of this id, and ValueError when the index is
        closed.
        """
        with self._opened().snapshot() as searcher:
            return searcher.article(article_id)

    def close(self) -> None:
        """Let go of the files; call it when no search is at work. May be called twice."""
        self._closed = True
        self._live.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def _opened(self) -> LiveIndex:
        if self._closed:
            raise ValueError(f"{self._settings.index_dir}: the index is closed")
        return self._live
