"""What each call sends and how its answer is read; shared by both clients. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Required, TypedDict, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from semsearch.hits import Mode
from semsearch.wire import schema
from semsearch.wire.params import Limits, SearchParams

__all__ = ["Call", "NewArticle", "SearchOptions"]

PREFIX = "/api/v1"
Answer = TypeVar("Answer", bound=BaseModel)
# The server's own limits decide; a client must not refuse what it would take.
ANY = Limits(max_k=1_000_000, max_query_chars=1_000_000)


class SearchOptions(TypedDict, total=False):
    """Options of a search, as the API documents them."""

    k: int
    cursor: str | None
    mode: Mode
    sources: Sequence[str]
    authors: Sequence[str]
    speakers: Sequence[str]
    languages: Sequence[str]
    published_from: date | None
    published_to: date | None
    now: date | None
    read_dates: bool
    read_speakers: bool
    collapse_duplicates: bool
    per_article: int | None
    like: Sequence[str]
    unlike: Sequence[str]
    rerank: bool
    explain: bool


class NewArticle(TypedDict, total=False):
    """An article to put; only the text must be there."""

    id: str
    text: Required[str]
    title: str
    url: str
    source: str
    published: date
    authors: Sequence[str]
    language: str
    place: str


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One request, and the model of its answer."""

    method: str
    path: str
    answer: type[Answer]
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    body_type: str = "application/json"


def question(q: str, options: SearchOptions) -> SearchParams:
    """The parameters of a search; raises pydantic's ValidationError before anything is sent."""
    names = {name: info.alias or name for name, info in SearchParams.model_fields.items()}
    values: dict[str, Any] = {names[name]: value for name, value in options.items()}
    return SearchParams.model_validate({"q": q, **values}, context=ANY)


def search(q: str, options: SearchOptions) -> Call[schema.SearchResponse]:
    """One page of a search."""
    return Call(
        "GET", f"{PREFIX}/search", schema.SearchResponse, tuple(question(q, options).to_args())
    )


def stream(q: str, options: SearchOptions) -> Call[schema.Hit]:
    """All hits of a search, one per line."""
    args = tuple(question(q, options).to_args(k=None, cursor=None))
    return Call("GET", f"{PREFIX}/search/stream", schema.Hit, args)


def batch(questions: Sequence[str], options: SearchOptions) -> Call[schema.BatchResponse]:
    """Many questions with the same options."""
    params = [question(q, options) for q in questions]
    queries = [p.model_dump(mode="json", by_alias=True, exclude_defaults=True) for p in params]
    body = json.dumps({"queries": queries}).encode()
    return Call("POST", f"{PREFIX}/search/batch", schema.BatchResponse, body=body)


def passage(passage_id: str) -> Call[schema.PassageResponse]:
    """A passage."""
    return Call("GET", f"{PREFIX}/passages/{_segment(passage_id)}", schema.PassageResponse)


def similar(passage_id: str, k: int) -> Call[schema.SimilarResponse]:
    """Passages near in meaning."""
    path = f"{PREFIX}/passages/{_segment(passage_id)}/similar"
    return Call("GET", path, schema.SimilarResponse, (("k", str(k)),))


def article(article_id: str) -> Call[schema.ArticleResponse]:
    """An article."""
    return Call("GET", _article_path(article_id), schema.ArticleResponse)


def sources() -> Call[schema.SourcesResponse]:
    """All sources."""
    return Call("GET", f"{PREFIX}/sources", schema.SourcesResponse)


def speakers(prefix: str, limit: int, offset: int) -> Call[schema.SpeakersResponse]:
    """Who is quoted."""
    params = [("prefix", prefix), ("limit", str(limit)), ("offset", str(offset))]
    return Call("GET", f"{PREFIX}/speakers", schema.SpeakersResponse, tuple(params))


def quotes(speaker: str | None, q: str, limit: int, offset: int) -> Call[schema.QuotesResponse]:
    """Who said what."""
    params = [("q", q), ("limit", str(limit)), ("offset", str(offset))]
    if speaker is not None:
        params.append(("speaker", speaker))
    return Call("GET", f"{PREFIX}/quotes", schema.QuotesResponse, tuple(params))


def sayings(speaker: str, q: str, limit: int, offset: int) -> Call[schema.SayingsResponse]:
    """What somebody said, each saying once."""
    params = [("speaker", speaker), ("q", q), ("limit", str(limit)), ("offset", str(offset))]
    return Call("GET", f"{PREFIX}/sayings", schema.SayingsResponse, tuple(params))


def suggest(q: str, limit: int) -> Call[schema.SuggestResponse]:
    """Completions."""
    return Call(
        "GET", f"{PREFIX}/suggest", schema.SuggestResponse, (("q", q), ("limit", str(limit)))
    )


def index() -> Call[schema.IndexResponse]:
    """What the index says of itself."""
    return Call("GET", f"{PREFIX}/index", schema.IndexResponse)


def put(article_id: str, new: NewArticle) -> Call[schema.AcceptedResponse]:
    """Add or replace an article."""
    body = _json({name: value for name, value in new.items() if name != "id"})
    return Call("PUT", _article_path(article_id), schema.AcceptedResponse, body=body)


def delete(article_id: str) -> Call[schema.AcceptedResponse]:
    """Delete an article."""
    return Call("DELETE", _article_path(article_id), schema.AcceptedResponse)


def load(articles: Iterable[NewArticle]) -> Call[schema.AcceptedResponse]:
    """Add or replace many articles."""
    body = b"".join(_json(new) + b"\n" for new in articles)
    return Call(
        "POST",
        f"{PREFIX}/articles",
        schema.AcceptedResponse,
        body=body,
        body_type="application/x-ndjson",
    )


def job(job_id: str) -> Call[schema.Job]:
    """Where changes are on their way."""
    return Call("GET", f"{PREFIX}/jobs/{_segment(job_id)}", schema.Job)


def _article_path(article_id: str) -> str:
    return f"{PREFIX}/articles/{_segment(article_id)}"


def _segment(text: str) -> str:
    return quote(text, safe="")


def _json(values: object) -> bytes:
    return json.dumps(values, default=_date).encode()


def _date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot send {value!r}")
