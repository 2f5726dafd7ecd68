"""Which texts share a batch, and what the batch looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Ids", "pack", "plan", "width"]

Ids = npt.NDArray[np.int64]

# Matrix units work on tiles of 16 rows, and each new input shape costs the engine milliseconds
# to prepare: rounding up to whole tiles makes shapes repeat and wastes nothing.
_TILE = 16
# A text by itself is a question that somebody waits for: most have some 20 tokens, and without
# matrix units each token of padding costs as much as a real one.
_TILE_ALONE = 8


def width(longest: int, tile: int = _TILE) -> int:
    """How many tokens wide a batch is whose longest text has so many."""
    return max(1, -(-longest // tile)) * tile


def plan(lengths: Sequence[int], budget: int) -> Iterator[npt.NDArray[np.intp]]:
    """Places of the texts of each batch, longest texts first, equal lengths in given order.

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
    whole tiles. No wider than `longest`, which is as far as some models can count places.
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
