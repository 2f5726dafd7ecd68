"""A store's file, opened for reading by any number of threads."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from semsearch.errors import IndexCorruptError
from semsearch.index.store.sql import immutable_uri

__all__ = ["Database"]

# For each "?" in order, or for each ":name".
Parameters = Sequence[Any] | Mapping[str, Any]


class Database:
    """An immutable SQLite file.

    A query takes a connection that no other query is using, the last one that was given back
    first: there are as many as queries at once, not as threads, each of which would map the file
    anew. `close` closes them all, as does the end of a `with` block.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._idle.append(self._connect())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        # immutable: no locks, no -wal file; mmap: all processes share the pages.
        try:
            with ExitStack() as on_failure:
                db = sqlite3.connect(immutable_uri(self._path), uri=True, check_same_thread=False)
                on_failure.callback(db.close)
                db.execute("PRAGMA mmap_size=17179869184")
                db.execute("SELECT count(*) FROM files").fetchone()
                on_failure.pop_all()
        except sqlite3.Error as error:
            raise IndexCorruptError(f"{self._path}: cannot be opened: {error}") from error
        with self._lock:
            self._opened.append(db)
        return db

    def _rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        return list(self._each(sql, parameters))

    def _each(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        db = self._take()
        try:
            yield from db.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise IndexCorruptError(
                f"{self._path}: cannot be read ({error}); run `semsearch verify`"
            ) from error
        finally:
            self._idle.append(db)
