"""When to try again, and how long to wait before."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

__all__ = ["Retries"]

PATIENCE = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """How often to try again after the first try, and how long to wait in between.

    Waits are what Retry-After says, else `first_wait_s` doubled with each try and jittered by up
    to a half so that many clients do not return at once; none is longer than `longest_wait_s`.
    """

    times: int = 3
    first_wait_s: float = 0.2
    longest_wait_s: float = 10.0

    def wait_s(self, tried: int, response: httpx.Response | None) -> float | None:
        """Seconds to wait after try number `tried` (from 0), None to stop trying.

        `response` is None when the connection failed.
        """
        if tried >= self.times or (response is not None and response.status_code not in PATIENCE):
            return None
        asked: str = response.headers.get("Retry-After", "") if response is not None else ""
        if asked.isdigit():
            return min(float(asked), self.longest_wait_s)
        jitter = 1 + random.random() / 2  # noqa: S311 -- no secret hangs on it
        return min(self.first_wait_s * 2.0**tried * jitter, self.longest_wait_s)
