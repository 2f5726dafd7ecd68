"""How many searches this process answered in each of the last minutes, and how fast.

Which questions they asked is kept only where the setting `log_queries` allows it.

Kept in memory for the operator's page; `/metrics` has the figures of all processes for monitoring.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

from semsearch.web.context import services

__all__ = ["Activity", "Minute", "install"]

MINUTES = 60
KEPT_PER_MINUTE = 5000
QUESTIONS_KEPT = 1000
EXTENSION = "semsearch-activity"


@dataclass
class Minute:
    """One minute's searches: how many, and the times of the first 5000, in milliseconds."""

    start: int
    count: int = 0
    took_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The time that `share` of the searches stayed within; 0 without searches."""
        if not self.took_ms:
            return 0.0
        ordered = sorted(self.took_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Activity:
    """Thread-safe; one per application. Times are minutes since the epoch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minutes: deque[Minute] = deque(maxlen=MINUTES)
        self._asked: Counter[str] = Counter()

    def add(self, took_ms: float, minute: int) -> None:
        """Count one search that ended in `minute`."""
        with self._lock:
            if not self._minutes or self._minutes[-1].start != minute:
                self._minutes.append(Minute(minute))
            current = self._minutes[-1]
            current.count += 1
            if len(current.took_ms) < KEPT_PER_MINUTE:
                current.took_ms.append(took_ms)

    def asked(self, question: str) -> None:
        """Count one question. Past 1000 different ones, those asked only once are forgotten."""
        with self._lock:
            self._asked[question] += 1
            if len(self._asked) > QUESTIONS_KEPT:
                self._asked = Counter({q: n for q, n in self._asked.items() if n > 1})

    def most_asked(self, limit: int) -> list[tuple[str, int]]:
        """Questions with how often they were asked since the start, most first."""
        with self._lock:
            return self._asked.most_common(limit)

    def last_hour(self, now: int) -> list[Minute]:
        """60 minutes, oldest first, up to `now`; those without searches are empty."""
        with self._lock:
            known = {m.start: Minute(m.start, m.count, list(m.took_ms)) for m in self._minutes}
        return [known.get(m) or Minute(m) for m in range(now - MINUTES + 1, now + 1)]


def install(app: Flask) -> None:
    """Count the searches of `app`, by page and by API."""
    activity = Activity()
    app.extensions[EXTENSION] = activity

    @app.after_request
    def count(response: Response) -> Response:
        is_search = request.endpoint == "pages.search" and bool(request.args.get("q"))
        if (is_search or request.path.startswith("/api/v1/search")) and response.status_code == 200:
            activity.add((time.monotonic() - g.began) * 1000, int(time.time()) // 60)
            if services().settings.log_queries and request.args.get("q"):
                activity.asked(request.args["q"])
        return response
