"""The typed clients against the real server, and their patience."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, assert_type

import httpx
import pytest
import sample
from pydantic import BaseModel, ValidationError
from server_process import Running, running

import semsearch_client
from semsearch.settings import Settings
from semsearch.web.api.write import LoadedArticle
from semsearch.web.keys import KeyRing
from semsearch_client import (
    ApiError,
    AsyncClient,
    Client,
    Count,
    Hit,
    Job,
    JobTimeoutError,
    NewArticle,
    Retries,
    SearchOptions,
    SearchResponse,
    UnreachableError,
)
from semsearch_client.wire import schema
from semsearch_client.wire.params import SearchParams


@pytest.fixture(scope="module")
def server(small_index: Settings) -> Iterator[Running]:
    with running(small_index) as started:
        yield started


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    with Client(server.url) as made:
        yield made


def test_a_search_comes_back_typed(client: Client) -> None:
    found = client.search("glacier ice", k=1, from_=date(2022, 1, 1), explain=True)
    assert_type(found, SearchResponse)
    assert_type(client.hits("a"), Iterator[Hit])
    assert isinstance(found, SearchResponse)
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
    found = client.search("rate ice", source=["Evening Post", "Northern Field"], mode="lexical")
    assert {hit.article.source for hit in found.hits} == {"Evening Post", "Northern Field"}
    alone = client.search("rate ice", source="Evening Post", mode="lexical")
    assert {hit.article.source for hit in alone.hits} == {"Evening Post"}


def test_many_questions_go_in_one_call(client: Client) -> None:
    first, second = client.search_many(["glacier ice", "harbour strike"], k=1)
    assert [first.hits[0].article.id, second.hits[0].article.id] == ["glacier", "harbour"]


def test_everything_can_be_looked_up(client: Client) -> None:
    hit = client.search("violin stolen", k=1).hits[0]
    assert client.passage(hit.passage.id).passage == hit.passage
    assert client.article("violin").text == sample.ARTICLES[6]["text"]
    assert len(client.similar(hit.passage.id, k=2)) == 2
    assert client.sources()[0] == Count(value="Evening Post", count=3)
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
            assert_type(found, SearchResponse)
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


def test_options_are_named_as_the_api_names_its_parameters() -> None:
    named = {name.removesuffix("_") for name in SearchOptions.__annotations__}
    taken = {info.alias or name for name, info in SearchParams.model_fields.items()}
    # `q` is the argument before them; with `fields` an answer would not be a whole SearchResponse.
    assert named == taken - {"q", "fields"}
    assert set(NewArticle.__annotations__) == set(LoadedArticle.model_fields)


def test_both_clients_have_the_same_calls_and_all_their_types_are_public() -> None:
    def calls(client: type) -> dict[str, inspect.Signature]:
        found = inspect.getmembers(client, inspect.isfunction)
        return {name: inspect.signature(call) for name, call in found if name[0] != "_"}

    awaited, blocking = calls(AsyncClient), calls(Client)
    awaited.pop("aclose"), blocking.pop("close")
    assert len(awaited) == 19
    assert {n: s.parameters for n, s in awaited.items()} == {
        n: s.parameters for n, s in blocking.items()
    }
    models = {n for n, v in vars(schema).items() if inspect.isclass(v) and issubclass(v, BaseModel)}
    assert models - {"BaseModel", "Value"} <= set(semsearch_client.__all__)


def test_the_synchronous_client_works_inside_an_event_loop(client: Client) -> None:
    async def work() -> list[str]:
        return [hit.article.id for hit in client.hits("glacier ice", k=1)]

    assert asyncio.run(work())[0] == "glacier"


class Flaky(httpx.BaseTransport):
    """A line to a server that answers as listed: a status, a body with 200, or an exception."""

    def __init__(self, *answers: int | httpx.SyncByteStream | Exception) -> None:
        self.answers = list(answers)
        self.tried = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.tried += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.SyncByteStream):
            return httpx.Response(200, stream=answer)
        body: dict[str, Any] = {"suggestions": []} if answer == 200 else {}
        return httpx.Response(answer, json=body, headers={"Retry-After": "0"})


class Body(httpx.SyncByteStream):
    """The bytes of an answer, and then an exception if there is one."""

    def __init__(self, *lines: str, end: Exception | None = None) -> None:
        self.lines = lines
        self.end = end
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            yield f"{line}\n".encode()
        if self.end is not None:
            raise self.end

    def close(self) -> None:
        self.closed = True


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


def test_a_stream_is_tried_again_until_it_begins(client: Client) -> None:
    line = client.search("glacier ice", k=1).hits[0].model_dump_json()
    flaky = Flaky(503, httpx.ConnectError("refused"), Body(line, line))
    assert [hit.article.id for hit in patient(flaky).stream("ice")] == ["glacier", "glacier"]
    broken = Flaky(Body(line, end=httpx.ReadError("cut off")), 200)
    hits = patient(broken).stream("ice")
    assert next(hits).article.id == "glacier"
    with pytest.raises(UnreachableError, match=r"news\.example.*cut off"):
        next(hits)
    assert broken.tried == 1
    with pytest.raises(ApiError, match="Not Found"):
        next(patient(Flaky(404)).stream("ice"))


def test_a_stream_left_early_gives_its_connection_back(client: Client) -> None:
    body = Body(*[client.search("glacier ice", k=1).hits[0].model_dump_json()] * 3)
    for _ in patient(Flaky(body)).stream("ice"):
        assert not body.closed
        break
    assert body.closed


def test_waiting_ends_with_the_time_that_it_was_given() -> None:
    waiting = Job(id="1-2", state="waiting", total=2, done=1)
    asked = [Body(waiting.model_dump_json()) for _ in range(1000)]
    with pytest.raises(JobTimeoutError, match=r"job 1-2: 1 of 2 done after 0\.02 s") as caught:
        patient(Flaky(*asked)).wait(waiting, timeout_s=0.02, every_s=0.001)
    assert caught.value.job == waiting
    assert asked[0].closed


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
