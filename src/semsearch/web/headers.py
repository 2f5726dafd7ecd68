"""What every answer gets at the edge: an id, security headers, CORS, compression."""

from __future__ import annotations

import gzip
import re
import secrets
import time

from flask import Flask, Response, g, request

from semsearch.settings import Settings

__all__ = ["install"]

REQUEST_ID = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")
# Nothing from elsewhere, no inline script or style, no framing.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
COMPRESSED = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/atom+xml",
        "application/javascript",
        "text/javascript",
        "text/html",
        "text/css",
        "text/csv",
        "text/plain",
        "image/svg+xml",
    }
)
SMALLEST_COMPRESSED_BYTES = 1000
# Level 4 makes a 30 kB answer 6 times smaller in 0.3 ms; 9 gains 3 % more for twice the time.
GZIP_LEVEL = 4
CORS_HEADERS = "Authorization, Content-Type, If-None-Match, X-Request-Id"
CORS_EXPOSED = "ETag, Retry-After, X-Request-Id, Location"
CORS_MAX_AGE_S = 3600


def install(app: Flask, settings: Settings) -> None:
    """Hook into `app`: before each request and after each answer."""
    app.before_request(_begin)
    app.after_request(_harden)
    app.after_request(_compress)
    if settings.cors_origins:
        origins = frozenset(settings.cors_origins)
        app.after_request(lambda response: _allow_origin(response, origins))


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.match(given) else secrets.token_hex(8)
    g.began = time.monotonic()


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Request-Id", g.get("request_id", ""))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return response


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSED:
        return response
    response.vary.add("Accept-Encoding")
    if (
        _is_endless(response)
        or response.status_code in {204, 206, 304}
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
    ):
        return response
    body = response.get_data()
    if len(body) >= SMALLEST_COMPRESSED_BYTES:
        response.set_data(gzip.compress(body, GZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_endless(response: Response) -> bool:
    """Whether the body is a stream of unknown length; a file has a length and counts as known."""
    if response.direct_passthrough and response.content_length is not None:
        response.direct_passthrough = False
        return False
    return response.is_streamed


def _allow_origin(response: Response, origins: frozenset[str]) -> Response:
    origin = request.headers.get("Origin")
    response.vary.add("Origin")
    if origin is None or not ("*" in origins or origin in origins):
        return response
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
    headers["Access-Control-Expose-Headers"] = CORS_EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        headers["Access-Control-Allow-Headers"] = CORS_HEADERS
        headers["Access-Control-Max-Age"] = str(CORS_MAX_AGE_S)
    return response
