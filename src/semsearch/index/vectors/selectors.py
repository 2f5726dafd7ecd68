"""Allowed rows made ready for a search: those that a store has, and a bit for each."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from semsearch.index.vectors import Rows

__all__ = ["Selection", "Selector"]

# A million rows take about 10 ms to make ready, and one filter is searched again and again.
REMEMBERED = 8


@dataclass(frozen=True)
class Selection:
    """`rows` ascend; `bits` has one bit for each row number up to the last of them."""

    rows: Rows
    bits: npt.NDArray[np.uint8]


class Selector:
    """Makes selections for one store, and remembers those of arrays that cannot change.

    Two threads may make the same selection, and either stays. There is no lock: removing the
    oldest one can fail while another thread adds one.
    """

    def __init__(self, rows: Rows) -> None:
        self._all = rows
        self._known: npt.NDArray[np.bool_] | None = None
        self._remembered: dict[int, tuple[weakref.ref[Rows], Selection]] = {}

    def choose(self, allowed: Rows) -> Selection:
        """Those of `allowed`, which ascend, that the store has."""
        found = self._remembered.get(id(allowed))
        if found is not None and found[0]() is allowed:
            return found[1]
        made = self._make(allowed)
        if not allowed.flags.writeable:
            while len(self._remembered) >= REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)), None)
            self._remembered[id(allowed)] = weakref.ref(allowed), made
        return made

    def _make(self, allowed: Rows) -> Selection:
        if self._known is None:
            known = np.zeros(int(self._all[-1]) + 1 if len(self._all) else 0, np.bool_)
            known[self._all] = True
            self._known = known
        inside = allowed[: np.searchsorted(allowed, len(self._known))]
        rows = inside[self._known[inside]]
        chosen = np.zeros(int(rows[-1]) + 1 if len(rows) else 0, np.bool_)
        chosen[rows] = True
        return Selection(rows, np.packbits(chosen, bitorder="little"))
