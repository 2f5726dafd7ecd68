"""The typed clients against the real server, and their patience."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar

import httpx
import pytest
import sample
from pydantic import ValidationError
from server_process import Running, running

from semsearch.client import (
    ApiError,
    AsyncClient,
    Client,
    Retries,
    UnreachableError,
    asynchronous,
    synchronous,
)
from semsearch.settings import Settings
from semsearch.web.keys import KeyRing
from semsearch.wire import schema


@pytest.fixture(scope="module")
def server(small_index: Settings) -> Iterator[Running]:
    with running(small_index) as started:
        yield started


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    with Client(server.url) as made:
        yield made


def test_a_search_comes_back_typed(client: Client) -> None:
    found = client.search("glacier ice", k=1, published_from=date(2022, 1, 1), explain=True)
    assert isinstance(found, schema.SearchResponse)
    (hit,) = found.hits
    assert hit.article.id == "glacier"
    assert hit.article.published == date(2022, 9, 14)
    assert hit.explain is not None
    assert sum(part.value for part in hit.explain) == pytest.approx(hit.score)


def test_hits_follow_the_cursor_and_equal_the_stream(client: Client) -> None:
    paged = [hit.passage.id for hit in client.hits("the central bank", k=2)]
    streamed = [hit.passage.id for hit in client.stream("the central bank")]
    assert paged == streamed
    assert len(paged) > 4


def test_filters_reach_the_server(client: Client) -> None:
    found = client.search("the", sources=["Elbbote", "Northern Field"], mode="lexical")
    assert {hit.article.source for hit in found.hits} <= {"Elbbote", "Northern Field"}


def test_many_questions_go_in_one_call(client: Client) -> None:
    first, second = client.search_many(["glacier ice", "harbour strike"], k=1)
    assert [first.hits[0].article.id, second.hits[0].article.id] == ["glacier", "harbour"]


def test_everything_can_be_looked_up(client: Client) -> None:
    hit = client.search("violin stolen", k=1).hits[0]
    assert client.passage(hit.passage.id).passage == hit.passage
    assert client.article("violin").text == sample.ARTICLES[6]["text"]
    assert len(client.similar(hit.passage.id, k=2)) == 2
    assert client.sources()[0] == schema.Count(value="Evening Post", count=3)
    assert client.speakers(prefix="kel").speakers[0].name == "Anna Keller"
    assert client.quotes("Anna Keller", "budgets").total == 1
    assert client.suggest("anna")[0].text == "Anna Keller"
    assert client.index().model == "tiny"


def test_a_refusal_is_an_error_that_names_its_cause(client: Client) -> None:
    with pytest.raises(ApiError, match="no passage has the id") as caught:
        client.passage("0123456789abcdef")
    assert caught.value.status == 404
    assert caught.value.problem.type == "urn:semsearch:problem:not-found"
    with pytest.raises(ApiError, match="leads nowhere"):
        list(client.pages("the", cursor="abc"))


def test_a_bad_option_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Client("http://127.0.0.1:9").search("a", k=0)


def test_the_asynchronous_client_does_the_same(server: Running) -> None:
    async def work() -> None:
        async with AsyncClient(server.url) as client:
            found, other = await asyncio.gather(
                client.search("glacier ice", k=1), client.search("harbour strike", k=1)
            )
            assert [found.hits[0].article.id, other.hits[0].article.id] == ["glacier", "harbour"]
            paged = [hit.rank async for hit in client.hits("the central bank", k=2)]
            streamed = [hit.rank async for hit in client.stream("the central bank")]
            assert paged == streamed == list(range(1, len(paged) + 1))
            with pytest.raises(ApiError, match="no article has the id"):
                await client.article("nowhere")

    asyncio.run(work())


def test_articles_put_through_the_client_become_searchable(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings(workers=1)
    sample.build(settings)
    _, key = KeyRing(settings.index_dir).add("loader", ["write"])
    with running(settings) as server, Client(server.url, key) as client:
        job = client.put_article("z/1", {"text": "Zebras crossed the Danube."})
        more = client.load_articles([{"id": "z/2", "text": "A gnu followed the zebras."}])
        assert client.wait(job).state == "done"
        assert client.wait(more.job).total == 1
        assert {hit.article.id for hit in client.hits("zebras")} == {"z/1", "z/2"}
        assert client.wait(client.delete_article("z/1")).state == "done"
        assert {hit.article.id for hit in client.hits("zebras")} == {"z/2"}


class Synchronous(ast.NodeTransformer):
    """Turns asynchronous code into the synchronous code that does the same."""

    NAMES: ClassVar = {
        "AsyncClient": "Client",
        "AsyncBaseTransport": "BaseTransport",
        "AsyncIterator": "Iterator",
        "__aenter__": "__enter__",
        "__aexit__": "__exit__",
        "aclose": "close",
        "aread": "read",
        "aiter_lines": "iter_lines",
        "asyncio": "time",
        "asynchronous": "synchronous",
        "tasks": "threads",
    }

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.Await):
            return node.value
        for name, value in ast.iter_fields(node):
            if isinstance(value, str):
                words = re.split(r"(\w+)", value)
                setattr(node, name, "".join(self.NAMES.get(word, word) for word in words))
        plain: type[ast.AST] | None = {
            ast.AsyncFunctionDef: ast.FunctionDef,
            ast.AsyncFor: ast.For,
            ast.AsyncWith: ast.With,
        }.get(type(node))
        if plain is not None:
            return ast.copy_location(plain(**dict(ast.iter_fields(node))), node)
        return node


def test_both_clients_are_the_same_code_but_for_waiting() -> None:
    tree = Synchronous().visit(ast.parse(inspect.getsource(asynchronous)))
    derived = ast.unparse(tree).replace(
        "for hit in page.hits:\n                yield hit", "yield from page.hits"
    )
    written = ast.unparse(ast.parse(inspect.getsource(synchronous)))
    # The names in one import line sort otherwise.
    assert derived.replace("Iterator, Iterable", "Iterable, Iterator") == written


class Flaky(httpx.BaseTransport):
    """A line to a server that answers as listed: a status, or an exception."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.tried = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.tried += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        body: dict[str, Any] = {"suggestions": []} if answer == 200 else {}
        return httpx.Response(answer, json=body, headers={"Retry-After": "0"})


def patient(line: Flaky) -> Client:
    return Client("http://news.example", transport=line, retries=Retries(2, first_wait_s=0.0))


def test_busy_answers_and_lost_connections_are_tried_again() -> None:
    line = Flaky(503, httpx.ConnectError("refused"), 200)
    assert patient(line).suggest("a") == ()
    assert line.tried == 3


def test_patience_ends() -> None:
    with pytest.raises(ApiError, match="Service Unavailable"):
        patient(Flaky(503, 503, 503)).suggest("a")
    with pytest.raises(UnreachableError, match=r"news\.example.*refused"):
        patient(Flaky(*[httpx.ConnectError("refused")] * 3)).suggest("a")


def test_a_refusal_for_good_is_not_tried_again() -> None:
    line = Flaky(404, 200)
    with pytest.raises(ApiError, match="Not Found"):
        patient(line).suggest("a")
    assert line.tried == 1


def test_waits_double_and_what_the_server_asks_for_goes_first() -> None:
    retries = Retries(times=5, first_wait_s=1.0, longest_wait_s=6.0)
    for tried, base in enumerate([1.0, 2.0, 4.0]):
        assert base <= (retries.wait_s(tried, None) or 0) <= min(base * 1.5, 6.0)
    asked = httpx.Response(429, headers={"Retry-After": "3"})
    assert retries.wait_s(0, asked) == 3.0
    assert retries.wait_s(0, httpx.Response(429, headers={"Retry-After": "60"})) == 6.0
    assert retries.wait_s(5, asked) is None
    assert retries.wait_s(0, httpx.Response(404)) is None
