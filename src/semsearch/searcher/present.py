"""From places in a ranking to hits fit to be shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.corpus import Passage, Quote
from semsearch.hits import Answer, Duplicate, Hit, Part
from semsearch.index.opened import Parts
from semsearch.index.store import passage_of
from semsearch.question.intent import SpeakerIntent
from semsearch.ranking.answers import Question as AnswerQuestion
from semsearch.ranking.answers import best_sentence, matched_spans, missing_terms, read_question
from semsearch.searcher.retrieve import Place
from semsearch.text.textwords import TextWords
from semsearch.text.words import fold

__all__ = ["Asked", "present"]


@dataclass(frozen=True)
class Asked:
    """What a page of hits is held against: the question, and whose words it asks for, if any."""

    question: AnswerQuestion
    idf: Callable[[str], float]
    topic: AnswerQuestion | None = None
    speakers: tuple[str, ...] = ()

    @classmethod
    def of(cls, parts: Parts, text: str, intent: SpeakerIntent | None = None) -> Asked:
        language = parts.words.language
        question = read_question(text, language)
        idf = _idf(parts, question)
        if intent is None or not intent.topic:
            return cls(question, idf)
        return cls(question, idf, read_question(intent.topic, language), intent.speakers)


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
        words = parts.words.read([place.row for place in places])
        self._words = dict(zip((place.row for place in places), words, strict=True))
        self._texts = parts.store.texts(sorted({record.num for record in shown}))
        self._quotes = parts.store.quotes_in(shown, self._texts)

    def hit(self, place: Place, rank: int, asked: Asked) -> Hit:
        record = self._records[place.row]
        brief = self._briefs[record.num]
        passage = passage_of(record, brief.id, self._texts[record.num])
        title, words = self._words[place.row].title, self._words[place.row].words
        quotes = self._quotes[place.row]
        return Hit(
            rank=rank,
            score=place.score,
            passage=passage,
            article=brief,
            answer=_answer(passage, words, quotes, asked),
            matched=matched_spans(asked.question, passage.text, words, passage.start),
            quotes=quotes,
            duplicates=tuple(self._duplicate(row, share) for row, share in place.duplicates),
            missing=missing_terms(
                asked.question, np.concatenate([words.stems, title]), passage.text, brief.title
            ),
            parts=tuple(Part(name, value) for name, value in place.parts),
        )

    def _duplicate(self, row: int, similarity: float) -> Duplicate:
        record = self._records[row]
        return Duplicate(record.id, self._briefs[record.num], round(similarity, 4))


def _answer(passage: Passage, words: TextWords, quotes: Sequence[Quote], asked: Asked) -> Answer:
    text, spans = passage.text, words.spans(passage.text)
    if not spans:
        return Answer(text, passage.start, passage.end)
    own = _own_words(passage, words, quotes, asked)
    question = (asked.topic or asked.question) if own else asked.question
    start, end = spans[best_sentence(question, text, words, asked.idf, own)]
    return Answer(text[start:end], passage.start + start, passage.start + end)


def _own_words(
    passage: Passage, words: TextWords, quotes: Sequence[Quote], asked: Asked
) -> list[int]:
    """The sentences in which the asked speaker is quoted word for word about the topic.

    Who asks what somebody said wants the words themselves, so a direct quote that holds at least
    half as much of the topic as the best sentence goes before any report of it. Empty when there
    is none, or nobody is asked about.
    """
    said = [q for q in quotes if q.kind == "direct" and q.speaker in asked.speakers]
    if asked.topic is None or not said:
        return []
    held = _held(asked.topic, passage.text, words)
    begin = passage.start
    return [
        number
        for number, (start, end) in enumerate(words.spans(passage.text))
        if held[number] * 2 >= max(held) > 0
        and any(q.start < begin + end and begin + start < q.end for q in said)
    ]


def _held(question: AnswerQuestion, text: str, words: TextWords) -> list[int]:
    """How many distinct words of each sentence, folded, match the question's."""
    found: list[set[str]] = [set() for _ in words.sentences]
    for start, end in matched_spans(question, text, words):
        found[words.sentence_at(start)].add(fold(text[start:end]))
    return list(map(len, found))


def _idf(parts: Parts, question: AnswerQuestion) -> Callable[[str], float]:
    """How telling a word is: ln(1 + N / (1 + passages that hold it)), always positive."""
    total = len(parts.lexical)
    frequencies = parts.lexical.frequencies(question.text)
    known = {word: math.log1p(total / (1 + count)) for word, count in frequencies.items()}
    unknown = math.log1p(total)
    return lambda word: known.get(word, unknown)
