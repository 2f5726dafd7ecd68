"""Vectors in FAISS. The only place that imports it.

The file is a flat index of half-precision vectors in ascending order of their rows. Readers map
it: processes that serve one index share its pages.
"""

from __future__ import annotations

import os
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from semsearch.errors import IndexCorruptError
from semsearch.vectors import Floats, Rows

__all__ = ["FaissStore", "open_store", "update"]

# FAISS and this module round differently: rows whose scores differ by less may swap places.
_ROUNDING = 1e-4
# Extra rows asked of FAISS, so that ties at the cut rarely need a second look.
_MARGIN = 16
# Below this share of all rows, fetching each allowed row is cheaper than passing over the rest.
_DIRECT_SHARE, _DIRECT_ROWS = 1 / 400, 512

_MAPPED = faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY


class FaissStore:
    """A mapped index file. See the VectorStore Protocol for what it promises.

    FAISS proposes rows, this class scores them again from the stored vectors and orders them, so
    that a row's score is the same number on every path and equal scores come in row order. Each
    search runs on the calling thread.
    """

    def __init__(self, index: faiss.IndexIDMap) -> None:
        self._index = index  # owns the memory that everything below looks into
        self._flat = faiss.downcast_index(index.index)
        self.dim: int = index.d
        self._rows: Rows = (
            faiss.rev_swig_ptr(index.id_map.data(), index.ntotal)
            if index.ntotal
            else np.empty(0, np.int64)
        )

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        query = _checked_query(query, self.dim)
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        places = None if allowed is None else self._find(allowed)
        count = len(self) if places is None else len(places)
        if count == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if places is None or count > max(_DIRECT_ROWS, _DIRECT_SHARE * len(self)):
            places = self._propose(query, min(k, count), count, places)
        return self._best(query, places, k)

    def scores(self, query: Floats, rows: Rows) -> Floats:
        return self._score(_checked_query(query, self.dim), self._places(rows))

    def vectors(self, rows: Rows) -> Floats:
        return self._decode(self._places(rows))

    def _propose(self, query: Floats, k: int, count: int, places: Rows | None) -> Rows:
        """Places that surely hold the best k of the `count` that may be found, ties included."""
        parameters = None
        if places is not None:
            bitmap = _bitmap(places, len(self))  # the selector looks into it: it must outlive it
            selector = faiss.IDSelectorBitmap(len(self), faiss.swig_ptr(bitmap))
            # The stub of FAISS leaves out what its constructor takes.
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        wanted = k + _MARGIN
        while True:
            wanted = min(wanted, count)
            scores, found = self._flat.search(query[None], wanted, params=parameters)
            if wanted == count or scores[0, -1] < scores[0, k - 1] - _ROUNDING:
                proposed: Rows = found[0][found[0] >= 0]  # FAISS pads with -1
                return proposed
            wanted *= 4

    def _best(self, query: Floats, places: Rows, k: int) -> tuple[Rows, Floats]:
        scores = self._score(query, places)
        order = np.lexsort((places, -scores))[:k]  # places ascend as rows do
        return self._rows[places[order]], scores[order]

    def _score(self, query: Floats, places: Rows) -> Floats:
        # einsum sums each row by itself; a matrix product's rounding depends on its neighbours.
        scores: Floats = np.einsum("ij,j->i", self._decode(places), query)
        return scores

    def _decode(self, places: Rows) -> Floats:
        if len(places) == 0:
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._flat.reconstruct_batch(places))

    def _find(self, rows: Rows) -> Rows:
        """Places of those rows that the store has."""
        places, known = self._look_up(_checked_rows(rows))
        return places[known]

    def _places(self, rows: Rows) -> Rows:
        """Places of rows in any order, all of which the store must have."""
        places, known = self._look_up(np.asarray(rows, np.int64))
        if not known.all():
            raise ValueError(f"There is no row {rows[~known][0]} in this index")
        return places

    def _look_up(self, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Where each row is, and whether it is there at all."""
        places = np.searchsorted(self._rows, rows)
        known = places < len(self)
        known[known] = self._rows[places[known]] == rows[known]
        return places, known


def open_store(path: Path) -> FaissStore:
    """Map an index file. Raises IndexCorruptError when it is none."""
    return FaissStore(_read(path, _MAPPED))


def _read(path: Path, flags: int) -> faiss.IndexIDMap:
    try:
        index = faiss.read_index(str(path), flags)
    except RuntimeError as error:
        raise IndexCorruptError(f"{path} is no vector index: {error}") from error
    if not isinstance(index, faiss.IndexIDMap):
        raise IndexCorruptError(f"{path} is a FAISS index of another kind")
    return index


def update(
    source: Path | None, target: Path, removed: Rows, added: Rows, vectors: Floats
) -> dict[str, object]:
    """Write `target`: the rows of `source` without `removed`, then `added` with its vectors.

    `added` ascends and lies above every row of `source`; `vectors` is `(len(added), dim)`, unit
    rows. `target` is on disk (fsync) when this returns. Gives what to note in the manifest. The
    cost is that of copying the file. Raises ValueError when the arguments do not fit together.
    """
    _check_added(added, vectors)
    index = _new_index(vectors.shape[1]) if source is None else _read(source, 0)
    if index.d != vectors.shape[1]:
        raise ValueError(f"The index holds vectors of {index.d}, these have {vectors.shape[1]}")
    _remove(index, _checked_rows(removed))
    if index.ntotal and len(added) and added[0] <= index.id_map.at(index.ntotal - 1):
        raise ValueError(f"Row {added[0]} is not above the rows that are there")
    if len(added):
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), added)
    faiss.write_index(index, str(target))
    _sync(target)
    return {"kind": "flat", "precision": "float16", "rows": index.ntotal, "dim": index.d}


def _new_index(dim: int) -> faiss.IndexIDMap:
    flat = faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    return faiss.IndexIDMap(flat)


def _remove(index: faiss.IndexIDMap, removed: Rows) -> None:
    if len(removed) == 0:
        return
    gone = index.remove_ids(faiss.IDSelectorBatch(removed))
    if gone != len(removed):
        raise ValueError(f"{len(removed) - gone} of the rows to remove are not in the index")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _bitmap(places: Rows, length: int) -> npt.NDArray[np.uint8]:
    chosen = np.zeros(length, np.bool_)
    chosen[places] = True
    return np.packbits(chosen, bitorder="little")


def _checked_query(query: Floats, dim: int) -> Floats:
    query = np.ascontiguousarray(query, np.float32)
    if query.shape != (dim,):
        raise ValueError(f"A query has the shape ({dim},), not {query.shape}")
    if not np.isfinite(query).all():
        raise ValueError("A query holds finite numbers only")
    return query


def _checked_rows(rows: Rows) -> Rows:
    rows = np.asarray(rows, np.int64)
    if rows.ndim != 1 or (rows[1:] <= rows[:-1]).any():
        raise ValueError("Rows must ascend, each once")
    return rows


def _check_added(added: Rows, vectors: Floats) -> None:
    rows = _checked_rows(added)
    if vectors.ndim != 2 or len(vectors) != len(rows):
        raise ValueError(f"{len(rows)} rows need as many vectors, not the shape {vectors.shape}")
    if len(rows) and rows[0] < 0:
        raise ValueError(f"Rows count from 0, not {rows[0]}")
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1, atol=1e-2):
        raise ValueError("Vectors must be unit vectors with finite values")
