"""A snapshot of one generation that answers questions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Passage
from semsearch.encoder import Encoder
from semsearch.encoder.reranker import shared_reranker
from semsearch.errors import CursorError, IndexCorruptError
from semsearch.hits import (
    Continuation,
    Facets,
    Hit,
    IndexBrief,
    Query,
    SearchResults,
    Verdict,
)
from semsearch.index.generation import IndexFolder, Manifest
from semsearch.index.opened import OpenIndex
from semsearch.index.store import passage_of
from semsearch.question.plan import Plan, make_plan, without_dates_understood
from semsearch.quotes.speakers import SpeakerLookup
from semsearch.ranking.answers import AnswerContext
from semsearch.ranking.verdict import FITTED_ENCODER, Support, judge
from semsearch.searcher.hit_page import answer_context, page_of_hits
from semsearch.searcher.index_reader import IndexReader
from semsearch.searcher.lru_cache import LRUCache
from semsearch.searcher.relevance_feedback import apply_feedback
from semsearch.searcher.retrieve import RankedRow, ResultSet, retrieve, start_lexical
from semsearch.searcher.spelling import Speller
from semsearch.settings import Settings
from semsearch.system.cores import cores

__all__ = ["Searcher"]

Vectors = NDArray[np.float32]
REMEMBERED_QUESTIONS = 512
# Whole result sets, some 20 KB each: further pages, facets, feeds and exports of recent searches.
REMEMBERED_ANSWERS = 64
EXPORT_PAGE = 50


@dataclass(frozen=True)
class _Answers:
    """A search answered, but for the hits of its pages."""

    plan: Plan
    results: ResultSet
    verdict: Verdict
    context: AnswerContext
    facets: Facets
    spelling: str | None


class Searcher(IndexReader):
    """Answers questions on one generation, which never changes while this object lives.

    Thread-safe. Opening reads no more than headers: the parts are memory-mapped.
    """

    def __init__(
        self, folder: IndexFolder, generation: str, encoder: Encoder, settings: Settings
    ) -> None:
        self.manifest: Manifest = folder.manifest(generation)
        built_with = self.manifest["encoder"]
        if built_with["fingerprint"] != encoder.fingerprint:
            raise IndexCorruptError(
                f"{folder.path}: the index was built with {built_with['name']!r}, this server "
                f"encodes with {encoder.name!r}; start it with the index's model, or run "
                "`semsearch reindex --full`"
            )
        self._encoder = encoder
        self._settings = settings
        super().__init__(OpenIndex(folder.generation_path(generation)))
        self._speller = Speller(self._index)
        self._speakers = SpeakerLookup(self._index.store.speakers_under)
        counts = self.manifest["counts"]
        self.index = IndexBrief(generation, counts["articles"], counts["passages"])
        # The vectors of recent questions: the next page, a facet or an export asks the same again.
        self._vectors = LRUCache[str, Vectors](REMEMBERED_QUESTIONS)
        self._found = LRUCache[tuple[Query, date], _Answers](REMEMBERED_ANSWERS)
        # Half of each search; its threads start when they are first needed, which is after a fork.
        self._beside = ThreadPoolExecutor(cores(), "search")

    def close(self) -> None:
        """Let go of the files; no method may be called after it."""
        self._beside.shutdown()
        self._found.clear()
        self._index.close()

    def warm_spelling(self) -> None:
        """Build the vocabulary of spelling help, which only questions with unknown words need."""
        self._speller.warm()

    # Searching ---------------------------------------------------------------------------------

    def search(self, query: Query) -> SearchResults:
        """One page of hits; raises QueryError, CursorError, NotFoundError (of `like` ids)."""
        return self._page(query, datetime.now(UTC).date())

    def search_many(self, queries: Sequence[Query]) -> list[SearchResults]:
        """One page for each query, all questions encoded in one batch; raises as `search` does."""
        today = datetime.now(UTC).date()
        plans = [self._plan(query, _clock(query, today)) for query in queries]
        vectors = self._encoder.encode_queries([plan.text for plan in plans])
        return [
            self._page(query, today, (plan, vector))
            for query, plan, vector in zip(queries, plans, vectors, strict=True)
        ]

    def _page(
        self, query: Query, today: date, ready: tuple[Plan, Vectors] | None = None
    ) -> SearchResults:
        """One page of hits; `ready` are the plan and its vector where they are made already."""
        started = time.perf_counter()
        if query.start is not None and query.start.generation != self.index.generation:
            raise CursorError("the cursor belongs to another generation of the index")
        offset = 0 if query.start is None else query.start.offset
        now = _clock(query, today)
        found = self._answers(query, now, ready)
        end = offset + query.k
        page = found.results.page(offset, end)
        more = end < len(found.results)
        return SearchResults(
            query=query,
            verdict=found.verdict,
            total=len(found.results),
            index=self.index,
            hits=page_of_hits(self._index, page, offset + 1, found.context),
            facets=found.facets,
            chips=found.plan.chips,
            spelling=found.spelling,
            next=Continuation(self.index.generation, end, now) if more else None,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def every_hit(self, query: Query) -> Iterator[Hit]:
        """All hits of a search in rank order, `total` of them, made a few at a time."""
        now = query.now or datetime.now(UTC).date()
        found = self._answers(query, now)
        for start in range(0, len(found.results), EXPORT_PAGE):
            page = found.results.page(start, start + EXPORT_PAGE)
            yield from page_of_hits(self._index, page, start + 1, found.context)

    def ranked(
        self, query: Query, k: int, *, titles: bool = True
    ) -> tuple[list[tuple[Passage, float]], Support | None]:
        """The first `k` hits as passages with scores, and what supports them: the ranking alone,
        without what else a page shows. `titles=False` searches bodies only."""
        plan = self._plan(query, query.now or datetime.now(UTC).date())
        results = self._search(replace(plan, with_titles=titles))
        page = results.page(0, k)
        store = self._index.store
        records = store.records([ranked.row for ranked in page])
        nums = sorted({record.num for record in records.values()})
        texts, briefs = store.texts(nums), store.briefs(nums)
        found = []
        for ranked in page:
            record = records[ranked.row]
            passage = passage_of(record, briefs[record.num].id, texts[record.num])
            found.append((passage, ranked.score))
        return found, self._support(results)

    def _support(self, results: ResultSet) -> Support | None:
        """What the verdict goes by; cosines count only on the scale it was fitted to."""
        if results.support is None or self._encoder.name == FITTED_ENCODER:
            return results.support
        return replace(results.support, cosine=None)

    def similar(self, passage_id: str, k: int = 10) -> tuple[Hit, ...]:
        """Passages of other articles nearest in meaning, best first; raises NotFoundError.

        Scores are cosines.
        """
        record = self._index.store.record_by_id(passage_id)
        vector = self._index.vectors.vectors(np.array([record.row]))[0]
        # Its own article's passages come first by nature: ask for enough to leave them out.
        own = len(self._index.store.passages(self._index.store.briefs([record.num])[record.num].id))
        rows, scores = self._index.vectors.search(vector, k + own, None)
        others = self._index.column("article", rows) != record.num
        page = [
            RankedRow(int(row), float(score), (("meaning", float(score)),))
            for row, score in zip(rows[others][:k], scores[others][:k], strict=True)
        ]
        article = self._index.store.article_by_num(record.num)
        context = answer_context(self._index, article.text[record.start : record.end])
        return page_of_hits(self._index, page, 1, context)

    def _answers(
        self, query: Query, now: date, ready: tuple[Plan, Vectors] | None = None
    ) -> _Answers:
        """What all pages of a search share, found once for as long as it is remembered."""
        whole = replace(query, start=None, k=1)
        return self._found.get((whole, now), lambda: self._find(whole, now, ready))

    def _find(self, query: Query, now: date, ready: tuple[Plan, Vectors] | None) -> _Answers:
        plan, vector = ready or (self._plan(query, now), None)
        results = self._search(plan, vector)
        return _Answers(
            plan=plan,
            results=results,
            verdict=judge(self._support(results)),
            context=answer_context(self._index, plan.text, plan.intent),
            facets=self._index.facets(results.rows),
            spelling=self._speller.correct(query.text),
        )

    def _plan(self, query: Query, now: date) -> Plan:
        """The query taken apart; dates of the question in which nothing lies are only offered.

        "This week" in an archive of another year: what is there beats an empty page, and the chip
        says that the date was not acted on.
        """
        plan = make_plan(query, now, self._speakers, self._index.sources)
        if any(chip.applied and chip.kind == "date" for chip in plan.chips):
            question = plan.question
            allowed = self._index.allowed(plan.filters, question.phrases, question.excluded)
            if allowed is not None and not len(allowed):
                return without_dates_understood(plan)
        return plan

    def _search(self, plan: Plan, vector: Vectors | None = None) -> ResultSet:
        """The results of a plan; `vector` is its question's, where that is known already."""
        settings = self._settings
        if vector is None:
            vector = self._vector(plan.text)
        words = start_lexical(self._index, plan, settings.pool_depth, self._beside)
        return retrieve(
            self._index,
            plan,
            apply_feedback(self._index, plan.query, vector),
            words,
            settings.pool_depth,
            settings.duplicate_similarity,
            shared_reranker(settings.rerank_model) if settings.rerank_model else None,
        )

    def _vector(self, text: str) -> Vectors:
        return self._vectors.get(text, lambda: self._encoder.encode_queries([text])[0])


def _clock(query: Query, today: date) -> date:
    """The day that the question is asked on: further pages keep that of the first."""
    return query.start.now if query.start else query.now or today
