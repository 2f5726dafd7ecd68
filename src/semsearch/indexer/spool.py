"""Vectors of an unfinished run, kept so that a killed run does not encode them again.

One file of fixed-size records, appended to as batches are encoded. A kill can tear only the last
record, which is cut off; a power failure can leave blocks that were never written, which the
per-record checksum finds.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gathered", "Spool"]

Vectors = NDArray[np.float32]


class Gathered:
    """Vectors in a spool, read when they are asked for: a million are more than fits everywhere.

    A VectorSource of shape (n, dim), in the order of the keys; usable until the spool is removed.
    """

    def __init__(self, records: Vectors, positions: NDArray[np.int64]) -> None:
        self._records = records
        self._positions = positions
        self.shape = (len(positions), records.shape[1])

    def __getitem__(self, places: NDArray[np.int64]) -> Vectors:
        """The vectors at these places, shape (len(places), dim)."""
        return np.ascontiguousarray(self._records[self._positions[places]])


class Spool:
    """Append-only map from embed key (16 bytes) to vector, for one encoder."""

    def __init__(self, folder: Path, fingerprint: str, dim: int) -> None:
        self._folder = folder
        self._dtype = np.dtype([("key", "V16"), ("crc", "u4"), ("vector", "f4", (dim,))])
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{fingerprint[:32]}-{dim}.vectors"
        self._positions: dict[bytes, int] = {}
        self._recover()
        self._file = self._path.open("ab")

    def _recover(self) -> None:
        for stale in self._folder.iterdir():
            if stale != self._path:
                stale.unlink()
        if not self._path.exists():
            return
        size = self._path.stat().st_size // self._dtype.itemsize * self._dtype.itemsize
        with self._path.open("r+b") as file:
            file.truncate(size)
        records = self._records()
        for position in range(len(records)):
            record = records[position]
            if zlib.crc32(record["vector"].tobytes()) == int(record["crc"]):
                self._positions[record["key"].tobytes()] = position

    def _records(self) -> NDArray[np.void]:
        if not self._path.exists() or self._path.stat().st_size == 0:
            return np.empty(0, dtype=self._dtype)
        return np.memmap(self._path, dtype=self._dtype, mode="r")

    def __contains__(self, key: bytes) -> bool:
        return key in self._positions

    def add(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Append vectors, shape (len(keys), dim); a known key gets the newer vector."""
        records = np.zeros(len(keys), dtype=self._dtype)
        records["key"] = np.array([np.void(key) for key in keys], dtype="V16")
        records["vector"] = vectors
        records["crc"] = [zlib.crc32(vector.tobytes()) for vector in records["vector"]]
        first = self._file.tell() // self._dtype.itemsize
        self._file.write(records.tobytes())
        self._file.flush()
        self._positions.update((key, first + i) for i, key in enumerate(keys))

    def gather(self, keys: Sequence[bytes]) -> Gathered:
        """The vectors of these keys; each key must have been added."""
        positions = np.fromiter((self._positions[key] for key in keys), np.int64, len(keys))
        return Gathered(self._records()["vector"], positions)

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        """Delete the spool; call it once its vectors are published."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
