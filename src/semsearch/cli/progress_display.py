"""Shows an indexer's progress: a bar on a terminal, lines in a file or a pipe."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from semsearch.indexer.progress import Listener, Progress

__all__ = ["ProgressLines", "progress_on"]

EVERY_S = 30.0
LABELS = {
    "reading": "reading articles",
    "embedding": "embedding passages",
    "writing": "writing parts",
    "checking": "checking",
}


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Listener]:
    """A Listener that shows progress on `stream` until the block ends."""
    if stream.isatty():
        with ExitStack() as bars:
            yield _ProgressBar(stream, bars)
        return
    lines, over = ProgressLines(stream), threading.Event()

    def tick() -> None:
        while not over.wait(1.0):
            lines.tick()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        over.set()
        thread.join()


class _ProgressBar:
    """Draws one bar after the other on the terminal, one for each stage."""

    def __init__(self, stream: TextIO, bars: ExitStack) -> None:
        self._stream = stream
        self._bars = bars
        self._stage: str | None = None
        self._done = 0
        self._advance: Callable[[int], None] = lambda steps: None

    def __call__(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._bars.close()
            self._stage, self._done = progress.stage, 0
            self._advance = self._start(progress)
        self._advance(progress.done - self._done)
        self._done = progress.done

    def _start(self, progress: Progress) -> Callable[[int], None]:
        """Draw a new bar; returns what moves it on by some steps."""
        endless = progress.total is None
        bar = click.progressbar(
            itertools.count() if endless else None,
            progress.total,
            LABELS[progress.stage],
            show_pos=True,
            bar_template="%(label)s  %(info)s" if endless else "%(label)s  [%(bar)s]  %(info)s",
            file=self._stream,
            update_min_steps=10 if endless else 1,  # articles are read by the hundred a second
        )
        return self._bars.enter_context(bar).update


class ProgressLines:
    """Says a line when a stage begins, and `tick` one when none was said for 30 s.

    `tick` may come from another thread: work that reports nothing for minutes is heard of too.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._last: Progress | None = None
        self._said = 0.0

    def __call__(self, progress: Progress) -> None:
        begins = self._last is None or progress.stage != self._last.stage
        self._last = progress
        if begins:
            self._say(progress)

    def tick(self) -> None:
        """Say how far the stage has come, unless something was said within 30 s."""
        if self._last is not None and self._clock() - self._said >= EVERY_S:
            self._say(self._last)

    def _say(self, progress: Progress) -> None:
        self._said = self._clock()
        total = "" if progress.total is None else f" of {progress.total:,}"
        click.echo(f"{LABELS[progress.stage]}: {progress.done:,}{total}", file=self._stream)
