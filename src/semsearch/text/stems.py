"""The words of a text as they are compared on a page of hits: by stem, without accents.

Stems are Snowball's, compiled in PyStemmer. `words.py` cuts words for the indexes, with care for
every script; this cuts plain words several times faster. `textwords.py` keeps what it finds.
"""

# ruff: noqa: RUF001 -- curly apostrophes are meant
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from threading import local

import Stemmer  # type: ignore[import-not-found]  # compiled, ships no types

from semsearch.text.words import fold, words

__all__ = [
    "NUMBER_WORDS",
    "POSSESSIVE",
    "Stems",
    "ends_of",
    "places_of",
    "stems_of",
    "words_of",
]

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS.split())}
POSSESSIVE = re.compile(r"['’]s?\Z")

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,]\d+)+"
    r"|[^\W_]+(?:['’][^\W\d_]+)?"
)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_stemmers = local()  # a Stemmer must not be shared between threads


class Stems(dict[str, str]):
    """What each word of one language is compared by, worked out at its first use.

    "U.S." is us, "10,000" 10000, "five" 5, "Erdoğan's" erdogan. Forgets all when it has grown
    large: news repeats its words, so it fills again at once.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= 1 << 17:
            self.clear()
        stem = self[word] = self._stem(fold(word))
        return stem

    def _stem(self, word: str) -> str:
        if word[0].isdigit():
            return word.replace(",", "")
        word = POSSESSIVE.sub("", word).replace("'", "").replace("’", "").replace(".", "")
        if self._language in _ALGORITHMS:
            word = _stemmer(self._language).stemWord(word)
        letters = unicodedata.normalize("NFD", word)
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
        return NUMBER_WORDS.get(bare, bare) if self._language == "en" else bare


@lru_cache(maxsize=64)
def stems_of(language: str) -> Stems:
    """The stems of one language (ISO 639-1); without a stemmer for it, the folded words."""
    return Stems(language)


def _stemmer(language: str) -> Stemmer.Stemmer:
    known: dict[str, Stemmer.Stemmer] = _stemmers.__dict__
    if language not in known:
        known[language] = Stemmer.Stemmer(_ALGORITHMS[language])
    return known[language]


def words_of(text: str) -> list[str]:
    """The words of a text as written; pairs of characters in scripts without spaces."""
    if _UNSPACED.search(text):
        return [word.text for word in words(text)]
    return _TOKEN.findall(text)


def places_of(text: str) -> list[tuple[str, int]]:
    """Each of `words_of`, and where it begins."""
    if _UNSPACED.search(text):
        return [(word.text, word.start) for word in words(text)]
    return [(match.group(), match.start()) for match in _TOKEN.finditer(text)]


def ends_of(text: str, starts: Iterable[int]) -> list[int]:
    """Where the words end that begin at `starts`, which `places_of` gave."""
    if _UNSPACED.search(text):
        ends = {word.start: word.end for word in words(text)}
        return [ends[start] for start in starts]
    found = (_TOKEN.match(text, start) for start in starts)
    return [match.end() for match in found if match is not None]
