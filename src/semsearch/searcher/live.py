"""Follows `index/current`: each request works on one snapshot, new ones get the new generation."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from semsearch.encoder import Encoder
from semsearch.errors import CursorError, IndexMissingError, SemsearchError
from semsearch.hits import Query
from semsearch.index.generation import IndexFolder
from semsearch.searcher.searcher import Searcher
from semsearch.settings import Settings

__all__ = ["LiveIndex"]

log = logging.getLogger(__name__)

# How often `index/current` is looked at: one small read, and well under the promised second.
LOOK_EVERY_S = 0.2
# Old generations are kept open this long after their last use, for the next page of a search.
LINGER_S = 60.0


@dataclass
class _Open:
    """An opened generation, the requests at work on it, and the lock that keeps it on disk."""

    searcher: Searcher
    lock: ExitStack
    users: int = 0
    last_used: float = field(default_factory=time.monotonic)


class LiveIndex:
    """The index as a server sees it. Thread-safe; one per process, as long as the process.

    A snapshot stays whole while it is used, whatever is published meanwhile. Generations that
    nobody uses any more are closed, so memory does not grow with the number of swaps; `close`, or
    the end of a `with` block, closes them all.
    """

    def __init__(self, index_dir: Path, encoder: Encoder, settings: Settings) -> None:
        self._settings = settings
        self._encoder = encoder
        self._folder = IndexFolder(index_dir)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._following = threading.Lock()
        self._open: dict[str, _Open] = {}
        self._current: str | None = None
        self._looked = float("-inf")
        self._complaint = ""
        self._closed = threading.Event()
        self._follower: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    @property
    def encoder(self) -> Encoder:
        return self._encoder

    @property
    def folder(self) -> IndexFolder:
        return self._folder

    def follow_in_background(self) -> None:
        """Open new generations on a thread of their own, so that no request waits for one.

        For servers. Without it the first request after a publication opens the new generation.
        The thread ends with `close`, or with the process.
        """
        self._follower = threading.Thread(
            target=self._follow_until_closed, name="semsearch-follow", daemon=True
        )
        self._follower.start()

    def _follow_until_closed(self) -> None:
        settled = None
        while not self._closed.wait(LOOK_EVERY_S / 2):
            if self._current is not None:
                self._looked = time.monotonic()  # requests leave the looking to this thread
                self._follow()
                if settled != self._current:
                    settled = self._current
                    self.settle()

    def settle(self) -> None:
        """Make the live generation ready to serve for a long time.

        A searcher keeps some hundred thousand objects in memory as long as it lives. The garbage
        collector would visit them all now and then, for a tenth of a second during a search;
        frozen, they are skipped. The collection here holds the interpreter's lock once for as
        long. Unfreezing first frees what earlier generations left.
        """
        with self.snapshot() as searcher:
            searcher.warm_spelling()
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    @contextmanager
    def snapshot(self) -> Iterator[Searcher]:
        """The live generation, the same throughout; raises IndexMissingError, IndexCorruptError."""
        opened = self._enter_live()
        try:
            yield opened.searcher
        finally:
            self._leave(opened)

    def _enter_live(self) -> _Open:
        while True:
            generation = self._live_generation()
            try:
                return self._enter(generation)
            except IndexMissingError:
                # Other threads may have moved on, closed it, and the cleaner removed it, between
                # our two lines; then there is a newer one.
                if generation == self._live_generation():
                    raise

    def snapshot_for(self, query: Query) -> AbstractContextManager[Searcher]:
        """The live generation, or for a further page of a search the one that it began in."""
        return self.snapshot() if query.start is None else self.at(query.start.generation)

    @contextmanager
    def at(self, generation: str) -> Iterator[Searcher]:
        """An older generation while it lives; raises CursorError when it is gone."""
        opened = self._enter_older(generation)
        try:
            yield opened.searcher
        finally:
            self._leave(opened)

    def _enter_older(self, generation: str) -> _Open:
        try:
            # What is not in the list is never looked for: a cursor must not name other paths.
            if generation in self._open or generation in self._folder.list():
                return self._enter(generation)
        except IndexMissingError:
            log.info("generation %s was cleaned away while it was asked for", generation)
        raise CursorError(
            "the index has moved on since this page was made and the generation it belongs to is "
            "gone; run the search again without the cursor"
        )

    def close(self) -> None:
        """Close every generation; call it when no request is at work any more."""
        self._closed.set()
        if self._follower is not None:
            self._follower.join()  # it may be opening a generation, which nobody would close
        with self._lock:
            for opened in self._open.values():
                _shut(opened)
            self._open.clear()
            self._current = None

    def catch_up(self) -> None:
        """Take over what is published by now: snapshots made after this are of it, or newer.

        Raises as `snapshot` does.
        """
        self._follow()

    def _live_generation(self) -> str:
        """The id of the generation to answer with, an open one; looks every LOOK_EVERY_S."""
        now = time.monotonic()
        if self._current is None or now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            self._follow()
        if self._current is None:
            raise IndexMissingError(f"{self._folder.path}: there is no index here yet")
        return self._current

    def _follow(self) -> None:
        """Take over what `index/current` names.

        It is opened before it becomes current: requests go on with the old one meanwhile, and a
        generation that cannot be opened never replaces one that can.
        """
        # One at a time: a slower thread must not put an older generation back.
        with self._following:
            try:
                generation = self._folder.require_current()
                while generation != self._current and not self._take_over(generation):
                    generation = self._folder.require_current()
            except SemsearchError as error:
                if self._current is None:
                    raise
                if self._complaint != str(error):  # once, not at every look
                    self._complaint = str(error)
                    log.warning("generation %s stays in use: %s", self._current, error)

    def _take_over(self, generation: str) -> bool:
        """Open it and make it current; False when it was superseded and cleaned away meanwhile."""
        try:
            self._ensure_open(generation)
        except IndexMissingError:
            if self._folder.current() == generation:
                raise
            return False
        self._current = generation
        return True

    def _enter(self, generation: str) -> _Open:
        while True:
            self._ensure_open(generation)
            with self._lock:
                opened = self._open.get(generation)
                # Another thread may have closed it between our two locks: open it again.
                if opened is not None:
                    opened.users += 1
                    return opened

    def _leave(self, opened: _Open) -> None:
        with self._lock:
            opened.users -= 1
            opened.last_used = time.monotonic()
            self._close_idle()

    def _close_idle(self) -> None:
        """Close what is neither current nor in use nor recently used; holds the lock."""
        oldest = time.monotonic() - LINGER_S
        for generation, opened in list(self._open.items()):
            idle = opened.users == 0 and opened.last_used < oldest
            # At most one old one stays open: a burst of publications must not pile
            # generations up in memory.
            crowded = opened.users == 0 and len(self._open) > 2
            if generation != self._current and (idle or crowded):
                del self._open[generation]
                _shut(opened)

    def _ensure_open(self, generation: str) -> None:
        if generation in self._open:
            return
        with self._opening:
            if generation in self._open:
                return
            lock = ExitStack()
            try:
                lock.enter_context(self._folder.reader_lock(generation))
                searcher = Searcher(self._folder, generation, self._encoder, self._settings)
            except BaseException:
                lock.close()
                raise
            with self._lock:
                self._open[generation] = _Open(searcher, lock)


def _shut(opened: _Open) -> None:
    opened.searcher.close()
    opened.lock.close()
