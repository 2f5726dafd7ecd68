"""Which language a text is written in.

py3langid (a naive Bayes model over byte n-grams, Lui and Baldwin 2012) is loaded at the first
call, not at import: the model costs about 0.1 s that a search never needs. Its probabilities are
calibrated for length, so one threshold serves short and long texts.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Protocol

__all__ = ["detect", "warm"]

_READ_CHARACTERS = 500
_FEWEST_LETTERS = 20
_LOWEST_CONFIDENCE = 0.5


class _Classifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, from its first 500 characters.

    None when the text has fewer than 20 letters, or the model gives its best guess less than
    half of the probability. Any string is accepted.
    """
    head = text.strip()[:_READ_CHARACTERS]
    if sum(map(str.isalpha, head)) < _FEWEST_LETTERS:
        return None
    code, confidence = _classifier().classify(head)
    # The model knows a few languages by three-letter codes only; those have no ISO 639-1 code.
    return code if confidence >= _LOWEST_CONFIDENCE and len(code) == 2 else None


def warm() -> None:
    """Load the model, for those who know that they will need it and have a thread to spare."""
    _classifier()


_loading = Lock()


def _classifier() -> _Classifier:
    with _loading:  # a second thread waits for the model instead of loading it again
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> _Classifier:
    from py3langid.langid import (  # type: ignore[import-untyped]  # it ships no types
        MODEL_FILE,
        LanguageIdentifier,
    )

    model: _Classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return model
