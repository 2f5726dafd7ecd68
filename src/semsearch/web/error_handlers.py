"""Turns whatever a request raises into one answer: a problem on the API, a page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from semsearch.errors import SemsearchError
from semsearch.web.context import request_id
from semsearch.web.problems import (
    KINDS,
    Fault,
    ProblemError,
    ProblemKind,
    invalid,
    kind_of,
    respond,
)

__all__ = ["install"]

log = logging.getLogger(__name__)

BY_STATUS = {
    400: "malformed-request",
    404: "no-such-path",
    405: "method-not-allowed",
    413: "too-large",
    414: "address-too-long",
    415: "wrong-media-type",
    431: "headers-too-large",
}


ErrorPage = Callable[[ProblemKind, str], Response]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What went wrong, before it is known who reads of it."""

    kind: ProblemKind
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def install(app: Flask, error_page: ErrorPage) -> None:
    """Register the handler; `error_page` answers for everything outside the API."""

    def handle(error: Exception) -> Response:
        if isinstance(error, HTTPException) and (error.code or 500) < HTTPStatus.BAD_REQUEST:
            # A redirect is an answer, not a fault.
            return Response(b"", error.code, headers=dict(error.get_headers()))
        refusal = _refusal(error)
        return _page(refusal, error_page) if _is_page() else _problem(refusal)

    app.register_error_handler(Exception, handle)


def _refusal(error: Exception) -> _Refusal:
    if isinstance(error, ProblemError):
        return _Refusal(error.kind, error.detail, error.faults, error.headers)
    if isinstance(error, ValidationError):
        found = invalid(error, "query")
        return _Refusal(found.kind, found.detail, found.faults)
    if isinstance(error, SemsearchError):
        return _ours(error)
    if isinstance(error, HTTPException):
        return _http(error)
    log.error("unforeseen error", exc_info=error)
    detail = "the server failed unexpectedly; its log has the cause under this request id"
    return _Refusal(KINDS["internal"], detail)


def _ours(error: SemsearchError) -> _Refusal:
    kind = kind_of(error)
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", kind.slug, error)
    return _Refusal(kind, str(error))


def _http(error: HTTPException) -> _Refusal:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    slug = BY_STATUS.get(status) or ("malformed-request" if status < 500 else "internal")
    methods = sorted(getattr(error, "valid_methods", None) or ())
    allow = {"Allow": ", ".join(methods)} if methods else {}
    return _Refusal(KINDS[slug], error.description or KINDS[slug].title, (), allow)


def _is_page() -> bool:
    return not request.path.startswith(("/api/", "/livez", "/readyz", "/metrics"))


def _problem(refusal: _Refusal) -> Response:
    return respond(refusal.kind, refusal.detail, request_id(), refusal.faults, refusal.headers)


def _page(refusal: _Refusal, error_page: ErrorPage) -> Response:
    response = error_page(refusal.kind, refusal.detail)
    response.headers.update(dict(refusal.headers))
    if refusal.kind.retry_after_s is not None:
        response.headers.setdefault("Retry-After", str(refusal.kind.retry_after_s))
    if refusal.kind.status == HTTPStatus.UNAUTHORIZED:
        # Browsers can ask for a name and password: any name, and the key as password.
        response.headers["WWW-Authenticate"] = 'Basic realm="semsearch: key as password"'
    return response
