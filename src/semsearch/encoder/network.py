"""A compiled network, and the batches on their way through it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.encoder.batches import Ids, pack, plan
from semsearch.encoder.card import Card

if TYPE_CHECKING:
    import openvino as ov  # type: ignore[import-untyped]  # it ships no types

__all__ = ["Network"]

# Padded tokens per batch: large enough to fill the matrix units, small enough for the caches.
# Measured from 512 to 12,288 on processors with and without matrix units: up to 4,096 it hardly
# matters, above it gets slower, by up to a quarter, and needs more memory.
_BATCH_TOKENS = 2048

Rows = npt.NDArray[np.float32]


class Network:
    """Token ids to unit vectors. Thread-safe; threads that ask at once use requests of their own.

    `streams` is how many batches it works on at the same time.
    """

    def __init__(self, card: Card, compiled: ov.CompiledModel, streams: int) -> None:
        self._card = card
        self._compiled = compiled
        self._streams = streams
        self._idle: SimpleQueue[ov.InferRequest] = SimpleQueue()

    def run(self, ids: Sequence[Ids], rows: Rows) -> Iterator[int]:
        """Fill `rows` with the vectors of `ids`; yields the size of each finished batch.

        One request more than there are streams, so that a batch is packed while others run.
        """
        running: deque[tuple[ov.InferRequest, npt.NDArray[np.intp]]] = deque()
        for batch in plan([len(one) for one in ids], _BATCH_TOKENS):
            padded, mask = self._pack([ids[i] for i in batch])
            if len(running) > self._streams:
                yield self._collect(*running.popleft(), rows)
            request = self._request()
            request.start_async({0: padded, 1: mask})
            running.append((request, batch))
        while running:
            yield self._collect(*running.popleft(), rows)

    def _pack(self, ids: Sequence[Ids]) -> tuple[Ids, Ids]:
        return pack(ids, self._card.pad_id, self._card.pad_left, self._card.max_length)

    def _request(self) -> ov.InferRequest:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._compiled.create_infer_request()

    def _collect(self, request: ov.InferRequest, batch: npt.NDArray[np.intp], rows: Rows) -> int:
        request.wait()
        rows[batch] = request.get_output_tensor(0).data
        self._idle.put(request)
        return len(batch)
