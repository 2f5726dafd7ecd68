"""What a passage answers a question with: its best sentence, the words matched, the words missed.

The question is read once (`read_question`), then held against the passages of a page. Words are
compared by their Snowball stems (PyStemmer: compiled, about a third of a microsecond a word).
"""

# ruff: noqa: RUF001 -- curly apostrophes are meant
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import Stemmer  # type: ignore[import-not-found]  # compiled, ships no types
from numpy.typing import NDArray

from semsearch.words import fold, words

__all__ = ["Kind", "Question", "best_sentence", "matched_spans", "missing_terms", "read_question"]

Kind = Literal["person", "number", "time", "place", "other"]
"""What a question asks for."""

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# Words that say nothing about the subject of an English question.
_EMPTY_WORDS = frozenset(
    """a about above after again all also am an and any are as at be became because been before
    being below between both but by can could did do does doing done down during each for from
    further had has have having he her here hers him his how i if in into is it its itself just
    many me more most much must my no nor not now of off on once only or other our out over own
    said same say says she should so some such tell than that the their them then there these
    they this those through to too under until up us very was we were what when where which while
    who whom whose why will with would you your following according many much""".split()  # noqa: SIM905 -- a word list reads better as text
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


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read once.

    `words` are its content words, folded (`words.fold`), distinct, in order; `stems` their stems.
    `wanted` are the names, numbers and quoted terms a passage should hold, as typed. `kind` is
    what it asks for.
    """

    text: str
    language: str
    words: tuple[str, ...]
    stems: frozenset[str]
    wanted: tuple[str, ...]
    kind: Kind


def read_question(text: str, language: str = "en") -> Question:
    """Read a question (or plain search words) in the given language (ISO 639-1)."""
    content = tuple(dict.fromkeys(word.text for word in words(text) if _has_meaning(word.text)))
    return Question(
        text=text,
        language=language,
        words=content,
        stems=frozenset(_stem(word, language) for word in content),
        wanted=tuple(_wanted(text)),
        kind=next((kind for kind, asks in _KINDS if asks.search(text)), "other"),
    )


def best_sentence(
    question: Question,
    sentences: Sequence[str],
    idf: Callable[[str], float],
    cosines: NDArray[np.float32] | None = None,
) -> int:
    """The number of the sentence that answers best, from 0; the earlier one at equal merit.

    `idf` weighs a folded word of the question by its rarity (> 0). `cosines` are the encoder's
    similarities of question and sentences, where the caller has them. `sentences` is not empty.
    """
    weights = {_stem(word, question.language): idf(word) for word in question.words}
    whole = sum(weights.values()) or 1.0
    merits = [
        sum(weights[stem] for stem in _stems(sentence, question.language) & question.stems) / whole
        for sentence in sentences
    ]
    return int(np.argmax(merits))


def matched_spans(question: Question, text: str, offset: int = 0) -> tuple[tuple[int, int], ...]:
    """The words of `text` that match the question's by their stems: ascending, disjoint spans.

    `offset` is added to each span: where `text` begins in the article.
    """
    spans: list[tuple[int, int]] = []
    for word in words(text):
        if _stem(word.text, question.language) not in question.stems:
            continue
        if spans and word.start + offset < spans[-1][1]:  # overlapping pairs of Chinese characters
            spans[-1] = (spans[-1][0], word.end + offset)
        else:
            spans.append((word.start + offset, word.end + offset))
    return tuple(spans)


def missing_terms(question: Question, *texts: str) -> tuple[str, ...]:
    """The names, numbers and quoted terms of the question that none of `texts` holds, as typed."""
    if not question.wanted:
        return ()
    present = frozenset[str]().union(*(_stems(text, question.language) for text in texts))
    return tuple(term for term in question.wanted if not _held(term, present, question.language))


# --- names, numbers and quoted terms ---------------------------------------------------------

_QUOTED = re.compile(r'"([^"]{2,80})"|“([^”]{2,80})”|«([^»]{2,80})»')
# A name: capitalised words in a row, with the small words that names hold inside.
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ](?:[\w'’.-]*\w)?"
_NAME = re.compile(rf"(?<!\w){_CAPITAL}(?: (?:(?:of|the|de|la|von|van|bin|al) ){{0,2}}{_CAPITAL})*")
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*\d|(?<![\w-])\d(?![\w])")
_SMALL_NUMBERS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905 -- a word list reads better as text
        map(str, range(13)),
        strict=True,
    )
)


def _wanted(text: str) -> Iterator[str]:
    """Names, numbers and quoted terms of a question as typed, distinct, in order."""
    found = [*_quoted(text), *_names(text)]
    found += [(match.start(), match.group()) for match in _NUMBER.finditer(text)]
    seen: set[str] = set()
    for _, term in sorted(found):
        if term not in seen and not any(f" {term} " in f" {other} " for other in seen):
            seen.add(term)
            yield term


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    for match in _QUOTED.finditer(text):
        yield match.start(), next(group for group in match.groups() if group)


def _names(text: str) -> Iterator[tuple[int, str]]:
    for match in _NAME.finditer(text):
        start, name = match.start(), match.group()
        first = name.split(" ", 1)[0]
        if (fold(first) in _EMPTY_WORDS and not first.isupper()) or first == "I":
            start += len(first) + 1
            name = name[len(first) + 1 :]
        name = re.sub(r"['’]s$", "", name)
        if name:
            yield start, name


def _held(term: str, present: frozenset[str], language: str) -> bool:
    """Whether the words of a text hold the term: a name by its last word, anything else by all."""
    parts = [_stem(_SMALL_NUMBERS.get(word.text, word.text), language) for word in words(term)]
    return all(part in present for part in parts) or bool(parts and parts[-1] in present)


def _has_meaning(word: str) -> bool:
    return word not in _EMPTY_WORDS


def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(_stem(word.text, language) for word in words(text))


@lru_cache(maxsize=1 << 16)  # news repeats its words
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word)) if language in _ALGORITHMS else word


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_ALGORITHMS[language])
