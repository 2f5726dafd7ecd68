"""A small memory of what was asked for last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["LRUCache"]

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class LRUCache(Generic[Key, Value]):
    """The values of the keys that were asked for last, at most `size`. Thread-safe.

    Unlike functools.lru_cache the way to make a value comes with each call, so it may use what is
    at hand without being a part of the key. Two threads that ask for a new key at once both make
    its value.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Key, Value] = {}  # asked for last comes last
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not known."""
        with self._lock:
            if key in self._known:
                value = self._known[key] = self._known.pop(key)
                return value
        value = make()
        with self._lock:
            self._known[key] = value
            while len(self._known) > self._size:
                del self._known[next(iter(self._known))]
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()
