"""What an indexer tells the outside: progress while it runs, a summary when it is done."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from semsearch.corpus import Failure

__all__ = ["Listener", "Progress", "ProgressFile", "Stage", "Summary"]

FILE_EVERY_S = 0.5

Stage = Literal["reading", "embedding", "writing", "checking"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come. `total` is None while it cannot be known; units follow the stage:
    articles when reading, passages when embedding, files when writing and checking.
    """

    stage: Stage
    done: int
    total: int | None


Listener = Callable[[Progress], None]


class ProgressFile:
    """A Listener that keeps `index/progress.json` as well, for those outside the process.

    The file goes when the run ends, however it ends. After a SIGKILL it stays behind: `pid` tells
    a reader whether the run is alive.
    """

    def __init__(self, folder: Path, listener: Listener | None) -> None:
        self._path = folder / "progress.json"
        self._listener = listener
        self._started = time.time()
        self._stage_started = time.monotonic()
        self._stage: str | None = None
        self._written = 0.0

    def __enter__(self) -> ProgressFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._path.unlink(missing_ok=True)

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._stage_started, self._written = progress.stage, now, 0.0
        if self._listener is not None:
            self._listener(progress)
        if now - self._written >= FILE_EVERY_S:
            self._written = now
            self._write(progress, now - self._stage_started)

    def _write(self, progress: Progress, elapsed_s: float) -> None:
        rate = progress.done / elapsed_s if elapsed_s > 0 else None
        left = None if progress.total is None else progress.total - progress.done
        state = {
            "stage": progress.stage,
            "done": progress.done,
            "total": progress.total,
            "rate": rate and round(rate, 1),
            "eta_s": round(left / rate, 1) if rate and left is not None else None,
            "pid": os.getpid(),
            "started": self._started,
        }
        # Replaced whole, so that no reader sees half of it; not flushed, as it is worth nothing
        # after a crash.
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(state), "utf-8")
        temporary.replace(self._path)


@dataclass
class Summary:
    """What a run did. Article counts compare with the generation before; times are in seconds."""

    generation: str | None = None
    previous: str | None = None
    dry_run: bool = False
    files_read: int = 0
    files_unchanged: int = 0
    files_skipped: int = 0
    articles_added: int = 0
    articles_changed: int = 0
    articles_removed: int = 0
    articles_unchanged: int = 0
    articles_failed: int = 0
    articles: int = 0
    passages: int = 0
    passages_embedded: int = 0
    passages_resumed: int = 0
    quotes: int = 0
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether any article was added, changed or removed."""
        return bool(self.articles_added or self.articles_changed or self.articles_removed)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long a stage takes."""
        started = time.monotonic()
        yield
        self.stage_seconds[stage] = round(time.monotonic() - started, 3)

    def to_json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return {**asdict(self), "changed": self.changed}
