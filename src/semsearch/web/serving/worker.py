"""gunicorn's threaded worker, made to refuse: what it cannot parse, and what waited too long.

Under overload requests pile up between gunicorn's event loop and its threads, where nothing of
ours has seen them yet. So each request learns how long it lay there (`waited_s`); `shedding`
answers those that waited too long with a ready-made 503, without Flask, which takes well under a
millisecond. A pile is gone as fast as it came, and what is still accepted is fresh.
"""

from __future__ import annotations

import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from semsearch.web.api.operations import WAITED
from semsearch.web.problems import KINDS, MEDIA_TYPE, ProblemKind
from semsearch.web.serving.connections import WorkerSlot
from semsearch.wire.problem import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["ProblemWorker", "shedding", "unparsed", "waited_s"]

# How long the event loop waits before it checks again whether another process took a connection.
_LEFT_S = 0.001
UNSHED = ("/livez", "/readyz", "/metrics")
_queue = threading.local()

log = logging.getLogger(__name__)


def unparsed(error: BaseException) -> bytes:
    """The whole HTTP response to a request that failed to parse."""
    kind = _kind(error)
    body, request_id = _body(kind, str(error) or kind.title)
    head = (
        f"HTTP/1.1 {int(kind.status)} {kind.status.phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        f"X-Request-Id: {request_id}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


def _body(kind: ProblemKind, detail: str) -> tuple[bytes, str]:
    """A problem as JSON, and the request id made for it."""
    request_id = secrets.token_hex(8)
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id,
    )
    return problem.model_dump_json().encode(), request_id


def _kind(error: BaseException) -> ProblemKind:
    if isinstance(error, LimitRequestLine):
        return KINDS["address-too-long"]
    if isinstance(error, LimitRequestHeaders):
        return KINDS["headers-too-large"]
    return KINDS["malformed-request" if isinstance(error, ParseException) else "internal"]


def waited_s() -> float:
    """How long the request that this thread handles lay in the queue, in seconds."""
    seconds: float = getattr(_queue, "seconds", 0.0)
    return seconds


def shedding(
    application: WSGIApplication,
    limit_s: float,
    on_shed: Callable[[], None],
    waited_s: Callable[[], float] = waited_s,
) -> WSGIApplication:
    """The same application, refusing what waited longer than `limit_s`; each calls `on_shed`."""

    def shed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[WAITED] = waited_s()
        if environ[WAITED] <= limit_s or environ["PATH_INFO"] in UNSHED:
            return application(environ, start_response)
        on_shed()
        kind = KINDS["overloaded"]
        body, request_id = _body(kind, "the request waited too long for its turn; try again")
        headers = [
            ("Content-Type", MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Retry-After", str(kind.retry_after_s)),
            ("X-Request-Id", request_id),
        ]
        start_response(f"{int(kind.status)} {kind.status.phrase}", headers)
        return [body]

    return shed


class ProblemWorker(ThreadWorker):
    """As its base, but shares connections evenly, times the queue, and answers with problems where
    that would with HTML. `slot` is given to it before the fork."""

    slot: WorkerSlot

    @property
    def nr_conns(self) -> int:
        """Open connections, as the base counts them."""
        return self._connections

    @nr_conns.setter
    def nr_conns(self, count: int) -> None:
        self._connections = count
        if self.booted:
            self.slot.count(count)

    def run(self) -> None:
        """Serve until told to stop."""
        self.slot.count(self.nr_conns)
        super().run()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, unless it is left to another process."""
        if self.slot.may_accept():
            super().accept(listener)
        else:
            time.sleep(_LEFT_S)

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to the threads, noting when."""
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Handle a request, in a thread."""
        _queue.seconds = time.monotonic() - conn.queued_at
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer on the socket and log; the base closes it."""
        if isinstance(exc, ParseException):
            log.info("unparsable request: %s", exc)
        else:
            log.error("a request failed outside the application", exc_info=exc)
        try:
            write_nonblock(client, unparsed(exc))
        except OSError:
            log.info("the client of an unparsable request is gone")
