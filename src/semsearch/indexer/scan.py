"""Finding out what changed: files against the last run's records, articles against their hashes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers import SourceFile, find_files, read_file
from semsearch.store import FileRecord

__all__ = ["FileScan", "Known", "Scanner", "Scope"]

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


@dataclass(frozen=True)
class Scope:
    """What a run looks at: the roots named, as absolute paths, and the files found under them."""

    roots: tuple[Path, ...]
    files: tuple[tuple[Path, SourceFile], ...]
    skipped: int
    forgotten: tuple[Path, ...] = ()

    @classmethod
    def of(cls, roots: Sequence[Path], forgotten: Sequence[Path] = ()) -> Scope:
        """Look for files under `roots`; raises ReadError for a root that does not exist.

        `forgotten` roots are in scope without any file: whatever came from them goes.
        """
        found: dict[Path, tuple[Path, SourceFile]] = {}
        for root in roots:
            for file in find_files([root]):
                found.setdefault(file.path, (root, file))
        wanted = tuple(pair for pair in found.values() if pair[1].skip is None)
        return cls(tuple(roots), wanted, len(found) - len(wanted), tuple(forgotten))

    def holds(self, record: FileRecord) -> bool:
        """Whether a file of an earlier run would be found by this one if it still existed."""
        path = Path(record.path)
        return any(path == root or path.is_relative_to(root) for root in (*self.roots, *self.forgotten))


class Scanner:
    """Walks the source files once and yields those that must be read.

    Afterwards `unchanged` holds the paths whose bytes are as before, and `refreshed` the records
    of those among them whose time stamps moved.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self.unchanged: set[str] = set()
        self.refreshed: list[FileRecord] = []

    def changed_files(
        self, files: Iterable[tuple[Path, SourceFile]]
    ) -> Iterator[FileScan | Failure]:
        """The new and changed files in order; a Failure for one that cannot be opened."""
        for root, file in files:
            try:
                record = self._record(root, file)
            except OSError as error:
                yield Failure(str(file.path), None, f"cannot be read: {error.strerror}")
                continue
            if record is not None:
                yield _scan(file, record)

    def _record(self, root: Path, file: SourceFile) -> FileRecord | None:
        """The file's new record; None when its bytes are as before."""
        path, stat = str(file.path), file.path.stat()
        known = self._known.files.get(path)
        if known and _surely_unchanged(known, stat.st_size, stat.st_mtime_ns):
            self.unchanged.add(path)
            return None
        now = time.time_ns()
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        record = FileRecord(path, str(root), stat.st_size, stat.st_mtime_ns, digest, now)
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
