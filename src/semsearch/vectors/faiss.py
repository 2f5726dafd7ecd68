"""Vectors in FAISS. The only place that imports it.

Two kinds of index, both of half-precision vectors:

- flat, up to EXACT_ROWS: every search passes over all vectors and is exact.
- lists, beyond: vectors lie in lists around centres (an inverted file), and a search passes over
  the `probes` lists whose centres are nearest. `probes` is tuned on the index's own vectors so
  that the share RECALL of the ten true neighbours is found.

A file is what FAISS writes, and then what it does not keep (`ending`). Readers map it: processes
that serve one index share its pages.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

from semsearch.errors import IndexCorruptError
from semsearch.vectors import Floats, Rows
from semsearch.vectors.checks import checked_query, checked_rows, checked_vectors
from semsearch.vectors.ending import Note, read_end, write_end

__all__ = ["EXACT_ROWS", "FaissStore", "open_store", "update"]

# Passing over so many vectors of 384 numbers takes about 5 ms on one core.
EXACT_ROWS = 100_000
# Above the 0.98 that is promised by what 200 vectors may err. Real questions were seen to find
# more of their neighbours than the index's own vectors, which the tuning asks, find of theirs.
RECALL = 0.985

# FAISS and this module round differently: rows whose scores differ by less may swap places.
_ROUNDING = 1e-4
# Extra rows asked of FAISS, so that ties at the cut rarely need a second look.
_MARGIN = 16
# With at most so many rows allowed, each is scored: sooner done than looking for them, and exact.
_DIRECT_ROWS, _DIRECT_ROWS_OF_LISTS = 512, 10_000
# Vectors: per centre to train on, to tune with, to decode at once.
_TRAINED_ON, _TUNED_WITH, _BLOCK = 40, 200, 50_000

# An object of FAISS, whose own stub lacks much of what its classes have.
_Faiss: TypeAlias = Any

_MAPPED = faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY


class FaissStore:
    """A mapped index file. See the VectorStore Protocol for what it promises.

    FAISS proposes rows, this class scores them again from the stored vectors and orders them, so
    that a row's score is the same number on every path and equal scores come in row order. Each
    search runs on the calling thread.

    `_rows` ascends; a place is a position in it. `_begins` says where in the mapped bytes the
    vector of each place begins.
    """

    def __init__(self, index: _Faiss, note: Note, rows: Rows, begins: Rows) -> None:
        self._index = index  # owns the mapping that `_vectors_at` looks into
        self._note = note
        self._rows = rows
        self._begins = begins
        self._vectors_at = _windows(index, begins)
        self.dim = note.dim

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        query = checked_query(query, self.dim)
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        rows = self._rows if allowed is None else self._known(checked_rows(allowed))
        direct = _DIRECT_ROWS_OF_LISTS if self._note.lists else _DIRECT_ROWS
        if len(rows) > (0 if allowed is None else direct):
            rows = self._propose(query, min(k, len(rows)), rows, everything=allowed is None)
        return self._best(query, rows, k)

    def scores(self, query: Floats, rows: Rows) -> Floats:
        return self._score(checked_query(query, self.dim), self._places(rows))

    def vectors(self, rows: Rows) -> Floats:
        return self._decode(self._places(rows))

    def _propose(self, query: Floats, k: int, rows: Rows, *, everything: bool) -> Rows:
        """Some of `rows`, with the best k of them and all that tie with the last of those."""
        bitmap = None if everything else _bitmap(rows)
        wanted, probes = k + _MARGIN, self._probes(k, len(rows))
        while True:
            wanted = min(wanted, len(rows))
            scores, found = _ask(self._index, query, wanted, probes, bitmap)
            if len(found) < wanted and probes < self._note.lists:
                probes = min(probes * 4, self._note.lists)  # the lists seen hold too few
            elif len(found) == len(rows) or scores[-1] < scores[k - 1] - _ROUNDING:
                return found
            else:
                wanted *= 4

    def _probes(self, k: int, count: int) -> int:
        """How many lists to look into for the best k of `count` rows.

        Tuned for ten of all rows; the neighbours among fewer rows, and more of them, lie further
        out: the number of vectors passed over grows with k, and as the allowed rows get fewer.
        """
        if not self._note.lists:
            return 0
        further = math.sqrt(max(1.0, k / 10) * len(self) / count)
        return min(self._note.lists, round(self._note.probes * further))

    def _best(self, query: Floats, rows: Rows, k: int) -> tuple[Rows, Floats]:
        scores = self._score(query, self._places(rows))
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _score(self, query: Floats, places: Rows) -> Floats:
        # einsum sums each row by itself; a matrix product's rounding depends on its neighbours.
        scores: Floats = np.einsum("ij,j->i", self._decode(places), query)
        return scores

    def _decode(self, places: Rows) -> Floats:
        if len(places) == 0:
            return np.empty((0, self.dim), np.float32)
        # FAISS could decode them, but would wake threads of its own for it.
        stored = self._vectors_at[self._begins[places]].view("<f2")
        return stored.astype(np.float32)

    def _known(self, rows: Rows) -> Rows:
        """Those of the rows that the store has."""
        return rows[self._look_up(rows)[1]]

    def _places(self, rows: Rows) -> Rows:
        """Places of rows in any order, all of which the store must have."""
        rows = np.asarray(rows, np.int64)
        places, known = self._look_up(rows)
        if not known.all():
            raise ValueError(f"There is no row {rows[~known][0]} in this index")
        return places

    def _look_up(self, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Where each row is, and whether it is there at all."""
        places = np.searchsorted(self._rows, rows)
        known = places < len(self)
        known[known] = self._rows[places[known]] == rows[known]
        return places, known

    def _kept(self, removed: Rows) -> Rows:
        """The rows without those that are removed, each of which must be there."""
        places, known = self._look_up(removed)
        if not known.all():
            raise ValueError(f"{(~known).sum()} of the rows to remove are not in the index")
        return np.delete(self._rows, places)


def open_store(path: Path) -> FaissStore:
    """Map an index file. Raises IndexCorruptError when it is none, or not whole."""
    try:
        note, rows, begins = read_end(path)
        store = FaissStore(faiss.read_index(str(path), _MAPPED), note, rows, begins)
    except (OSError, RuntimeError, ValueError, TypeError, struct.error) as error:
        raise IndexCorruptError(f"{path} is no vector index: {error}") from error
    return store


def update(
    source: Path | None,
    target: Path,
    removed: Rows,
    added: Rows,
    vectors: Floats,
    exact_rows: int = EXACT_ROWS,
) -> dict[str, object]:
    """Write `target`: the rows of `source` without `removed`, then `added` with its vectors.

    `added` ascends and lies above every row of `source`; `vectors` is `(len(added), dim)`, unit
    rows. `target` is on disk (fsync) when this returns. Gives what to note in the manifest. The
    cost is that of copying the file, except where the index outgrows its kind or its centres
    (twice or half the rows that they were made for): then it is built anew. Raises ValueError
    when the arguments do not fit together.
    """
    removed, added = checked_rows(removed), checked_rows(added)
    vectors = checked_vectors(vectors, len(added))
    dim = vectors.shape[1]
    old = None if source is None else open_store(source)
    if old is None and len(removed):
        raise ValueError(f"{len(removed)} of the rows to remove are not in the index")
    kept = np.empty(0, np.int64) if old is None else old._kept(removed)
    if old is not None and old.dim != dim:
        raise ValueError(f"The index holds vectors of {old.dim}, these have {dim}")
    if len(kept) and len(added) and added[0] <= kept[-1]:
        raise ValueError(f"Row {added[0]} is not above the rows that are there")
    rows = np.concatenate([kept, added])
    note = _plan(None if old is None else old._note, len(rows), dim, exact_rows)
    pool = _Pool(old, kept, vectors)
    if source is not None and old is not None and note.trained_on_rows == old._note.trained_on_rows:
        index = _changed(source, removed, added, vectors)
    else:
        index = _built(note, rows, pool)
    if note.lists and not note.probes:
        note = _tuned(index, note, pool)
    faiss.write_index(index, str(target))
    write_end(target, note, *_find_vectors(faiss.read_index(str(target), _MAPPED)))
    return asdict(note)


def _plan(old: Note | None, rows: int, dim: int, exact_rows: int) -> Note:
    """What the index of so many rows shall be; `probes` is 0 where it has to be tuned."""
    had_lists = old is not None and old.lists > 0
    # Between half the limit and the limit an index stays what it is, not to be rebuilt in turns.
    if rows <= (exact_rows // 2 if had_lists else exact_rows):
        return Note("flat", rows, dim)
    if old is None or not had_lists or not old.trained_on_rows / 2 < rows < old.trained_on_rows * 2:
        # Passing over centres and over vectors should cost about the same: both near the root.
        lists = max(1, min(2 ** round(np.log2(2 * rows**0.5)), rows // _TRAINED_ON))
        return Note("lists", rows, dim, lists=lists, trained_on_rows=rows)
    tuned = abs(rows - old.tuned_on_rows) <= 0.1 * old.tuned_on_rows
    return replace(old, rows=rows, probes=old.probes if tuned else 0)


@dataclass(frozen=True)
class _Pool:
    """The vectors of a new index, in the order of its rows: those kept, then those added."""

    old: FaissStore | None
    kept: Rows
    added: Floats

    def take(self, places: Rows) -> Floats:
        """The vectors at ascending places."""
        parts = [self.added[places[places >= len(self.kept)] - len(self.kept)]]
        if self.old is not None:
            parts.insert(0, self.old.vectors(self.kept[places[places < len(self.kept)]]))
        return np.concatenate(parts)


def _built(note: Note, rows: Rows, pool: _Pool) -> _Faiss:
    index = _trained(note, pool) if note.lists else _flat(note.dim)
    for start in range(0, len(rows), _BLOCK):
        places = np.arange(start, min(start + _BLOCK, len(rows)))
        index.add_with_ids(pool.take(places), rows[places])
    return index


def _flat(dim: int) -> _Faiss:
    kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dim, kind, metric))


def _trained(note: Note, pool: _Pool) -> _Faiss:
    """Empty lists around the centres of a sample (k-means on the unit sphere)."""
    kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    centres = faiss.IndexFlatIP(note.dim)
    # The last argument: store the vectors themselves, not what is left beyond the centres.
    index = faiss.IndexIVFScalarQuantizer(centres, note.dim, note.lists, kind, metric, False)
    index.cp.niter = 10
    index.cp.spherical = True
    index.cp.max_points_per_centroid = _TRAINED_ON
    index.train(pool.take(_sample(note.rows, note.lists * _TRAINED_ON)))
    return index


def _sample(rows: int, wanted: int) -> Rows:
    """Places spread by chance, but the same each time."""
    places = np.random.default_rng(0).choice(rows, min(rows, wanted), replace=False)
    return np.sort(places).astype(np.int64)


def _changed(source: Path, removed: Rows, added: Rows, vectors: Floats) -> _Faiss:
    index = faiss.read_index(str(source))
    if len(removed):
        index.remove_ids(faiss.IDSelectorBatch(removed))
    if len(added):
        index.add_with_ids(vectors, added)
    return index


def _tuned(index: _Faiss, note: Note, pool: _Pool) -> Note:
    """The fewest lists to look into for the wanted recall, measured on vectors of the index.

    Each vector of a sample asks for its ten neighbours other than itself. Looking into all lists
    is exact, and gives the score of the tenth; whatever reaches it is a true neighbour, so that
    equal texts, of which news has many, do not count as missed for each other.
    """
    queries = pool.take(_sample(note.rows, _TUNED_WITH))
    index.nprobe = note.lists
    tenth = index.search(queries, 11)[0][:, -1:]
    probes = 0
    recall = 0.0
    while recall < RECALL and probes < note.lists:
        probes = min(note.lists, probes + max(1, probes // 4))
        index.nprobe = probes
        recall = float((index.search(queries, 11)[0][:, 1:] >= tenth).mean())
    return replace(note, probes=probes, recall_at_10=recall, tuned_on_rows=note.rows)


def _find_vectors(index: _Faiss) -> tuple[Rows, Rows]:
    """The rows of a mapped index, ascending, and where each one's vector begins."""
    rows, begins = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for address, ids in _runs(index):
        rows.append(ids)
        begins.append(address + np.arange(len(ids)) * _code_size(index))
    all_rows, addresses = np.concatenate(rows), np.concatenate(begins)
    order = np.argsort(all_rows)
    if len(order):
        addresses -= addresses.min()
    return all_rows[order], addresses[order]


def _runs(index: _Faiss) -> Iterator[tuple[int, Rows]]:
    """Each unbroken run of vectors in memory: its address and the rows of its vectors."""
    if isinstance(index, faiss.IndexIDMap):
        if index.ntotal:
            flat: _Faiss = faiss.downcast_index(index.index)
            yield _address(flat.codes.data()), faiss.vector_to_array(index.id_map)
        return
    lists = index.invlists
    for number in range(index.nlist):
        size = lists.list_size(number)
        if size:
            ids = faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
            yield _address(lists.get_codes(number)), ids


def _windows(index: _Faiss, begins: Rows) -> npt.NDArray[np.uint8]:
    """The mapped memory from the first vector to the last, as every vector-sized piece of it.

    A view of shape `(bytes, bytes of a vector)`: indexing it with `begins` copies vectors out.
    """
    width = _code_size(index)
    first = next(_runs(index), None)
    if first is None:
        return np.empty((0, width), np.uint8)
    length = int(begins.max()) + width
    memory = (ctypes.c_uint8 * length).from_address(first[0])
    return np.lib.stride_tricks.sliding_window_view(np.ctypeslib.as_array(memory), width)


def _address(pointer: object) -> int:
    return int(faiss.rev_swig_ptr(pointer, 1).ctypes.data)


def _quantizer(index: _Faiss) -> _Faiss:
    holder: _Faiss = (
        faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap) else index
    )
    return holder.sq


def _code_size(index: _Faiss) -> int:
    return int(_quantizer(index).code_size)


def _ask(
    index: _Faiss,
    query: Floats,
    wanted: int,
    probes: int,
    bitmap: npt.NDArray[np.uint8] | None,
) -> tuple[Floats, Rows]:
    """What FAISS finds, best first, without the -1 with which it pads."""
    selector = None
    if bitmap is not None:
        selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))  # in bytes
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
    beside every other question that a server is answering.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _bitmap(rows: Rows) -> npt.NDArray[np.uint8]:
    """One bit for each row number, set for these rows."""
    chosen = np.zeros(int(rows[-1]) + 1, np.bool_)
    chosen[rows] = True
    return np.packbits(chosen, bitorder="little")
