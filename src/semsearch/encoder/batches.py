"""Which texts share a batch, and what the batch looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["pack", "plan"]

Ids = npt.NDArray[np.int64]


def plan(lengths: Sequence[int], budget: int) -> Iterator[npt.NDArray[np.intp]]:
    """Places of the texts of each batch, longest texts first, equal lengths in given order.

    A batch holds as many texts as keep its padded size (longest length x texts) within `budget`
    tokens, and at least one. Longest first, so that memory peaks at once and not at the end.
    """
    order = np.argsort(-np.asarray(lengths, np.int64), kind="stable")
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def pack(texts: Sequence[Ids], pad_id: int, pad_left: bool) -> tuple[Ids, Ids]:
    """Token ids and attention mask, both `(len(texts), longest)`, padded on one side."""
    width = max(len(ids) for ids in texts)
    shape = (len(texts), width)
    padded, mask = np.full(shape, pad_id, np.int64), np.zeros(shape, np.int64)
    for row, ids in enumerate(texts):
        where = slice(width - len(ids), width) if pad_left else slice(0, len(ids))
        padded[row, where] = ids
        mask[row, where] = 1
    return padded, mask
