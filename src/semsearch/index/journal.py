"""Articles that were put and deleted through the API: a durable journal.

    index/journal/
      journal.log     one line per change, only ever appended to
      lock            held while appending or compacting

A line is `<crc32, 8 hex digits> <JSON>`: the change's sequence number `n` (from 1, ascending, no
number twice), and either the article put or the id deleted. `append` returns after the bytes
reached the disk, so an acknowledged change survives SIGKILL and a power cut. A process that dies
while appending leaves at most one torn batch at the end; it was never acknowledged, readers stop
before it, and the next append cuts it off. Readers stop at any other damaged line too, so changes
after it are not seen, and `compact` then gives their numbers again.

The journal is a source of articles that overlays the files: an article put here replaces a
file's article of the same id, and one deleted here stays away although a file still has it. So it
keeps the last change of every id for ever; `compact` drops only the superseded.

For the indexer:

- A generation's manifest records `journal_seq`, the number of the last change it holds (0: none).
- A reindex from files overlays `changes()`; folding new changes into the live generation applies
  `changes(after=manifest["journal_seq"])` alone. Both then record the `n` of the last change seen.
- Changes come in order and an id may come several times: the last one counts.
- Call `compact` now and then, under the indexer's lock; it is safe during appends and reads.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from semsearch.corpus import Article
from semsearch.system.files import fsync_path

__all__ = ["Change", "Journal"]

TAIL_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `article` is what was put, None when `article_id` was deleted."""

    article_id: str
    article: Article | None
    n: int = 0


class Journal:
    """The journal of one index. Cheap to make; holds no open file; safe across processes."""

    def __init__(self, index_dir: Path) -> None:
        self._folder = index_dir / "journal"
        self._log = self._folder / "journal.log"

    def append(self, changes: Sequence[Change]) -> tuple[int, int]:
        """Write changes in the given order; returns the first and the last sequence number.

        All or none of them survive a crash before the return, all of them one after it. The `n`
        of the given changes is ignored. An empty sequence is a ValueError.
        """
        if not changes:
            raise ValueError("there is nothing to append")
        with self._locked() as log:
            end, last = _tail(log)
            first = last + 1
            lines = [_line(change, first + i) for i, change in enumerate(changes)]
            log.truncate(end)  # a torn batch of a dead process goes
            log.seek(end)
            # The batch ends with its own commit line, so that a crash in the middle of it leaves
            # none of its changes behind.
            log.write(b"".join(lines) + _commit(first + len(lines) - 1))
            log.flush()
            os.fsync(log.fileno())
        return first, first + len(lines) - 1

    def changes(self, after: int = 0) -> Iterator[Change]:
        """The changes with `n > after` in ascending order; streams, so memory stays flat."""
        try:
            log = self._log.open("rb")
        except FileNotFoundError:
            return
        with log:
            for batch in _batches(log):
                for n, fields in batch:
                    if n > after:
                        yield _change(n, fields)

    def last(self) -> int:
        """The sequence number of the last acknowledged change, 0 when there is none."""
        try:
            with self._log.open("rb") as log:
                return _tail(log)[1]
        except FileNotFoundError:
            return 0

    def compact(self) -> int:
        """Drop changes that a later one of the same id supersedes; returns how many went.

        Waits for a running append and holds up new ones meanwhile. Readers that have the old
        file open read it to its end.
        """
        if not self._log.exists():
            return 0
        with self._locked() as log:
            newest, total = _newest(log)
            dropped = total - len(newest)
            if dropped:
                self._rewrite(log, newest)
        return dropped

    def _rewrite(self, log: IO[bytes], newest: dict[str, int]) -> None:
        keep = set(newest.values())
        temporary = self._folder / ".journal.log.tmp"
        log.seek(0)
        with temporary.open("wb") as target:
            for batch in _batches(log):
                kept = [_pack(n, fields) for n, fields in batch if n in keep]
                target.write(b"".join(kept) + (_commit(batch[-1][0]) if kept else b""))
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(self._log)
        fsync_path(self._folder)

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            # The lock is a file of its own because compacting replaces the log's own file.
            fcntl.flock(lock, fcntl.LOCK_EX)
            is_new = not self._log.exists()
            with self._log.open("a+b" if is_new else "r+b") as log:
                if is_new:
                    fsync_path(self._folder)
                    fsync_path(self._folder.parent)
                yield log


def _line(change: Change, n: int) -> bytes:
    if change.article is None:
        return _pack(n, {"n": n, "delete": change.article_id})
    return _pack(n, {"n": n, "put": _article_fields(change.article)})


def _pack(n: int, fields: dict[str, Any]) -> bytes:
    packed = json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(packed), packed)


def _commit(n: int) -> bytes:
    return _pack(n, {"n": n, "commit": True})


def _unpack(line: bytes) -> dict[str, Any] | None:
    """The fields of a line, None when it is torn or damaged."""
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    packed = line[9:-1]
    if line[:8] != b"%08x" % zlib.crc32(packed):
        return None
    fields: dict[str, Any] = json.loads(packed.decode("utf-8", "surrogatepass"))
    return fields


def _batches(log: IO[bytes]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Committed batches as (n, fields) pairs; stops at the first torn line."""
    batch: list[tuple[int, dict[str, Any]]] = []
    for line in log:
        fields = _unpack(line)
        if fields is None:
            return
        if "commit" in fields:
            yield batch
            batch = []
        else:
            batch.append((fields["n"], fields))


def _newest(log: IO[bytes]) -> tuple[dict[str, int], int]:
    """The last `n` of each article id, and how many changes there are."""
    log.seek(0)
    newest: dict[str, int] = {}
    total = 0
    for batch in _batches(log):
        for n, fields in batch:
            newest[_id(fields)] = n
        total += len(batch)
    return newest, total


def _tail(log: IO[bytes]) -> tuple[int, int]:
    """Where the last committed batch ends (bytes), and its last sequence number.

    Reads backwards until a commit line turns up, which costs one read unless a batch was torn.
    """
    size = log.seek(0, os.SEEK_END)
    span = TAIL_BYTES
    while True:
        start = max(0, size - span)
        log.seek(start)
        found = _last_commit(log.read(size - start), whole=start == 0)
        if found is not None:
            return start + found[0], found[1]
        if start == 0:
            return 0, 0
        span *= 4


def _last_commit(data: bytes, whole: bool) -> tuple[int, int] | None:
    """End offset and number of the last commit line in `data`, None when there is none.

    Unless `data` is `whole`, its first line may lack its beginning and is not trusted.
    """
    end = len(data)
    while end > 0:
        start = data.rfind(b"\n", 0, end - 1) + 1
        if start > 0 or whole:
            fields = _unpack(data[start:end])
            if fields is not None and "commit" in fields:
                return end, int(fields["n"])
        end = start
    return None


def _article_fields(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "title_derived": article.title_derived,
        "url": article.url,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "language": article.language,
        "place": article.place,
    }


def _change(n: int, fields: dict[str, Any]) -> Change:
    if "delete" in fields:
        return Change(fields["delete"], None, n)
    put = dict(fields["put"])
    put["published"] = date.fromisoformat(put["published"]) if put["published"] else None
    put["authors"] = tuple(put["authors"])
    article = Article(**put)
    return Change(article.id, article, n)


def _id(fields: dict[str, Any]) -> str:
    found: str = fields["delete"] if "delete" in fields else fields["put"]["id"]
    return found
