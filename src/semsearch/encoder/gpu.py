"""Passages in bulk on a graphics processor, questions on the CPU."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.encoder.cache import PROBES

if TYPE_CHECKING:
    from semsearch.encoder import Encoder

__all__ = ["BulkEncoder", "has_gpu"]

log = logging.getLogger(__name__)

# Fewer are done before torch is imported and a graphics processor is ready.
FROM_TEXTS = 1024
# The least cosine between the vectors of both, which one index mixes: the Encoder's promise.
AGREEMENT = 0.9999
# What NVIDIA's driver shows; torch has the last word, but importing it takes seconds.
DRIVER = Path("/proc/driver/nvidia/version")

Matrix = npt.NDArray[np.float32]


def has_gpu() -> bool:
    """Whether there may be a graphics processor that torch can use."""
    return DRIVER.exists()


class BulkEncoder:
    """An Encoder that leaves large batches of passages to another one of the same model.

    `open_bulk` gives that one, or None when there is none after all. It is called for the first
    large batch: neither a server nor a small change to an index waits for torch.
    """

    def __init__(self, usual: Encoder, open_bulk: Callable[[], Encoder | None]) -> None:
        self.name = usual.name
        self.dim = usual.dim
        self.fingerprint = usual.fingerprint
        self._usual = usual
        self._open_bulk = open_bulk
        self._bulk: Encoder | None = None

    @property
    def max_tokens(self) -> int:
        return self._usual.max_tokens

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self._usual.counter

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._usual.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        return self._usual.encode_queries(texts)

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Matrix:
        chosen = self._usual if len(texts) < FROM_TEXTS else self._for_bulk()
        return chosen.encode_passages(texts, on_progress)

    def _for_bulk(self) -> Encoder:
        if self._bulk is None:
            self._bulk = self._checked(self._open_bulk())
        return self._bulk

    def _checked(self, bulk: Encoder | None) -> Encoder:
        """The one for bulk if its vectors of the probes may be mixed with the usual ones."""
        if bulk is None:
            return self._usual
        products = bulk.encode_passages(PROBES) * self._usual.encode_passages(PROBES)
        lowest = float(products.sum(axis=1).min())
        if lowest < AGREEMENT:
            log.warning("%s is not used for bulk: its cosine is %.5f", bulk.name, lowest)
            return self._usual
        return bulk
