"""From places in a ranking to hits fit to be shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from semsearch.answers import Question as AnswerQuestion
from semsearch.answers import best_sentence, matched_spans, missing_terms, read_question
from semsearch.corpus import Passage, Quote
from semsearch.hits import Answer, Duplicate, Hit, Part
from semsearch.intent import SpeakerIntent
from semsearch.searcher.parts import Parts
from semsearch.searcher.retrieve import Place
from semsearch.sentences import sentences
from semsearch.store import passage_of
from semsearch.words import fold

__all__ = ["Asked", "present"]

Span = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """What a page of hits is held against: the question, and whose words it asks for, if any."""

    question: AnswerQuestion
    idf: Callable[[str], float]
    topic: AnswerQuestion | None = None
    speakers: tuple[str, ...] = ()

    @classmethod
    def of(cls, parts: Parts, text: str, intent: SpeakerIntent | None = None) -> Asked:
        question = read_question(text)
        idf = _idf(parts, question)
        if intent is None or not intent.topic:
            return cls(question, idf)
        return cls(question, idf, read_question(intent.topic), intent.speakers)


def present(
    parts: Parts, places: Sequence[Place], first_rank: int, asked: Asked
) -> tuple[Hit, ...]:
    """Hits for these places, ranks from `first_rank` on, with everything that a reader sees."""
    shown = _Shown(parts, places)
    return tuple(shown.hit(place, first_rank + i, asked) for i, place in enumerate(places))


class _Shown:
    """All that a page of hits needs, fetched in a few queries."""

    def __init__(self, parts: Parts, places: Sequence[Place]) -> None:
        rows = [p.row for p in places] + [row for p in places for row, _ in p.duplicates]
        self._records = parts.store.records(rows)
        self._briefs = parts.store.briefs(sorted({r.num for r in self._records.values()}))
        shown = [self._records[place.row] for place in places]
        self._texts = parts.store.texts(sorted({record.num for record in shown}))
        self._quotes = parts.store.quotes_in(shown, self._texts)

    def hit(self, place: Place, rank: int, asked: Asked) -> Hit:
        record = self._records[place.row]
        text, brief = self._texts[record.num], self._briefs[record.num]
        passage = passage_of(record, brief.id, text)
        quotes = self._quotes[place.row]
        return Hit(
            rank=rank,
            score=place.score,
            passage=passage,
            article=brief,
            answer=_answer(text, passage, quotes, asked),
            matched=matched_spans(asked.question, passage.text, passage.start),
            quotes=quotes,
            duplicates=tuple(self._duplicate(row, share) for row, share in place.duplicates),
            missing=missing_terms(asked.question, passage.text, brief.title),
            parts=tuple(Part(name, value) for name, value in place.parts),
        )

    def _duplicate(self, row: int, similarity: float) -> Duplicate:
        record = self._records[row]
        return Duplicate(record.id, self._briefs[record.num], round(similarity, 4))


def _answer(text: str, passage: Passage, quotes: Sequence[Quote], asked: Asked) -> Answer:
    spans = sentences(text, passage.start, passage.end)
    if not spans:
        return Answer(passage.text, passage.start, passage.end)
    chosen = _own_words(text, spans, quotes, asked) or spans
    question = asked.question if chosen is spans else asked.topic or asked.question
    texts = [text[start:end] for start, end in chosen]
    best = best_sentence(question, texts, asked.idf)
    return Answer(texts[best], *chosen[best])


def _own_words(
    text: str, spans: Sequence[Span], quotes: Sequence[Quote], asked: Asked
) -> list[Span]:
    """The sentences in which the asked speaker is quoted word for word about the topic.

    Who asks what somebody said wants the words themselves, so a direct quote that holds at least
    half as much of the topic as the best sentence goes before any report of it. Empty when there
    is none, or nobody is asked about.
    """
    if asked.topic is None:
        return []
    held = [len(matched_words(asked.topic, text[start:end])) for start, end in spans]
    said = [q for q in quotes if q.kind == "direct" and q.speaker in asked.speakers]
    return [
        span
        for span, words in zip(spans, held, strict=True)
        if words * 2 >= max(held) > 0 and any(q.start < span[1] and span[0] < q.end for q in said)
    ]


def matched_words(question: AnswerQuestion, text: str) -> set[str]:
    """The distinct words of `text`, folded, that match the question's."""
    return {fold(text[start:end]) for start, end in matched_spans(question, text)}


def _idf(parts: Parts, question: AnswerQuestion) -> Callable[[str], float]:
    """How telling a word is: ln(1 + N / (1 + passages that hold it)), always positive."""
    total = len(parts.lexical)
    frequencies = parts.lexical.frequencies(question.text)

    def idf(word: str) -> float:
        return math.log1p(total / (1 + frequencies.get(word, 0)))

    return idf
