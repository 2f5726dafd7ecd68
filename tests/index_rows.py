"""Rows, and looks into a live index, that tests of the indexer share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from sample import build, write_rows

from semsearch.index.check import verify
from semsearch.index.generation import IndexFolder
from semsearch.index.store import Store
from semsearch.index.vectors.faiss import open_store
from semsearch.index.wordstore import open_words
from semsearch.settings import Settings

MakeSettings = Callable[..., Settings]


ONE = {"id": "one", "title": "One", "text": "The first article speaks of apples and pears."}


TWO = {"id": "two", "title": "Two", "text": "The second article speaks of rivers and boats."}


THREE = {"id": "three", "title": "Three", "text": "The third article speaks of bees and honey."}


def live_store(chosen: Settings) -> Store:
    folder = IndexFolder(chosen.index_dir)
    return Store(folder.generation_path(folder.require_current()) / "store.sqlite")


def ids(chosen: Settings) -> set[str]:
    """The ids of all articles in the live generation, which must verify."""
    assert [check.problem for check in verify(IndexFolder(chosen.index_dir))] == [None] * 3
    with live_store(chosen) as store:
        return set(store.article_hashes())


def rows_of(chosen: Settings, article_id: str) -> list[int]:
    with live_store(chosen) as store:
        return [store.record_by_id(p.id).row for p in store.passages(article_id)]


def words_of(chosen: Settings, article_id: str) -> list[tuple[str, list[int], list[int]]]:
    """The language of the words kept for each passage, and their and the title's stems."""
    folder = IndexFolder(chosen.index_dir)
    words = open_words(folder.generation_path(folder.require_current()) / "words")
    found = words.read(rows_of(chosen, article_id))
    return [(words.language, one.words.stems.tolist(), one.title.tolist()) for one in found]


def vectors_of(chosen: Settings, rows: list[int]) -> np.ndarray:
    folder = IndexFolder(chosen.index_dir)
    path = folder.generation_path(folder.require_current()) / "vectors.faiss"
    return open_store(path).vectors(np.array(rows))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def two_generations(chosen: Settings) -> tuple[str, str]:
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    first = build(chosen).generation
    write_rows(file, [ONE, TWO])
    second = build(chosen).generation
    assert first is not None
    assert second is not None
    return first, second
