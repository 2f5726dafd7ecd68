"""What arguments of a vector store must be; ValueError says what they are not."""

from __future__ import annotations

import numpy as np

from semsearch.index.vectors import Floats, Rows

__all__ = ["checked_query", "checked_rows", "checked_vectors"]


def checked_query(query: Floats, dim: int) -> Floats:
    """The query, contiguous."""
    query = np.ascontiguousarray(query, np.float32)
    if query.shape != (dim,):
        raise ValueError(f"A query has the shape ({dim},), not {query.shape}")
    if not np.isfinite(query).all():
        raise ValueError("A query holds finite numbers only")
    return query


def checked_rows(rows: Rows) -> Rows:
    """Rows that ascend, each once, from 0."""
    rows = np.asarray(rows, np.int64)
    if rows.ndim != 1 or (rows[1:] <= rows[:-1]).any():
        raise ValueError("Rows must ascend, each once")
    if len(rows) and rows[0] < 0:
        raise ValueError(f"Rows count from 0, not {rows[0]}")
    return rows


def checked_vectors(vectors: Floats, count: int) -> Floats:
    """`count` unit vectors, contiguous."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    if vectors.ndim != 2 or len(vectors) != count:
        raise ValueError(f"{count} rows need as many vectors, not the shape {vectors.shape}")
    # Not np.linalg.norm: it would square all vectors into a second array of their size.
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    if not np.allclose(lengths, 1, atol=1e-2):
        raise ValueError("Vectors must be unit vectors with finite values")
    return vectors
