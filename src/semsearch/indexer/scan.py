"""Finding out what changed: files against the last run's records, articles against their hashes."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.errors import ReadError
from semsearch.index.store import FileRecord
from semsearch.readers import SourceFile, find_files, format_of, read_file

__all__ = ["FileScan", "Known", "Scanner", "Scope"]

# A file changed within this time of our look at it may change again without its time stamp
# moving (time stamps are that coarse on some file systems), so its bytes are compared instead.
RACY_NS = 2_000_000_000


@dataclass(frozen=True)
class Known:
    """What the index holds already: source files by path, and article id -> (hash, file).

    With `rebuild` all of it is read and written anew; it is known only to be compared with.
    """

    files: Mapping[str, FileRecord] = field(default_factory=dict)
    articles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rebuild: bool = False


@dataclass
class FileScan:
    """A file to be read: iterate `articles` once, then look at `failures`."""

    record: FileRecord
    articles: Iterator[Article]
    failures: list[Failure]


@dataclass(frozen=True)
class Scope:
    """What a run looks at: the roots named, as absolute paths, and the files found under them."""

    roots: tuple[Path, ...]
    files: tuple[SourceFile, ...]
    skipped: int
    forgotten: tuple[Path, ...] = ()

    @classmethod
    def of(
        cls, roots: Sequence[Path], forgotten: Sequence[Path] = (), known_roots: Iterable[str] = ()
    ) -> Scope:
        """Look for files under `roots`; raises ReadError for a root that does not exist.

        `forgotten` roots are in scope without any file: whatever came from them goes. A file is
        named after the first of `known_roots` that it lies under, so that naming a folder inside
        one of them does not change any id.
        """
        known = [Path(root) for root in known_roots]
        found: dict[Path, SourceFile] = {}
        for file in _find(roots):
            if not any(file.path.is_relative_to(path) for path in forgotten):
                home = next((r for r in known if r != file.path and r in file.path.parents), None)
                found[file.path] = SourceFile(file.path, home or file.root, file.skip)
        wanted = tuple(file for file in found.values() if file.skip is None)
        return cls(tuple(roots), wanted, len(found) - len(wanted), tuple(forgotten))

    def holds(self, path: str) -> bool:
        """Whether a file of an earlier run would be found by this one if it still existed."""
        return any(
            Path(path) == root or root in Path(path).parents
            for root in (*self.roots, *self.forgotten)
        )


def _find(roots: Sequence[Path]) -> list[SourceFile]:
    try:
        return find_files(roots)
    except ReadError as error:
        raise ReadError(
            error.path,
            f"{error.reason}; if it is gone for good, --forget {error.path} drops what came from "
            "it. Nothing was changed",
        ) from error


class Scanner:
    """Tells the files that must be read from those whose bytes are as before.

    `unchanged` holds the paths of the latter, `refreshed` the records of those among them whose
    time stamps moved. `reread` says to read a file though it is unchanged; it may grow while
    `to_read` is iterated.
    """

    def __init__(self, known: Known, scope: Scope) -> None:
        self._known = known
        self._files = scope.files
        self.position = {str(file.path): i for i, file in enumerate(scope.files)}
        self.unchanged: set[str] = set()
        self.refreshed: list[FileRecord] = []
        self.reread = _renamed(scope, known)
        self._records = [self._record(file) for file in scope.files]
        if self._anything_changed(scope):
            # Whoever had an id before may have lost it: those that want it too are read again.
            self.reread |= {path for path, record in known.files.items() if record.contested}

    def to_read(self) -> Iterator[FileScan | Failure]:
        """The new and changed files in order; a Failure for one that cannot be opened."""
        for file, record in zip(self._files, self._records, strict=True):
            path = str(file.path)
            if isinstance(record, Failure):
                yield record
            elif path not in self.unchanged or path in self.reread:
                self.unchanged.discard(path)
                yield _scan(file, record)

    @property
    def will_read(self) -> bool:
        """Whether `to_read` yields anything."""
        return bool(self.reread) or len(self.unchanged) < len(self._files)

    def _anything_changed(self, scope: Scope) -> bool:
        lost = any(scope.holds(p) and p not in self.position for p in self._known.files)
        return lost or self.will_read

    def _record(self, file: SourceFile) -> FileRecord | Failure:
        try:
            return self._look(file)
        except OSError as error:
            return Failure(str(file.path), None, f"cannot be read: {error.strerror}")

    def _look(self, file: SourceFile) -> FileRecord:
        # stat before hash before reading: a change in between is noticed by the next run.
        path, stat = str(file.path), file.path.stat()
        known = None if self._known.rebuild else self._known.files.get(path)
        if known and _surely_unchanged(known, stat.st_size, stat.st_mtime_ns):
            self.unchanged.add(path)
            return known
        now = time.time_ns()
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        root = str(file.root)
        record = FileRecord(path, root, stat.st_size, stat.st_mtime_ns, digest, now)
        if known and known.sha256 == digest:
            self.unchanged.add(path)
            self.refreshed.append(record)
        return record


def _surely_unchanged(known: FileRecord, size: int, mtime_ns: int) -> bool:
    same = (known.size, known.mtime_ns) == (size, mtime_ns)
    return same and mtime_ns < known.checked_ns - RACY_NS


def _renamed(scope: Scope, known: Known) -> set[str]:
    """Known files whose articles get other ids now, because a file with the same name but for
    its suffix came or went (see `readers.base_id`)."""
    now, before = defaultdict(set), defaultdict(set)
    for file in scope.files:
        now[_bare(str(file.path))].add(str(file.path))
    for path in known.files:
        if _bare(path) in now:
            before[_bare(path)].add(path)
    return {path for bare, paths in before.items() if paths != now[bare] for path in paths}


def _bare(path: str) -> str:
    return path[: len(path) - len(format_of(Path(path)) or "")]


def _scan(file: SourceFile, record: FileRecord) -> FileScan:
    failures: list[Failure] = []

    def articles() -> Iterator[Article]:
        for read in read_file(file.path, file.root):
            if isinstance(read, Failure):
                failures.append(read)
            else:
                yield read

    return FileScan(record, articles(), failures)
