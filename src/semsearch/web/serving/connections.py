"""Which server process takes a new connection: one with the fewest open.

All processes listen on one socket, and whichever wakes first accepts. That may be the same one for
every connection of a burst; connections are kept alive, so a core could then idle for minutes
while another has a queue. So each process keeps its number of connections in memory that all share,
and leaves a new connection alone for a moment while another has fewer.
"""

from __future__ import annotations

import mmap
import time

__all__ = ["PATIENCE_S", "ConnectionTable", "WorkerSlot"]

# How long a connection is left to others: a process whose threads hold the interpreter's lock
# takes some milliseconds to wake.
PATIENCE_S = 0.02
# Counts within an eighth are even: hundreds of connections at once are not dealt out one by one.
_EVEN = 8
_FREE, _STARTING = -2, -1
_INT_BYTES = 4


class ConnectionTable:
    """One number for each server process, in memory that a fork shares."""

    def __init__(self, count: int) -> None:
        # Memory of no file is shared by the processes that are forked after it was mapped.
        self._open = memoryview(mmap.mmap(-1, _INT_BYTES * count)).cast("i")
        for place in range(count):
            self._open[place] = _FREE

    def take(self) -> WorkerSlot:
        """A slot that nobody has; one beyond all slots, which counts nothing, if all are taken."""
        free = (place for place, count in enumerate(self._open) if count == _FREE)
        slot = WorkerSlot(self._open, next(free, None))
        slot.count(_STARTING)
        return slot


class WorkerSlot:
    """One process's place among them; it counts from the first number that is said."""

    def __init__(self, open_connections: memoryview[int], place: int | None) -> None:
        self._open = open_connections
        self._place = place
        self._waiting_since: float | None = None

    def count(self, connections: int) -> None:
        """Say how many connections are open."""
        if self._place is not None:
            self._open[self._place] = connections

    def leave(self) -> None:
        """The process is gone."""
        self.count(_FREE)

    def may_accept(self) -> bool:
        """Whether a connection that waits is this process's to take.

        False while another has clearly fewer, for PATIENCE_S at most after the first time.
        """
        fewest = min((count for count in self._open if count >= 0), default=0)
        now = time.monotonic()
        if self._place is None or self._open[self._place] <= fewest + fewest // _EVEN:
            self._waiting_since = None
            return True
        if self._waiting_since is None:
            self._waiting_since = now
        if now - self._waiting_since < PATIENCE_S:
            return False
        self._waiting_since = None
        return True
