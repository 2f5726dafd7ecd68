"""The stems by which words are compared: Snowball's, compiled in PyStemmer, without accents."""

from __future__ import annotations

from functools import lru_cache
from threading import local

import Stemmer  # type: ignore[import-not-found]  # compiled, ships no types

from semsearch.text.words import unaccented

__all__ = ["ALGORITHMS", "NUMBER_WORDS", "Stems", "matching_stems_of", "stems_of"]

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS.split())}

# Language (ISO 639-1) to the name of its Snowball algorithm.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_stemmers = local()  # a Stemmer must not be shared between threads


class Stems(dict[str, str]):
    """What each word of one language is compared by, worked out at its first use.

    Words are given in their normal form (`words.normal_form`): "budgets" is budget, "erdoğan"
    erdogan, and with `number_words` the English "five" is 5. Forgets all when it has grown large:
    news repeats its words, so it fills again at once.
    """

    def __init__(self, language: str, number_words: bool = False) -> None:
        super().__init__()
        self._language = language
        self._number_words = NUMBER_WORDS if number_words and language == "en" else {}

    def __missing__(self, word: str) -> str:
        if len(self) >= 1 << 17:
            self.clear()
        stem = self[word] = self._stem(word)
        return stem

    def _stem(self, word: str) -> str:
        if self._language in ALGORITHMS:
            word = _stemmer(self._language).stemWord(word)
        bare = unaccented(word)
        return self._number_words.get(bare, bare)


@lru_cache(maxsize=64)
def stems_of(language: str) -> Stems:
    """The stems of one language (ISO 639-1); without a stemmer for it, words without accents."""
    return Stems(language)


@lru_cache(maxsize=64)
def matching_stems_of(language: str) -> Stems:
    """`stems_of` with number words as digits: how a question is compared with a passage found.

    Passages are not found so: "two" for every 2 was measured to bring worse ones.
    """
    return Stems(language, number_words=True)


def _stemmer(language: str) -> Stemmer.Stemmer:
    known: dict[str, Stemmer.Stemmer] = _stemmers.__dict__
    if language not in known:
        known[language] = Stemmer.Stemmer(ALGORITHMS[language])
    return known[language]
