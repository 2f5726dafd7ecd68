"""Writing: the words of what is new; those of an old generation are shared."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from semsearch.index.wordstore.layout import (
    TABLE,
    Header,
    open_segment,
    read_note,
    read_rows,
    read_table,
    segment_files,
    write_note,
    write_table,
)
from semsearch.text.sentences import sentences
from semsearch.text.word_arrays import pack_words

__all__ = ["WordRow", "language_of", "update"]

# Past this share of words without a row, or segments to open, all are copied into one.
WORN_SHARE = 0.2
MOST_SEGMENTS = 16

Rows = npt.NDArray[np.int64]
Table = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class WordRow:
    """One passage as this room wants it."""

    row: int
    title: str
    text: str


def language_of(source: Path) -> str:
    """The language whose stems the words at `source` have."""
    return read_note(source).language


def update(
    source: Path | None,
    target: Path,
    language: str,
    removed: Iterable[int],
    added: Iterable[WordRow],
) -> None:
    """Write at `target` (a new folder) the words at `source` less `removed` plus `added`.

    `source` stays as it is, and must have the stems of `language`; its segments are hard-linked
    where the file system can. When an article's title changed, all of its rows are to be removed
    and added.
    """
    target.mkdir()
    header, rows, table = _without(source, removed)
    with ExitStack() as stack:
        number = max(header.segments, default=-1) + 1
        new = stack.enter_context(_NewSegment(target, number, language))
        if source is not None and _worn(source, header, table):
            table = new.copy(source, header, table)
            header = Header(language, ())
        elif source is not None:
            _share(source, target, header)
        new_rows, new_table = new.add(added)
    rows = np.concatenate([rows, new_rows])
    order = np.argsort(rows, kind="stable")
    write_table(target, rows[order], np.concatenate([table, new_table])[order])
    write_note(target, Header(language, (*header.segments, number)))


def _without(source: Path | None, removed: Iterable[int]) -> tuple[Header, Rows, Table]:
    """What is at `source`, less some rows."""
    if source is None:
        return Header("", ()), np.zeros(0, np.int64), np.zeros(0, TABLE)
    rows = read_rows(source)
    stay = ~np.isin(rows, np.fromiter(removed, np.int64))
    return read_note(source), rows[stay], read_table(source)[stay]


def _worn(source: Path, header: Header, table: Table) -> bool:
    written = sum(len(open_segment(source, number)[0]) for number in header.segments)
    alive = int(table["title"].sum() + table["words"].sum())
    return len(header.segments) >= MOST_SEGMENTS or written - alive > WORN_SHARE * written


def _share(source: Path, target: Path, header: Header) -> None:
    for number in header.segments:
        for old, new in zip(
            segment_files(source, number), segment_files(target, number), strict=True
        ):
            try:
                os.link(old, new)
            except OSError:  # another file system, or one without hard links
                shutil.copyfile(old, new)


class _NewSegment:
    """A segment being written, row by row; close it by leaving its context."""

    def __init__(self, target: Path, number: int, language: str) -> None:
        words, begins = segment_files(target, number)
        self._words, self._begins = words.open("wb"), begins.open("wb")
        self._number = number
        self._language = language
        self._words_at = self._begins_at = 0

    def __enter__(self) -> _NewSegment:
        return self

    def __exit__(self, *error: object) -> None:
        self._words.close()
        self._begins.close()

    def add(self, added: Iterable[WordRow]) -> tuple[Rows, Table]:
        """Write new rows; returns them and their records, in the order given."""
        rows, records = [], []
        for one in added:
            title = pack_words(one.title, self._language)
            text = pack_words(one.text, self._language)
            begins = np.array([start for start, _ in sentences(one.text)], np.uint32)
            rows.append(one.row)
            records.append(self._write(np.concatenate([title, text]), len(title), begins))
        return np.array(rows, np.int64), np.array(records, TABLE)

    def copy(self, source: Path, header: Header, table: Table) -> Table:
        """Write what a table of old segments names; returns the same rows' new records."""
        segments = {number: open_segment(source, number) for number in header.segments}
        records = []
        for words_at, begins_at, segment, title, words, begins in table.tolist():
            all_words, all_begins = segments[segment]
            own = all_words[words_at : words_at + title + words]
            records.append(self._write(own, title, all_begins[begins_at : begins_at + begins]))
        return np.array(records, TABLE)

    def _write(
        self, words: npt.NDArray[np.uint64], title: int, begins: npt.NDArray[np.uint32]
    ) -> tuple[int, ...]:
        record = (self._words_at, self._begins_at, self._number, title, len(words) - title)
        self._words.write(words.tobytes())
        self._begins.write(begins.tobytes())
        self._words_at += len(words)
        self._begins_at += len(begins)
        return (*record, len(begins))
