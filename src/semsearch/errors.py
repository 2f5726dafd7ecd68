"""Every error that semsearch raises on purpose.

SemsearchError
├── InputError                the user's files or settings are at fault
│   ├── ReadError             a file or row cannot be read (path and line named)
│   ├── SettingsError         a setting is unknown or has a bad value
│   └── MassDeleteError       a reindex would remove more than half of the articles
├── QueryError                the question cannot be searched as asked
│   └── CursorError           a cursor is malformed or its generation is gone
├── NotFoundError             no article, passage or speaker has this id
├── EncoderError              the model cannot be loaded or does not fit the index
└── IndexStateError           something about the index on disk
    ├── IndexMissingError     there is no index yet
    ├── IndexCorruptError     a generation fails its self-check
    └── IndexBusyError        another indexer holds the lock

Each message names the input and says what to do next; `str(error)` is fit to show to a user.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "CursorError",
    "EncoderError",
    "IndexBusyError",
    "IndexCorruptError",
    "IndexMissingError",
    "IndexStateError",
    "InputError",
    "MassDeleteError",
    "NotFoundError",
    "QueryError",
    "ReadError",
    "SemsearchError",
    "SettingsError",
]


class SemsearchError(Exception):
    """Root of the tree; catch it at the edge and print `str(error)`."""


class InputError(SemsearchError):
    """The user's files or settings are at fault."""


class ReadError(InputError):
    """A file, or one row of it, cannot be read.

    `line` counts from 1 and is None when the whole file is at fault.
    """

    def __init__(self, path: Path | str, reason: str, line: int | None = None) -> None:
        self.path = str(path)
        self.line = line
        self.reason = reason
        where = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{where}: {reason}")


class SettingsError(InputError):
    """A setting is unknown or has a bad value."""


class MassDeleteError(InputError):
    """A reindex would remove more than half of the articles."""


class QueryError(SemsearchError):
    """The question cannot be searched as asked."""


class CursorError(QueryError):
    """A cursor is malformed, belongs to another question, or its generation is gone."""


class NotFoundError(SemsearchError):
    """No article, passage or speaker has this id."""


class EncoderError(SemsearchError):
    """The model cannot be loaded, or is not the one the index was built with."""


class IndexStateError(SemsearchError):
    """Something about the index on disk."""


class IndexMissingError(IndexStateError):
    """There is no index at this place yet."""


class IndexCorruptError(IndexStateError):
    """A generation fails its self-check or cannot be opened."""


class IndexBusyError(IndexStateError):
    """Another indexer holds the lock."""
