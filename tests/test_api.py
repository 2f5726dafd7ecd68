"""The API over a real, small index: what it answers, and what it refuses."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import sample
from flask import Flask
from flask.testing import FlaskClient

from semsearch.settings import Settings
from semsearch.web.app import create_app

Json = dict[str, Any]


@pytest.fixture(scope="module")
def app(small_index: Settings) -> Flask:
    return create_app(small_index)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def fresh(make_settings: Callable[..., Settings]) -> tuple[Settings, FlaskClient]:
    """An application on an index of its own, and its settings."""
    settings = make_settings()
    sample.write_rows(settings.seeds[0] / "a.jsonl", sample.ARTICLES)
    sample.build(settings)
    return settings, create_app(settings).test_client()


def search(client: FlaskClient, query: str) -> Json:
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 200, response.get_data(as_text=True)
    found: Json = response.json or {}
    return found


def problem(response: Any) -> tuple[int, str]:
    """Status and slug of a refusal, after checking the shape that all of them have."""
    assert response.mimetype == "application/problem+json"
    body = response.json
    assert list(body) == ["type", "title", "status", "detail", "request_id", "errors"]
    assert body["status"] == response.status_code
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, body["type"].removeprefix("urn:semsearch:problem:")


# Searching


def test_a_search_answers_with_the_passage_and_everything_about_it(client: FlaskClient) -> None:
    found = search(client, "q=raising+budgets+without+soldiers&k=1")
    assert found["query"] == "raising budgets without soldiers"
    assert found["mode"] == "hybrid"
    assert found["index"]["articles"] == 10
    (hit,) = found["hits"]
    assert hit["rank"] == 1
    assert hit["article"]["id"] == "budget"
    assert hit["article"]["published"] == "2023-02-03"
    text = sample.ARTICLES[7]["text"]
    assert text[hit["passage"]["start"] : hit["passage"]["end"]] == hit["passage"]["text"]
    assert text[hit["answer"]["start"] : hit["answer"]["end"]] == hit["answer"]["text"]
    assert hit["quotes"][0]["speaker"] == "Anna Keller"
    assert "explain" not in hit


def test_post_says_the_same_as_get(client: FlaskClient) -> None:
    got = search(client, "q=harbour+strike&source=Evening+Post&from=2022-01-01&k=3")
    body = {"q": "harbour strike", "source": ["Evening Post"], "from": "2022-01-01", "k": 3}
    posted: Json = client.post("/api/v1/search", json=body).json or {}
    got.pop("took_ms")
    posted.pop("took_ms")
    assert got == posted


def test_a_batch_answers_each_query_as_if_it_were_asked_alone(client: FlaskClient) -> None:
    queries = [{"q": "glacier ice", "k": 2}, {"q": "central bank rate", "fields": ["total"]}]
    results = (client.post("/api/v1/search/batch", json={"queries": queries}).json or {})["results"]
    alone = search(client, "q=glacier+ice&k=2")
    assert [hit["passage"] for hit in results[0]["hits"]] == [h["passage"] for h in alone["hits"]]
    assert results[1] == {"total": search(client, "q=central+bank+rate")["total"]}


def test_the_parts_of_an_explained_score_add_up_to_it(client: FlaskClient) -> None:
    for hit in search(client, "q=central+bank+rate&explain=on")["hits"]:
        assert sum(part["value"] for part in hit["explain"]) == pytest.approx(hit["score"])


def test_fields_select_what_is_answered(client: FlaskClient) -> None:
    found = search(client, "q=glacier&k=1&fields=total&fields=hits.passage.text&fields=hits.rank")
    assert list(found) == ["total", "hits"]
    (hit,) = found["hits"]
    assert set(hit) == {"rank", "passage"}
    assert list(hit["passage"]) == ["text"]


def test_a_whole_and_a_part_of_it_selected_is_the_whole(client: FlaskClient) -> None:
    for fields in ("fields=index&fields=index.articles", "fields=index.articles&fields=index"):
        assert set(search(client, f"q=ice&{fields}")["index"]) == {
            "generation",
            "articles",
            "passages",
        }


def test_pages_and_the_stream_hold_the_same_hits_in_the_same_order(client: FlaskClient) -> None:
    ids, cursor, pages = [], "", 0
    while True:
        found = search(client, f"q=the+central+bank&k=3{cursor}")
        ids += [hit["passage"]["id"] for hit in found["hits"]]
        pages += 1
        if found["cursor"] is None:
            break
        cursor = f"&cursor={found['cursor']}"
    with client.get("/api/v1/search/stream?q=the+central+bank") as response:
        assert response.mimetype == "application/x-ndjson"
        streamed = [json.loads(line) for line in response.get_data().splitlines()]
    assert [hit["passage"]["id"] for hit in streamed] == ids
    assert [hit["rank"] for hit in streamed] == list(range(1, len(ids) + 1))
    assert len(ids) == len(set(ids)) == found["total"]
    assert pages == -(-found["total"] // 3)


def test_a_cursor_stays_with_its_generation_through_a_reindex(
    fresh: tuple[Settings, FlaskClient],
) -> None:
    settings, client = fresh
    first = search(client, "q=the+central+bank&k=2")
    rest_before = search(client, f"q=the+central+bank&k=2&cursor={first['cursor']}")
    sample.write_rows(settings.seeds[0] / "b.jsonl", [{"id": "new", "text": "The central bank."}])
    sample.build(settings)
    rest_after = search(client, f"q=the+central+bank&k=2&cursor={first['cursor']}")
    rest_before.pop("took_ms")
    rest_after.pop("took_ms")
    assert rest_after == rest_before


def test_streams_give_their_turn_back_even_when_nobody_reads_them(
    make_settings: Callable[..., Settings], small_index: Settings
) -> None:
    settings = make_settings(index_dir=small_index.index_dir, max_active=1, max_waiting=0)
    client = create_app(settings).test_client()
    for _ in range(3):
        client.get("/api/v1/search/stream?q=ice").close()
        client.head("/api/v1/search/stream?q=ice").close()
    assert search(client, "q=ice")["total"] > 0


# Looking up


def test_passages_articles_and_similar_passages_are_found_by_id(client: FlaskClient) -> None:
    hit = search(client, "q=violin+stolen&k=1")["hits"][0]
    passage: Json = client.get(f"/api/v1/passages/{hit['passage']['id']}").json or {}
    assert passage["passage"] == hit["passage"]
    assert passage["article"] == hit["article"]
    article: Json = client.get("/api/v1/articles/violin").json or {}
    assert article["text"] == sample.ARTICLES[6]["text"]
    assert hit["passage"] in article["passages"]
    similar: Json = client.get(f"/api/v1/passages/{hit['passage']['id']}/similar?k=2").json or {}
    assert len(similar["hits"]) == 2
    assert "violin" not in [other["article"]["id"] for other in similar["hits"]]


def test_sources_speakers_quotes_and_suggestions_are_listed(client: FlaskClient) -> None:
    sources: Json = client.get("/api/v1/sources").json or {}
    # Counted in sample.py: three each for two papers, two for a third, one for the last.
    assert sources["sources"] == [
        {"value": "Evening Post", "count": 3},
        {"value": "Morning Ledger", "count": 3},
        {"value": "Northern Field", "count": 2},
        {"value": "Elbbote", "count": 1},
    ]
    speakers: Json = client.get("/api/v1/speakers?prefix=kel").json or {}
    assert [speaker["name"] for speaker in speakers["speakers"]] == ["Anna Keller"]
    assert speakers["more"] is False
    quotes: Json = client.get("/api/v1/quotes?speaker=Anna+Keller&q=budgets").json or {}
    assert quotes["total"] == 1
    assert quotes["quotes"][0]["article"]["id"] == "budget"
    suggested: Json = client.get("/api/v1/suggest?q=anna").json or {}
    assert {"text": "Anna Keller", "kind": "speaker"} in suggested["suggestions"]


def test_more_speakers_are_announced(client: FlaskClient) -> None:
    first: Json = client.get("/api/v1/speakers?limit=1").json or {}
    second: Json = client.get("/api/v1/speakers?limit=1&offset=1").json or {}
    assert first["more"] is True
    assert first["speakers"] != second["speakers"]


# Refusals


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/search", (422, "invalid-request")),
        ("/api/v1/search?q=a&sorce=x", (422, "invalid-request")),
        ("/api/v1/search?q=a&fields=hits.pasage", (422, "invalid-request")),
        ("/api/v1/sources?limit=3", (422, "invalid-request")),
        ("/api/v1/search?q=a&cursor=zzz", (410, "cursor-unusable")),
        ("/api/v1/search?q=a&like=0123456789abcdef", (404, "not-found")),
        ("/api/v1/passages/0123456789abcdef", (404, "not-found")),
        ("/api/v1/passages/0123456789abcdef/similar", (404, "not-found")),
        ("/api/v1/articles/no/such", (404, "not-found")),
        ("/api/v1/nothing", (404, "no-such-path")),
        ("/api/v1//search?q=a", (404, "no-such-path")),
    ],
)
def test_a_refusal_names_its_cause(
    client: FlaskClient, path: str, expected: tuple[int, str]
) -> None:
    assert problem(client.get(path)) == expected


def test_every_invalid_part_is_named(client: FlaskClient) -> None:
    body: Json = client.get("/api/v1/search?q=a&k=0&from=x").json or {}
    assert [(e["location"], e["pointer"]) for e in body["errors"]] == [
        ("query", "from"),
        ("query", "k"),
    ]
    posted: Json = client.post("/api/v1/search/batch", json={"queries": [{"k": "1"}]}).json or {}
    assert [(e["location"], e["pointer"]) for e in posted["errors"]] == [
        ("body", "/queries/0/q"),
        ("body", "/queries/0/k"),
    ]


def test_bodies_that_are_no_json_are_refused_by_cause(client: FlaskClient) -> None:
    broken = client.post("/api/v1/search", data="{", content_type="application/json")
    assert problem(broken) == (400, "malformed-request")
    form = client.post("/api/v1/search", data={"q": "a"})
    assert problem(form) == (415, "wrong-media-type")


def test_a_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    response = client.delete("/api/v1/search")
    assert problem(response) == (405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_body_over_the_limit_is_refused(
    make_settings: Callable[..., Settings], small_index: Settings
) -> None:
    settings = make_settings(index_dir=small_index.index_dir, max_body_bytes=1000)
    response = create_app(settings).test_client().post("/api/v1/search", json={"q": "a" * 2000})
    assert problem(response) == (413, "too-large")


def test_without_an_index_only_searching_is_refused(make_settings: Callable[..., Settings]) -> None:
    client = create_app(make_settings()).test_client()
    response = client.get("/api/v1/search?q=a")
    assert problem(response) == (503, "index-missing")
    assert response.headers["Retry-After"] == "5"
    assert problem(client.get("/readyz")) == (503, "index-missing")
    assert client.get("/livez").status_code == 200
    assert "semsearch_index_ready 0.0" in client.get("/metrics").get_data(as_text=True)


def test_a_full_gate_refuses_at_once_and_says_when_to_return(
    make_settings: Callable[..., Settings], small_index: Settings
) -> None:
    settings = make_settings(
        index_dir=small_index.index_dir, max_active=1, max_waiting=0, max_wait_ms=0
    )
    app = create_app(settings)
    admission = app.extensions["semsearch-services"].admission
    admission.enter()
    response = app.test_client().get("/api/v1/search?q=a")
    assert problem(response) == (503, "overloaded")
    assert response.headers["Retry-After"] == "1"
    admission.leave()
    assert app.test_client().get("/api/v1/search?q=a").status_code == 200


def test_an_unforeseen_error_tells_no_details_on_the_api(
    make_settings: Callable[..., Settings], small_index: Settings
) -> None:
    app = create_app(make_settings(index_dir=small_index.index_dir))
    app.add_url_rule("/api/v1/broken", "broken", lambda: str(1 // 0))
    response = app.test_client().get("/api/v1/broken")
    assert problem(response) == (500, "internal")
    assert "ZeroDivision" not in response.get_data(as_text=True)


# At the edge


def test_an_etag_spares_the_work_until_the_index_changes(
    fresh: tuple[Settings, FlaskClient],
) -> None:
    settings, client = fresh
    etag = client.get("/api/v1/search?q=ice").headers["ETag"]
    again = client.get("/api/v1/search?q=ice", headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data()) == (304, b"")
    other = client.get("/api/v1/search?q=ice&k=3", headers={"If-None-Match": etag})
    assert other.status_code == 200
    sample.write_rows(settings.seeds[0] / "b.jsonl", [{"id": "new", "text": "More ice."}])
    published = sample.build(settings)
    assert published.articles_added == 1
    # A server looks for a new generation every 0.2 s; a fresh application looks at once.
    after = create_app(settings).test_client()
    assert after.get("/api/v1/search?q=ice", headers={"If-None-Match": etag}).status_code == 200


def test_long_answers_are_compressed_for_those_who_can_read_them(client: FlaskClient) -> None:
    plain = client.get("/api/v1/search?q=ice&fields=hits")
    packed = client.get("/api/v1/search?q=ice&fields=hits", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]
    refused = client.get("/api/v1/search?q=ice", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_origins_that_are_set_may_call_and_others_may_not(
    make_settings: Callable[..., Settings], small_index: Settings
) -> None:
    settings = make_settings(
        index_dir=small_index.index_dir, cors_origins=("https://news.example",)
    )
    client = create_app(settings).test_client()
    friend = client.get("/api/v1/index", headers={"Origin": "https://news.example"})
    assert friend.headers["Access-Control-Allow-Origin"] == "https://news.example"
    stranger = client.get("/api/v1/index", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers
    asked = client.options("/api/v1/search", headers={"Origin": "https://news.example"})
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_a_request_id_is_kept_if_it_is_harmless_and_made_otherwise(client: FlaskClient) -> None:
    def answered(given: str) -> str:
        return client.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert answered("abc-1") == "abc-1"
    assert answered("<script>") != "<script>"
    assert len(answered("x" * 65)) == 16


def test_metrics_count_requests_and_time_the_stages(app: Flask, client: FlaskClient) -> None:
    search(client, "q=how+are+things+counted")
    text = client.get("/metrics").get_data(as_text=True)
    for line in (
        'semsearch_requests_total{method="GET",operation="api.search",status="200"}',
        'semsearch_stage_seconds_bucket{le="0.001",stage="wait"}',
        'semsearch_stage_seconds_count{stage="encode"}',
        'semsearch_stage_seconds_count{stage="search"}',
        'semsearch_stage_seconds_count{stage="shape"}',
        "semsearch_index_articles 10.0",
        "semsearch_index_age_seconds",
    ):
        assert line in text


def test_logs_name_the_request_and_hold_no_question(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "semsearch.access"):
        client.get("/api/v1/search?q=secret+words", headers={"X-Request-Id": "r1"})
    fields = caplog.records[-1].__dict__["fields"]
    assert fields["path"] == "/api/v1/search"
    assert fields["status"] == 200
    assert "secret" not in json.dumps(fields)


def test_questions_are_logged_only_when_switched_on(
    make_settings: Callable[..., Settings],
    small_index: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = make_settings(index_dir=small_index.index_dir, log_queries=True)
    with caplog.at_level("INFO", "semsearch.access"):
        create_app(settings).test_client().get("/api/v1/search?q=shown")
    assert caplog.records[-1].__dict__["fields"]["query"] == "q=shown"


def test_sayings_list_each_saying_once_with_its_places(client: FlaskClient) -> None:
    answer: Json = client.get("/api/v1/sayings?speaker=Anna+Keller&q=budgets").json or {}
    assert (answer["speaker"], answer["total"]) == ("Anna Keller", 1)
    (saying,) = answer["sayings"]
    assert saying["first"] == "2023-02-03"
    assert [place["article"]["id"] for place in saying["places"]] == ["budget"]
    assert client.get("/api/v1/sayings?speaker=Nobody").status_code == 404
