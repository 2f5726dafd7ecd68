"""Building one generation: store, vectors, lexical index, words, columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Article
from semsearch.encoder import Encoder
from semsearch.index.generation import Manifest
from semsearch.index.lexical import LexicalRow, open_lexical, worn
from semsearch.index.lexical import update as update_lexical
from semsearch.index.store import Changes, Store, StoreWriter, write_tallies
from semsearch.index.vectors.writing import update as update_vectors
from semsearch.index.wordstore import WordRow, language_of
from semsearch.index.wordstore import update as update_words
from semsearch.indexer.analysis import Analyser, Analysis, embed_key
from semsearch.indexer.collect import Decision, ForgetFile, Move, NoteFile, Put, Refresh, Remove
from semsearch.indexer.pool import Analysts
from semsearch.indexer.progress import Listener, Progress, Summary
from semsearch.indexer.spool import Gathered, Spool
from semsearch.ranking.duplicates import signatures
from semsearch.settings import Settings
from semsearch.text.splitter import SplitterSettings
from semsearch.text.token_counts import CachedTokenCounter

__all__ = ["Build", "splitter_settings"]

# Passages read, encoded and spooled at a time: enough for the encoder to sort by length, little
# enough that a kill loses seconds of work.
ENCODE_BATCH = 2048

Rows = NDArray[np.int64]
Signatures = NDArray[np.uint16]


def splitter_settings(settings: Settings) -> SplitterSettings:
    return SplitterSettings(
        target_tokens=settings.passage_target_tokens,
        overlap_sentences=settings.passage_overlap_sentences,
    )


class Build:
    """A generation in the making: `replay` what was decided, `finish`, and `close` in the end.

    `path` is its folder, `parent` that of the generation that it starts from, None to start from
    nothing.
    """

    def __init__(
        self,
        path: Path,
        parent: Path | None,
        encoder: Encoder,
        settings: Settings,
        listener: Listener,
        summary: Summary,
    ) -> None:
        self._path = path
        self._parent = parent
        self._encoder = encoder
        self._settings = settings
        self._listener = listener
        self._summary = summary
        counter = CachedTokenCounter(encoder.counter)
        self._analysts = Analysts(
            Analyser(counter, encoder.max_tokens, splitter_settings(settings))
        )
        source = parent / "store.sqlite" if parent else None
        self._writer = StoreWriter(path / "store.sqlite", source)

    def replay(self, decisions: Iterable[Decision]) -> None:
        """Carry out decisions as they come.

        Articles are written some time later, up to the end of `finish`, which is as well: no id
        is spoken of twice in a run.
        """
        for decision in decisions:
            self._carry_out(decision)

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case Put(article, file):
                self._write(self._analysts.put(article, file))
            case Remove(article_id):
                self._writer.remove_article(article_id)
            case Move(article_id, file):
                self._writer.move_article(article_id, file)
            case NoteFile(record, failures):
                self._writer.put_file(record, failures)
            case ForgetFile(path):
                self._writer.forget_file(path)
            case Refresh(record):
                self._writer.refresh_file(record)

    def _write(self, analysed: Iterator[tuple[Article, str, Analysis]]) -> None:
        for article, file, analysis in analysed:
            # The hash is the reader's article, before a language was detected for it.
            self._writer.put_article(
                analysis.article,
                article.content_hash,
                file,
                analysis.passages,
                analysis.quotes,
                analysis.roles,
            )

    def close(self) -> None:
        """End the processes at work and let go of the files."""
        self._analysts.close()
        self._writer.close()

    def finish(self, spool: Spool) -> Manifest:
        """Write every part; returns what the manifest says of them."""
        with self._summary.timed("analysing"):
            self._write(self._analysts.finish())
            self._analysts.close()
        self._writer.finish()
        changes = self._writer.changes
        alive = list(self._writer.rows_of_changed_articles())
        self._writer.close()
        with Store(self._path / "store.sqlite") as store:
            fresh, keys, signed = self._encode(store, changes, spool)
            self._listener(Progress("writing", 0, 4))
            with self._summary.timed("vectors"):
                vectors_info = self._write_vectors(changes, fresh, spool.gather(keys))
            self._listener(Progress("writing", 1, 4))
            with self._summary.timed("lexical"):
                self._write_lexical(store, changes, alive)
            self._listener(Progress("writing", 2, 4))
            with self._summary.timed("words"):
                self._write_words(store, changes, alive)
            self._listener(Progress("writing", 3, 4))
            with self._summary.timed("columns"):
                rows = self._write_columns(store, changes, alive)
                self._write_signatures(rows, fresh, signed)
                write_tallies(store, self._path)
            self._listener(Progress("writing", 4, 4))
            return {"counts": store.counts(), "vectors": vectors_info}

    def _encode(
        self, store: Store, changes: Changes, spool: Spool
    ) -> tuple[Rows, list[bytes], Signatures]:
        """Encode the fresh passages into the spool; returns their rows, keys and signatures.

        All three are in ascending order of rows.
        """
        rows = sorted(changes.fresh)
        keys: list[bytes] = []
        signed: list[Signatures] = [signatures([])]
        with self._summary.timed("embedding"):
            for start in range(0, len(rows), ENCODE_BATCH):
                texts = _texts(store, rows[start : start + ENCODE_BATCH])
                batch_keys = [embed_key(text) for text in texts]
                self._encode_batch(texts, batch_keys, spool, start, len(rows))
                keys += batch_keys
                signed.append(signatures(texts))
        return np.array(rows, dtype=np.int64), keys, np.concatenate(signed)

    def _encode_batch(
        self, texts: list[str], keys: list[bytes], spool: Spool, before: int, total: int
    ) -> None:
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in spool}
        known = len(texts) - len(missing)

        def on_progress(done: int) -> None:
            self._listener(Progress("embedding", before + known + done, total))

        on_progress(0)
        vectors = self._encoder.encode_passages(list(missing.values()), on_progress)
        spool.add(list(missing), vectors)
        self._summary.passages_embedded += len(missing)
        self._summary.passages_resumed += known
        self._listener(Progress("embedding", before + len(texts), total))

    def _write_vectors(self, changes: Changes, fresh: Rows, vectors: Gathered) -> dict[str, Any]:
        source = self._parent / "vectors.faiss" if self._parent else None
        gone = np.array(sorted(changes.gone), dtype=np.int64)
        return update_vectors(
            source,
            self._path / "vectors.faiss",
            gone,
            fresh,
            vectors,
            exact_rows=self._settings.flat_limit,
        )

    def _write_lexical(self, store: Store, changes: Changes, alive: Sequence[int]) -> None:
        source = self._parent / "lexical" if self._parent else None
        old = sorted(changes.touched | changes.gone)
        if source is not None and worn(source, len(old)):
            source, old, alive = None, [], store.rows()
        update_lexical(source, self._path / "lexical", old, _lexical_rows(store, alive))

    def _write_words(self, store: Store, changes: Changes, alive: Sequence[int]) -> None:
        language = open_lexical(self._path / "lexical").language
        source = self._parent / "words" if self._parent else None
        old = sorted(changes.touched | changes.gone)
        if source is not None and language_of(source) != language:
            source, old, alive = None, [], store.rows()
        update_words(source, self._path / "words", language, old, _word_rows(store, alive))

    def _write_columns(self, store: Store, changes: Changes, alive: Sequence[int]) -> Rows:
        """The parent's columns without the rows of changed articles, then those; gives all rows."""
        columns = store.columns(alive)
        if self._parent:
            names = columns.dtype.names or ()
            old = [np.load(self._parent / f"column-{name}.npy", mmap_mode="r") for name in names]
            kept = np.empty(len(old[0]), columns.dtype)
            for name, values in zip(names, old, strict=True):
                kept[name] = values
            changed = np.array(sorted(changes.touched | changes.gone), np.int64)
            columns = np.concatenate([kept[~_among(kept["row"], changed)], columns])
            columns = columns[np.argsort(columns["row"], kind="stable")]
        for name in columns.dtype.names or ():
            np.save(self._path / f"column-{name}.npy", columns[name])
        return np.asarray(columns["row"])

    def _write_signatures(self, rows: Rows, fresh: Rows, signed: Signatures) -> None:
        """Signatures in the order of the columns: the parent's where they exist, else new ones."""
        merged = np.empty((len(rows), signed.shape[1]), dtype=signed.dtype)
        if self._parent:
            old_rows = np.load(self._parent / "column-row.npy", mmap_mode="r")
            old = np.load(self._parent / "signatures.npy", mmap_mode="r")
            known = _among(rows, old_rows)
            merged[known] = old[np.searchsorted(old_rows, rows[known])]
        merged[np.searchsorted(rows, fresh)] = signed
        np.save(self._path / "signatures.npy", merged)


def _among(rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Which of `rows` are in `others`, which ascend."""
    if len(others) == 0:
        return np.zeros(len(rows), np.bool_)
    places = np.minimum(np.searchsorted(others, rows), len(others) - 1)
    return np.asarray(others[places] == rows)


def _texts(store: Store, rows: Sequence[int]) -> list[str]:
    """The passages' texts in the order of `rows`."""
    found = {record.row: text for record, _, text in store.lexical_rows(rows)}
    return [found[row] for row in rows]


def _word_rows(store: Store, rows: Sequence[int]) -> Iterator[WordRow]:
    for start in range(0, len(rows), 10_000):
        for record, article, text in store.lexical_rows(rows[start : start + 10_000]):
            yield WordRow(record.row, article.title, text)


def _lexical_rows(store: Store, rows: Sequence[int]) -> Iterator[LexicalRow]:
    for start in range(0, len(rows), 10_000):
        part = rows[start : start + 10_000]
        speakers = store.passage_speaker_keys(part)
        for record, article, text in store.lexical_rows(part):
            yield LexicalRow(
                row=record.row,
                article_id=article.id,
                title=article.title,
                text=text,
                source=article.source,
                authors=article.authors,
                speakers=speakers.get(record.row, ()),
                language=article.language,
                published=article.published,
                article=record.num,
                article_text=article.text,
            )
