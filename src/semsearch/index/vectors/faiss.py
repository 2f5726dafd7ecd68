"""Vectors in FAISS: reading. `writing` writes them; nothing else imports FAISS.

Three kinds of index:

- flat, up to `exact_rows` (the setting flat_limit): every search reads all, in 8 bits a number. The
  candidates are read again from a file of half-precision vectors, until nothing that was left out
  can be among the best: how far a vector may be from its 8 bits is known. So a search is exact.
- lists, beyond: half-precision vectors lie in lists around centres (an inverted file), and a search
  passes over the lists whose centres are nearest.
- codes, past FULL_ROWS: as lists, but what lies in them are codes of one bit a number, small
  enough for memory; what they propose is read again as in a flat index.

How many lists, and how many vectors to read again for codes, is measured on the index's own vectors
(`tuning`), so that the share RECALL of the true neighbours is found.

A file is what FAISS writes, and then what it does not keep (`trailer`). Readers map it: processes
that serve one index share its pages.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

from semsearch.errors import IndexCorruptError
from semsearch.index.vectors import Floats, Rows
from semsearch.index.vectors.checks import checked_query, checked_rows
from semsearch.index.vectors.selectors import Selection, Selector
from semsearch.index.vectors.trailer import VectorParams, read_end
from semsearch.index.vectors.tuning import at_reach

__all__ = [
    "HIGHEST_BYTE",
    "MAPPED",
    "FaissStore",
    "find_vectors",
    "open_store",
    "originals_of",
    "runs",
]

# FAISS and this module round differently: rows whose scores differ by less may swap positions.
_ROUNDING = 1e-4
# Extra rows asked of FAISS, so that ties at the cut rarely need a second look.
_MARGIN = 16
# In a flat index the error of 8 bits counts too: of 50,000 passages of news, half of all questions
# need 312 rows for the best 200, and 456 are enough for 99 in 100; for the best 10, 16 and 32.
_MARGIN_OF_BYTES = 1.0
# Of the half-precision vectors, which are unit vectors but for rounding.
_LONGEST = 1.02
# With at most this many rows allowed, each is scored, which is faster than searching, and exact.
_DIRECT_ROWS, _DIRECT_ROWS_OF_LISTS = 512, 10_000

# An object of FAISS, whose own stub lacks much of what its classes have.
Faiss: TypeAlias = Any

# The largest number of the 8 bits in which a flat index holds vectors.
HIGHEST_BYTE = 127

MAPPED = faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY


class FaissStore:
    """A mapped index file. See the VectorStore Protocol for what it promises.

    FAISS proposes rows, this class scores them again from the stored vectors and orders them, so
    that a row's score is the same number on every path and equal scores come in row order. Each
    search runs on the calling thread.

    `_rows` ascends; a position is a position in it. `_begins` says where in the mapped bytes the
    vector of each position begins.
    """

    def __init__(
        self, index: Faiss, params: VectorParams, rows: Rows, begins: Rows, originals: Path | None
    ) -> None:
        self._index = index  # owns the mapping that `_vectors_at` looks into
        self.params = params
        self._rows = rows
        self._begins = begins
        self._vectors_at = (
            _windows(index, begins) if originals is None else _pieces(originals, params)
        )
        self._selector = Selector(rows)
        self.dim = params.dim

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        query = checked_query(query, self.dim)
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        if allowed is None:
            return _best(*self._propose(query, min(k, len(self)), None), k)
        chosen = self._selector.choose(checked_rows(allowed))
        rows = chosen.rows
        if len(rows) > (_DIRECT_ROWS_OF_LISTS if self.params.lists else _DIRECT_ROWS):
            return _best(*self._propose(query, min(k, len(rows)), chosen), k)
        return _best(rows, self._score(query, self._positions(rows)), k)

    def scores(self, query: Floats, rows: Rows) -> Floats:
        return self._score(checked_query(query, self.dim), self._positions(rows))

    def vectors(self, rows: Rows) -> Floats:
        return self._decode(self._positions(rows))

    def halves(self, rows: Rows) -> npt.NDArray[np.float16]:
        """As `vectors`, but in half precision, as they are stored."""
        return self._halves(self._positions(rows))

    def _propose(self, query: Floats, k: int, chosen: Selection | None) -> tuple[Rows, Floats]:
        """Some rows and their scores, with the best k and all that tie with the last of those."""
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        count = len(self) if chosen is None else len(chosen.rows)
        bits = None if chosen is None else chosen.bits
        least = min(k + _MARGIN, count)
        wanted = max(least, self._reread(k, count))
        probes = self._probes(k, count)
        asked = query if self.params.lists else _in_bytes(query)
        while True:
            wanted = min(wanted, count)
            proposed, found = _ask(self._index, asked, wanted, probes, bits)
            if len(found) < least and probes < self.params.lists:
                probes = min(probes * 4, self.params.lists)  # the lists seen hold too few
                continue
            scores = self._score(query, self._positions(found))
            if (
                len(found) < wanted
                or wanted == count
                or self._is_cut(query, asked, k, proposed, scores)
            ):
                return found, scores
            wanted *= 4

    def _is_cut(
        self, query: Floats, asked: Floats, k: int, proposed: Floats, scores: Floats
    ) -> bool:
        """Whether all that tie with the k-th best are among those found.

        `proposed` are FAISS's scores for what it was asked, descending, and `scores` the query's
        own with the same rows.
        """
        last = np.partition(scores, len(scores) - k)[len(scores) - k]
        if self.params.kind == "flat":
            return bool(self._most(query, asked, proposed[-1]) < last - _ROUNDING)
        if self.params.kind == "codes":  # by the codes of equal vectors, which are equal too
            return bool(proposed[-1] < proposed[scores >= last].min() - _ROUNDING)
        return bool(proposed[-1] < last - _ROUNDING)

    def _most(self, query: Floats, whole: Floats, proposed: float) -> float:
        """The highest score that a vector of a flat index can have, given its score in bytes.

        `whole` is the query in whole numbers.

        With q and x for the vectors and q', x' for what their bytes stand for, q.x - q'.x' is
        (q - q').x + q'.(x - x'), each of which is at most the product of two lengths.
        """
        scale = _byte_scale(query)
        stands_for = whole / scale
        away = float(np.linalg.norm(query - stands_for)) * _LONGEST
        away += float(np.linalg.norm(stands_for)) * self.params.error
        return proposed / (scale * self.params.scale) + away

    def _probes(self, k: int, count: int) -> int:
        """How many lists to look into for the best k of `count` rows."""
        if not self.params.lists:
            return 0
        reach = k * len(self) / count
        probes = at_reach(reach, self.params.reaches, self.params.probes)
        return max(1, min(self.params.lists, math.ceil(probes)))

    def _reread(self, k: int, count: int) -> int:
        """How many vectors to read again for the best k of `count` rows."""
        if self.params.kind == "flat":
            return math.ceil(k * (1 + _MARGIN_OF_BYTES)) + 4 * _MARGIN
        if not self.params.reread:
            return 0
        reach, share = k * len(self) / count, count / len(self)
        measured = self.params.reaches[: len(self.params.reread)]
        return math.ceil(share * at_reach(reach, measured, self.params.reread))

    def _score(self, query: Floats, positions: Rows) -> Floats:
        # einsum sums each row by itself; a matrix product's rounding depends on its neighbours.
        scores: Floats = np.einsum("ij,j->i", self._decode(positions), query)
        return scores

    def _decode(self, positions: Rows) -> Floats:
        # FAISS could decode them, but would wake threads of its own for it.
        return self._halves(positions).astype(np.float32)

    def _halves(self, positions: Rows) -> npt.NDArray[np.float16]:
        if len(positions) == 0:
            return np.empty((0, self.dim), np.float16)
        return self._vectors_at[self._begins[positions]].view("<f2")

    def _positions(self, rows: Rows) -> Rows:
        """Places of rows in any order, all of which the store must have."""
        rows = np.asarray(rows, np.int64)
        positions, known = self._look_up(rows)
        if not known.all():
            raise ValueError(f"There is no row {rows[~known][0]} in this index")
        return positions

    def _look_up(self, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Where each row is, and whether it is there at all."""
        positions = np.searchsorted(self._rows, rows)
        known = positions < len(self)
        known[known] = self._rows[positions[known]] == rows[known]
        return positions, known

    def kept(self, removed: Rows) -> Rows:
        """The rows without those that are removed, each of which must be there."""
        positions, known = self._look_up(removed)
        if not known.all():
            raise ValueError(f"{(~known).sum()} of the rows to remove are not in the index")
        return np.delete(self._rows, positions)


def open_store(path: Path) -> FaissStore:
    """Map an index file. Raises IndexCorruptError when it is none, or not whole."""
    try:
        params, rows, begins = read_end(path)
        if params.lists and not params.reaches:
            raise ValueError("an earlier version wrote it; run `semsearch reindex --full`")
        originals = None if params.kind == "lists" else originals_of(path)
        store = FaissStore(faiss.read_index(str(path), MAPPED), params, rows, begins, originals)
    except (OSError, RuntimeError, ValueError, TypeError, struct.error) as error:
        raise IndexCorruptError(f"{path} is no vector index: {error}") from error
    return store


def originals_of(path: Path) -> Path:
    """The file of half-precision vectors, in the order of rows, for an index without them."""
    return path.with_name(f"{path.name}.originals")


def find_vectors(index: Faiss) -> tuple[Rows, Rows]:
    """The rows of a mapped index with lists, ascending, and where each one's vector begins."""
    rows, begins = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for address, ids in runs(index):
        rows.append(ids)
        begins.append(address + np.arange(len(ids)) * _code_size(index))
    all_rows, addresses = np.concatenate(rows), np.concatenate(begins)
    order = np.argsort(all_rows)
    if len(order):
        addresses -= addresses.min()
    return all_rows[order], addresses[order]


def runs(index: Faiss, *, empty: bool = False) -> Iterator[tuple[int, Rows]]:
    """Each list in memory: the address of its vectors or codes, and their rows.

    With `empty` also lists that hold none, at address 0, so that runs are counted as lists are.
    """
    lists = index.invlists
    for number in range(index.nlist):
        size = lists.list_size(number)
        if size:
            ids = faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
            yield _address(lists.get_codes(number)), ids
        elif empty:
            yield 0, np.empty(0, np.int64)


def _windows(index: Faiss, begins: Rows) -> npt.NDArray[np.uint8]:
    """The mapped memory from the first vector to the last, as every vector-sized piece of it.

    A view of shape `(bytes, bytes of a vector)`: indexing it with `begins` copies vectors out.
    """
    width = _code_size(index)
    first = next(runs(index), None)
    if first is None:
        return np.empty((0, width), np.uint8)
    length = int(begins.max()) + width
    memory = (ctypes.c_uint8 * length).from_address(first[0])
    return np.lib.stride_tricks.sliding_window_view(np.ctypeslib.as_array(memory), width)


def _pieces(path: Path, params: VectorParams) -> npt.NDArray[np.uint8]:
    """As `_windows`, of a file."""
    width = 2 * params.dim
    if params.rows == 0:
        return np.empty((0, width), np.uint8)
    mapped = np.memmap(path, np.uint8, "r")
    if len(mapped) != width * params.rows:
        raise ValueError(f"{path.name} holds {len(mapped)} bytes, not {width * params.rows}")
    return np.lib.stride_tricks.sliding_window_view(np.asarray(mapped), width)


def _address(pointer: object) -> int:
    return int(faiss.rev_swig_ptr(pointer, 1).ctypes.data)


def _in_bytes(query: Floats) -> Floats:
    """A query in whole numbers, for vectors in whole numbers.

    FAISS compares 8-bit vectors with a query that it cuts down to 8 bits where the processor is
    fast at that, and otherwise with the query as it is: of whole numbers both are the same.
    """
    whole: Floats = np.rint(query * _byte_scale(query))
    return whole


def _byte_scale(query: Floats) -> float:
    return HIGHEST_BYTE / (float(np.abs(query).max()) or 1.0)


def _code_size(index: Faiss) -> int:
    return int(index.code_size)


def _best(rows: Rows, scores: Floats, k: int) -> tuple[Rows, Floats]:
    """The best k: by score descending, then by row ascending."""
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def _ask(
    index: Faiss,
    query: Floats,
    wanted: int,
    probes: int,
    bits: npt.NDArray[np.uint8] | None,
) -> tuple[Floats, Rows]:
    """What FAISS finds, best first, without the -1 with which it pads."""
    selector = None
    if bits is not None:
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))  # in bytes
    kind: Any = faiss.SearchParametersIVF if probes else faiss.SearchParameters
    parameters = kind(sel=selector, nprobe=probes) if probes else kind(sel=selector)
    with _one_thread():
        scores, found = index.search(query[None], wanted, params=parameters)
    real = found[0] >= 0
    return scores[0][real], found[0][real]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep FAISS on the calling thread; OpenMP counts threads for each thread by itself.

    A second thread gains nothing on one question, waits in a loop for its share, and would do so
    during every other question that a server is answering.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
