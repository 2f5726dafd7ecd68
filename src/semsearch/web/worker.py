"""gunicorn's threaded worker, answering requests that it cannot even parse in our own shape."""

from __future__ import annotations

import logging
import secrets
import socket
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from semsearch.web.problem import Problem
from semsearch.web.problems import KINDS, MEDIA_TYPE, ProblemKind

__all__ = ["ProblemWorker", "unparsed"]

log = logging.getLogger(__name__)


def unparsed(error: BaseException) -> bytes:
    """The whole HTTP response to a request that failed to parse."""
    kind = _kind(error)
    request_id = secrets.token_hex(8)
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=str(error) or kind.title,
        request_id=request_id,
    )
    body = problem.model_dump_json().encode()
    head = (
        f"HTTP/1.1 {int(kind.status)} {kind.status.phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        f"X-Request-Id: {request_id}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


def _kind(error: BaseException) -> ProblemKind:
    if isinstance(error, LimitRequestLine):
        return KINDS["address-too-long"]
    if isinstance(error, LimitRequestHeaders):
        return KINDS["headers-too-large"]
    return KINDS["malformed-request" if isinstance(error, ParseException) else "internal"]


class ProblemWorker(ThreadWorker):
    """As its base, which would answer with HTML."""

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
