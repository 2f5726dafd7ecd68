"""The end of an index file: what FAISS does not keep, and a proof that the file is whole."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semsearch.index.vectors import Rows

__all__ = ["VectorParams", "read_end", "write_end"]

_END = struct.Struct("<QQ8s")  # bytes of the FAISS part, bytes of the parameters, magic
_MAGIC = b"semvec02"


@dataclass(frozen=True)
class VectorParams:
    """What an index says of itself.

    `kind` is "flat", "lists" or "codes". A flat one holds each number of a vector times `scale`,
    rounded; no vector is further than `error` from what that stands for. The rest is for indexes
    with lists. For a search that must reach the n-th nearest of all rows, n being one of `reaches`,
    it looks into the list number `probes` says, and reads `reread` vectors again
    (where there are codes).
    """

    kind: str
    rows: int
    dim: int
    precision: str = "float16"
    scale: float = 1.0
    error: float = 0.0
    lists: int = 0
    reaches: Sequence[int] = ()
    probes: Sequence[int] = ()
    reread: Sequence[int] = ()
    recall_at_10: float = 1.0
    trained_on_rows: int = 0
    tuned_on_rows: int = 0


def write_end(path: Path, params: VectorParams, rows: Rows, begins: Rows) -> None:
    """Add to a FAISS file: for each row, ascending, where its vector begins; fsync.

    After the FAISS part, padded to eight bytes: the rows (int64), the beginnings (int64, counted
    from the first vector's), the parameters as JSON, and the lengths that a reader starts from.
    """
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\0" * (-size % 8))
        file.write(rows.tobytes())
        file.write(begins.tobytes())
        text = json.dumps(asdict(params)).encode()
        file.write(text + _END.pack(size, len(text), _MAGIC))
        file.flush()
        os.fsync(file.fileno())


def read_end(path: Path) -> tuple[VectorParams, Rows, Rows]:
    """The parameters, the rows and the beginnings, the latter two mapped. See `write_end`."""
    whole = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, whole - _END.size))
        size, length, magic = _END.unpack(file.read())
        start = size + -size % 8
        file.seek(max(0, whole - _END.size - length))
        if magic != _MAGIC:
            raise ValueError("its end is missing")
        params = VectorParams(**json.loads(file.read(length)))
    if start + 16 * params.rows + length + _END.size != whole:
        raise ValueError("it is longer or shorter than it was written")
    if params.rows == 0:
        return params, np.empty(0, np.int64), np.empty(0, np.int64)
    table = np.memmap(path, np.int64, "r", start, (2, params.rows))
    return params, np.asarray(table[0]), np.asarray(table[1])
