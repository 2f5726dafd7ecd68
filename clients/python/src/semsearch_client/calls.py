"""The calls of the API, each written once, as a coroutine.

What a call waits for is left to three methods. `clients.py` has them twice: awaiting and blocking.
Where they block, a coroutine is never suspended, so the synchronous client runs these same
coroutines without an event loop.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from itertools import count
from typing import TypeVar, Unpack
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from semsearch_client.errors import ApiError, JobTimeoutError, UnreachableError
from semsearch_client.options import NewArticle, SearchOptions, search_params
from semsearch_client.retries import Retries
from semsearch_client.wire import schema
from semsearch_client.wire.problem import Problem

__all__ = ["Calls"]

PREFIX = "/api/v1"
NDJSON = "application/x-ndjson"
Params = tuple[tuple[str, str | int], ...]
Answer = TypeVar("Answer", bound=BaseModel)


class Calls(ABC):
    """The calls. Options of a search are the API's parameters, see SearchOptions."""

    def __init__(self, http: httpx.Client | httpx.AsyncClient, retries: Retries | None) -> None:
        self._http = http
        self._retries = retries or Retries()

    @abstractmethod
    async def _answer(self, request: httpx.Request, stream: bool) -> httpx.Response:
        """The answer. It is read whole, unless it is a `stream` that succeeds."""

    @abstractmethod
    def _lines(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        """The lines of a stream; its connection is given back when this ends or is closed."""

    @abstractmethod
    async def _sleep(self, seconds: float) -> None: ...

    # Searching ---------------------------------------------------------------------------------

    async def search(self, q: str, **options: Unpack[SearchOptions]) -> schema.SearchResponse:
        """One page of a search."""
        params = search_params(q, options).to_args()
        return await self._ask(schema.SearchResponse, "/search", tuple(params))

    async def search_many(
        self, questions: Sequence[str], **options: Unpack[SearchOptions]
    ) -> tuple[schema.SearchResponse, ...]:
        """One page for each question, in order, in a single call."""
        params = [search_params(q, options) for q in questions]
        queries = [one.model_dump(by_alias=True, exclude_defaults=True) for one in params]
        body = to_json({"queries": queries})
        path = "/search/batch"
        return (await self._ask(schema.BatchResponse, path, method="POST", body=body)).results

    async def pages(
        self, q: str, **options: Unpack[SearchOptions]
    ) -> AsyncGenerator[schema.SearchResponse, None]:
        """All pages of a search, fetched as they are asked for, all of one generation."""
        page = await self.search(q, **options)
        yield page
        while page.cursor is not None:
            following: SearchOptions = {**options, "cursor": page.cursor}
            page = await self.search(q, **following)
            yield page

    async def hits(
        self, q: str, **options: Unpack[SearchOptions]
    ) -> AsyncGenerator[schema.Hit, None]:
        """All hits of a search, page after page."""
        async for page in self.pages(q, **options):
            for hit in page.hits:
                yield hit

    async def stream(
        self, q: str, **options: Unpack[SearchOptions]
    ) -> AsyncGenerator[schema.Hit, None]:
        """All hits of a search in one call; for large exports. Not tried again once begun."""
        params = tuple(search_params(q, options).to_args(k=None, cursor=None))
        request = self._http.build_request("GET", f"{PREFIX}/search/stream", params=params)
        response = await self._send(request, stream=True)
        async with aclosing(self._lines(response)) as lines:
            try:
                async for line in lines:
                    yield schema.Hit.model_validate_json(line)
            except httpx.TransportError as error:
                raise self._unreachable(error) from error

    async def suggest(self, q: str, limit: int = 8) -> tuple[schema.Suggestion, ...]:
        """Completions of what was typed."""
        answer = await self._ask(schema.SuggestResponse, "/suggest", _pairs(q=q, limit=limit))
        return answer.suggestions

    # Looking up --------------------------------------------------------------------------------

    async def passage(self, passage_id: str) -> schema.PassageResponse:
        """A passage with its article and quotes."""
        return await self._ask(schema.PassageResponse, f"/passages/{_segment(passage_id)}")

    async def similar(self, passage_id: str, k: int = 10) -> tuple[schema.Hit, ...]:
        """Passages near in meaning, best first."""
        path = f"/passages/{_segment(passage_id)}/similar"
        return (await self._ask(schema.SimilarResponse, path, _pairs(k=k))).hits

    async def article(self, article_id: str) -> schema.ArticleResponse:
        """A whole article with its passages and quotes."""
        return await self._ask(schema.ArticleResponse, f"/articles/{_segment(article_id)}")

    async def sources(self) -> tuple[schema.Count, ...]:
        """All sources with their numbers of articles."""
        return (await self._ask(schema.SourcesResponse, "/sources")).sources

    async def speakers(
        self, prefix: str = "", limit: int = 50, offset: int = 0
    ) -> schema.SpeakersResponse:
        """Who is quoted, most quoted first."""
        params = _pairs(prefix=prefix, limit=limit, offset=offset)
        return await self._ask(schema.SpeakersResponse, "/speakers", params)

    async def quotes(
        self, speaker: str | None = None, q: str = "", limit: int = 50, offset: int = 0
    ) -> schema.QuotesResponse:
        """Who said what, newest first."""
        params = _pairs(speaker=speaker, q=q, limit=limit, offset=offset)
        return await self._ask(schema.QuotesResponse, "/quotes", params)

    async def sayings(
        self, speaker: str, q: str = "", limit: int = 20, offset: int = 0
    ) -> schema.SayingsResponse:
        """What somebody said, newest first, the same words in several articles as one."""
        params = _pairs(speaker=speaker, q=q, limit=limit, offset=offset)
        return await self._ask(schema.SayingsResponse, "/sayings", params)

    async def index(self) -> schema.IndexResponse:
        """What the index says of itself."""
        return await self._ask(schema.IndexResponse, "/index")

    # Changing ----------------------------------------------------------------------------------

    async def put_article(self, article_id: str, new: NewArticle) -> schema.Job:
        """Add or replace an article; durable when this returns, searchable when its job is done."""
        body = to_json({name: value for name, value in new.items() if name != "id"})
        path = f"/articles/{_segment(article_id)}"
        return (await self._ask(schema.AcceptedResponse, path, method="PUT", body=body)).job

    async def delete_article(self, article_id: str) -> schema.Job:
        """Delete an article; durable when this returns."""
        path = f"/articles/{_segment(article_id)}"
        return (await self._ask(schema.AcceptedResponse, path, method="DELETE")).job

    async def load_articles(self, articles: Iterable[NewArticle]) -> schema.AcceptedResponse:
        """Add or replace many articles at once: all of them are taken, or none."""
        body = b"".join(to_json(new) + b"\n" for new in articles)
        return await self._ask(
            schema.AcceptedResponse, "/articles", method="POST", body=body, body_type=NDJSON
        )

    async def job(self, job_id: str) -> schema.Job:
        """Where the changes of a job are."""
        return await self._ask(schema.Job, f"/jobs/{_segment(job_id)}")

    async def wait(
        self, job: schema.Job, timeout_s: float = 300.0, every_s: float = 0.5
    ) -> schema.Job:
        """Return when searches see everything that the job changed.

        Raises JobTimeoutError when that takes longer than `timeout_s`; the changes are not lost.
        """
        deadline = time.monotonic() + timeout_s
        while job.state != "done":
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise JobTimeoutError(job, timeout_s)
            await self._sleep(min(every_s, left_s))
            job = await self.job(job.id)
        return job

    # Sending -----------------------------------------------------------------------------------

    async def _ask(
        self,
        answer: type[Answer],
        path: str,
        params: Params = (),
        *,
        method: str = "GET",
        body: bytes | None = None,
        body_type: str = "application/json",
    ) -> Answer:
        headers = {"Content-Type": body_type} if body is not None else {}
        request = self._http.build_request(
            method, PREFIX + path, params=params, content=body, headers=headers
        )
        return answer.model_validate_json((await self._send(request)).content)

    async def _send(self, request: httpx.Request, stream: bool = False) -> httpx.Response:
        """The answer, after as many tries as it takes; raises ApiError or UnreachableError."""
        for tried in count():
            response, failure = None, None
            try:
                response = await self._answer(request, stream)
            except httpx.TransportError as error:
                failure = error
            wait_s = self._retries.wait_s(tried, response)
            if wait_s is None:
                break
            await self._sleep(wait_s)
        if response is None:
            raise self._unreachable(failure) from failure
        if not response.is_success:
            raise _refusal(response)
        return response

    def _unreachable(self, failure: httpx.TransportError | None) -> UnreachableError:
        return UnreachableError(f"{self._http.base_url}: {failure}")


def _refusal(response: httpx.Response) -> ApiError:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        # Something in between answered, a proxy for instance.
        problem = Problem(
            type="about:blank",
            title=response.reason_phrase,
            status=response.status_code,
            detail=response.text[:500],
            request_id="",
        )
    return ApiError(response.status_code, problem)


def _pairs(**params: str | int | None) -> Params:
    return tuple((name, value) for name, value in params.items() if value is not None)


def _segment(text: str) -> str:
    return quote(text, safe="")
