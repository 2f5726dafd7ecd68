"""The two clients: the calls awaiting, and the calls blocking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, closing
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from semsearch_client.calls import Calls
from semsearch_client.retries import Retries

__all__ = ["AsyncClient", "Client"]

BASE_URL = "http://127.0.0.1:8080"
TIMEOUT_S = 30.0
P = ParamSpec("P")
T = TypeVar("T")


def _headers(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


class AsyncClient(Calls):
    """Calls one server. Keeps connections open: use it in an `async with` block, or `aclose` it.

    Safe to share between tasks.
    """

    _http: httpx.AsyncClient

    def __init__(
        self,
        base_url: str = BASE_URL,
        key: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key), timeout=timeout_s, transport=transport
        )
        super().__init__(http, retries)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _answer(self, request: httpx.Request, stream: bool) -> httpx.Response:
        response = await self._http.send(request, stream=stream)
        if not response.is_success:
            await response.aread()
        return response

    async def _lines(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        async with aclosing(response):
            async for line in response.aiter_lines():
                yield line

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class BlockingCalls(Calls):
    """The calls, blocking their thread, so that none is ever suspended."""

    _http: httpx.Client

    async def _answer(self, request: httpx.Request, stream: bool) -> httpx.Response:
        response = self._http.send(request, stream=stream)
        if not response.is_success:
            response.read()
        return response

    async def _lines(self, response: httpx.Response) -> AsyncGenerator[str, None]:
        with closing(response):
            for line in response.iter_lines():
                yield line

    async def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _finish(call: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that is never suspended."""
    try:
        call.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    raise RuntimeError("a call over a line that blocks was suspended")


def _blocking(
    call: Callable[Concatenate[Calls, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Client, P], T]:
    """The same call, for the synchronous client."""

    @wraps(call)
    def method(client: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return _finish(call(client._calls, *args, **kwargs))

    return method


def _blocking_each(
    call: Callable[Concatenate[Calls, P], AsyncGenerator[T, None]],
) -> Callable[Concatenate[Client, P], Iterator[T]]:
    """The same call, whose values come one by one, for the synchronous client."""

    @wraps(call)
    def method(client: Client, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        values = call(client._calls, *args, **kwargs)
        try:
            while True:
                yield _finish(values.__anext__())
        except StopAsyncIteration:
            return
        finally:
            _finish(values.aclose())

    return method


class Client:
    """Calls one server. Keeps connections open: use it in a `with` block, or `close` it.

    Safe to share between threads. Its calls are those of AsyncClient, without `await`.
    """

    def __init__(
        self,
        base_url: str = BASE_URL,
        key: str | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers=_headers(key), timeout=timeout_s, transport=transport
        )
        self._calls = BlockingCalls(self._http, retries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    search = _blocking(Calls.search)
    search_many = _blocking(Calls.search_many)
    pages = _blocking_each(Calls.pages)
    hits = _blocking_each(Calls.hits)
    stream = _blocking_each(Calls.stream)
    suggest = _blocking(Calls.suggest)

    passage = _blocking(Calls.passage)
    similar = _blocking(Calls.similar)
    article = _blocking(Calls.article)
    sources = _blocking(Calls.sources)
    speakers = _blocking(Calls.speakers)
    quotes = _blocking(Calls.quotes)
    sayings = _blocking(Calls.sayings)
    index = _blocking(Calls.index)

    put_article = _blocking(Calls.put_article)
    delete_article = _blocking(Calls.delete_article)
    load_articles = _blocking(Calls.load_articles)
    job = _blocking(Calls.job)
    wait = _blocking(Calls.wait)
