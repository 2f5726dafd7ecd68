"""Runs a built entry: tokenizers and OpenVINO, no torch."""

from __future__ import annotations

import copy
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.encoder.batches import Ids, pack, plan
from semsearch.encoder.card import Card
from semsearch.encoder.counting import TokenCounter

if TYPE_CHECKING:
    import openvino as ov  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

__all__ = ["CompiledEncoder"]

log = logging.getLogger(__name__)

# Padded tokens per batch: large enough to fill the matrix units, small enough for the caches.
# Measured from 2,048 to 12,288: the least is the fastest, by up to a quarter, and needs least.
_BATCH_TOKENS = 2048
# Texts tokenized, sorted by length and encoded together; the next ones are tokenized meanwhile.
_WINDOW = 2048

Rows = npt.NDArray[np.float32]


class CompiledEncoder:
    """An Encoder over one compiled network. See the Protocol for what it promises.

    One stream over all cores runs questions and batches alike: measured, it answers a single
    question sooner than a stream per core would and loses nothing in bulk. Threads that ask at
    the same time use an infer request each and queue for the cores inside OpenVINO.
    """

    def __init__(self, card: Card, tokenizer: Tokenizer, network: ov.CompiledModel) -> None:
        self.name = card.name
        self.dim = card.dim
        self.fingerprint = card.fingerprint
        self._card = card
        self._tokenizer = tokenizer
        self.counter = TokenCounter(tokenizer)
        self._network = network
        self._idle: SimpleQueue[ov.InferRequest] = SimpleQueue()

    @cached_property
    def max_tokens(self) -> int:
        prompt_tokens = self.count_tokens([self._card.document_prompt])[0]
        return self._card.max_length - self._card.special_tokens - prompt_tokens

    def encode_queries(self, texts: Sequence[str]) -> Rows:
        return self._encode(texts, self._card.query_prompt, None)

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Rows:
        return self._encode(texts, self._card.document_prompt, on_progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.counter(texts)

    def _encode(
        self, texts: Sequence[str], prompt: str, on_progress: Callable[[int], None] | None
    ) -> Rows:
        rows = np.empty((len(texts), self.dim), np.float32)
        done = 0
        for start, ids in self._windows(texts, prompt):
            for count in self._run(ids, rows[start : start + len(ids)]):
                done += count
                if on_progress is not None:
                    on_progress(done)
        return rows

    def _windows(self, texts: Sequence[str], prompt: str) -> Iterator[tuple[int, list[Ids]]]:
        """Token ids a window at a time, with the place of the window's first text."""
        if len(texts) <= _WINDOW:
            yield 0, self._tokenize(texts, prompt)
            return
        with ThreadPoolExecutor(1, "tokenizer") as ahead:
            coming = ahead.submit(self._tokenize, texts[:_WINDOW], prompt)
            for start in range(0, len(texts), _WINDOW):
                ids = coming.result()
                following = texts[start + _WINDOW : start + 2 * _WINDOW]
                coming = ahead.submit(self._tokenize, following, prompt)
                yield start, ids

    def _tokenize(self, texts: Sequence[str], prompt: str) -> list[Ids]:
        inputs = [prompt + text for text in texts]
        found = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(inputs)]
        too_long = [i for i, ids in enumerate(found) if len(ids) > self._card.max_length]
        for i in too_long:
            found[i] = self._cutting_tokenizer.encode(inputs[i]).ids
        if too_long:
            limit, count = self._card.max_length, len(too_long)
            message = "cut to %d tokens, so long is the longest input: %d of %d texts"
            log.warning(message, limit, count, len(found))
        return [np.array(ids, np.int64) for ids in found]

    @cached_property
    def _cutting_tokenizer(self) -> Tokenizer:
        # A copy: truncation is a setting of a tokenizer, and this one counts untruncated.
        tokenizer = copy.deepcopy(self._tokenizer)
        tokenizer.enable_truncation(self._card.max_length)
        return tokenizer

    def _run(self, ids: Sequence[Ids], rows: Rows) -> Iterator[int]:
        """Fill `rows` with the vectors of `ids`; yields the size of each finished batch.

        Two requests take turns, so that a batch is packed while the one before it runs.
        """
        running: deque[tuple[ov.InferRequest, npt.NDArray[np.intp]]] = deque()
        for batch in plan([len(one) for one in ids], _BATCH_TOKENS):
            padded, mask = self._pack([ids[i] for i in batch])
            if len(running) == 2:
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
            return self._network.create_infer_request()

    def _collect(self, request: ov.InferRequest, batch: npt.NDArray[np.intp], rows: Rows) -> int:
        request.wait()
        rows[batch] = request.get_output_tensor(0).data
        self._idle.put(request)
        return len(batch)
