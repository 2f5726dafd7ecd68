"""What a passage answers a question with: its best sentence, the words matched, the words missed.

The question is read once (`read_question`), then held against the passages of a page. Words are
compared by their stems (`stems.py`); a page of ten passages takes about two milliseconds.

The best sentence is found without the encoder: encoding the sentences of a page would cost more
than the whole search, and does little better (benchmarks/answers.py has the figures). A sentence
is good when it holds the question's telling words and the kind of thing that is asked for: a
number for "how many", a name that the question does not give for "who".
"""

# ruff: noqa: RUF001 -- curly apostrophes and quotation marks are meant
# ruff: noqa: SIM905 -- word lists read better as text
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from semsearch.stems import (
    NUMBER_WORDS,
    POSSESSIVE,
    spans_of,
    stem_set,
    stems_of,
    words_of,
    words_once,
)
from semsearch.words import fold, words

__all__ = [
    "EVIDENCE",
    "WEIGHTS",
    "Kind",
    "Question",
    "best_sentence",
    "evidence",
    "matched_spans",
    "missing_terms",
    "read_question",
]

Kind = Literal["person", "number", "time", "place", "other"]
"""What a question asks for."""

EVIDENCE = ("words", "opening", "asks", "number", "unit", "person", "place", "time", "name")
"""What speaks for a sentence, each in [0, 1]; the columns of `evidence`.

words: the share of the question's words in it, by rarity. opening: it is the first. asks: it is a
question itself. number: it holds a number, and one is asked for; unit: right before what is to be
counted. person, place, name: the names in it that the question lacks (four or more count 1), where
a person, a place or anything else is asked for. time: it holds a date, and one is asked for.
"""

# Fitted on one half of newsqa-2022's questions by benchmarks/answers.py, and rounded.
WEIGHTS = np.array([3.4, 0.3, -2.0, 3.8, 3.0, 2.8, 2.3, 2.1, 1.4])

# Words that say nothing about the subject of an English question.
_EMPTY_WORDS = frozenset(
    """a about above after again all also am an and any are as at be became because been before
    being below between both but by can could did do does doing done down during each for from
    further had has have having he her here hers him his how i if in into is it its itself just
    many me more most much must my no nor not now of off on once only or other our out over own
    said same say says she should so some such tell than that the their them then there these
    they this those through to too under until up very was we were what when where which while
    who whom whose why will with would you your following according""".split()
)
_AMOUNTS = frozenset({*NUMBER_WORDS, *"hundred thousand million billion dozen half".split()})
_TIMES = frozenset(
    """january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday week month year today yesterday
    weeks months years""".split()
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|often|far|big|tall|fast|high|large)\b"
            r"|\bwhat (?:percentage|percent|number|share|age|price|amount)\b"
            r"|\b(?:number|percentage) of\b",
            re.I,
        ),
    ),
    ("time", re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b", re.I)),
    (
        "place",
        re.compile(r"\bwhere\b|\b(?:which|what) (?:country|city|state|nation|island|town)\b", re.I),
    ),
    ("person", re.compile(r"\b(?:who|whom|whose)\b", re.I)),
)
_NO_NAMES = _TIMES | {"mr", "mrs", "ms", "dr", "prof", "sir"}
_COUNTED = re.compile(r"\bhow many ((?:\w+ )?\w+)", re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read once.

    `words` are its content words, folded (`words.fold`), distinct, in order; `stems` the stems of
    each. `wanted` are the names, numbers and quoted terms a passage should hold, as typed. `kind`
    is what it asks for, `counted` the stems of what "how many" counts.
    """

    text: str
    language: str
    words: tuple[str, ...]
    stems: frozenset[str]
    wanted: tuple[str, ...]
    kind: Kind
    counted: frozenset[str]


def read_question(text: str, language: str = "en") -> Question:
    """Read a question (or plain search words) in the given language (ISO 639-1)."""
    stems = stems_of(language)
    content = dict.fromkeys(word.text for word in words(text) if word.text not in _EMPTY_WORDS)
    counted = _COUNTED.search(text)
    return Question(
        text=text,
        language=language,
        words=tuple(content),
        stems=frozenset(map(stems.__getitem__, content)),
        wanted=tuple(_wanted(text)),
        kind=next((kind for kind, asks in _KINDS if asks.search(text)), "other"),
        counted=frozenset(
            stems[word]
            for word in (counted[1].split() if counted else ())
            if fold(word) not in _EMPTY_WORDS
        ),
    )


# --- matched words ---------------------------------------------------------------------------


def matched_spans(question: Question, text: str, offset: int = 0) -> tuple[tuple[int, int], ...]:
    """The words of `text` that match the question's by their stems: ascending, disjoint spans.

    `offset` is added to each span: where `text` begins in the article.
    """
    stems = stems_of(question.language)
    hits = {word for word in set(words_once(text)) if stems[word] in question.stems}
    spans: list[tuple[int, int]] = []
    for start, end in spans_of(text, hits):
        if spans and start + offset < spans[-1][1]:  # overlapping pairs of characters
            spans[-1] = (spans[-1][0], end + offset)
        else:
            spans.append((start + offset, end + offset))
    return tuple(spans)


# --- the best sentence -----------------------------------------------------------------------


def best_sentence(question: Question, sentences: Sequence[str], idf: Callable[[str], float]) -> int:
    """The number of the sentence that answers best, from 0; the earlier one at equal merit.

    `sentences` are those of one passage in order, at least one. `idf` weighs a folded word of the
    question by its rarity, > 0.
    """
    return int(np.argmax(evidence(question, sentences, idf) @ WEIGHTS))


def evidence(
    question: Question, sentences: Sequence[str], idf: Callable[[str], float]
) -> NDArray[np.float64]:
    """What speaks for each sentence: shape (n, len(EVIDENCE)), all values in [0, 1]."""
    stem_of = stems_of(question.language)
    weights = {stem_of[word]: idf(word) for word in question.words}
    whole = sum(weights.values()) or 1.0
    rows = []
    for number, sentence in enumerate(sentences):
        written = words_of(sentence)
        stems = [stem_of[word] for word in written]
        row = [
            min(1.0, sum(weights[stem] for stem in weights.keys() & stems) / whole),
            float(number == 0),
            float(sentence.rstrip("\"'”’ ").endswith("?")),
            *_expected(question, written, stems),
        ]
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(-1, len(EVIDENCE))


def _expected(question: Question, written: list[str], stems: list[str]) -> list[float]:
    """The columns of `EVIDENCE` from "number" on: what the kind of question lets expect."""
    number = unit = person = place = time = name = 0.0
    match question.kind:
        case "number":
            numbers = _new_numbers(question, stems)
            number = float(bool(numbers))
            unit = float(any(question.counted & {*stems[i + 1 : i + 4]} for i in numbers))
        case "time":
            time = float(any(map(_is_time, stems)))
        case "person":
            person = _new_names(question, written, stems)
        case "place":
            place = _new_names(question, written, stems)
        case "other":
            name = _new_names(question, written, stems)
    return [number, unit, person, place, time, name]


def _new_numbers(question: Question, stems: list[str]) -> list[int]:
    """Where numbers stand that the question does not hold."""
    return [
        place
        for place, stem in enumerate(stems)
        if (stem[:1].isdigit() or stem in _AMOUNTS) and stem not in question.stems
    ]


def _is_time(stem: str) -> bool:
    return stem in _TIME_STEMS or (len(stem) == 4 and stem[:2] in ("19", "20") and stem.isdigit())


def _new_names(question: Question, written: list[str], stems: list[str]) -> float:
    """How many capitalised words after the first the question does not hold; four count 1."""
    capitals = (
        stem for word, stem in zip(written[1:], stems[1:], strict=True) if word[0].isupper()
    )
    return min(4, sum(1 for stem in capitals if stem not in question.stems)) / 4


_TIME_STEMS = frozenset(map(stems_of("en").__getitem__, _TIMES))


# --- names, numbers and quoted terms ---------------------------------------------------------

_QUOTED = re.compile(r'"([^"]{2,80})"|“([^”]{2,80})”|«([^»]{2,80})»')
_CAPITAL = r"(?:(?:[^\W\d_a-z]\.){2,}|[^\W\d_a-zß-öø-ÿ](?:[\w'’.-]*\w)?)"
# Capitalised words in a row, with the small words that names hold inside.
_NAME = re.compile(
    rf"(?<![\w'’-]){_CAPITAL}(?: (?:(?:of|the|de|la|von|van|bin|al) ){{0,2}}{_CAPITAL})*"
)
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w])")
# After the first word of a question these make it likely to be a name: "Putin on NATO".
_AFTER_NAME = re.compile(
    r"['’]s?\b|\s*[,:?!.]|\s*\Z|\s+(?:on|and|vs|versus|in|at|to|is|was|has|had|did|will|says?|said)\b"
)


def missing_terms(question: Question, *texts: str) -> tuple[str, ...]:
    """The names, numbers and quoted terms of the question that none of `texts` holds, as typed.

    A name is held when its last word is (a surname), or its initials are, or, for an acronym, a
    name with these initials: "UN" by "United Nations". Numbers may be written as words.
    """
    if not question.wanted:
        return ()
    present = frozenset[str]().union(*(stem_set(text, question.language) for text in texts))
    return tuple(term for term in question.wanted if not _held(term, present, texts, question))


def _held(term: str, present: frozenset[str], texts: tuple[str, ...], question: Question) -> bool:
    stems = [stems_of(question.language)[word] for word in words_of(term)]
    if all(stem in present for stem in stems) or any(term in text for text in texts):
        return True
    if term in _quoted_terms(question.text) or not term[0].isupper():
        return False
    if len(stems) == 1:
        return term.isupper() and any(term.lower() in _initials(text) for text in texts)
    return stems[-1] in present or _initials_of(term) in present


def _initials(text: str) -> set[str]:
    """The initials of the names of two words or more in a text: "un" for "the United Nations"."""
    initials = (_initials_of(match.group()) for match in _NAME.finditer(text))
    return {letters for letters in initials if len(letters) > 1}


def _initials_of(name: str) -> str:
    parts = [part for part in name.split() if fold(part) not in _EMPTY_WORDS]
    return "".join(part[0] for part in parts if part[0].isupper()).lower()


def _wanted(text: str) -> Iterator[str]:
    """Names, numbers and quoted terms of a question as typed, distinct, in order."""
    numbers = ((match.start(), match.group()) for match in _NUMBER.finditer(text))
    found = sorted([*_quoted(text), *_names(text), *numbers])
    seen: list[str] = []
    for _, term in found:
        if not any(f" {term} " in f" {other} " for other in seen):
            seen.append(term)
            yield term


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    for match in _QUOTED.finditer(text):
        yield match.start(), next(group for group in match.groups() if group)


def _quoted_terms(text: str) -> set[str]:
    return {term for _, term in _quoted(text)}


def _names(text: str) -> Iterator[tuple[int, str]]:
    for match in _NAME.finditer(text):
        start, name = match.start(), match.group()
        if _opens_sentence(text, start):
            name = _without_opening(text, name, match.end())
        name = POSSESSIVE.sub("", name)
        if name and name != "I" and fold(name) not in _NO_NAMES:
            yield start, name


def _opens_sentence(text: str, start: int) -> bool:
    return text[:start].rstrip("\"'“‘ ")[-1:] in ("", ".", "?", "!", ":")


def _without_opening(text: str, name: str, end: int) -> str:
    """A name at the start of a sentence, without a first word that is capital by its place."""
    first, _, rest = name.partition(" ")
    if fold(first) in _EMPTY_WORDS and not (first.isupper() and len(first) > 1):
        return rest
    if rest or first.isupper() or any(map(str.isdigit, first)) or POSSESSIVE.search(first):
        return name
    return name if _AFTER_NAME.match(text, end) else ""
