"""The asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from semsearch.client import calls
from semsearch.client.calls import Answer, Call, NewArticle, SearchOptions
from semsearch.client.retries import Retries, UnreachableError, check, read
from semsearch.wire import schema

__all__ = ["AsyncClient"]


class AsyncClient:
    """Calls one server. Keeps connections open: use it in a `with` block, or `aclose` it.

    Safe to share between tasks.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8080",
        key: str | None = None,
        *,
        timeout_s: float = 30.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=headers, timeout=timeout_s, transport=transport
        )
        self._retries = retries or Retries()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    # Searching ---------------------------------------------------------------------------------

    async def search(self, q: str, **options: Unpack[SearchOptions]) -> schema.SearchResponse:
        """One page of a search."""
        return await self._do(calls.search(q, options))

    async def search_many(
        self, questions: Sequence[str], **options: Unpack[SearchOptions]
    ) -> tuple[schema.SearchResponse, ...]:
        """One page for each question, in order, in a single call."""
        return (await self._do(calls.batch(questions, options))).results

    async def pages(
        self, q: str, **options: Unpack[SearchOptions]
    ) -> AsyncIterator[schema.SearchResponse]:
        """All pages of a search, fetched as they are asked for, all of one generation."""
        page = await self.search(q, **options)
        yield page
        while page.cursor is not None:
            following: SearchOptions = {**options, "cursor": page.cursor}
            page = await self.search(q, **following)
            yield page

    async def hits(self, q: str, **options: Unpack[SearchOptions]) -> AsyncIterator[schema.Hit]:
        """All hits of a search, page after page."""
        async for page in self.pages(q, **options):
            for hit in page.hits:
                yield hit

    async def stream(self, q: str, **options: Unpack[SearchOptions]) -> AsyncIterator[schema.Hit]:
        """All hits of a search in one call; for large exports. Not tried again once begun."""
        call = calls.stream(q, options)
        async with self._http.stream("GET", call.path, params=call.params) as response:
            if not response.is_success:
                await response.aread()
                check(response)
            async for line in response.aiter_lines():
                yield schema.Hit.model_validate_json(line)

    async def suggest(self, q: str, limit: int = 8) -> tuple[schema.Suggestion, ...]:
        """Completions of what was typed."""
        return (await self._do(calls.suggest(q, limit))).suggestions

    # Looking up --------------------------------------------------------------------------------

    async def passage(self, passage_id: str) -> schema.PassageResponse:
        """A passage with its article and quotes."""
        return await self._do(calls.passage(passage_id))

    async def similar(self, passage_id: str, k: int = 10) -> tuple[schema.Hit, ...]:
        """Passages near in meaning, best first."""
        return (await self._do(calls.similar(passage_id, k))).hits

    async def article(self, article_id: str) -> schema.ArticleResponse:
        """A whole article with its passages and quotes."""
        return await self._do(calls.article(article_id))

    async def sources(self) -> tuple[schema.Count, ...]:
        """All sources with their numbers of articles."""
        return (await self._do(calls.sources())).sources

    async def speakers(
        self, prefix: str = "", limit: int = 50, offset: int = 0
    ) -> schema.SpeakersResponse:
        """Who is quoted, most quoted first."""
        return await self._do(calls.speakers(prefix, limit, offset))

    async def quotes(
        self, speaker: str | None = None, q: str = "", limit: int = 50, offset: int = 0
    ) -> schema.QuotesResponse:
        """Who said what, newest first."""
        return await self._do(calls.quotes(speaker, q, limit, offset))

    async def sayings(
        self, speaker: str, q: str = "", limit: int = 20, offset: int = 0
    ) -> schema.SayingsResponse:
        """What somebody said, newest first, the same words in several articles as one."""
        return await self._do(calls.sayings(speaker, q, limit, offset))

    async def index(self) -> schema.IndexResponse:
        """What the index says of itself."""
        return await self._do(calls.index())

    # Changing ----------------------------------------------------------------------------------

    async def put_article(self, article_id: str, new: NewArticle) -> schema.Job:
        """Add or replace an article; durable when this returns, searchable when its job is done."""
        return (await self._do(calls.put(article_id, new))).job

    async def delete_article(self, article_id: str) -> schema.Job:
        """Delete an article; durable when this returns."""
        return (await self._do(calls.delete(article_id))).job

    async def load_articles(self, articles: Iterable[NewArticle]) -> schema.AcceptedResponse:
        """Add or replace many articles at once: all of them are taken, or none."""
        return await self._do(calls.load(articles))

    async def job(self, job_id: str) -> schema.Job:
        """Where the changes of a job are."""
        return await self._do(calls.job(job_id))

    async def wait(self, job: schema.Job, every_s: float = 0.5) -> schema.Job:
        """Return when searches see everything that the job changed."""
        while job.state != "done":
            await asyncio.sleep(every_s)
            job = await self.job(job.id)
        return job

    # Sending -----------------------------------------------------------------------------------

    async def _do(self, call: Call[Answer]) -> Answer:
        return read(call, await self._send(call))

    async def _send(self, call: Call[Any]) -> httpx.Response:
        headers = {"Content-Type": call.body_type} if call.body is not None else {}
        tried = 0
        while True:
            response: httpx.Response | None = None
            failure: httpx.TransportError | None = None
            try:
                response = await self._http.request(
                    call.method, call.path, params=call.params, content=call.body, headers=headers
                )
            except httpx.TransportError as error:
                failure = error
            wait_s = self._retries.wait_s(tried, response)
            if wait_s is None and response is not None:
                return response
            if wait_s is None:
                raise UnreachableError(f"{self._http.base_url}: {failure}") from failure
            await asyncio.sleep(wait_s)
            tried += 1
