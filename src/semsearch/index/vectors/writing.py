"""Vectors in FAISS: writing. The module `faiss` says what the kinds of index are.

Centres come from k-means on a sample; past FULL_ROWS the nearest of the many centres are found in a
graph over them, which costs a tenth of comparing with each. Vectors are taken block by block from
where they are, so that only the index itself, without its originals, must fit into memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from semsearch.index.vectors import Floats, Rows, VectorSource
from semsearch.index.vectors.checks import checked_rows, checked_vectors
from semsearch.index.vectors.faiss import (
    HIGHEST_BYTE,
    MAPPED,
    Faiss,
    FaissStore,
    find_vectors,
    open_store,
    originals_of,
    runs,
)
from semsearch.index.vectors.trailer import VectorParams, write_end
from semsearch.index.vectors.tuning import Neighbours, blocks, least_share, reaches_of

__all__ = ["EXACT_ROWS", "FULL_ROWS", "update"]

# Reading this many vectors of 384 numbers takes 3 ms on one core.
EXACT_ROWS = 100_000
# This many vectors of 384 half-precision numbers take 1.5 GB; codes take a twelfth, rows and all.
FULL_ROWS = 2_000_000
# Above the 0.98 that is promised by what 200 queries may err.
RECALL = 0.985
# With codes: what the lists must hold, and what of that must be read again.
RECALL_OF_LISTS, RECALL_OF_CODES = 0.99, 0.9975

# Vectors: per centre to train on, to tune with, to take at once.
_TRAINED_ON, _TUNED_WITH, _BLOCK = 40, 200, 50_000
# How far the codes' order is compared with the true one: this many times a reach.
_REREAD_AT_MOST, _REREAD_REACHES = 100, 1_000
# Codes order the neighbours of real questions less well than those of the directions that tune:
# without a margin 10,000,000 vectors gave a recall of 0.965 under a filter, with it 0.994.
_REREAD_MARGIN = 3
# Fewer new vectors than this are compared with every centre, which is faster than building a graph.
_GRAPH_PAYS = 20_000
# Flat: the numbers of vectors leave so much of the 8 bits free, so that later ones may be larger.
_HEADROOM = 1.1
# Codes: one bit a number, a fourteenth of the half-precision vector
# (docs/background/performance.md).
_BITS, _BITS_OF_QUERY = 1, 4


def update(
    source: Path | None,
    target: Path,
    removed: Rows,
    added: Rows,
    vectors: VectorSource,
    exact_rows: int = EXACT_ROWS,
    full_rows: int = FULL_ROWS,
) -> dict[str, object]:
    """Write `target`: the rows of `source` without `removed`, then `added` with its vectors.

    `added` ascends and lies above every row of `source`; `vectors` is `(len(added), dim)`, unit
    rows. `target`, and its originals where there are codes, are on disk (fsync) when this returns.
    Gives what to note in the manifest. The cost is that of copying the files, except where the
    index outgrows its kind, its centres (twice or half the rows that they were made for) or its
    scale: then it is built anew. Raises ValueError when the arguments do not fit together.
    """
    removed, added = checked_rows(removed), checked_rows(added)
    old = None if source is None else open_store(source)
    pool = _pool(old, removed, added, vectors)
    rows, dim = np.concatenate([pool.kept, added]), vectors.shape[1]
    params = _plan(old.params if old is not None else None, len(rows), dim, exact_rows, full_rows)
    start = 0
    if source is not None and old is not None and _goes_on(params, old.params, pool):
        index, start = faiss.read_index(str(source)), len(pool.kept)
        if len(removed):
            index.remove_ids(faiss.IDSelectorBatch(removed))
    elif params.lists:
        index = _trained(params, pool)
    else:
        index, scale = _flat(dim), HIGHEST_BYTE / (_HEADROOM * _largest(pool))
        params = replace(params, scale=scale, error=0.0)
    if params.kind == "flat":
        params = replace(
            params, error=max(params.error, _add_bytes(index, rows, pool, start, params))
        )
    else:
        _add(index, rows, pool, start)
    if params.lists and not params.probes:
        params = _tuned(index, params, rows, pool)
    faiss.write_index(index, str(target))
    if params.kind == "lists":
        write_end(target, params, *find_vectors(faiss.read_index(str(target), MAPPED)))
    else:
        _write_originals(originals_of(target), pool)
        write_end(target, params, rows, np.arange(len(rows)) * 2 * dim)
    return asdict(params)


def _pool(old: FaissStore | None, removed: Rows, added: Rows, vectors: VectorSource) -> _Pool:
    """The vectors of the new index; raises ValueError when the arguments do not fit together."""
    if len(vectors.shape) != 2 or vectors.shape[0] != len(added):
        raise ValueError(f"{len(added)} rows need as many vectors, not the shape {vectors.shape}")
    if old is None:
        if len(removed):
            raise ValueError(f"{len(removed)} of the rows to remove are not in the index")
        return _Pool(None, np.empty(0, np.int64), vectors)
    kept = old.kept(removed)
    if old.dim != vectors.shape[1]:
        raise ValueError(f"The index holds vectors of {old.dim}, these have {vectors.shape[1]}")
    if len(kept) and len(added) and added[0] <= kept[-1]:
        raise ValueError(f"Row {added[0]} is not above the rows that are there")
    return _Pool(old, kept, vectors)


def _goes_on(params: VectorParams, old: VectorParams, pool: _Pool) -> bool:
    """Whether the old index can be changed into the new one."""
    if params.kind == old.kind == "flat":
        return old.rows > 0 and _largest(pool, len(pool.kept)) * old.scale <= HIGHEST_BYTE
    return (params.kind, params.trained_on_rows) == (old.kind, old.trained_on_rows)


def _largest(pool: _Pool, start: int = 0) -> float:
    """The largest number, sign aside, in the vectors from position `start` on; never 0.

    Vectors are unit vectors: the largest possible is 1.
    """
    return max((float(np.abs(some).max()) for _, some in pool.blocks(start)), default=0.0) or 1.0


def _plan(
    old: VectorParams | None, rows: int, dim: int, exact_rows: int, full_rows: int
) -> VectorParams:
    """What kind of index `rows` rows get; `probes` is empty where it has to be tuned.

    Between half a limit and the limit an index stays what it is, not to be rebuilt in turns.
    """
    kind = "flat" if old is None else old.kind
    if rows <= (exact_rows if kind == "flat" else exact_rows // 2):
        if old is not None and kind == "flat":
            return replace(old, rows=rows)
        return VectorParams("flat", rows, dim)
    new = "codes" if rows > (full_rows // 2 if kind == "codes" else full_rows) else "lists"
    if old is None or kind != new or not old.trained_on_rows / 2 < rows < old.trained_on_rows * 2:
        # Passing over centres and over vectors should cost about the same: both near the root.
        lists = max(1, min(2 ** round(np.log2(2 * rows**0.5)), rows // _TRAINED_ON))
        return VectorParams(new, rows, dim, lists=lists, trained_on_rows=rows)
    tuned = abs(rows - old.tuned_on_rows) <= 0.1 * old.tuned_on_rows
    return replace(old, rows=rows) if tuned else replace(old, rows=rows, probes=(), reread=())


@dataclass(frozen=True)
class _Pool:
    """The vectors of a new index, in the order of its rows: those kept, then those added."""

    old: FaissStore | None
    kept: Rows
    added: VectorSource

    def __len__(self) -> int:
        return len(self.kept) + self.added.shape[0]

    def take(self, positions: Rows) -> Floats:
        """The vectors at ascending positions; raises ValueError if new ones are no unit vectors."""
        new = positions[positions >= len(self.kept)] - len(self.kept)
        parts = [checked_vectors(self.added[new], len(new))]
        if self.old is not None:
            parts.insert(0, self.old.vectors(self.kept[positions[positions < len(self.kept)]]))
        return np.concatenate(parts)

    def halves(self, positions: Rows) -> npt.NDArray[np.float16]:
        """As `take`, but in half precision, the old ones as they are stored."""
        new = positions[positions >= len(self.kept)]
        parts = [self.take(new).astype("<f2")]
        if self.old is not None:
            parts.insert(0, self.old.halves(self.kept[positions[: len(positions) - len(new)]]))
        return np.concatenate(parts)

    def blocks(self, start: int = 0) -> Iterator[tuple[Rows, Floats]]:
        """All positions from `start` on with their vectors, `_BLOCK` at a time."""
        for positions in blocks(len(self) - start, _BLOCK):
            yield positions + start, self.take(positions + start)


def _flat(dim: int) -> Faiss:
    kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    return faiss.IndexIDMap(faiss.IndexScalarQuantizer(dim, kind, metric))


def _add_bytes(index: Faiss, rows: Rows, pool: _Pool, start: int, params: VectorParams) -> float:
    """Add the rows from `start` on in 8 bits a number; how far the furthest is from them."""
    furthest = 0.0
    for positions, vectors in pool.blocks(start):
        whole = np.rint(vectors * params.scale)
        index.add_with_ids(whole, rows[positions])
        away = whole / params.scale - vectors.astype("<f2").astype(np.float32)
        furthest = max(furthest, float(np.einsum("ij,ij->i", away, away).max()) ** 0.5)
    return furthest


def _trained(params: VectorParams, pool: _Pool) -> Faiss:
    """Empty lists around the centres of a sample (k-means on the unit sphere)."""
    metric, centres = faiss.METRIC_INNER_PRODUCT, faiss.IndexFlatIP(params.dim)
    index: Faiss
    if params.kind == "codes":
        # The last arguments: let the index free its lists, and bits per number of a code.
        index = faiss.IndexIVFRaBitQ(centres, params.dim, params.lists, metric, True, _BITS)
        index.qb = _BITS_OF_QUERY
        index.clustering_index = graph = _graph(params.dim)
    else:
        kind = faiss.ScalarQuantizer.QT_fp16
        # The last argument: store the vectors themselves, not what is left beyond the centres.
        index = faiss.IndexIVFScalarQuantizer(
            centres, params.dim, params.lists, kind, metric, False
        )
    index.cp.niter = 10
    index.cp.spherical = True
    index.cp.max_points_per_centroid = _TRAINED_ON
    index.train(pool.take(_sample(params.rows, params.lists * _TRAINED_ON)))
    if params.kind == "codes":
        index.clustering_index = None
        del graph  # not before: FAISS holds no reference of its own
    return index


def _graph(dim: int) -> Faiss:
    """An empty graph in which the nearest centre is found (HNSW: Malkov and Yashunin 2018)."""
    graph = faiss.IndexHNSWFlat(dim, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 64, 24
    return graph


def _sample(rows: int, wanted: int) -> Rows:
    """Places spread by chance, but the same each time."""
    positions = np.random.default_rng(0).choice(rows, min(rows, wanted), replace=False)
    return np.sort(positions).astype(np.int64)


def _add(index: Faiss, rows: Rows, pool: _Pool, start: int) -> None:
    """Add the rows from position `start` on."""
    graph = None
    if isinstance(index, faiss.IndexIVFRaBitQ) and len(rows) - start >= _GRAPH_PAYS:
        graph = _graph(index.d)
        graph.add(index.quantizer.reconstruct_n(0, index.nlist))
    for positions, vectors in pool.blocks(start):
        if graph is None:
            index.add_with_ids(vectors, rows[positions])
        else:
            near = np.ascontiguousarray(graph.search(vectors, 1)[1][:, 0])
            numbers = np.ascontiguousarray(rows[positions])
            pointers = (faiss.swig_ptr(array) for array in (vectors, numbers, near))
            index.add_core(len(positions), *pointers)


def _write_originals(path: Path, pool: _Pool) -> None:
    """All vectors in half precision, in the order of the rows; fsync."""
    with path.open("wb") as file:
        for positions in blocks(len(pool), _BLOCK):
            pool.halves(positions).tofile(file)
        file.flush()
        os.fsync(file.fileno())


def _tuned(index: Faiss, params: VectorParams, rows: Rows, pool: _Pool) -> VectorParams:
    """The fewest lists, and with codes the fewest vectors to read again, for the wanted recall."""
    queries, reaches = _queries(pool), reaches_of(params.rows)
    near = Neighbours(queries, reaches[-1])
    for positions, vectors in pool.blocks():
        near.look_at(rows[positions], vectors)
    counts = (near.rows >= 0).astype(np.float32)
    ranks = _ranks(index, queries, near.rows)
    wanted = RECALL_OF_LISTS if params.kind == "codes" else RECALL
    probes = [least_share(ranks[:, :end], counts[:, :end], wanted) for end in reaches]
    params = replace(
        params,
        reaches=reaches,
        probes=probes,
        recall_at_10=_recall(ranks[:, : reaches[0]] < probes[0], counts[:, : reaches[0]]),
        tuned_on_rows=params.rows,
    )
    return (
        _with_reread(index, params, queries, near.rows, counts)
        if params.kind == "codes"
        else params
    )


def _queries(pool: _Pool) -> Floats:
    """Directions half-way between two vectors: near to some, as questions are, and equal to none.

    Vectors of the index themselves would ask for their own copies and variants first, which lie
    in one list with them, and so find their neighbours more easily than a question does.
    """
    some = pool.take(_sample(len(pool), _TUNED_WITH))
    between = some + np.random.default_rng(1).permutation(some)
    queries: Floats = between / np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-6)
    return queries


def _ranks(index: Faiss, queries: Floats, rows: Rows) -> Rows:
    """When a search for each query comes to the list that holds each row, counted from 0."""
    numbers, ids = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for number, (_, some) in enumerate(runs(index, empty=True)):
        numbers.append(np.full(len(some), number))
        ids.append(some)
    all_ids, all_numbers = np.concatenate(ids), np.concatenate(numbers)
    order = np.argsort(all_ids)
    positions = np.minimum(np.searchsorted(all_ids, rows, sorter=order), len(order) - 1)
    lists = all_numbers[order[positions]]
    turns = np.argsort(index.quantizer.search(queries, index.nlist)[1], axis=1)
    return np.take_along_axis(turns, lists, axis=1)


def _with_reread(
    index: Faiss, params: VectorParams, queries: Floats, rows: Rows, counts: Floats
) -> VectorParams:
    """Where the true neighbours stand in the order of the codes says how far to read again."""
    reread, recall = [], 1.0
    for reach, probes in zip(params.reaches, params.probes, strict=True):
        if reach > _REREAD_REACHES:
            break
        index.nprobe = probes
        most = min(params.rows, _REREAD_AT_MOST * reach)
        proposed = index.search(queries, most)[1]
        positions = np.stack(
            [_positions_of(*pair) for pair in zip(proposed, rows[:, :reach], strict=True)]
        )
        weights = counts[:, :reach]
        least = least_share(positions, weights * (positions < most), RECALL_OF_CODES)
        reread.append(min(most, _REREAD_MARGIN * least))
        if reach == params.reaches[0]:
            recall = _recall(positions < reread[0], weights)
    return replace(params, reread=reread, recall_at_10=recall)


def _positions_of(proposed: Rows, wanted: Rows) -> Rows:
    """Where in a list of rows each wanted one stands; its length for those that are not there."""
    order = np.argsort(proposed)
    positions = np.searchsorted(proposed, wanted, sorter=order)
    positions = order[np.minimum(positions, len(proposed) - 1)]
    return np.where(proposed[positions] == wanted, positions, len(proposed))


def _recall(found: npt.NDArray[np.bool_], counts: Floats) -> float:
    """The share of the counted that was found; all of it where nothing counts."""
    return round(float((found * counts).sum() / counts.sum()), 4) if counts.any() else 1.0
