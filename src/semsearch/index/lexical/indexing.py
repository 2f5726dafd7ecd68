"""Writing: a new index that shares with an old one whatever did not change."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import tantivy

from semsearch.errors import IndexBusyError
from semsearch.index.lexical.terms import (
    ARTICLES,
    LexicalRow,
    article_schema,
    exact_terms,
    open_index,
    passage_schema,
    stem,
)
from semsearch.text.words import word_texts

__all__ = ["update", "worn"]

WORN_SHARE = 0.2  # of dead rows, past which BM25's counts drift and a rebuild pays
WRITER_HEAP_BYTES = 64_000_000
_LINKED = (".store", ".term", ".idx", ".pos", ".fast", ".fieldnorm", ".del")


def update(
    source: Path | None,
    target: Path,
    removed: Iterable[int],
    added: Iterable[LexicalRow],
) -> None:
    """Write at `target` (a new folder) the index at `source` less `removed` plus `added`.

    `source` stays as it is; its segments are hard-linked where the file system can. When an
    article changed, all of its rows are to be removed and added. Raises IndexBusyError when
    another writer is at `target`.
    """
    with (
        _Writer(source, target, passage_schema()) as passages,
        _Writer(source and source / ARTICLES, target / ARTICLES, article_schema()) as articles,
    ):
        for row in removed:
            passages.delete("row", row)
        seen: set[int] = set()
        for entry in added:
            passages.add(_passage(entry))
            if entry.article is not None and entry.article not in seen:
                seen.add(entry.article)
                articles.delete("article", entry.article)
                articles.add(_article(entry.article, entry))


class _Writer:
    """Writes one tantivy index, beginning with the segments of another; commits when left."""

    def __init__(self, source: Path | None, target: Path, schema: tantivy.Schema) -> None:
        target.mkdir(parents=True)
        if source is not None:
            _carry_over(source, target)
        try:
            self._writer = open_index(target, schema).writer(WRITER_HEAP_BYTES, 1)
        except ValueError as error:
            raise IndexBusyError(f"{target}: another indexer writes here ({error})") from error

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._writer.commit()
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()
        else:
            self._writer.rollback()

    def delete(self, field: str, value: int) -> None:
        self._writer.delete_documents_by_term(field, value)

    def add(self, document: tantivy.Document) -> None:
        self._writer.add_document(document)


def worn(source: Path, removed: int) -> bool:
    """Whether taking `removed` more rows out of `source` leaves too many dead ones behind.

    Dead rows still count in BM25's statistics. When True, call `update(None, target, (), rows)`
    with every row of the new generation: rebuilding costs about 0.2 ms a passage.
    """
    segments = json.loads((source / "meta.json").read_text())["segments"]
    written = sum(segment["max_doc"] for segment in segments)
    dead = sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in segments)
    return bool(dead + removed > WORN_SHARE * written)


def _carry_over(source: Path, target: Path) -> None:
    for path in sorted(source.iterdir()):
        if path.suffix in _LINKED:
            _link(path, target / path.name)
        elif path.suffix == ".json":  # meta.json, .managed.json: replaced by rename on commit
            shutil.copyfile(path, target / path.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


def _passage(entry: LexicalRow) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("row", entry.row)
    found = word_texts(entry.text)
    document.add_text("stems", _stems(found, entry.language))
    document.add_text("title_stems", _stems(word_texts(entry.title), entry.language))
    document.add_text("exact", " ".join(exact_terms(found)))
    for name, values in (
        ("source", (entry.source,) if entry.source else ()),
        ("authors", entry.authors),
        ("speakers", entry.speakers),
        ("language", (entry.language or "",)),
    ):
        for value in values:
            document.add_text(name, value)
    if entry.published is not None:
        document.add_integer("published", entry.published.toordinal())
    return document


def _article(number: int, entry: LexicalRow) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("article", number)
    document.add_text("stems", _stems(word_texts(entry.article_text), entry.language))
    return document


def _stems(found: Iterable[str], language: str | None) -> str:
    """The stems of words in their normal form, without stop words, as one text."""
    return " ".join(filter(None, (stem(word, language or "") for word in found)))
