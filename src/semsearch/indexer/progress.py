"""Progress for those outside the process: `index/progress.json` while an indexer is at work."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from types import TracebackType

from semsearch.indexer.report import Listener, Progress

__all__ = ["ProgressFile"]

EVERY_S = 0.5


class ProgressFile:
    """A Listener that also keeps the file; the file goes when the run ends, however it ends.

    After a SIGKILL it stays behind: `pid` tells a reader whether the run is alive.
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
        if now - self._written >= EVERY_S:
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
