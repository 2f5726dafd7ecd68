"""Steering a search by examples: toward passages liked, away from passages unliked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semsearch.hits import Query
from semsearch.index.opened import OpenIndex

__all__ = ["apply_feedback"]

Vector = NDArray[np.float32]
# Rocchio's weights as they are commonly set (Manning, Raghavan and Schütze, "Introduction to
# Information Retrieval", 2008, section 9.1.1).
ALPHA, BETA, GAMMA = 1.0, 0.75, 0.15


def apply_feedback(index: OpenIndex, query: Query, vector: Vector) -> Vector:
    """The question's vector moved by the query's `like` and `unlike` passages; unit length.

    Raises NotFoundError for an id that no passage has.
    """
    if not query.like and not query.unlike:
        return vector
    moved = ALPHA * vector + BETA * _mean(index, query.like) - GAMMA * _mean(index, query.unlike)
    length = float(np.linalg.norm(moved))
    if length == 0:
        return vector
    return np.asarray(moved / length, dtype=np.float32)


def _mean(index: OpenIndex, passage_ids: Sequence[str]) -> NDArray[np.float32]:
    if not passage_ids:
        return np.zeros(index.vectors.dim, dtype=np.float32)
    rows = np.array([index.store.record_by_id(i).row for i in passage_ids], dtype=np.int64)
    return np.asarray(index.vectors.vectors(rows).mean(axis=0), dtype=np.float32)
