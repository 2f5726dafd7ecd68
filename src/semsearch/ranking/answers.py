"""Which sentence of a passage answers a question best.

It is found without the encoder: encoding the sentences of a page would cost more than the whole
search, and does little better (docs/background/answers.md has the figures). A sentence is good
when it holds rare words of the question and the kind of thing that is asked for: a number for "how
many", a name that the question does not give for "who". A question about what somebody said gets
that person's own words.
"""

# ruff: noqa: RUF001 -- curly apostrophes and quotation marks are meant
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Passage, Quote
from semsearch.hits import Answer
from semsearch.ranking.question_terms import QuestionTerms
from semsearch.text.word_arrays import CAPITAL, NUMBER, TIME, TextWords

__all__ = ["EVIDENCE", "WEIGHTS", "AnswerContext", "answer_of", "best_sentence", "evidence"]

Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]

EVIDENCE = ("words", "opening", "asks", "number", "unit", "person", "place", "time", "name")
"""What speaks for a sentence, each in [0, 1]; the columns of `evidence`.

words: the share of the question's words in it, by rarity. opening: it is the first. asks: it is a
question itself. number: it holds a number, and one is asked for; unit: right before what is to be
counted. person, place, name: the names in it that the question lacks (four or more count 1), where
a person, a place or anything else is asked for. time: it holds a date, and one is asked for.
"""
_COLUMN = {name: column for column, name in enumerate(EVIDENCE)}

# Fitted on one half of newsqa-2022's questions, and rounded (docs/background/answers.md).
WEIGHTS = np.array([3.4, 0.3, -2.0, 3.8, 3.0, 2.8, 2.3, 2.1, 1.4])


@dataclass(frozen=True)
class AnswerContext:
    """What an answer is held against: the question, how telling its words are, and whose words it
    asks for, about which topic, if anybody's.

    `idf` weighs a folded word by its rarity, > 0.
    """

    question: QuestionTerms
    idf: Callable[[str], float]
    topic: QuestionTerms | None = None
    speakers: tuple[str, ...] = ()


def answer_of(
    passage: Passage, words: TextWords, quotes: Sequence[Quote], context: AnswerContext
) -> Answer:
    """The sentence of a passage that answers best; the whole passage if it has no sentence.

    `words` are the passage's, `quotes` those that overlap it.
    """
    text, spans = passage.text, words.spans(passage.text)
    if not spans:
        return Answer(text, passage.start, passage.end)
    own = _own_words(passage, words, quotes, context)
    question = (context.topic or context.question) if own else context.question
    start, end = spans[best_sentence(question, text, words, context.idf, own)]
    return Answer(text[start:end], passage.start + start, passage.start + end)


def _own_words(
    passage: Passage, words: TextWords, quotes: Sequence[Quote], context: AnswerContext
) -> list[int]:
    """The sentences in which the asked speaker is quoted word for word about the topic.

    Who asks what somebody said wants the words themselves, so a direct quote that holds at least
    half as much of the topic as the best sentence goes before any report of it. Empty when there
    is none, or nobody is asked about.
    """
    said = [q for q in quotes if q.kind == "direct" and q.speaker in context.speakers]
    if context.topic is None or not said:
        return []
    held = _held(context.topic, words)
    begin = passage.start
    return [
        number
        for number, (start, end) in enumerate(words.spans(passage.text))
        if held[number] * 2 >= max(held) > 0
        and any(q.start < begin + end and begin + start < q.end for q in said)
    ]


def _held(question: QuestionTerms, words: TextWords) -> list[int]:
    """How many of the question's distinct words, by their stems, each sentence holds."""
    known = words.having(question.stems)
    found: list[set[int]] = [set() for _ in words.sentences]
    for sentence, stem in zip(
        words.sentence_of()[known].tolist(), words.stems[known].tolist(), strict=True
    ):
        found[sentence].add(stem)
    return list(map(len, found))


def best_sentence(
    question: QuestionTerms,
    text: str,
    words: TextWords,
    idf: Callable[[str], float],
    choose_from: Sequence[int] = (),
) -> int:
    """The number of the sentence that answers best, from 0; the earlier one at equal merit.

    `words` are those of `text`, with at least one sentence. `idf` weighs a folded word of the
    question by its rarity, > 0. `choose_from` are the sentences that
    may win, ascending; all if empty.
    """
    numbers = list(choose_from) or list(range(len(words.sentences)))
    found = evidence(question, text, words, idf)[numbers]
    found[0, _COLUMN["opening"]] = 1.0
    return numbers[int(np.argmax(found @ WEIGHTS))]


def evidence(
    question: QuestionTerms, text: str, words: TextWords, idf: Callable[[str], float]
) -> Matrix:
    """What speaks for each sentence: shape (n, len(EVIDENCE)), all values in [0, 1]."""
    found = np.zeros((len(words.sentences), len(EVIDENCE)))
    if not len(found):
        return found
    known, sentence = words.having(question.stems), words.sentence_of()
    shares = _shares(question, words.stems[known], sentence[known], len(found), idf)
    found[:, _COLUMN["words"]] = shares
    found[0, _COLUMN["opening"]] = 1.0
    asks = [text[start:end].rstrip("\"'”’ ").endswith("?") for start, end in words.spans(text)]
    found[asks, _COLUMN["asks"]] = 1.0
    _expect(question, words, known, sentence, found)
    return found


def _shares(
    question: QuestionTerms,
    stems: NDArray[np.uint32],
    sentence: NDArray[np.int64],
    count: int,
    idf: Callable[[str], float],
) -> list[float]:
    """The share of the question's words in each sentence, given the stems that it knows."""
    weights = dict(zip(question.stems, map(idf, question.words), strict=True))
    whole = sum(weights.values()) or 1.0
    held: list[set[int]] = [set() for _ in range(count)]
    for place, stem in zip(sentence.tolist(), stems.tolist(), strict=True):
        held[place].add(stem)
    return [
        min(1.0, sum(weight for stem, weight in weights.items() if stem in own) / whole)
        for own in held
    ]


def _expect(
    question: QuestionTerms,
    words: TextWords,
    known: Mask,
    sentence: NDArray[np.int64],
    found: Matrix,
) -> None:
    """Fill the columns of `EVIDENCE` from "number" on: what the kind of question lets expect."""
    match question.kind:
        case "number":
            numbers = np.flatnonzero((words.kinds & NUMBER > 0) & ~known)
            found[sentence[numbers], _COLUMN["number"]] = 1.0
            counting = [
                place for place in numbers.tolist() if _counts(question, words, sentence, place)
            ]
            found[sentence[counting], _COLUMN["unit"]] = 1.0
        case "time":
            found[sentence[words.kinds & TIME > 0], _COLUMN["time"]] = 1.0
        case "person" | "place" | "other" as kind:
            names = (words.kinds & CAPITAL > 0) & ~known & _inside(sentence)
            counts = np.bincount(sentence[names], minlength=len(found))
            found[:, _COLUMN["name" if kind == "other" else kind]] = np.minimum(counts, 4) / 4


def _counts(
    question: QuestionTerms, words: TextWords, sentence: NDArray[np.int64], place: int
) -> bool:
    """Whether the number at a place stands right before what the question counts."""
    after = slice(place + 1, place + 4)
    stems = words.stems[after][sentence[after] == sentence[place]]
    return not question.counted.isdisjoint(stems.tolist())


def _inside(sentence: NDArray[np.int64]) -> Mask:
    """Which words do not begin their sentence: there every word has a capital."""
    inside = np.zeros(len(sentence), dtype=np.bool_)
    inside[1:] = sentence[1:] == sentence[:-1]
    return inside
