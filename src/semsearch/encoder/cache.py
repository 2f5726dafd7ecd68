"""The cache directory: whole entries or none, whatever dies and whoever else is writing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.encoder.card import Card, DamagedEntryError, read_card
from semsearch.encoder.source import Source, file_stamps

__all__ = ["EncoderCache"]

# Raise it when an entry's files change their meaning: older entries are then never looked at.
_FORMAT = 3


class EncoderCache:
    """Finds and publishes entries under one directory, shared by any number of processes.

    An entry is written into a temporary folder beside its place and renamed into it, so readers
    see all of it or nothing. Builders take turns by a lock that dies with its process; readers
    take none.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def entry(self, fingerprint: str) -> Path:
        """Where the entry of this fingerprint is, or would be."""
        return self._root / "entries" / f"{fingerprint}-{_FORMAT}"

    def recall(self, source: Source) -> Card | None:
        """The card of a model that was built before and whose files did not change since.

        None when there is none. Raises DamagedEntryError when there is, but not as written.
        """
        try:
            memo = json.loads(self._memo(source).read_text("utf-8"))
            folder, files, fingerprint = Path(memo["folder"]), memo["files"], memo["fingerprint"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedEntryError(f"{self._memo(source)} cannot be read: {error}") from error
        entry = self.entry(fingerprint)
        if not entry.is_dir() or file_stamps(folder) != files:
            return None
        return read_card(entry)

    def remember(self, source: Source, folder: Path, fingerprint: str) -> None:
        """Note which files a model stands for, so that the next start need not hash them."""
        memo = self._memo(source)
        memo.parent.mkdir(parents=True, exist_ok=True)
        note = {"folder": str(folder), "files": file_stamps(folder), "fingerprint": fingerprint}
        with tempfile.NamedTemporaryFile("w", dir=memo.parent, delete=False) as file:
            json.dump(note, file)
        Path(file.name).replace(memo)

    def _memo(self, source: Source) -> Path:
        named = json.dumps([source.model, str(source.folder)])
        key = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._root / "models" / f"{key}.json"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the builders' lock; waits for whoever has it."""
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def new_entry(self, fingerprint: str) -> Iterator[Path]:
        """A folder to fill; it takes the entry's place when the block ends. Needs the lock."""
        entry = self.entry(fingerprint)
        entry.parent.mkdir(parents=True, exist_ok=True)
        self._sweep(entry.parent)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=entry.parent))
        yield folder
        if entry.exists():
            # A folder cannot replace a full one: the damaged entry is moved aside. A reader that
            # looks in between finds nothing, and waits for the lock as a builder would.
            entry.replace(tempfile.mkdtemp(prefix=".old-", dir=entry.parent))
        folder.replace(entry)
        self._sweep(entry.parent)

    def _sweep(self, entries: Path) -> None:
        """Remove what builders that died, or damaged entries, left; the lock is held."""
        for left in (*entries.glob(".new-*"), *entries.glob(".old-*")):
            shutil.rmtree(left, ignore_errors=True)
