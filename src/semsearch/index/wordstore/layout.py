"""What a folder of words is made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from semsearch.errors import IndexCorruptError

__all__ = [
    "TABLE",
    "Header",
    "open_segment",
    "read_note",
    "read_rows",
    "read_table",
    "segment_files",
    "write_note",
    "write_table",
]

# For each row, ascending: where its words and sentences begin in which segment, and how many there
# are: words of the title, then of the passage, and sentences.
TABLE = np.dtype(
    [
        ("words_at", "<i8"),
        ("sentences_at", "<i8"),
        ("segment", "<u4"),
        ("title", "<u4"),
        ("words", "<u4"),
        ("sentences", "<u4"),
    ]
)

Rows = npt.NDArray[np.int64]
Table = npt.NDArray[np.void]
Words = npt.NDArray[np.uint64]
Begins = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Header:
    """`language` is whose stems the words have (ISO 639-1); `segments` are numbered upward."""

    language: str
    segments: tuple[int, ...]


def segment_files(path: Path, segment: int) -> tuple[Path, Path]:
    """The files of a segment's words (uint64) and of its sentences (uint32)."""
    return path / f"{segment}.words", path / f"{segment}.sentences"


def open_segment(path: Path, segment: int) -> tuple[Words, Begins]:
    """A segment's words and where its sentences begin, mapped; raises IndexCorruptError."""
    words, begins = segment_files(path, segment)
    return _raw(words, np.dtype("<u8")), _raw(begins, np.dtype("<u4"))


def _raw(path: Path, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    try:
        if path.stat().st_size == 0:  # which cannot be mapped
            return np.zeros(0, kind)
        return np.asarray(np.memmap(path, kind, "r"))
    except (OSError, ValueError) as error:
        raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error


def write_note(path: Path, header: Header) -> None:
    (path / "header.json").write_text(json.dumps(asdict(header)), "utf-8")


def read_note(path: Path) -> Header:
    """The header of a folder; raises IndexCorruptError where there is none."""
    try:
        found = json.loads((path / "header.json").read_text("utf-8"))
        return Header(found["language"], tuple(found["segments"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error


def write_table(path: Path, rows: Rows, table: Table) -> None:
    np.save(path / "rows.npy", rows)
    np.save(path / "table.npy", table)


def read_rows(path: Path) -> Rows:
    """The rows, ascending, mapped; raises IndexCorruptError where there are none."""
    return _mapped(path / "rows.npy", np.dtype(np.int64))


def read_table(path: Path) -> Table:
    """A TABLE record for each of the rows, mapped; raises IndexCorruptError where there is none."""
    return _mapped(path / "table.npy", TABLE)


def _mapped(path: Path, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    try:
        found = np.load(path, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise IndexCorruptError(f"{path}: cannot be opened: {error}") from error
    if found.dtype != kind:
        raise IndexCorruptError(f"{path}: holds {found.dtype}, not {kind}")
    return np.asarray(found)
