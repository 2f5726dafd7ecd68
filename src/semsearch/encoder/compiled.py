"""Runs a built entry: tokenizers and OpenVINO, no torch."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from semsearch.encoder.cache import EntryMetadata
from semsearch.encoder.network import Ids, Network

__all__ = ["CompiledEncoder", "TokenCounter"]

log = logging.getLogger(__name__)

# Texts tokenized, sorted by length and encoded together; the next ones are tokenized meanwhile.
_WINDOW = 2048
# Texts from which on it pays to open a second network and to try which one is faster.
_MANY = 1024

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """`count_tokens` of an Encoder; picklable, and small enough to be sent to other processes."""

    tokenizer: Tokenizer

    def __call__(self, texts: Sequence[str]) -> list[int]:
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]


class CompiledEncoder:
    """An Encoder over compiled networks. See the Protocol for what it promises.

    `network` runs questions and small batches: one at a time over all cores, which answers a
    single question soonest. `open_wide` gives the one for many texts, with a batch on each core;
    None where there is none.
    Whether that is faster depends on the processor (its caches, its matrix units, how many cores
    wait for each other), so each large call is also a measurement: both are tried once, then the
    faster one is used. Threads that ask at the same time queue for the cores inside OpenVINO.
    """

    def __init__(
        self,
        metadata: EntryMetadata,
        tokenizer: Tokenizer,
        network: Network,
        open_wide: Callable[[], Network | None] | None = None,
    ) -> None:
        self.name = metadata.name
        self.dim = metadata.dim
        self.fingerprint = metadata.fingerprint
        self._metadata = metadata
        self._tokenizer = tokenizer
        self.counter = TokenCounter(tokenizer)
        self._network = network
        self._open_wide = open_wide
        self._choosing = Lock()
        # Tokens per second of each network at its last large call.
        self._rates: dict[Network, float] = {}

    @cached_property
    def max_tokens(self) -> int:
        prompt_tokens = self.count_tokens([self._metadata.document_prompt])[0]
        return self._metadata.max_length - self._metadata.special_tokens - prompt_tokens

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        return self._encode(self._network, texts, self._metadata.query_prompt, None)[0]

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Matrix:
        prompt = self._metadata.document_prompt
        if len(texts) < _MANY:
            return self._encode(self._network, texts, prompt, on_progress)[0]
        network = self._for_many()
        started = time.perf_counter()
        rows, tokens = self._encode(network, texts, prompt, on_progress)
        self._rates[network] = tokens / (time.perf_counter() - started)
        return rows

    def _for_many(self) -> Network:
        """The network for a large call: first the wide one, then the other, then the faster."""
        with self._choosing:
            if self._open_wide is not None:
                wide, self._open_wide = self._open_wide(), None
                if wide is not None:
                    self._rates[wide] = 0.0
                    return wide
            if self._network not in self._rates:
                return self._network
        return max(self._rates, key=lambda network: self._rates[network])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.counter(texts)

    def _encode(
        self,
        network: Network,
        texts: Sequence[str],
        prompt: str,
        on_progress: Callable[[int], None] | None,
    ) -> tuple[Matrix, int]:
        """The vectors, and how many tokens the texts had."""
        rows = np.empty((len(texts), self.dim), np.float32)
        done = tokens = 0
        for start, ids in self._windows(texts, prompt):
            tokens += sum(map(len, ids))
            for count in network.run(ids, rows[start : start + len(ids)]):
                done += count
                if on_progress is not None:
                    on_progress(done)
        return rows, tokens

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
        too_long = [i for i, ids in enumerate(found) if len(ids) > self._metadata.max_length]
        for i in too_long:
            found[i] = self._cutting_tokenizer.encode(inputs[i]).ids
        if too_long:
            limit, count = self._metadata.max_length, len(too_long)
            message = "cut to %d tokens, the longest input: %d of %d texts"
            log.warning(message, limit, count, len(found))
        return [np.array(ids, np.int64) for ids in found]

    @cached_property
    def _cutting_tokenizer(self) -> Tokenizer:
        # A copy: truncation is a setting of a tokenizer, and this one counts untruncated.
        tokenizer = copy.deepcopy(self._tokenizer)
        tokenizer.enable_truncation(self._metadata.max_length)
        return tokenizer
