"""A real encoder without a model: hashed words and word pairs, for tests and first tries."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["TinyEncoder"]

_WORD = re.compile(r"\w+")
# A shared pair of words says more about two texts than a shared word does.
_WORD_WEIGHT, _PAIR_WEIGHT = 1.0, 1.5


class TinyEncoder:
    """Texts that share words and word pairs are near; knows no meaning, needs no files.

    Each lower-cased word, and each pair of neighbouring words, adds its weight to one of 64
    places, both place and sign taken from its hash (feature hashing; Weinberger et al. 2009,
    "Feature Hashing for Large Scale Multitask Learning"). A text without words points along
    the first axis, so that every row is a unit vector.
    """

    name = "tiny"
    dim = 64
    max_tokens = 256
    fingerprint = hashlib.sha256(b"semsearch tiny encoder 1").hexdigest()

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = _vector(text, self.dim)
        if on_progress is not None and texts:
            on_progress(len(texts))
        return rows

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self.count_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]


def _vector(text: str, dim: int) -> npt.NDArray[np.float64]:
    words = _WORD.findall(text.lower())
    vector = np.zeros(dim)
    for word in words:
        _add(vector, word, _WORD_WEIGHT)
    for first, second in itertools.pairwise(words):
        _add(vector, f"{first} {second}", _PAIR_WEIGHT)
    if not vector.any():  # no words, or features that cancel out
        vector[0] = 1.0
    unit: npt.NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit


def _add(vector: npt.NDArray[np.float64], feature: str, weight: float) -> None:
    digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    number = int.from_bytes(digest, "little")
    vector[number % len(vector)] += weight if number >> 63 else -weight
