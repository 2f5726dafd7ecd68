"""Turns whatever a request raises into one answer: a problem on the API, a page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from semsearch.errors import SemsearchError
from semsearch.web.context import request_id
from semsearch.web.problems import KINDS, ProblemError, ProblemKind, kind_of, respond

__all__ = ["install"]

log = logging.getLogger(__name__)

BY_STATUS = {
    400: "malformed-request",
    404: "no-such-path",
    405: "method-not-allowed",
    413: "too-large",
    414: "too-large",
    415: "wrong-media-type",
    431: "too-large",
}


ErrorPage = Callable[[Exception], Response]


def install(app: Flask, error_page: ErrorPage) -> None:
    """Register the handlers; `error_page` answers for everything outside the API."""

    def problem(error: ProblemError) -> Response:
        if _is_page():
            return _asking_for_key(error_page(error), error.kind)
        return respond(error.kind, error.detail, request_id(), error.faults, error.headers)

    def ours(error: SemsearchError) -> Response:
        return error_page(error) if _is_page() else _ours(error)

    def http(error: HTTPException) -> Response:
        return error_page(error) if _is_page() else _http(error)

    def unforeseen(error: Exception) -> Response:
        return error_page(error) if _is_page() else _unforeseen(error)

    app.register_error_handler(ProblemError, problem)
    app.register_error_handler(SemsearchError, ours)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unforeseen)


def _is_page() -> bool:
    return not request.path.startswith(("/api/", "/livez", "/readyz", "/metrics"))


def _asking_for_key(response: Response, kind: ProblemKind) -> Response:
    if kind.status == HTTPStatus.UNAUTHORIZED:
        # Browsers can ask for a name and password: any name, and the key as password.
        response.headers["WWW-Authenticate"] = 'Basic realm="semsearch: key as password"'
    return response


def _ours(error: SemsearchError) -> Response:
    kind = kind_of(error)
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", kind.slug, error)
    return respond(kind, str(error), request_id())


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        # A redirect is an answer, not a fault.
        return Response(b"", status, headers=dict(error.get_headers()))
    slug = BY_STATUS.get(status) or ("malformed-request" if status < 500 else "internal")
    allow = {name: value for name, value in error.get_headers() if name == "Allow"}
    return respond(KINDS[slug], error.description or KINDS[slug].title, request_id(), (), allow)


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen error", exc_info=error)
    detail = "the server failed unexpectedly; its log has the cause under this request id"
    return respond(KINDS["internal"], detail, request_id())
