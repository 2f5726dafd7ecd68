"""A question read once: its telling words, and which of them a passage holds or lacks.

The question (`question_terms`) is held against the passages of a page, whose words come cut
(`text/word_arrays.py`) and are compared by their stems.
"""

# ruff: noqa: RUF001 -- curly apostrophes and quotation marks are meant
# ruff: noqa: SIM905 -- word lists read better as text
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from semsearch.text.abbreviations import TITLES
from semsearch.text.stems import matching_stems_of
from semsearch.text.word_arrays import TIMES, TextWords, stem_numbers
from semsearch.text.words import POSSESSIVE, fold, word_ends, word_texts

__all__ = ["Kind", "QuestionTerms", "matched_spans", "missing_terms", "question_terms"]

Kind = Literal["person", "number", "time", "place", "other"]
"""What a question asks for."""

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
_NO_NAMES = TIMES | TITLES | {"sir"}
_COUNTED = re.compile(r"\bhow many ((?:\w+ )?\w+)", re.I)


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """A question, read once.

    `words` are its content words in their normal form, distinct, in order; `stems` the number of
    each one's stem (`word_arrays.stem_numbers`). `wanted` are the names, numbers and quoted terms a
    passage should hold, as typed, each with its words' stems. `kind` is what it asks for, `counted`
    the stems of what "how many" counts.
    """

    text: str
    language: str
    words: tuple[str, ...]
    stems: tuple[int, ...]
    wanted: tuple[tuple[str, tuple[int, ...]], ...]
    kind: Kind
    counted: frozenset[int]


@lru_cache(maxsize=64)  # a search ranks by a question and then shows hits by it
def question_terms(text: str, language: str = "en") -> QuestionTerms:
    """Read a question (or plain search words) in the given language (ISO 639-1)."""
    content = dict.fromkeys(word for word in word_texts(text) if word not in _EMPTY_WORDS)
    return QuestionTerms(
        text=text,
        language=language,
        words=tuple(content),
        stems=tuple(_stem_numbers(content, language)),
        wanted=tuple(
            (term, tuple(_stem_numbers(word_texts(term), language))) for term in _wanted(text)
        ),
        kind=next((kind for kind, asks in _KINDS if asks.search(text)), "other"),
        counted=frozenset(_stem_numbers(_counted(text), language)),
    )


def _counted(text: str) -> list[str]:
    """The words for what "how many" counts."""
    found = _COUNTED.search(text)
    return [word for word in word_texts(found[1]) if word not in _EMPTY_WORDS] if found else []


def _stem_numbers(found: Iterable[str], language: str) -> list[int]:
    numbers: list[int] = stem_numbers(map(matching_stems_of(language).__getitem__, found)).tolist()
    return numbers


# --- matched words ---------------------------------------------------------------------------


def matched_spans(
    question: QuestionTerms, text: str, words: TextWords, offset: int = 0
) -> tuple[tuple[int, int], ...]:
    """The words of `text` that match the question's by their stems: ascending, disjoint spans.

    `words` are those of `text`; `offset` is added to each span: where it begins in the article.
    """
    starts = words.starts[words.having(question.stems)].tolist()
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, word_ends(text, starts), strict=True):
        if spans and start + offset < spans[-1][1]:  # overlapping pairs of characters
            spans[-1] = (spans[-1][0], end + offset)
        else:
            spans.append((start + offset, end + offset))
    return tuple(spans)


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


def missing_terms(
    question: QuestionTerms, stems: NDArray[np.uint32], *texts: str
) -> tuple[str, ...]:
    """The names, numbers and quoted terms of the question that none of `texts` holds, as typed.

    `stems` are those of all words of the texts, in any order.
    A name is held when its last word is (a surname), or its initials are, or, for an acronym, a
    name with these initials: "UN" by "United Nations". Numbers may be written as words.
    """
    if not question.wanted:
        return ()
    present = frozenset(stems.tolist())
    return tuple(
        term
        for term, of_term in question.wanted
        if not _held(term, of_term, present, texts, question)
    )


def _held(
    term: str,
    stems: tuple[int, ...],
    present: frozenset[int],
    texts: tuple[str, ...],
    question: QuestionTerms,
) -> bool:
    if all(stem in present for stem in stems) or any(term in text for text in texts):
        return True
    if term in _quoted_terms(question.text) or not term[0].isupper():
        return False
    if len(stems) == 1:
        return term.isupper() and any(term.lower() in _initials(text) for text in texts)
    return not present.isdisjoint({stems[-1], *stem_numbers([_initials_of(term)]).tolist()})


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
