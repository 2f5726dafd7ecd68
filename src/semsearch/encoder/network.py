"""A compiled network, which texts share a batch, and the batches on their way through it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.encoder.cache import EntryMetadata

if TYPE_CHECKING:
    import openvino as ov  # type: ignore[import-untyped]  # it ships no types

__all__ = ["ALONE", "Ids", "Network", "pack", "plan_batches", "width"]

Ids = npt.NDArray[np.int64]

# Half of all questions have 23 tokens or fewer, nine in ten at most 32. With bfloat16, where the
# time goes into reading the weights, 32 take little longer than 24, while finding out about a shape
# that is not the last one's takes 0.5 ms.
ALONE = 32

# Padded tokens per batch: large enough to fill the matrix units, small enough for the caches.
# Measured from 512 to 12,288 on processors with and without matrix units: up to 4,096 it hardly
# matters, above it gets slower, by up to a quarter, and needs more memory.
_BATCH_TOKENS = 2048

Matrix = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]


# Matrix units work on tiles of 16 rows, and each new input shape costs the engine milliseconds
# to prepare: rounding up to whole tiles makes shapes repeat and wastes nothing.
_TILE = 16
# A text by itself is a question that somebody waits for: most have some 20 tokens, and without
# matrix units each token of padding costs as much as a real one.
_TILE_ALONE = 8


def width(longest: int, tile: int = _TILE) -> int:
    """How many tokens wide a batch is whose longest text has `longest`."""
    return max(1, -(-longest // tile)) * tile


def plan_batches(lengths: Sequence[int], budget: int) -> Iterator[npt.NDArray[np.intp]]:
    """Positions of the texts of each batch, longest texts first, equal lengths in given order.

    A batch holds as many texts as keep its padded size (width x texts) within `budget` tokens,
    and at least one. Longest first, so that memory peaks at once and not at the end.
    """
    order = np.argsort(-np.asarray(lengths, np.int64), kind="stable")
    start = 0
    while start < len(order):
        size = max(1, budget // width(lengths[order[start]]))
        yield order[start : start + size]
        start += size


def pack(
    texts: Sequence[Ids], pad_id: int, pad_left: bool, longest: int, columns: int = 0
) -> tuple[Ids, Ids]:
    """Token ids and attention mask, both `(len(texts), width)`, padded on one side.

    The width is `columns`, into which all texts must fit, or where that is 0 the least number of
    whole tiles. No wider than `longest`, which is as far as some models can count positions.
    """
    if not columns:
        tile = _TILE if len(texts) > 1 else _TILE_ALONE
        columns = min(width(max(len(ids) for ids in texts), tile), longest)
    shape = (len(texts), columns)
    padded, mask = np.full(shape, pad_id, np.int64), np.zeros(shape, np.int64)
    for row, ids in enumerate(texts):
        where = slice(columns - len(ids), columns) if pad_left else slice(0, len(ids))
        padded[row, where] = ids
        mask[row, where] = 1
    return padded, mask


class Network:
    """Token ids to unit vectors. Thread-safe; threads that ask at once use requests of their own.

    `open_any` gives the network for batches of any shape, when it is first needed; `streams` is how
    many batches it works on at the same time. `alone` takes a single text of at most ALONE tokens,
    always padded to as many: without dynamic shapes it answers faster. None where
    it would not.
    """

    def __init__(
        self,
        metadata: EntryMetadata,
        open_any: Callable[[], ov.CompiledModel],
        streams: int,
        alone: ov.CompiledModel | None = None,
    ) -> None:
        self._metadata = metadata
        self._any = _Requests(open_any)
        self._alone = None if alone is None else _Requests(lambda: alone)
        self._streams = streams

    def run(self, ids: Sequence[Ids], rows: Matrix) -> Iterator[int]:
        """Fill `rows` with the vectors of `ids`; yields the size of each finished batch.

        One request more than there are streams, so that a batch is packed while others run.
        """
        if len(ids) == 1:
            rows[0] = self._answer(ids)
            yield 1
            return
        running: deque[_Running] = deque()
        for batch in plan_batches([len(one) for one in ids], _BATCH_TOKENS):
            if len(running) > self._streams:
                yield self._collect(running.popleft(), rows)
            running.append(self._start([ids[i] for i in batch], batch))
        while running:
            yield self._collect(running.popleft(), rows)

    def _answer(self, text: Sequence[Ids]) -> npt.NDArray[np.float32]:
        """The vector of one text, on the calling thread: handing it to another takes 0.5 ms."""
        columns, requests = 0, self._any
        if self._alone is not None:
            columns = min(width(max(ALONE, len(text[0]))), self._metadata.max_length)
            requests = self._alone if columns == ALONE else self._any
        padded, mask = self._pack(text, columns)
        request = requests.take()
        request.infer({0: padded, 1: mask})
        vector: npt.NDArray[np.float32] = request.get_output_tensor(0).data[0].copy()
        requests.give_back(request)
        return vector

    def _start(self, texts: Sequence[Ids], positions: Positions) -> _Running:
        padded, mask = self._pack(texts)
        request = self._any.take()
        request.start_async({0: padded, 1: mask})
        return _Running(request, positions)

    def _pack(self, texts: Sequence[Ids], columns: int = 0) -> tuple[Ids, Ids]:
        metadata = self._metadata
        return pack(texts, metadata.pad_id, metadata.pad_left, metadata.max_length, columns)

    def _collect(self, running: _Running, rows: Matrix) -> int:
        """Wait for a batch, and put its vectors in their places."""
        running.request.wait()
        rows[running.positions] = running.request.get_output_tensor(0).data
        self._any.give_back(running.request)
        return len(running.positions)


class _Requests:
    """The requests of one compiled network that are not at work. Thread-safe."""

    def __init__(self, open_network: Callable[[], ov.CompiledModel]) -> None:
        self._open = open_network
        self._opening = Lock()
        self._compiled: ov.CompiledModel | None = None
        self._idle: SimpleQueue[ov.InferRequest] = SimpleQueue()

    def take(self) -> ov.InferRequest:
        try:
            return self._idle.get_nowait()
        except Empty:
            with self._opening:
                if self._compiled is None:
                    self._compiled = self._open()
            return self._compiled.create_infer_request()

    def give_back(self, request: ov.InferRequest) -> None:
        self._idle.put(request)


@dataclass(frozen=True, slots=True)
class _Running:
    """A batch at work: on which request, and where its vectors go."""

    request: ov.InferRequest
    positions: Positions
