"""A bound on the work that is done at once, so that overload is refused and never queued up.

Searches are bound by the processor: more of them at once than cores makes each slower and none
faster. So `active` requests work, `waiting` others wait their turn for at most `wait_s`, and the
rest hear 503 with Retry-After at once, which costs next to nothing.
"""

from __future__ import annotations

import threading

from semsearch.settings import Settings
from semsearch.system.cores import cores

__all__ = ["AdmissionControl", "NotAdmittedError", "turns"]


def turns(settings: Settings) -> int:
    """How many searches one process runs at once; by default the processes share the cores."""
    return settings.max_active or max(1, cores() // settings.workers)


class NotAdmittedError(Exception):
    """No turn was free in time."""


class AdmissionControl:
    """Admits `active` at a time; thread-safe. One for each server process."""

    def __init__(self, active: int, waiting: int, wait_s: float) -> None:
        self._turns = threading.BoundedSemaphore(active)
        self._places = threading.BoundedSemaphore(active + waiting)
        self._wait_s = wait_s

    def enter(self, waited_s: float = 0.0) -> None:
        """Take a turn, to be given back by `leave`; `waited_s` was spent waiting elsewhere.

        Raises NotAdmittedError when all places are taken, or no turn came up in time.
        """
        if not self._places.acquire(blocking=False):
            raise NotAdmittedError
        if not self._turns.acquire(timeout=max(0.0, self._wait_s - waited_s)):
            self._places.release()
            raise NotAdmittedError

    def leave(self) -> None:
        """Give the turn back."""
        self._turns.release()
        self._places.release()
