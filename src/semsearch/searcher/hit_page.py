"""A page of hits, with everything that a reader sees, out of a page of ranked rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from semsearch.hits import Duplicate, Hit, ScorePart
from semsearch.index.opened import OpenIndex
from semsearch.index.store import passage_of
from semsearch.question.intent import SpeakerIntent
from semsearch.ranking.answers import AnswerContext, answer_of
from semsearch.ranking.question_terms import matched_spans, missing_terms, question_terms
from semsearch.searcher.retrieve import RankedRow

__all__ = ["answer_context", "page_of_hits"]


def answer_context(
    index: OpenIndex, text: str, intent: SpeakerIntent | None = None
) -> AnswerContext:
    """What the hits of a search for `text` are held against.

    A word weighs ln(1 + N / (1 + passages that hold it)), always more than 0.
    """
    language = index.words.language
    question = question_terms(text, language)
    total = len(index.lexical)
    frequencies = index.lexical.frequencies(question.text)
    known = {word: math.log1p(total / (1 + count)) for word, count in frequencies.items()}
    unknown = math.log1p(total)

    def idf(word: str) -> float:
        return known.get(word, unknown)

    if intent is None or not intent.topic:
        return AnswerContext(question, idf)
    return AnswerContext(question, idf, question_terms(intent.topic, language), intent.speakers)


def page_of_hits(
    index: OpenIndex, page: Sequence[RankedRow], first_rank: int, context: AnswerContext
) -> tuple[Hit, ...]:
    """Hits for these rows, ranks from `first_rank` on, with everything that a reader sees."""
    fetched = _Fetched(index, page)
    return tuple(fetched.hit(ranked, first_rank + i, context) for i, ranked in enumerate(page))


class _Fetched:
    """All that a page of hits needs, fetched in a few queries."""

    def __init__(self, index: OpenIndex, page: Sequence[RankedRow]) -> None:
        rows = [ranked.row for ranked in page]
        copies = [row for ranked in page for row, _ in ranked.duplicates]
        self._records = index.store.records(rows + copies)
        self._briefs = index.store.briefs(sorted({r.num for r in self._records.values()}))
        self._words = dict(zip(rows, index.words.read(rows), strict=True))
        shown = [self._records[row] for row in rows]
        self._texts = index.store.texts(sorted({record.num for record in shown}))
        self._quotes = index.store.quotes_in(shown, self._texts)

    def hit(self, ranked: RankedRow, rank: int, context: AnswerContext) -> Hit:
        record = self._records[ranked.row]
        brief = self._briefs[record.num]
        passage = passage_of(record, brief.id, self._texts[record.num])
        title, words = self._words[ranked.row].title, self._words[ranked.row].words
        stems = np.concatenate([words.stems, title])
        matched = matched_spans(context.question, passage.text, words, passage.start)
        missing = missing_terms(context.question, stems, passage.text, brief.title)
        quotes = self._quotes[ranked.row]
        copies = [(self._records[row], share) for row, share in ranked.duplicates]
        return Hit(
            rank=rank,
            score=ranked.score,
            passage=passage,
            article=brief,
            answer=answer_of(passage, words, quotes, context),
            matched=matched,
            quotes=quotes,
            duplicates=tuple(
                Duplicate(copy.id, self._briefs[copy.num], round(share, 4))
                for copy, share in copies
            ),
            missing=missing,
            parts=tuple(ScorePart(name, value) for name, value in ranked.parts),
        )
