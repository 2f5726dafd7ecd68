"""Turns whatever a request raises into one answer: a problem on the API, a page elsewhere."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, request
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


def install(app: Flask) -> None:
    """Register the handlers. Pages may set `app.extensions["semsearch-error-page"]`, a function
    from (ProblemKind, detail) to a Response, for everything outside the API.
    """
    app.register_error_handler(ProblemError, _problem)
    app.register_error_handler(SemsearchError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _problem(error: ProblemError) -> Response:
    if not _is_page():
        return respond(error.kind, error.detail, request_id(), error.faults, error.headers)
    response = _page(error.kind, error.detail)
    response.headers.update(error.headers)
    if error.kind.status == HTTPStatus.UNAUTHORIZED:
        # Browsers can ask for a name and password: any name, and the key as password.
        response.headers["WWW-Authenticate"] = 'Basic realm="semsearch: key as password"'
    return response


def _ours(error: SemsearchError) -> Response:
    kind = kind_of(error)
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", kind.slug, error)
    return _answer(kind, str(error))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        # A redirect of ours is an answer, not a fault.
        return Response(response=b"", status=status, headers=dict(error.get_headers()))
    kind = KINDS[BY_STATUS.get(status, "malformed-request" if status < 500 else "internal")]
    response = _answer(kind, error.description or kind.title)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen error", exc_info=error)
    detail = "the server failed unexpectedly; its log has the cause under this request id"
    return _answer(KINDS["internal"], detail)


def _answer(kind: ProblemKind, detail: str) -> Response:
    return _page(kind, detail) if _is_page() else respond(kind, detail, request_id())


def _is_page() -> bool:
    return not request.path.startswith(("/api/", "/livez", "/readyz", "/metrics"))


def _page(kind: ProblemKind, detail: str) -> Response:
    show = current_app.extensions.get("semsearch-error-page")
    if show is not None:
        response: Response = show(kind, detail)
    else:
        response = Response(f"{kind.title}\n{detail}\n", kind.status, mimetype="text/plain")
    if kind.retry_after_s is not None:
        response.headers["Retry-After"] = str(kind.retry_after_s)
    return response
