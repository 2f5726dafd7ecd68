"""From places in a ranking to hits that can be shown: texts, answers, quotes, duplicates, facets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from semsearch.answers import Question as AnswerQuestion
from semsearch.answers import best_sentence, matched_spans, missing_terms
from semsearch.corpus import Article, Passage, Quote
from semsearch.hits import Answer, ArticleBrief, Count, Duplicate, Facets, Hit, Part
from semsearch.searcher.parts import Parts
from semsearch.searcher.retrieve import Place
from semsearch.sentences import sentences
from semsearch.store import PassageRecord
from semsearch.store.reader import passage_of

__all__ = ["facets", "present"]


def present(
    parts: Parts, places: Sequence[Place], first_rank: int, question: AnswerQuestion
) -> tuple[Hit, ...]:
    """Hits for these places, ranks from `first_rank` on, with everything that a reader sees."""
    shown = _Shown(parts, places)
    idf = _idf(parts, question)
    return tuple(
        shown.hit(place, first_rank + i, question, idf) for i, place in enumerate(places)
    )


class _Shown:
    """All that a page of hits needs, fetched in a few queries."""

    def __init__(self, parts: Parts, places: Sequence[Place]) -> None:
        rows = [p.row for p in places] + [row for p in places for row, _ in p.duplicates]
        self._records = parts.store.records(rows)
        self._briefs = parts.store.briefs(sorted({r.num for r in self._records.values()}))
        nums = sorted({self._records[place.row].num for place in places})
        self._articles: dict[int, Article] = {n: parts.store.article_by_num(n) for n in nums}
        self._quotes = parts.store.quotes(nums)

    def hit(
        self, place: Place, rank: int, question: AnswerQuestion, idf: Callable[[str], float]
    ) -> Hit:
        record = self._records[place.row]
        article, brief = self._articles[record.num], self._briefs[record.num]
        passage = passage_of(record, article.id, article.text)
        return Hit(
            rank=rank,
            score=place.score,
            passage=passage,
            article=brief,
            answer=_answer(article, passage, question, idf),
            matched=matched_spans(question, passage.text, passage.start),
            quotes=_overlapping(self._quotes[record.num], record),
            duplicates=tuple(self._duplicate(row, share) for row, share in place.duplicates),
            missing=missing_terms(question, passage.text, article.title),
            parts=tuple(Part(name, value) for name, value in place.parts),
        )

    def _duplicate(self, row: int, similarity: float) -> Duplicate:
        record = self._records[row]
        return Duplicate(record.id, self._briefs[record.num], round(similarity, 4))


def _answer(
    article: Article, passage: Passage, question: AnswerQuestion, idf: Callable[[str], float]
) -> Answer:
    spans = sentences(article.text, passage.start, passage.end)
    texts = [article.text[start:end] for start, end in spans]
    if not texts:
        return Answer(passage.text, passage.start, passage.end)
    best = best_sentence(question, texts, idf)
    return Answer(texts[best], *spans[best])


def _overlapping(quotes: Sequence[Quote], record: PassageRecord) -> tuple[Quote, ...]:
    return tuple(q for q in quotes if q.start < record.end and record.start < q.end)


def _idf(parts: Parts, question: AnswerQuestion) -> Callable[[str], float]:
    """How telling a word is: ln(1 + N / (1 + passages that hold it)), always positive."""
    total = len(parts.lexical)
    frequencies = parts.lexical.frequencies(question.text)

    def idf(word: str) -> float:
        return math.log1p(total / (1 + frequencies.get(word, 0)))

    return idf


def facets(parts: Parts, places: Sequence[Place]) -> Facets:
    """Counts over all places, each with its own article and speakers (not its duplicates')."""
    rows = [place.row for place in places]
    if not rows:
        return Facets()
    records = parts.store.records(rows)
    briefs = parts.store.briefs(sorted({record.num for record in records.values()}))
    articles: list[ArticleBrief] = [briefs[records[row].num] for row in rows]
    speakers = parts.store.passage_speakers(rows)
    months = Counter(a.published.strftime("%Y-%m") for a in articles if a.published)
    return Facets(
        sources=_counts(a.source for a in articles if a.source),
        authors=_counts(name for a in articles for name in dict.fromkeys(a.authors)),
        speakers=_counts(name for row in rows for name in speakers.get(row, ())),
        languages=_counts(a.language for a in articles if a.language),
        months=tuple(Count(month, count) for month, count in sorted(months.items())),
    )


def _counts(values: Iterable[str]) -> tuple[Count, ...]:
    counted = Counter(values)
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(value, count) for value, count in ordered)
