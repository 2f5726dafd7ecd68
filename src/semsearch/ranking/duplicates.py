"""Passages that say nearly the same in nearly the same words: wire copy, reprints.

At index time each passage gets a signature (MinHash over runs of three words: Broder 1997); the
share of equal slots in two signatures estimates the Jaccard similarity of their word runs. At
query time the signatures of the ranked pool are compared with each other. That is exact for the
pool, needs no clustering to be kept up to date when articles come and go, and cannot form chains:
a duplicate is always similar to the very passage that it hangs on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from semsearch.text.words import normal_form, spellings

__all__ = ["SLOTS", "THRESHOLD", "Kept", "collapse", "signatures", "similarities"]

SLOTS = 128  # numbers in a signature; the estimate's standard error is at most 0.044
THRESHOLD = 0.7  # below, passages begin to differ in what they say (docs/background/answers.md)

_RUN = 3  # words
_BATCH = 256  # passages hashed at once: their words' hashes stay in the processor's cache
_EMPTY = np.uint16(0xFFFF)  # in no signature of a text with words
_EMPTY_KEY = 0xFFFFFFFF
_BANDS = 32  # pairs of values looked up for every signature, before any two are compared
_UPPER, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Kept:
    """A position of the ranking that stays, with the later positions that repeat it.

    `duplicates` are (position, similarity in [0, 1]), in rank order.
    """

    position: int
    duplicates: tuple[tuple[int, float], ...] = ()


def signatures(texts: Iterable[str]) -> NDArray[np.uint16]:
    """One signature per text: shape (n, SLOTS), uint16, in input order.

    The same text gives the same signature in every process and on every machine. A text without
    words gets a signature that is similar to nothing. Each slot keeps 16 bits of the smallest
    hash (b-bit MinHash: Li and Koenig 2010), so unequal slots agree by chance once in 65,536.
    """
    hashes: dict[str, int] = {}
    parts = [_sign(batch, hashes) for batch in _batches(texts)]
    return np.concatenate(parts) if parts else np.empty((0, SLOTS), dtype=np.uint16)


def similarities(one: NDArray[np.uint16], many: NDArray[np.uint16]) -> NDArray[np.float32]:
    """How similar one signature (SLOTS,) is to each of many (m, SLOTS): (m,) in [0, 1]."""
    equal = (many == one) & (one != _EMPTY)
    return np.asarray(equal.mean(axis=1), dtype=np.float32)


def collapse(ranked: NDArray[np.uint16], threshold: float = THRESHOLD) -> list[Kept]:
    """Which positions of a ranking stay, and which later ones hang on them, in rank order.

    `ranked` holds the signatures in rank order, shape (n, SLOTS). A position is dropped when it is
    at least `threshold` similar to an earlier position that stays; it hangs on the most similar one
    of those, the earlier at equal similarity.
    """
    duplicates: dict[int, list[tuple[int, float]]] = {
        position: [] for position in range(len(ranked))
    }
    holders: dict[int, list[int]] = {}  # the kept positions that have a pair of values
    for position, keys in _shared_keys(ranked):
        hosts = sorted({host for key in keys for host in holders.get(key, ())})
        if hosts:
            # All hosts at once: a much-repeated event has hundreds of them for each position.
            alike = (ranked[hosts] == ranked[position]).sum(axis=1) / SLOTS
            best = int(alike.argmax())  # the earlier host at equal similarity
            if alike[best] >= threshold:
                duplicates[hosts[best]].append((position, float(alike[best])))
                del duplicates[position]
                continue
        for key in keys:
            holders.setdefault(key, []).append(position)
    return [Kept(position, tuple(hanging)) for position, hanging in duplicates.items()]


def _shared_keys(ranked: NDArray[np.uint16]) -> list[tuple[int, list[int]]]:
    """By position, ascending: the pairs of values that its signature shares with others.

    A pair is two neighbours among a signature's first values (banding: Leskovec, Rajaraman and
    Ullman, "Mining of Massive Datasets", section 3.4). Places that share none are left out, and so
    are empty texts. Two texts of similarity 0.7 share no pair in one of two billion cases
    ((1 - 0.7 ** 2) ** 32), and of 0.5 in one of ten thousand, while unrelated texts, which have a
    few runs of words in common, rarely share one: so few signatures are compared in whole, and a
    ranking without repetitions costs one sort.
    """
    keys = ranked[:, : 2 * _BANDS].view(np.uint32)  # two values each
    positions = np.arange(len(ranked), dtype=np.uint64)[:, None]
    ordered = np.sort((keys.astype(np.uint64) << _UPPER) | positions, axis=None)
    repeats = np.zeros(len(ordered) + 1, dtype=np.bool_)  # the one before each is the same
    repeats[1:-1] = ordered[1:] >> _UPPER == ordered[:-1] >> _UPPER
    shared = ordered[repeats[1:] | repeats[:-1]]
    found: dict[int, list[int]] = {}
    for key, position in zip((shared >> _UPPER).tolist(), (shared & _LOWER).tolist(), strict=True):
        if key != _EMPTY_KEY:
            found.setdefault(position, []).append(key)
    return sorted(found.items())


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _sign(texts: list[str], hashes: dict[str, int]) -> NDArray[np.uint16]:
    signed = np.full((len(texts), SLOTS), _EMPTY, dtype=np.uint16)
    split = list(map(spellings, texts))
    filled = [number for number, found in enumerate(split) if found]
    if not filled:
        return signed
    runs, starts = _runs([split[number] for number in filled], hashes)
    for slot, (factor, addend) in enumerate(zip(_FACTORS, _ADDENDS, strict=True)):
        smallest = np.minimum.reduceat(runs * factor + addend, starts)
        # The high bits are near zero in every minimum; the middle ones tell values apart.
        signed[filled, slot] = np.minimum((smallest >> np.uint64(16)) & _LOW_16, _EMPTY - 1)
    return signed


def _runs(
    split: list[list[str]], hashes: dict[str, int]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A well-mixed 64-bit hash of each run of three words, and where each text's runs start.

    The texts' words lie end to end; a text of one or two words is filled up with empty ones.
    """
    padded = [found + [""] * (_RUN - len(found)) for found in split]
    lengths = np.array([len(found) for found in padded])
    codes = np.fromiter(
        (hashes.get(word) or _hash(word, hashes) for word in chain.from_iterable(padded)),
        dtype=np.uint64,
        count=int(lengths.sum()),
    )
    mixed = np.zeros(len(codes) - _RUN + 1, dtype=np.uint64)
    for offset in range(_RUN):
        mixed = _mix(mixed + codes[offset : offset + len(mixed)])
    within = np.ones(len(codes), dtype=np.bool_)  # runs that do not reach into the next text
    ends = np.cumsum(lengths)
    for offset in range(1, _RUN):
        within[ends - offset] = False
    starts = ends - lengths - (_RUN - 1) * np.arange(len(lengths))
    return mixed[within[: len(mixed)]], starts


def _hash(word: str, hashes: dict[str, int]) -> int:
    normal = normal_form(word)
    digest = hashlib.blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    code = hashes[word] = int.from_bytes(digest, "little")
    return code


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser (Steele, Lea and Flood 2014): each bit in moves all bits out."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


# Fixed for ever: stored signatures of an index are compared with those of new passages.
_FACTORS = _mix(
    np.arange(1, SLOTS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
) | np.uint64(1)
_ADDENDS = _mix(_FACTORS)
_LOW_16 = np.uint64(0xFFFF)
