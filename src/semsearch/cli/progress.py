"""Draws an indexer's progress on one line of a terminal; says nothing where there is none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from semsearch.indexer.report import Progress

__all__ = ["ProgressBar"]

EVERY_S = 0.1
CLEAR_LINE = "\r\x1b[K"
UNITS = {"reading": "articles", "embedding": "passages", "writing": "parts", "checking": "parts"}


class ProgressBar:
    """A Listener. `with ProgressBar(sys.stderr) as bar: …` leaves no trace behind."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._stage = ""
        self._stage_started = 0.0
        self._drawn = 0.0

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._stream.write(CLEAR_LINE)
            self._stream.flush()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._stage_started, self._drawn = progress.stage, now, 0.0
        if self._live and now - self._drawn >= EVERY_S:
            self._drawn = now
            self._stream.write(CLEAR_LINE + line(progress, now - self._stage_started))
            self._stream.flush()


def line(progress: Progress, elapsed_s: float) -> str:
    """`embedding 1,024 of 54,517 passages, 71/s, 12:34 left`."""
    parts = [f"{progress.stage} {progress.done:,}"]
    if progress.total is not None:
        parts[0] += f" of {progress.total:,}"
    parts[0] += f" {UNITS[progress.stage]}"
    if elapsed_s > 0.5 and progress.done:
        rate = progress.done / elapsed_s
        parts.append(f"{rate:,.0f}/s")
        if progress.total is not None:
            left = int((progress.total - progress.done) / rate)
            parts.append(f"{left // 60}:{left % 60:02} left")
    return ", ".join(parts)
