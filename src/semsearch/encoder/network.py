"""A compiled network, and the batches on their way through it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.encoder.batches import Ids, pack, plan, width
from semsearch.encoder.card import Card

if TYPE_CHECKING:
    import openvino as ov  # type: ignore[import-untyped]  # it ships no types

__all__ = ["ALONE", "Network"]

# Half of all questions have 23 tokens or fewer, nine in ten at most 32. With bfloat16, where the
# time goes into reading the weights, 32 take little longer than 24, while finding out about a shape
# that is not the last one's takes 0.5 ms.
ALONE = 32

# Padded tokens per batch: large enough to fill the matrix units, small enough for the caches.
# Measured from 512 to 12,288 on processors with and without matrix units: up to 4,096 it hardly
# matters, above it gets slower, by up to a quarter, and needs more memory.
_BATCH_TOKENS = 2048

Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class Network:
    """Token ids to unit vectors. Thread-safe; threads that ask at once use requests of their own.

    `open_any` gives the network for batches of any shape, when it is first needed; `streams` is how
    many batches it works on at the same time. `alone` takes a single text of at most ALONE tokens,
    always padded to as many: with nothing to find out about shapes it answers sooner. None where
    it would not.
    """

    def __init__(
        self,
        card: Card,
        open_any: Callable[[], ov.CompiledModel],
        streams: int,
        alone: ov.CompiledModel | None = None,
    ) -> None:
        self._card = card
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
        for batch in plan([len(one) for one in ids], _BATCH_TOKENS):
            if len(running) > self._streams:
                yield self._collect(running.popleft(), rows)
            running.append(self._start([ids[i] for i in batch], batch))
        while running:
            yield self._collect(running.popleft(), rows)

    def _answer(self, text: Sequence[Ids]) -> npt.NDArray[np.float32]:
        """The vector of one text, on the calling thread: handing it to another takes 0.5 ms."""
        columns, requests = 0, self._any
        if self._alone is not None:
            columns = min(width(max(ALONE, len(text[0]))), self._card.max_length)
            requests = self._alone if columns == ALONE else self._any
        padded, mask = self._pack(text, columns)
        request = requests.take()
        request.infer({0: padded, 1: mask})
        vector: npt.NDArray[np.float32] = request.get_output_tensor(0).data[0].copy()
        requests.give_back(request)
        return vector

    def _start(self, texts: Sequence[Ids], places: Places) -> _Running:
        padded, mask = self._pack(texts)
        request = self._any.take()
        request.start_async({0: padded, 1: mask})
        return _Running(request, places)

    def _pack(self, texts: Sequence[Ids], columns: int = 0) -> tuple[Ids, Ids]:
        card = self._card
        return pack(texts, card.pad_id, card.pad_left, card.max_length, columns)

    def _collect(self, running: _Running, rows: Matrix) -> int:
        """Wait for a batch, and put its vectors in their places."""
        running.request.wait()
        rows[running.places] = running.request.get_output_tensor(0).data
        self._any.give_back(running.request)
        return len(running.places)


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
    places: Places
