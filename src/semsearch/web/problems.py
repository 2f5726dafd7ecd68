"""Every way the API refuses, as RFC 9457 problems with one stable `type` per cause.

A problem's `type` is `urn:semsearch:problem:<slug>`; slugs never change their meaning. The table
below is the whole list: the OpenAPI document and docs/problems.md are checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Response
from pydantic import ValidationError

from semsearch.errors import (
    CursorError,
    EncoderError,
    IndexBusyError,
    IndexMissingError,
    IndexStateError,
    NotFoundError,
    QueryError,
    SemsearchError,
)
from semsearch.wire.problem import TYPE_PREFIX, Fault, Problem

__all__ = ["KINDS", "Fault", "Problem", "ProblemError", "ProblemKind", "kind_of", "respond"]

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One cause: its slug, status, title, and whether (after how many seconds) to try again."""

    slug: str
    status: HTTPStatus
    title: str
    retry_after_s: int | None = None

    @property
    def type(self) -> str:
        return TYPE_PREFIX + self.slug


def _table(*kinds: ProblemKind) -> dict[str, ProblemKind]:
    return {kind.slug: kind for kind in kinds}


KINDS = _table(
    ProblemKind(
        "malformed-request", HTTPStatus.BAD_REQUEST, "The request is not well-formed HTTP."
    ),
    ProblemKind(
        "key-missing", HTTPStatus.UNAUTHORIZED, "This needs a key: send Authorization: Bearer."
    ),
    ProblemKind("key-unknown", HTTPStatus.UNAUTHORIZED, "This key is unknown or was revoked."),
    ProblemKind("scope-missing", HTTPStatus.FORBIDDEN, "This key does not allow that."),
    ProblemKind("writing-off", HTTPStatus.FORBIDDEN, "Writing is off: no key may write yet."),
    ProblemKind("no-such-path", HTTPStatus.NOT_FOUND, "There is nothing at this path."),
    ProblemKind("not-found", HTTPStatus.NOT_FOUND, "The index holds nothing of this id."),
    ProblemKind("method-not-allowed", HTTPStatus.METHOD_NOT_ALLOWED, "Not by this method."),
    ProblemKind("cursor-unusable", HTTPStatus.GONE, "This cursor leads nowhere (any more)."),
    ProblemKind("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large."),
    ProblemKind(
        "address-too-long", HTTPStatus.REQUEST_URI_TOO_LONG, "Too long for an address: use POST."
    ),
    ProblemKind(
        "headers-too-large",
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The request's headers are too large.",
    ),
    ProblemKind("wrong-media-type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not this kind of content."),
    ProblemKind(
        "invalid-request",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Parts of the request are not valid.",
    ),
    ProblemKind(
        "not-searchable", HTTPStatus.UNPROCESSABLE_ENTITY, "This question cannot be searched."
    ),
    ProblemKind("rate-limited", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests.", 60),
    ProblemKind("internal", HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed."),
    ProblemKind("overloaded", HTTPStatus.SERVICE_UNAVAILABLE, "Too much to do at once.", 1),
    ProblemKind("too-slow", HTTPStatus.SERVICE_UNAVAILABLE, "This took too long.", 5),
    ProblemKind("index-missing", HTTPStatus.SERVICE_UNAVAILABLE, "There is no index yet.", 5),
    ProblemKind("index-unusable", HTTPStatus.SERVICE_UNAVAILABLE, "The index cannot be used.", 30),
)

# The first class that fits counts, so the special come before the general.
CAUSES: tuple[tuple[type[SemsearchError], str], ...] = (
    (CursorError, "cursor-unusable"),
    (QueryError, "not-searchable"),
    (NotFoundError, "not-found"),
    (IndexMissingError, "index-missing"),
    (IndexBusyError, "overloaded"),
    (IndexStateError, "index-unusable"),
    (EncoderError, "index-unusable"),
)


@dataclass
class ProblemError(Exception):
    """Raise it anywhere in a request; the edge answers with the problem."""

    slug: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> ProblemKind:
        return KINDS[self.slug]


def kind_of(error: SemsearchError) -> ProblemKind:
    """The kind of problem that an error of ours is."""
    for cause, slug in CAUSES:
        if isinstance(error, cause):
            return KINDS[slug]
    return KINDS["internal"]


def invalid(error: ValidationError, location: str, prefix: str = "") -> ProblemError:
    """All that pydantic found wrong, as one problem; `prefix` is a JSON pointer to the value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = {e["loc"][:end] for e in found for end in range(len(e["loc"]))}
    # pydantic also complains of a list's length when its only fault is a bad element.
    found = [e for e in found if e["loc"] not in places or not e["loc"]]
    faults = tuple(
        Fault(
            location=location,
            pointer=prefix + _pointer(e["loc"], location),
            detail=e["msg"].removeprefix("Value error, "),
        )
        for e in found
    )
    listed = "; ".join(f"{f.pointer or 'request'}: {f.detail}" for f in faults[:3])
    more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
    return ProblemError("invalid-request", listed + more, faults)


def _pointer(path: tuple[int | str, ...], location: str) -> str:
    if location == "body":
        return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    return str(path[0]) if path else ""


def respond(
    kind: ProblemKind,
    detail: str,
    request_id: str,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response that tells of a problem."""
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id,
        errors=tuple(faults),
    )
    response = Response(problem.model_dump_json(), kind.status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if kind.retry_after_s is not None:
        response.headers["Retry-After"] = str(kind.retry_after_s)
    if kind.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="semsearch"'
    response.headers.update(headers or {})
    return response
