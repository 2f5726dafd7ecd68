"""Pages for what can go wrong: each says what happened and what to do."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response

from semsearch.web.context import services
from semsearch.web.pages.page_request import page, read_params, search_url
from semsearch.web.problems import ProblemError, ProblemKind

__all__ = ["IndexingProgress", "error_page", "index_progress", "read_progress"]

# An indexer writes its progress at least every few seconds; older news is of a dead run.
FRESH_S = 30.0
RETRY_S = 5
# Template, and whether the state ends by itself, so that the page loads itself again.
STATES = {
    "index-missing": ("no_index.html", True),
    "index-unusable": ("unreadable.html", True),
    "overloaded": ("busy.html", True),
    "too-slow": ("busy.html", True),
}
ADVICE = {
    "no-such-path": "The address may be mistyped, or the link to it old.",
    "not-found": "It may have left the index since the link was made.",
    "cursor-unusable": "The index was renewed since. The first page of the search has the newest.",
    "invalid-request": "A part of the address is not valid. The search box below starts afresh.",
    "not-searchable": "Put the question in other words.",
    "rate-limited": "Wait a minute, then load the page again.",
    "internal": "Try again. If it goes on, tell whoever runs this service.",
}


@dataclass(frozen=True, slots=True)
class IndexingProgress:
    """How far an indexer at work has come. `rate` is per second, `eta_s` seconds or unknown."""

    stage: str
    done: int
    total: int
    rate: float
    eta_s: float | None

    @property
    def time_left(self) -> str:
        """`about 40 seconds`, `about 3 minutes`; empty when unknown."""
        if self.eta_s is None:
            return ""
        if self.eta_s < 90:
            return f"about {max(1, round(self.eta_s))} seconds"
        return f"about {round(self.eta_s / 60)} minutes"


def index_progress() -> IndexingProgress | None:
    """The progress of an indexer that is building this server's index now, if one is."""
    return read_progress(services().settings.index_dir / "progress.json", time.time())


def read_progress(path: Path, now: float) -> IndexingProgress | None:
    """Progress out of its file; None when there is none, it is stale, or its writer dead.

    `now` is a Unix time in seconds.
    """
    try:
        if now - path.stat().st_mtime > FRESH_S:
            return None
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        # Raises ProcessLookupError, an OSError, when the process is dead.
        os.kill(int(found["pid"]), 0)
        eta = found.get("eta_s")
        return IndexingProgress(
            str(found["stage"]),
            int(found["done"]),
            int(found["total"] or 0),
            float(found.get("rate") or 0.0),
            None if eta is None else float(eta),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # The page is shown all the same, without figures.
        return None


def error_page(kind: ProblemKind, detail: str) -> Response:
    """The page for a problem; `detail` says what went wrong this time."""
    template, is_passing = STATES.get(kind.slug, ("error.html", False))
    response = page(
        template,
        kind.status,
        kind=kind,
        detail=detail,
        progress=index_progress() if kind.slug.startswith("index-") else None,
        retry_s=RETRY_S if is_passing else None,
        advice=ADVICE.get(kind.slug),
        afresh=_first_page() if kind.slug == "cursor-unusable" else None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _first_page() -> str | None:
    """The same search without its cursor."""
    try:
        return search_url(read_params())
    except ProblemError:
        return None
