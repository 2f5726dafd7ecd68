"""Finding out what changed: files against the last run's records, articles against their hashes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers import SourceFile, read_file
from semsearch.store import FileRecord

__all__ = ["FileScan", "Known", "Scanner"]

# A file changed within this time of our look at it may change again without its time stamp
# moving (time stamps are that coarse on some file systems), so its bytes are compared instead.
RACY_NS = 2_000_000_000


@dataclass(frozen=True)
class Known:
    """What the index holds already: source files by path, and article id -> (hash, file)."""

    files: Mapping[str, FileRecord] = field(default_factory=dict)
    articles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class FileScan:
    """A file whose bytes changed: iterate `articles` once, then look at `failures`."""

    record: FileRecord
    articles: Iterator[Article]
    failures: list[Failure]


class Scanner:
    """Walks the source files once and yields those that must be read.

    Afterwards `unchanged` holds the paths whose bytes are as before, and `refreshed` the records
    of those among them whose time stamps moved.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self.unchanged: set[str] = set()
        self.refreshed: list[FileRecord] = []

    def changed_files(self, files: Iterable[SourceFile]) -> Iterator[FileScan | Failure]:
        """The new and changed files in order; a Failure for one that cannot be opened."""
        for file in files:
            try:
                record = self._record(file)
            except OSError as error:
                yield Failure(str(file.path), None, f"cannot be read: {error.strerror}")
                continue
            if record is not None:
                yield _scan(file, record)

    def _record(self, file: SourceFile) -> FileRecord | None:
        """The file's new record; None when its bytes are as before."""
        path, stat = str(file.path), file.path.stat()
        known = self._known.files.get(path)
        if known and _surely_unchanged(known, stat.st_size, stat.st_mtime_ns):
            self.unchanged.add(path)
            return None
        now = time.time_ns()
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        record = FileRecord(path, str(file.root), stat.st_size, stat.st_mtime_ns, digest, now)
        if known and known.sha256 == digest:
            self.unchanged.add(path)
            self.refreshed.append(record)
            return None
        return record


def _surely_unchanged(known: FileRecord, size: int, mtime_ns: int) -> bool:
    same = (known.size, known.mtime_ns) == (size, mtime_ns)
    return same and mtime_ns < known.checked_ns - RACY_NS


def _scan(file: SourceFile, record: FileRecord) -> FileScan:
    failures: list[Failure] = []

    def articles() -> Iterator[Article]:
        for read in read_file(file.path, file.root):
            if isinstance(read, Failure):
                failures.append(read)
            else:
                yield read

    return FileScan(record, articles(), failures)
