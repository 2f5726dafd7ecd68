"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from semsearch.client import calls
from semsearch.client.calls import Answer, Call, NewArticle, SearchOptions
from semsearch.client.retries import Retries, UnreachableError, check, read
from semsearch.wire import schema

__all__ = ["Client"]


class Client:
    """Calls one server. Keeps connections open: use it in a `with` block, or `close` it.

    Safe to share between threads.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8080",
        key: str | None = None,
        *,
        timeout_s: float = 30.0,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=base_url, headers=headers, timeout=timeout_s, transport=transport
        )
        self._retries = retries or Retries()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # Searching ---------------------------------------------------------------------------------

    def search(self, q: str, **options: Unpack[SearchOptions]) -> schema.SearchResponse:
        """One page of a search."""
        return self._do(calls.search(q, options))

    def search_many(
        self, questions: Sequence[str], **options: Unpack[SearchOptions]
    ) -> tuple[schema.SearchResponse, ...]:
        """One page for each question, in order, in a single call."""
        return (self._do(calls.batch(questions, options))).results

    def pages(self, q: str, **options: Unpack[SearchOptions]) -> Iterator[schema.SearchResponse]:
        """All pages of a search, fetched as they are asked for, all of one generation."""
        page = self.search(q, **options)
        yield page
        while page.cursor is not None:
            following: SearchOptions = {**options, "cursor": page.cursor}
            page = self.search(q, **following)
            yield page

    def hits(self, q: str, **options: Unpack[SearchOptions]) -> Iterator[schema.Hit]:
        """All hits of a search, page after page."""
        for page in self.pages(q, **options):
            yield from page.hits

    def stream(self, q: str, **options: Unpack[SearchOptions]) -> Iterator[schema.Hit]:
        """All hits of a search in one call; for large exports. Not tried again once begun."""
        call = calls.stream(q, options)
        with self._http.stream("GET", call.path, params=call.params) as response:
            if not response.is_success:
                response.read()
                check(response)
            for line in response.iter_lines():
                yield schema.Hit.model_validate_json(line)

    def suggest(self, q: str, limit: int = 8) -> tuple[schema.Suggestion, ...]:
        """Completions of what was typed."""
        return (self._do(calls.suggest(q, limit))).suggestions

    # Looking up --------------------------------------------------------------------------------

    def passage(self, passage_id: str) -> schema.PassageResponse:
        """A passage with its article and quotes."""
        return self._do(calls.passage(passage_id))

    def similar(self, passage_id: str, k: int = 10) -> tuple[schema.Hit, ...]:
        """Passages near in meaning, best first."""
        return (self._do(calls.similar(passage_id, k))).hits

    def article(self, article_id: str) -> schema.ArticleResponse:
        """A whole article with its passages and quotes."""
        return self._do(calls.article(article_id))

    def sources(self) -> tuple[schema.Count, ...]:
        """All sources with their numbers of articles."""
        return (self._do(calls.sources())).sources

    def speakers(
        self, prefix: str = "", limit: int = 50, offset: int = 0
    ) -> schema.SpeakersResponse:
        """Who is quoted, most quoted first."""
        return self._do(calls.speakers(prefix, limit, offset))

    def quotes(
        self, speaker: str | None = None, q: str = "", limit: int = 50, offset: int = 0
    ) -> schema.QuotesResponse:
        """Who said what, newest first."""
        return self._do(calls.quotes(speaker, q, limit, offset))

    def sayings(
        self, speaker: str, q: str = "", limit: int = 20, offset: int = 0
    ) -> schema.SayingsResponse:
        """What somebody said, newest first, the same words in several articles as one."""
        return self._do(calls.sayings(speaker, q, limit, offset))

    def index(self) -> schema.IndexResponse:
        """What the index says of itself."""
        return self._do(calls.index())

    # Changing ----------------------------------------------------------------------------------

    def put_article(self, article_id: str, new: NewArticle) -> schema.Job:
        """Add or replace an article; durable when this returns, searchable when its job is done."""
        return (self._do(calls.put(article_id, new))).job

    def delete_article(self, article_id: str) -> schema.Job:
        """Delete an article; durable when this returns."""
        return (self._do(calls.delete(article_id))).job

    def load_articles(self, articles: Iterable[NewArticle]) -> schema.AcceptedResponse:
        """Add or replace many articles at once: all of them are taken, or none."""
        return self._do(calls.load(articles))

    def job(self, job_id: str) -> schema.Job:
        """Where the changes of a job are."""
        return self._do(calls.job(job_id))

    def wait(self, job: schema.Job, every_s: float = 0.5) -> schema.Job:
        """Return when searches see everything that the job changed."""
        while job.state != "done":
            time.sleep(every_s)
            job = self.job(job.id)
        return job

    # Sending -----------------------------------------------------------------------------------

    def _do(self, call: Call[Answer]) -> Answer:
        return read(call, self._send(call))

    def _send(self, call: Call[Any]) -> httpx.Response:
        headers = {"Content-Type": call.body_type} if call.body is not None else {}
        tried = 0
        while True:
            response: httpx.Response | None = None
            failure: httpx.TransportError | None = None
            try:
                response = self._http.request(
                    call.method, call.path, params=call.params, content=call.body, headers=headers
                )
            except httpx.TransportError as error:
                failure = error
            wait_s = self._retries.wait_s(tried, response)
            if wait_s is None and response is not None:
                return response
            if wait_s is None:
                raise UnreachableError(f"{self._http.base_url}: {failure}") from failure
            time.sleep(wait_s)
            tried += 1
