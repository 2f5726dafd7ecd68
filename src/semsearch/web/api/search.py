"""Searching over the API: one question, many at once, all hits as a stream, similar passages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, islice
from typing import Annotated

from flask import Response, stream_with_context
from pydantic import BaseModel, ConfigDict, Field

from semsearch import hits
from semsearch.hits import SearchResults
from semsearch.searcher import Searcher
from semsearch.web import context
from semsearch.web.api.fields import select
from semsearch.web.api.operations import api, take_turn
from semsearch.web.cursors import write_cursor
from semsearch.web.problems import ProblemError
from semsearch.web.queries import to_query
from semsearch.wire import schema
from semsearch.wire.params import PageParams, Question, SearchParams

__all__ = ["search_response"]

BATCH_MOST = 100
NDJSON = "application/x-ndjson"
REFUSALS = ("not-searchable", "not-found")


class BatchBody(BaseModel):
    """Many searches in one call; their questions are encoded together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queries: Annotated[tuple[PageParams, ...], Field(min_length=1, max_length=BATCH_MOST)]


class SimilarParams(BaseModel):
    """How many similar passages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: Annotated[int, Field(ge=1, le=100, description="How many passages at most.")] = 10


@api.operation(
    "GET",
    "/search",
    tag="search",
    query=SearchParams,
    returns=schema.SearchResponse,
    partial=True,
    reads=True,
    problems=(*REFUSALS, "cursor-unusable"),
)
def search(params: SearchParams, searcher: Searcher) -> Response:
    """Search.

    Answers with one page of hits, best first, with totals and facets over all of them.
    """
    return _page(params, searcher)


@api.operation(
    "POST",
    "/search",
    tag="search",
    body=SearchParams,
    returns=schema.SearchResponse,
    partial=True,
    reads=True,
    problems=(*REFUSALS, "cursor-unusable"),
)
def search_by_body(body: SearchParams, searcher: Searcher) -> Response:
    """Search, with the parameters in the body.

    The same as the search by GET, for questions that do not belong into an address.
    """
    return _page(body, searcher)


def _page(params: SearchParams, searcher: Searcher) -> Response:
    with context.stage("search"):
        results = searcher.search(to_query(params, context.limits()))
    with context.stage("shape"):
        return Response(_page_json(params, results), mimetype="application/json")


def _page_json(params: PageParams, results: SearchResults) -> str:
    selection = select(schema.SearchResponse, params.fields)
    hidden = None if params.explain else {"hits": {"__all__": {"explain"}}}
    return search_response(results).model_dump_json(include=selection, exclude=hidden)


def search_response(results: SearchResults) -> schema.SearchResponse:
    """A page of a search as the API shapes it."""
    return schema.SearchResponse.model_validate(
        {
            "query": results.query.text,
            "mode": results.query.mode,
            "verdict": results.verdict,
            "total": results.total,
            "took_ms": round(results.took_ms, 3),
            "index": results.index,
            "hits": results.hits,
            "facets": results.facets,
            "chips": results.chips,
            "spelling": results.spelling,
            "cursor": write_cursor(results.query, results.next),
        }
    )


@api.operation(
    "POST",
    "/search/batch",
    tag="search",
    body=BatchBody,
    returns=schema.BatchResponse,
    partial=True,
    reads=True,
    problems=REFUSALS,
)
def search_batch(body: BatchBody, searcher: Searcher) -> Response:
    """Search many questions at once.

    All questions are encoded together, which costs less than asking one by one. Answers come in
    the order of the queries, all from the same generation.
    """
    results = searcher.search_many([to_query(query, context.limits()) for query in body.queries])
    pages = [_page_json(query, found) for query, found in zip(body.queries, results, strict=True)]
    return Response(f'{{"results":[{",".join(pages)}]}}', mimetype="application/json")


@api.operation(
    "GET",
    "/search/stream",
    tag="search",
    query=Question,
    returns=schema.Hit,
    return_type=NDJSON,
    problems=(*REFUSALS, "overloaded", "too-slow", "index-missing", "index-unusable"),
)
def search_stream(params: Question) -> Response:
    """Stream all hits of a search.

    One hit per line, best first, as many as there are. A stream that breaks off ends without
    HTTP's closing chunk, which every client reports as an error.
    """
    with ExitStack() as stack:
        stack.enter_context(take_turn())
        searcher = stack.enter_context(context.live().snapshot())
        found = searcher.every_hit(to_query(params, context.limits()))
        # The first hit is made before the answer starts, so that a refusal is a problem.
        first = list(islice(found, 1))
        held = stack.pop_all()
    lines = stream_with_context(_lines(chain(first, found), params.explain))
    response = Response(lines, mimetype=NDJSON)
    # The turn and the snapshot stay with the stream. They are given back here and not in the
    # generator, which never runs when the client asks for the head alone or is gone.
    response.call_on_close(held.close)
    return response


def _lines(found: Iterator[hits.Hit], explain: bool) -> Iterator[str]:
    hidden = None if explain else {"explain"}
    for hit in found:
        if context.seconds_left() < 0:
            raise ProblemError("too-slow", "the stream took longer than request_timeout_ms")
        yield schema.Hit.model_validate(hit).model_dump_json(exclude=hidden) + "\n"


@api.operation(
    "GET",
    "/passages/{passage_id}/similar",
    tag="passages",
    query=SimilarParams,
    returns=schema.SimilarResponse,
    reads=True,
    problems=("not-found",),
)
def similar(passage_id: str, params: SimilarParams, searcher: Searcher) -> Response:
    """Find passages near in meaning to one passage."""
    passage = searcher.passage(passage_id)
    found = searcher.similar(passage_id, params.k)
    values = {"index": searcher.index, "passage": passage, "hits": found}
    shaped = schema.SimilarResponse.model_validate(values)
    hidden = {"hits": {"__all__": {"explain"}}}
    return Response(shaped.model_dump_json(exclude=hidden), mimetype="application/json")
