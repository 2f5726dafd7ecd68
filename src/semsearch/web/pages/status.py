"""`/status`: the operator's page, for callers on this machine only."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, abort, request

from semsearch.errors import SemsearchError
from semsearch.index.generation import IndexFolder, Manifest
from semsearch.index.store import Store
from semsearch.web.access import is_loopback
from semsearch.web.context import services
from semsearch.web.pages.error_pages import index_progress
from semsearch.web.pages.page_request import page

if TYPE_CHECKING:
    from semsearch.corpus import Failure
    from semsearch.hits import Count

__all__ = ["status"]

FAILURES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Inside:
    """What the live generation's store tells."""

    counts: dict[str, int]
    sources: tuple[Count, ...]
    failures: list[Failure]


def status() -> Response:
    """Generations, sources, failures of the last reindex, and what was answered since the start."""
    if not _is_operator():
        abort(HTTPStatus.NOT_FOUND)
    folder = IndexFolder(services().settings.index_dir)
    current = folder.current()
    totals = services().metrics.totals()
    return page(
        "status.html",
        current=current,
        generations=[_manifest(folder, name) for name in reversed(folder.list())],
        inside=_inside(folder, current) if current else None,
        progress=index_progress(),
        retry_s=None,
        totals=totals,
        answered=[one for one in totals.answered if _is_asked(one.operation)],
        shown=FAILURES_SHOWN,
    )


def _is_asked(operation: str) -> bool:
    """Whether somebody asks for it, and not a monitor or a browser by itself."""
    return operation.startswith(("api.", "pages.")) and operation != "pages.static"


def _is_operator() -> bool:
    """Whether the caller is on this machine.

    A forwarding header that no configured proxy accounts for means that the caller is elsewhere,
    behind a proxy on this machine.
    """
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    hidden = forwarded and services().settings.proxy_hops == 0
    return is_loopback(request.remote_addr or "") and not hidden


def _manifest(folder: IndexFolder, generation: str) -> Manifest:
    try:
        return folder.manifest(generation)
    except SemsearchError as error:
        return {"generation": generation, "error": str(error)}


def _inside(folder: IndexFolder, generation: str) -> Inside | None:
    try:
        path = folder.generation_path(generation) / "store.sqlite"
        with folder.reader_lock(generation), Store(path) as store:
            return Inside(store.counts(), store.sources(), store.failures(FAILURES_SHOWN))
    except SemsearchError:
        # The table of generations above says what is wrong with it.
        return None
