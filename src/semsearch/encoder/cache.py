"""The cache directory: whole entries or none, whatever dies and whoever else is writing.

An entry is a model made ready to run, with metadata that say what it is and what it must give.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from semsearch.encoder.source import ModelSource, file_stamps
from semsearch.system.files import replace_text

__all__ = [
    "PROBES",
    "DamagedEntryError",
    "EncoderCache",
    "EntryMetadata",
    "cosines",
    "read_metadata",
    "write_metadata",
]

# Long and short, plain and odd, so that padding, truncation and unknown characters take part. The
# first is as long as most questions are.
PROBES = (
    "What did the prime minister say about the budget for schools and hospitals?",
    "Who won the election?",
    "The central bank raised interest rates by half a percentage point on Wednesday, saying "
    "that inflation would stay above its target until the end of next year.",
    "Résumé: 3,5 % “naïve” 東京 🚀",
    "A long sentence that goes on and on, and then on again, " * 8,
)


class DamagedEntryError(Exception):
    """A cache entry is incomplete or does not give the vectors that it should; rebuild it."""


@dataclass(frozen=True)
class EntryMetadata:
    """The settings of one encoder, all that is needed to run it without its own library.

    `max_length` is the longest input in tokens, prompt and special tokens included;
    `special_tokens` how many the tokenizer adds to a text. `query_probes` and `passage_probes`
    are the vectors, from torch in float32, that PROBES must get. `sizes` are the bytes of the
    entry's other files. `served_by` is "torch" where OpenVINO cannot give these vectors, and
    `reason` says why.
    """

    name: str
    fingerprint: str
    dim: int
    max_length: int
    special_tokens: int
    pad_id: int
    pad_left: bool
    query_prompt: str
    document_prompt: str
    query_probes: list[list[float]]
    passage_probes: list[list[float]]
    served_by: Literal["openvino", "torch"]
    reason: str
    sizes: dict[str, int]


def read_metadata(entry: Path) -> EntryMetadata:
    """The metadata of an entry whose files are all there. Raises DamagedEntryError otherwise."""
    try:
        metadata = EntryMetadata(**json.loads((entry / "metadata.json").read_text("utf-8")))
        wrong = [
            name for name, size in metadata.sizes.items() if (entry / name).stat().st_size != size
        ]
    except (OSError, ValueError, TypeError) as error:
        raise DamagedEntryError(str(error)) from error
    if wrong:
        raise DamagedEntryError(f"{', '.join(wrong)} in {entry} has another size than it was given")
    return metadata


def write_metadata(entry: Path, metadata: EntryMetadata) -> None:
    """Write the metadata into an entry that is still being built."""
    (entry / "metadata.json").write_text(json.dumps(asdict(metadata)), "utf-8")


def cosines(found: npt.NDArray[np.float32], expected: list[list[float]]) -> npt.NDArray[np.float32]:
    """Cosine of each row with its counterpart; rows of both are unit vectors."""
    products: npt.NDArray[np.float32] = (found * np.array(expected, np.float32)).sum(axis=1)
    return products


# Raise it when an entry's files change their meaning: older entries are then never looked at.
_FORMAT = 4


class EncoderCache:
    """Finds and publishes entries under one directory, shared by any number of processes.

    An entry is written into a temporary folder in the same directory and renamed, so readers
    see all of it or nothing. Builders take turns by a lock that dies with its process; readers
    take none.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def entry(self, fingerprint: str) -> Path:
        """Where the entry of this fingerprint is, or would be."""
        return self._root / "entries" / f"{fingerprint}-{_FORMAT}"

    def recall(self, source: ModelSource) -> EntryMetadata | None:
        """The metadata of a model that was built before and whose files did not change since.

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
        return read_metadata(entry)

    def remember(self, source: ModelSource, folder: Path, fingerprint: str) -> None:
        """Note which files a model stands for, so that the next start need not hash them."""
        memo = self._memo(source)
        memo.parent.mkdir(parents=True, exist_ok=True)
        note = {"folder": str(folder), "files": file_stamps(folder), "fingerprint": fingerprint}
        replace_text(memo, json.dumps(note), durable=False)

    def _memo(self, source: ModelSource) -> Path:
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
