"""Asks a searcher the questions of a collection, in every mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from semsearch.corpus import Article, Passage
from semsearch.evaluation.collection import Collection, Topic
from semsearch.evaluation.measures import Values, article_values, by_measure, passage_values
from semsearch.evaluation.report import Report, Row, VerdictReport
from semsearch.hits import Mode, Query
from semsearch.ranking.verdict import Support, chance

__all__ = ["MODES", "evaluate", "known_item", "unanswerable"]

MODES: tuple[Mode, ...] = ("dense", "lexical", "hybrid")
DEPTH = 300  # passages looked at: enough for 100 articles
_SHORTEST_TITLE = 6  # words: shorter titles do not name one article

Progress = Callable[[int, int], None]


class Ranks(Protocol):
    """What is asked of a searcher."""

    def ranked(
        self, query: Query, k: int, *, titles: bool = True
    ) -> tuple[list[tuple[Passage, float]], Support | None]:
        """The first `k` hits, and what supports them."""


def evaluate(
    searcher: Ranks,
    collection: Collection,
    modes: Sequence[Mode] = MODES,
    *,
    with_dates: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Every measure for every topic in each mode.

    Duplicates are not collapsed and articles not limited, since labels know nothing of either.
    `with_dates` asks each question on its own day; else dates in questions are not read, because
    "this week" of today says nothing about an old question.
    """
    asked = _Asked(searcher, on_progress, len(modes) * len(collection.topics))
    values: dict[str, dict[str, Values]] = {}
    rows = []
    for mode in modes:
        found = [asked(topic, mode, with_dates) for topic in collection.topics]
        rankings = [_articles(passages) for passages in found]
        values[mode] = article_values(collection.topics, rankings)
        if any(topic.answers for topic in collection.topics):
            pairs = zip(collection.topics, found, strict=True)
            values[mode] |= by_measure([passage_values(*pair) for pair in pairs])
        rows += [
            Row(topic.id, topic.text, mode, tuple(ranking[:10]))
            for topic, ranking in zip(collection.topics, rankings, strict=True)
        ]
    return Report(collection.name, values, tuple(topic.id for topic in collection.topics), rows)


def known_item(
    searcher: Ranks,
    articles: Iterable[Article],
    modes: Sequence[Mode] = MODES,
    *,
    on_progress: Progress | None = None,
) -> Report:
    """Searches each title over bodies only; the article it belongs to must come first.

    Titles under six words, cut titles, and titles derived from the text are left out.
    """
    topics = tuple(
        Topic(article.id, article.title, {article.id: 1})
        for article in articles
        if len(article.title.split()) >= _SHORTEST_TITLE
        and "..." not in article.title
        and not article.title_derived
    )
    asked = _Asked(searcher, on_progress, len(modes) * len(topics), titles=False)
    values: dict[str, dict[str, Values]] = {}
    rows = []
    for mode in modes:
        rankings = [_articles(asked(topic, mode, with_dates=False)) for topic in topics]
        standard = article_values(topics, rankings)
        firsts = [float(r[:1] == [t.id]) for t, r in zip(topics, rankings, strict=True)]
        values[mode] = {"R@1": np.array(firsts), "MRR@10": standard["MRR@10"]}
        rows += [
            Row(topic.id, topic.text, mode, tuple(ranking[:10]))
            for topic, ranking in zip(topics, rankings, strict=True)
        ]
    return Report("known item", values, tuple(topic.id for topic in topics), rows)


def unanswerable(
    searcher: Ranks, collection: Collection, *, on_progress: Progress | None = None
) -> VerdictReport:
    """How well the verdict tells the collection's answerable from its unanswerable questions."""
    total = len(collection.topics) + len(collection.unanswerable)
    asked = _Asked(searcher, on_progress, total)

    def chances(topics: Sequence[Topic]) -> list[float]:
        supports = [asked.support(topic) for topic in topics]
        return [0.0 if support is None else chance(support) for support in supports]

    return VerdictReport(
        np.array(chances(collection.topics)), np.array(chances(collection.unanswerable))
    )


class _Asked:
    """Asks, and reports progress."""

    def __init__(
        self, searcher: Ranks, on_progress: Progress | None, total: int, *, titles: bool = True
    ) -> None:
        self._searcher = searcher
        self._on_progress = on_progress
        self._total = total
        self._done = 0
        self._titles = titles

    def __call__(self, topic: Topic, mode: Mode, with_dates: bool) -> list[Passage]:
        query = _query(topic, mode)
        if with_dates and topic.day is not None:
            query = replace(query, now=topic.day, read_dates=True)
        ranked, _ = self._searcher.ranked(query, DEPTH, titles=self._titles)
        self._step()
        return [passage for passage, _ in ranked]

    def support(self, topic: Topic) -> Support | None:
        _, support = self._searcher.ranked(_query(topic, "hybrid"), 1)
        self._step()
        return support

    def _step(self) -> None:
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(self._done, self._total)


def _query(topic: Topic, mode: Mode) -> Query:
    return Query(topic.text, mode=mode, read_dates=False, collapse_duplicates=False, per_article=0)


def _articles(passages: Sequence[Passage]) -> list[str]:
    """The articles by their best passage, each once, at most 100."""
    return list(dict.fromkeys(passage.article_id for passage in passages))[:100]
