"""A store's file, opened for reading by any number of threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from semsearch.errors import IndexCorruptError
from semsearch.store.schema import immutable_uri

__all__ = ["Database"]


class Database:
    """An immutable SQLite file.

    Each thread gets its own connection on first use; `close` closes them all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._db()

    def close(self) -> None:
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._connect()
            self._local.db = db
        return db

    def _connect(self) -> sqlite3.Connection:
        # immutable: no locks, no -wal file; mmap: all processes share the pages.
        try:
            db = sqlite3.connect(immutable_uri(self._path), uri=True, check_same_thread=False)
            db.execute("PRAGMA mmap_size=17179869184")
            db.execute("SELECT count(*) FROM files").fetchone()
        except sqlite3.Error as error:
            raise IndexCorruptError(f"{self._path}: cannot be opened: {error}") from error
        with self._lock:
            self._opened.append(db)
        return db

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return list(self._each(sql, parameters))

    def _each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._db().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise IndexCorruptError(
                f"{self._path}: cannot be read ({error}); run `semsearch verify`"
            ) from error
