"""Declares API operations: one declaration validates, routes, guards and documents.

    @api.operation("GET", "/search", query=SearchParams, returns=SearchResponse, ...)
    def search(params: SearchParams, searcher: Searcher) -> SearchResponse: ...

A handler gets what it declares: the path's parameters by name; `params` when it has a `query`
model; `body` when it has a `body` model, unless it `reads_body` itself; `searcher` when `reads` is
set, one snapshot of the index for the whole request. openapi.py reads the same declarations.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from semsearch.searcher import Searcher
from semsearch.web import access, context
from semsearch.web.admission import NotAdmittedError
from semsearch.web.problems import ProblemError, invalid
from semsearch.web.queries import to_query
from semsearch.wire.params import SearchParams, args_to_values

__all__ = [
    "Api",
    "NoParams",
    "Operation",
    "Scope",
    "api",
    "json_response",
    "read_body",
    "take_turn",
]

Method = Literal["GET", "POST", "PUT", "DELETE"]
Scope = Literal["search", "write", "admin"]
Result = BaseModel | Response
Model = TypeVar("Model", bound=BaseModel)
Handler = TypeVar("Handler", bound=Callable[..., Result])

# How long the request lay in the server's queue; set by serving/worker.py.
WAITED = "semsearch.waited_s"
SEARCH_PROBLEMS = ("invalid-request", "overloaded", "index-missing", "index-unusable")


class NoParams(BaseModel, extra="forbid"):
    """An operation without query parameters refuses them too, so that no typo is ignored."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of one operation."""

    name: str
    method: Method
    path: str
    tag: str
    summary: str
    description: str
    scope: Scope
    query: type[BaseModel]
    body: type[BaseModel] | None
    body_types: tuple[str, ...]
    reads_body: bool
    returns: type[BaseModel]
    return_type: str
    status: int
    partial: bool
    reads: bool
    problems: tuple[str, ...]
    handler: Callable[..., Result]

    @property
    def rule(self) -> str:
        """The path as Flask writes it; article ids may hold slashes."""
        return re.sub(
            r"\{(\w+)\}",
            lambda m: f"<path:{m[1]}>" if m[1] == "article_id" else f"<{m[1]}>",
            self.path,
        )


class Api:
    """The operations under one prefix."""

    def __init__(self, name: str, prefix: str) -> None:
        self.prefix = prefix
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix)
        self.operations: list[Operation] = []

    def operation(
        self,
        method: Method,
        path: str,
        *,
        tag: str,
        returns: type[BaseModel],
        scope: Scope = "search",
        query: type[BaseModel] = NoParams,
        body: type[BaseModel] | None = None,
        body_types: Sequence[str] = ("application/json",),
        reads_body: bool = False,
        return_type: str = "application/json",
        status: int = 200,
        partial: bool = False,
        reads: bool = False,
        problems: Sequence[str] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare an operation; its handler's docstring becomes summary and description."""

        def declare(handler: Handler) -> Handler:
            summary, _, description = (handler.__doc__ or "").strip().partition("\n\n")
            declared = Operation(
                name=handler.__name__,
                method=method,
                path=path,
                tag=tag,
                summary=_one_line(summary).removesuffix("."),
                description=_one_line(description),
                scope=scope,
                query=query,
                body=body,
                body_types=tuple(body_types),
                reads_body=reads_body,
                returns=returns,
                return_type=return_type,
                status=status,
                partial=partial,
                reads=reads,
                problems=_all_problems(query, body, reads, problems),
                handler=handler,
            )
            self.operations.append(declared)
            self.blueprint.add_url_rule(
                declared.rule, declared.name, _view(declared), methods=[method]
            )
            return handler

        return declare


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _all_problems(
    query: type[BaseModel], body: type[BaseModel] | None, reads: bool, own: Sequence[str]
) -> tuple[str, ...]:
    found = ["key-missing", "key-unknown", "scope-missing", "rate-limited", "internal"]
    found += ["invalid-request", "address-too-long"]
    if body is not None:
        found += ["malformed-request", "wrong-media-type", "too-large"]
    if reads:
        found += SEARCH_PROBLEMS
    return tuple(dict.fromkeys([*found, *own]))


def _view(operation: Operation) -> Callable[..., Response]:
    @wraps(operation.handler)
    def view(**path: str) -> Response:
        access.require(operation.scope)
        arguments: dict[str, Any] = dict(path)
        params = _query(operation.query)
        if operation.query is not NoParams:
            arguments["params"] = params
        if operation.body is not None and not operation.reads_body:
            arguments["body"] = read_body(operation.body)
        if operation.reads:
            return _answer_from_index(operation, arguments)
        return _response(operation, operation.handler(**arguments))

    return view


def _query(model: type[BaseModel]) -> BaseModel:
    try:
        values = args_to_values(model, request.args)
        return model.model_validate(values, context=context.limits())
    except ValidationError as error:
        raise invalid(error, "query") from error


def read_body(model: type[Model]) -> Model:
    """The request's JSON body as this model; raises the ProblemError that says what is wrong."""
    if request.mimetype != "application/json":
        raise ProblemError("wrong-media-type", "send Content-Type: application/json")
    try:
        return model.model_validate_json(request.get_data(), strict=True, context=context.limits())
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            detail = f"the body is not JSON: {error.errors()[0]['msg']}"
            raise ProblemError("malformed-request", detail) from error
        raise invalid(error, "body") from error


def _answer_from_index(operation: Operation, arguments: dict[str, Any]) -> Response:
    with take_turn(), _snapshot(arguments) as searcher:
        etag = _etag(searcher.index.generation)
        if operation.method == "GET" and request.if_none_match.contains_weak(etag):
            return _cacheable(Response(status=304), etag)
        response = _response(operation, operation.handler(searcher=searcher, **arguments))
        return _cacheable(response, etag) if operation.method == "GET" else response


def _snapshot(arguments: dict[str, Any]) -> AbstractContextManager[Searcher]:
    """The live generation, or for a later page the one that its cursor began in."""
    params = arguments.get("params") or arguments.get("body")
    if isinstance(params, SearchParams):
        return context.live().snapshot_for(to_query(params, context.limits()))
    return context.live().snapshot()


class take_turn:  # noqa: N801 -- reads as the verb it is
    """Hold a turn for a `with` block; raises the problem `overloaded`.

    Made within a request, but may be given back after it: a stream ends later.
    """

    def __init__(self) -> None:
        self._services = context.services()

    def __enter__(self) -> None:
        metrics = self._services.metrics
        try:
            with metrics.stage("wait"), metrics.waiting.track_inprogress():
                self._services.admission.enter(request.environ.get(WAITED, 0.0))
        except NotAdmittedError as error:
            detail = "too many searches are running; wait as Retry-After says and try again"
            raise ProblemError("overloaded", detail) from error
        metrics.present.inc()

    def __exit__(self, *_: object) -> None:
        self._services.metrics.present.dec()
        self._services.admission.leave()


def _etag(generation: str) -> str:
    # The day counts because "last week" in a question does; the query string because of `fields`.
    today = datetime.now(UTC).date().isoformat()
    packed = f"{generation}\0{today}\0{request.full_path}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(packed).hexdigest()[:24]


def _cacheable(response: Response, etag: str) -> Response:
    # Weak: `took_ms` and the compression differ between answers that mean the same.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _response(operation: Operation, result: Result) -> Response:
    if isinstance(result, Response):
        return result
    return json_response(result, operation.status)


def json_response(model: BaseModel, status: int = 200) -> Response:
    """A model as JSON."""
    return Response(model.model_dump_json(), status, mimetype="application/json")


api = Api("api", "/api/v1")
