"""Generations on disk: staging, publishing, locking, cleaning up, rolling back.

    index/
      current               text file: the id of the live generation
      writer.lock           held by the one indexer at work
      spool/                encoded vectors of an unfinished run, so that it can be resumed
      generations/
        <id>/               complete and immutable: manifest.json was written last
          store.sqlite  column-*.npy  tally-*.npy  tallies.json  signatures.npy  vectors.faiss*
          lexical/  words/  manifest.json
          readers.lock      readers hold it shared; the cleaner needs it exclusively
        .staging-<id>/      being built; no reader ever looks here

A crash at any instruction leaves `current` naming a complete generation: the staging folder
becomes visible only by a rename after everything in it was flushed, and `current` is replaced
only after that. The next run removes what a dead run left behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from semsearch.errors import IndexBusyError, IndexCorruptError, IndexMissingError
from semsearch.system.files import fsync_path, replace_text

__all__ = ["FORMAT_VERSION", "IndexFolder", "Manifest", "Staging", "file_checksum"]

FORMAT_VERSION = 5
MANIFEST = "manifest.json"

Manifest = dict[str, Any]


def file_checksum(path: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Staging:
    """A generation being built. Make it, fill `path`, then `publish`; or `discard` it."""

    def __init__(self, folder: IndexFolder, generation: str) -> None:
        self._folder = folder
        self.generation = generation
        self.path = folder.generations / f".staging-{generation}"
        self.path.mkdir(parents=True)

    def publish(self, manifest: Manifest) -> None:
        """Make this generation the live one. `manifest` gets id, checksums and time added."""
        sealed = self._seal(manifest)
        final = self._folder.generation_path(self.generation)
        replace_text(self.path / MANIFEST, json.dumps(sealed, indent=1, sort_keys=True))
        for path in sorted(self.path.rglob("*")):
            fsync_path(path)
        fsync_path(self.path)
        self.path.rename(final)
        fsync_path(self._folder.generations)
        self._folder.set_current(self.generation)

    def discard(self) -> None:
        """Remove what was built so far."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _seal(self, manifest: Manifest) -> Manifest:
        (self.path / "readers.lock").touch()
        files = [p for p in sorted(self.path.rglob("*")) if p.is_file() and p.name != MANIFEST]
        return {
            **manifest,
            "format": FORMAT_VERSION,
            "generation": self.generation,
            "previous": self._folder.current(),
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "checksums": self._checksums(files),
            "bytes": sum(p.stat().st_size for p in files),
        }

    def _checksums(self, files: Sequence[Path]) -> dict[str, str]:
        """Hex sha256 by name. A file that is hard-linked from the live generation keeps its sum:
        hashing it again would only bless bytes that went bad since."""
        known = self._folder.sums_by_inode()

        def settle(path: Path) -> str:
            stat = path.stat()
            kept = known.get((stat.st_dev, stat.st_ino))
            checksum = kept or file_checksum(path)
            fsync_path(path)
            return checksum

        # Two at a time: one file is flushed to the disk while another one is read.
        with ThreadPoolExecutor(2, "settle") as threads:
            sums = threads.map(settle, files)
            return {
                str(path.relative_to(self.path)): checksum
                for path, checksum in zip(files, sums, strict=True)
            }


class IndexFolder:
    """The folder of one index. Cheap to make; holds no open file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generations = path / "generations"
        self.spool = path / "spool"
        self._current = path / "current"

    def generation_path(self, generation: str) -> Path:
        return self.generations / generation

    def current(self) -> str | None:
        """The id of the live generation, None when nothing was ever published."""
        try:
            return self._current.read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexCorruptError(f"{self._current}: cannot be read: {error.strerror}") from error

    def require_current(self) -> str:
        """As `current`, but raises IndexMissingError with what to do."""
        generation = self.current()
        if generation is None:
            raise IndexMissingError(
                f"{self.path}: there is no index here yet; run `semsearch reindex` to build one"
            )
        return generation

    def set_current(self, generation: str) -> None:
        replace_text(self._current, generation + "\n")

    def list(self) -> Sequence[str]:
        """Ids of the complete generations, oldest first."""
        if not self.generations.is_dir():
            return []
        names = [p.name for p in self.generations.iterdir() if not p.name.startswith(".")]
        return sorted(n for n in names if (self.generations / n / MANIFEST).exists())

    def manifest(self, generation: str) -> Manifest:
        """The manifest; raises IndexCorruptError when it is missing, damaged or of a new format."""
        path = self.generation_path(generation) / MANIFEST
        try:
            manifest: Manifest = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise IndexCorruptError(
                f"{path}: cannot be read ({error}); `semsearch rollback` returns to the previous "
                "generation, `semsearch reindex --full` builds a new one"
            ) from error
        if manifest.get("format") != FORMAT_VERSION:
            raise IndexCorruptError(
                f"{path}: format {manifest.get('format')}, this version reads {FORMAT_VERSION}; "
                "run `semsearch reindex --full`"
            )
        return manifest

    def sums_by_inode(self) -> dict[tuple[int, int], str]:
        """Checksums of the live generation's files by device and inode; empty without one."""
        current = self.current()
        if current is None:
            return {}
        try:
            checksums = self.manifest(current)["checksums"]
        except IndexCorruptError:
            return {}
        found = {}
        for name, checksum in checksums.items():
            path = self.generation_path(current) / name
            if path.is_file():
                found[path.stat().st_dev, path.stat().st_ino] = checksum
        return found

    def new_staging(self) -> Staging:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
        return Staging(self, f"{stamp}Z-{secrets.token_hex(2)}")

    @contextmanager
    def writer_lock(self, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the indexer's lock; raises IndexBusyError when another process keeps it.

        The kernel drops the lock with the process, so a killed indexer blocks nobody.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "writer.lock").open("a+", encoding="utf-8") as file:
            self._take_writer_lock(file, wait_s)
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield

    def _take_writer_lock(self, file: IO[str], wait_s: float) -> None:
        deadline = time.monotonic() + wait_s
        while not try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                raise IndexBusyError(
                    f"{self.path}: another indexer (process {holder}) is at work; wait for it, "
                    "or use --wait"
                )
            time.sleep(0.1)

    @contextmanager
    def reader_lock(self, generation: str) -> Iterator[None]:
        """Keep a generation from being cleaned up; raises IndexMissingError when it is gone."""
        path = self.generation_path(generation) / "readers.lock"
        try:
            file = path.open("r", encoding="utf-8")
        except FileNotFoundError as error:
            raise IndexMissingError(f"{path.parent}: this generation is gone") from error
        except OSError as error:
            raise IndexCorruptError(f"{path}: cannot be opened: {error.strerror}") from error
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            # The cleaner may have won the race between our open and our lock: it unlinks the
            # lock file first, while holding it exclusively, so a missing name means a dead folder.
            if not path.exists():
                raise IndexMissingError(f"{path.parent}: this generation is gone")
            yield

    def clean(self, keep: int) -> Sequence[str]:
        """Remove what dead runs left, and all generations but the live one and its last `keep` - 1
        predecessors.

        A generation that a reader holds stays. One that was finished but never became live (its
        run was killed in between) goes: nobody has ever read it. Needs the writer lock. Returns
        the ids that were removed.
        """
        if not self.generations.is_dir():
            return []
        for path in self.generations.glob(".*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.path.glob(".*.tmp"):
            path.unlink(missing_ok=True)
        complete = self.list()
        if self.current() not in complete:
            return []  # the live generation is lost: what is left may be all there is
        kept = self._newest(keep)
        return [g for g in complete if g not in kept and self._remove(g)]

    def _newest(self, keep: int) -> set[str]:
        """The live generation and those that were live before it, `keep` in all."""
        kept: list[str] = []
        generation = self.current()
        while generation is not None and len(kept) < keep:
            kept.append(generation)
            generation = self.previous(generation)
        return set(kept)

    def _remove(self, generation: str) -> bool:
        path = self.generation_path(generation)
        with (path / "readers.lock").open("a", encoding="utf-8") as file:
            if not try_lock(file, fcntl.LOCK_EX):
                return False
            (path / "readers.lock").unlink()
            # Out of sight in one step, so that a crash in the middle leaves no half generation.
            doomed = path.with_name(f".dead-{generation}")
            path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
        return True

    def previous(self, generation: str) -> str | None:
        """The complete generation that was live before this one, None when there is none.

        Where its own manifest cannot be read, the next older one by name.
        """
        complete = self.list()
        older = [g for g in complete if g < generation]
        try:
            named = self.manifest(generation).get("previous")
        except IndexCorruptError:
            return older[-1] if older else None
        return named if named in complete else None

    def verify_checksums(self, generation: str) -> Sequence[str]:
        """Names of the files that are missing or whose bytes differ from the manifest."""
        path = self.generation_path(generation)
        checksums: dict[str, str] = self.manifest(generation)["checksums"]
        return [
            name
            for name, expected in checksums.items()
            if not (path / name).is_file() or file_checksum(path / name) != expected
        ]


def try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
