"""Writing a generation's store: start from a copy of the old one, apply changes, finish."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Self

from semsearch.corpus import Article, Failure, Passage, Quote
from semsearch.index.store.sql import DIRTY, SCHEMA, SUMMARISE, immutable_uri
from semsearch.quotes.speakers import lookup_terms

__all__ = ["Changes", "FileRecord", "StoreWriter", "file_records"]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What was known of a source file when it was last read. Times are in nanoseconds.

    `root` is the folder that the ids of its articles are relative to. `contested` says that it
    holds an article whose id belongs to another file.
    """

    path: str
    root: str
    size: int
    mtime_ns: int
    sha256: str
    checked_ns: int
    contested: bool = False


@dataclass
class Changes:
    """What a build has changed so far, by passage row.

    `gone` rows left the index. `fresh` rows need a vector. `touched` rows are all rows, old and
    new, of articles that were added, changed or removed: their lexical entries are made anew,
    because an article's title or date is part of each of its passages' entries.
    """

    gone: set[int] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)


class _Database(sqlite3.Connection):
    """A connection whose troubles with the disk are OSErrors, as those of all other parts are."""

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        with _disk_errors():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        with _disk_errors():
            return super().executemany(sql, parameters)

    def executescript(self, sql: str) -> sqlite3.Cursor:
        with _disk_errors():
            return super().executescript(sql)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(f"SQLite: {error}") from error


class StoreWriter:
    """A store under construction, used by one thread; `close` it, or use it in a `with` block.

    Nothing is durable before `finish`, and nobody reads the file before the generation that it
    belongs to is published, so the journal is off: a crash throws the whole file away.
    """

    def __init__(self, path: Path, source: Path | None) -> None:
        if source is not None:
            shutil.copyfile(source, path)
        with ExitStack() as on_failure:
            self._db = sqlite3.connect(path, isolation_level=None, factory=_Database)
            on_failure.callback(self._db.close)
            self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
            self._db.execute("PRAGMA cache_size=-131072")
            if source is None:
                self._db.executescript(SCHEMA)
            self._db.execute(DIRTY)
            self._db.execute("BEGIN")
            on_failure.pop_all()
        # The speakers met in this build, None for those that no store holds.
        self._speakers: dict[str, int | None] = {}
        self.changes = Changes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def put_article(
        self,
        article: Article,
        content_hash: str,
        file: str,
        passages: Sequence[tuple[Passage, bytes]],
        quotes: Sequence[tuple[Quote, str | None]],
        roles: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Add an article or replace the one with its id.

        `content_hash` is that of the article as it was read, by which the next run knows it.
        `passages` come with the hash of the text that is embedded for each: a passage whose id
        and hash are known keeps its row and so its vector. `quotes` come with the key of their
        speaker (None when unnamed); equal keys are one person. `roles` are (key, role) pairs of
        those speakers ("Russian President"), under which they can be found too.
        """
        old = self._take_out(article.id)
        num = self._insert_article(article, content_hash, file)
        spans = []
        for passage, embed_key in passages:
            row = old.pop((passage.id, embed_key), None)
            spans.append((self._insert_passage(passage, num, row, embed_key), passage))
        self._forget(old.values())
        self._insert_quotes(num, quotes, spans)
        self._db.executemany(
            "INSERT OR IGNORE INTO roles (num, speaker, role) VALUES (?, ?, ?)",
            [(num, speaker, role) for key, role in roles if (speaker := self._known(key))],
        )

    def move_article(self, article_id: str, file: str) -> None:
        """Note that an unchanged article now comes from another file."""
        self._db.execute("UPDATE articles SET file = ? WHERE id = ?", [file, article_id])

    def remove_article(self, article_id: str) -> None:
        """Remove an article with all that hangs on it; unknown ids are ignored."""
        self._forget(self._take_out(article_id).values())

    def _take_out(self, article_id: str) -> dict[tuple[str, bytes], int]:
        """Delete an article; returns its passages' rows, which the caller keeps or forgets."""
        found = self._db.execute("SELECT num FROM articles WHERE id = ?", [article_id]).fetchone()
        if found is None:
            return {}
        (num,) = found
        rows = self._db.execute("SELECT id, embed_key, row FROM passages WHERE num = ?", [num])
        old = {(pid, key): row for pid, key, row in rows}
        self.changes.touched.update(old.values())
        self._db.execute(
            "INSERT OR IGNORE INTO dirty SELECT speaker FROM quotes"
            " WHERE num = ? AND speaker NOT NULL",
            [num],
        )
        self._db.execute(
            "DELETE FROM passage_speakers WHERE row IN (SELECT row FROM passages WHERE num = ?)",
            [num],
        )
        for table in ("passages", "authors", "quotes", "roles", "articles"):
            self._db.execute(f"DELETE FROM {table} WHERE num = ?", [num])
        return old

    def _forget(self, rows: Iterable[int]) -> None:
        for row in rows:
            # A row that was made and dropped within one build never reaches the vectors.
            if row in self.changes.fresh:
                self.changes.fresh.discard(row)
            else:
                self.changes.gone.add(row)

    def _insert_article(self, article: Article, content_hash: str, file: str) -> int:
        cursor = self._db.execute(
            "INSERT INTO articles (id, content_hash, file, title, title_derived, text, url, source,"
            " published, language, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                article.id,
                content_hash,
                file,
                article.title,
                article.title_derived,
                article.text,
                article.url,
                article.source,
                article.published.isoformat() if article.published else None,
                article.language,
                article.place,
            ],
        )
        num = cursor.lastrowid
        if num is None:
            raise RuntimeError("SQLite gave an inserted article no number")
        self._db.executemany(
            "INSERT INTO authors (num, position, name) VALUES (?, ?, ?)",
            [(num, position, name) for position, name in enumerate(article.authors)],
        )
        return num

    def _insert_passage(self, passage: Passage, num: int, row: int | None, embed_key: bytes) -> int:
        cursor = self._db.execute(
            'INSERT INTO passages (row, id, num, number, start, "end", embed_key)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row, passage.id, num, passage.number, passage.start, passage.end, embed_key],
        )
        if row is None:
            row = cursor.lastrowid
            if row is None:
                raise RuntimeError("SQLite gave an inserted passage no row")
            self.changes.fresh.add(row)
        self.changes.touched.add(row)
        return row

    def _insert_quotes(
        self,
        num: int,
        quotes: Sequence[tuple[Quote, str | None]],
        spans: Sequence[tuple[int, Passage]],
    ) -> None:
        links: set[tuple[int, int]] = set()
        for quote, key in quotes:
            speaker = None if key is None else self._speaker(key, quote.speaker or key)
            self._db.execute(
                'INSERT INTO quotes (num, kind, start, "end", speaker, speaker_name, mention, cue,'
                " rule) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(num, quote.kind, quote.start, quote.end, speaker, quote.speaker),
                    *(quote.mention, quote.cue, quote.rule),
                ],
            )
            if speaker is not None:
                self._db.execute("INSERT OR IGNORE INTO dirty VALUES (?)", [speaker])
                links.update(
                    (row, speaker)
                    for row, passage in spans
                    if passage.start < quote.end and quote.start < passage.end
                )
        self._db.executemany("INSERT INTO passage_speakers (row, speaker) VALUES (?, ?)", links)

    def _speaker(self, key: str, name: str) -> int:
        known = self._known(key)
        if known is None:
            cursor = self._db.execute("INSERT INTO speakers (key, name) VALUES (?, ?)", [key, name])
            known = self._speakers[key] = int(cursor.lastrowid or 0)
        return known

    def _known(self, key: str) -> int | None:
        """The speaker's number, looked up one by one: most are not met by a small change."""
        if key not in self._speakers:
            found = self._db.execute("SELECT speaker FROM speakers WHERE key = ?", [key]).fetchone()
            self._speakers[key] = found and int(found[0])
        return self._speakers[key]

    def put_file(self, record: FileRecord, failures: Sequence[Failure]) -> None:
        """Remember a source file and what could not be read of it."""
        self.forget_file(record.path)
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
            astuple(record),
        )
        self._db.executemany(
            "INSERT INTO failures VALUES (?, ?, ?)",
            [(record.path, failure.line, failure.reason) for failure in failures],
        )

    def refresh_file(self, record: FileRecord) -> None:
        """Note a known file's new size and time stamp."""
        self._db.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, checked_ns = ? WHERE path = ?",
            [record.size, record.mtime_ns, record.checked_ns, record.path],
        )

    def forget_file(self, path: str) -> None:
        self._db.execute("DELETE FROM files WHERE path = ?", [path])
        self._db.execute("DELETE FROM failures WHERE path = ?", [path])

    def finish(self) -> None:
        """Recompute the summaries and write everything out."""
        self._db.execute("COMMIT")
        self._db.executescript(SUMMARISE)
        self._db.executemany("INSERT INTO speaker_terms VALUES (?, ?)", self._speaker_terms())
        self._db.execute("ANALYZE")

    def _speaker_terms(self) -> Iterator[tuple[str, int]]:
        """(term, speaker) for each speaker whose names may have changed."""
        aliases: dict[int, list[str]] = {}
        for speaker, alias in self._db.execute(
            "SELECT speaker, a.name FROM aliases a JOIN speakers s USING (speaker)"
            " WHERE speaker IN dirty AND a.name <> s.name"
        ):
            aliases.setdefault(speaker, []).append(alias)
        changed = self._db.execute(
            "SELECT speaker, key FROM speakers WHERE speaker IN dirty"
        ).fetchall()
        for speaker, key in changed:
            for term in lookup_terms(key, aliases.get(speaker, ())):
                yield term, speaker

    def rows_of_changed_articles(self) -> Iterator[int]:
        """The touched rows that are still in the index, ascending."""
        alive = self.changes.touched - self.changes.gone
        yield from sorted(row for row in alive if self._alive(row))

    def _alive(self, row: int) -> bool:
        return (
            self._db.execute("SELECT 1 FROM passages WHERE row = ?", [row]).fetchone() is not None
        )


def file_records(path: Path) -> Mapping[str, FileRecord]:
    """The source files that a finished store knows, by path."""
    with closing(sqlite3.connect(immutable_uri(path), uri=True)) as db:
        rows = db.execute(
            "SELECT path, root, size, mtime_ns, sha256, checked_ns, contested FROM files"
        )
        return {
            path: FileRecord(path, root, size, mtime_ns, sha256, checked_ns, bool(contested))
            for path, root, size, mtime_ns, sha256, checked_ns, contested in rows
        }
