"""Questions to a real index of ten articles, with the answers worked out by reading them."""

from __future__ import annotations

from semsearch.hits import Query
from semsearch.searcher import Searcher


def test_the_passage_that_holds_the_words_comes_first(searcher: Searcher) -> None:
    results = searcher.search(Query("a stolen violin returned to the orchestra"))
    assert results.hits[0].article.id == "violin"
