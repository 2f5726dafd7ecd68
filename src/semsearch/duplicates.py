"""Passages that say nearly the same in nearly the same words: wire copy, reprints.

At index time each passage gets a signature (MinHash over runs of three words: Broder 1997); the
share of equal places in two signatures estimates the Jaccard similarity of their word runs. At
query time the signatures of the ranked pool are compared with each other. That is exact for the
pool, needs no clustering to be kept up to date when articles come and go, and cannot form chains:
a duplicate is always similar to the very passage that it hangs on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

__all__ = ["PLACES", "THRESHOLD", "Kept", "collapse", "signatures", "similarities"]

PLACES = 128  # numbers in a signature; the estimate's standard error is at most 0.044
THRESHOLD = 0.5

_RUN = 3  # words
_BATCH = 256  # passages hashed at once: their words' hashes stay in the processor's cache
_WORD = re.compile(r"\w+")
_EMPTY = np.uint16(0xFFFF)  # in no signature of a text with words
_FIRST_LOOK = 16  # places compared for all pairs before the rest is compared for the likely ones


@dataclass(frozen=True, slots=True)
class Kept:
    """A place of the ranking that stays, with the later places that repeat it.

    `duplicates` are (place, similarity in [0, 1]), in rank order.
    """

    place: int
    duplicates: tuple[tuple[int, float], ...] = ()


def signatures(texts: Iterable[str]) -> NDArray[np.uint16]:
    """One signature per text: shape (n, PLACES), uint16, in input order.

    The same text gives the same signature in every process and on every machine. A text without
    words gets a signature that is similar to nothing. Each place keeps 16 bits of the smallest
    hash (b-bit MinHash: Li and Koenig 2010), so unequal places agree by chance once in 65,536.
    """
    hashes: dict[str, int] = {}
    parts = [_sign(batch, hashes) for batch in _batches(texts)]
    return np.concatenate(parts) if parts else np.empty((0, PLACES), dtype=np.uint16)


def similarities(one: NDArray[np.uint16], many: NDArray[np.uint16]) -> NDArray[np.float32]:
    """How similar one signature (PLACES,) is to each of many (m, PLACES): (m,) in [0, 1]."""
    equal = (many == one) & (one != _EMPTY)
    return np.asarray(equal.mean(axis=1), dtype=np.float32)


def collapse(ranked: NDArray[np.uint16], threshold: float = THRESHOLD) -> list[Kept]:
    """Which places of a ranking stay, and which later ones hang on them, in rank order.

    `ranked` holds the signatures in rank order, shape (n, PLACES). A place is dropped when it is
    at least `threshold` similar to an earlier place that stays; it hangs on the most similar one
    of those, the earlier at equal similarity.
    """
    count = len(ranked)
    best = np.zeros(count, dtype=np.float32)  # similarity to the kept place it hangs on
    host = np.full(count, -1, dtype=np.int64)
    likely = _likely_pairs(ranked)
    for place in range(count):
        later = place + 1 + np.flatnonzero(likely[place, place + 1 :])
        if host[place] >= 0 or not len(later):
            continue
        alike = similarities(ranked[place], ranked[later])
        closer = (alike >= threshold) & (alike > best[later])
        best[later[closer]] = alike[closer]
        host[later[closer]] = place
    return [
        Kept(place, tuple((int(j), float(best[j])) for j in np.flatnonzero(host == place)))
        for place in np.flatnonzero(host < 0).tolist()
    ]


def _likely_pairs(ranked: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Which pairs agree in at least two of the first places: (n, n).

    A pair of similarity 0.5 fails this test once in 3,800 times, a dearer look at all pairs would
    take ten times as long.
    """
    agree = np.zeros((len(ranked), len(ranked)), dtype=np.uint8)
    for column in ranked[:, :_FIRST_LOOK].T:
        agree += column[:, None] == column[None, :]
    return agree >= 2


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _sign(texts: list[str], hashes: dict[str, int]) -> NDArray[np.uint16]:
    runs = [_runs(text, hashes) for text in texts]
    signed = np.full((len(texts), PLACES), _EMPTY, dtype=np.uint16)
    filled = np.flatnonzero([len(run) for run in runs])
    if not len(filled):
        return signed
    lengths = np.array([len(runs[i]) for i in filled])
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    flat = np.concatenate([runs[i] for i in filled])
    for place, (factor, addend) in enumerate(zip(_FACTORS, _ADDENDS, strict=True)):
        smallest = np.minimum.reduceat(flat * factor + addend, starts)
        # The high bits are near zero in every minimum; the middle ones tell values apart.
        signed[filled, place] = np.minimum((smallest >> np.uint64(16)) & _LOW_16, _EMPTY - 1)
    return signed


def _runs(text: str, hashes: dict[str, int]) -> NDArray[np.uint64]:
    """A well-mixed 64-bit hash of each run of three words; of the whole, if it is shorter."""
    words = _WORD.findall(text.lower())
    codes = np.array([hashes.get(word) or _hash(word, hashes) for word in words], dtype=np.uint64)
    run = min(_RUN, len(words))
    if not run:
        return codes
    mixed = np.zeros(len(codes) - run + 1, dtype=np.uint64)
    for offset in range(run):
        mixed = _mix(mixed + codes[offset : offset + len(mixed)])
    return mixed


def _hash(word: str, hashes: dict[str, int]) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    code = hashes[word] = int.from_bytes(digest, "little")
    return code


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser (Steele, Lea and Flood 2014): each bit in moves all bits out."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


# Fixed for ever: stored signatures of an index are compared with those of new passages.
_FACTORS = _mix(
    np.arange(1, PLACES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
) | np.uint64(1)
_ADDENDS = _mix(_FACTORS)
_LOW_16 = np.uint64(0xFFFF)
