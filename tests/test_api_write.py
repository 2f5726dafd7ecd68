"""Articles in over the API, and who may do what: keys, scopes, rates, anonymous callers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sample
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from semsearch.errors import SettingsError
from semsearch.index.journal import Journal
from semsearch.settings import Settings
from semsearch.web.app import create_app
from semsearch.web.keys import KeyRing, Scope
from semsearch.web.serving.journal_process import fold, is_behind
from semsearch.web.serving.launch import check_exposure

Json = dict[str, Any]
Headers = dict[str, str]


def slug(response: TestResponse) -> str:
    kind: str = (response.json or {})["type"].removeprefix("urn:semsearch:problem:")
    return kind


def bearer(settings: Settings, *scopes: Scope) -> Headers:
    _, text = KeyRing(settings.index_dir).add("test", scopes)
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Settings of an index of two articles."""
    made = make_settings()
    sample.write_rows(made.seeds[0] / "a.jsonl", sample.ARTICLES[:2])
    sample.build(made)
    return made


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def ids(settings: Settings) -> list[str]:
    """Article ids that a fresh look at the index finds."""
    client = create_app(settings).test_client()
    lines = client.get("/api/v1/search/stream?q=the&per_article=1").get_data().splitlines()
    return sorted({json.loads(line)["article"]["id"] for line in lines})


def test_a_put_article_is_found_after_the_next_fold(
    settings: Settings, client: FlaskClient
) -> None:
    headers = bearer(settings, "write")
    body = {"text": "Zebras crossed the Danube.\n\nIt was cold.", "published": "2024-01-05"}
    answer = client.put("/api/v1/articles/zoo/zebra", json=body, headers=headers)
    assert answer.status_code == 202
    assert answer.json == {
        "ids": ["zoo/zebra"],
        "job": {"id": "1-1", "state": "waiting", "total": 1, "done": 0},
    }
    assert answer.headers["Location"] == "/api/v1/jobs/1-1"
    assert is_behind(settings)
    fold(settings)
    assert not is_behind(settings)
    done: Json = client.get("/api/v1/jobs/1-1", headers=headers).json or {}
    assert done == {"id": "1-1", "state": "done", "total": 1, "done": 1}
    fresh = create_app(settings).test_client()
    article: Json = fresh.get("/api/v1/articles/zoo/zebra").json or {}
    assert article["text"] == body["text"]
    assert article["article"]["title"] == "Zebras crossed the Danube."
    assert article["article"]["title_derived"] is True
    assert article["article"]["published"] == "2024-01-05"


def test_a_deleted_article_stays_away_though_its_file_has_it(
    settings: Settings, client: FlaskClient
) -> None:
    headers = bearer(settings, "write")
    assert client.delete("/api/v1/articles/rates-1", headers=headers).status_code == 202
    fold(settings)
    assert ids(settings) == ["rates-2"]
    sample.build(settings)
    assert ids(settings) == ["rates-2"]


def test_a_fold_leaves_the_files_to_the_next_reindex(
    settings: Settings, client: FlaskClient
) -> None:
    client.put("/api/v1/articles/x", json={"text": "The zebra."}, headers=bearer(settings, "write"))
    (settings.seeds[0] / "a.jsonl").unlink()
    settings.seeds[0].rmdir()
    fold(settings)
    assert ids(settings) == ["rates-1", "rates-2", "x"]


def test_repeating_a_change_leaves_the_same_index(settings: Settings, client: FlaskClient) -> None:
    headers = bearer(settings, "write")
    for _ in range(2):
        client.put("/api/v1/articles/x", json={"text": "The zebra."}, headers=headers)
        client.post("/api/v1/articles", json={"text": "The gnu."}, headers=headers)
        fold(settings)
    assert len(ids(settings)) == 4


def test_thousands_of_articles_load_in_one_call(settings: Settings, client: FlaskClient) -> None:
    lines = [json.dumps({"id": f"n{i}", "text": f"The number {i}."}) for i in range(2000)]
    answer = client.post(
        "/api/v1/articles",
        data="\n".join(lines),
        content_type="application/x-ndjson",
        headers=bearer(settings, "write"),
    )
    assert answer.status_code == 202
    assert (answer.json or {})["job"]["id"] == "1-2000"
    assert Journal(settings.index_dir).last() == 2000


def test_one_bad_line_and_nothing_is_taken(settings: Settings, client: FlaskClient) -> None:
    headers = bearer(settings, "write")
    answer = client.post(
        "/api/v1/articles",
        data='{"text": "Fine."}\n{"text": ""}\n\nnot json\n{"text": "Fine.", "colour": 1}\n',
        content_type="application/x-ndjson",
        headers=headers,
    )
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    pointers = [fault["pointer"] for fault in (answer.json or {})["errors"]]
    assert pointers == ["/2/text", "/4", "/5/colour"]
    assert Journal(settings.index_dir).last() == 0


def test_articles_over_the_limits_are_refused(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(max_article_chars=1000)
    client = create_app(settings).test_client()
    headers = bearer(settings, "write")
    long = client.put("/api/v1/articles/a", json={"text": "x" * 1001}, headers=headers)
    assert (long.status_code, slug(long)) == (413, "too-large")
    named = client.put(f"/api/v1/articles/{'a' * 501}", json={"text": "x"}, headers=headers)
    assert (named.status_code, slug(named)) == (422, "invalid-request")


@pytest.mark.parametrize("job", ["1-1", "0-0", "2-1", "x", "1-99999999999999999999"])
def test_a_job_that_never_was_is_not_found(
    settings: Settings, client: FlaskClient, job: str
) -> None:
    answer = client.get(f"/api/v1/jobs/{job}", headers=bearer(settings, "write"))
    assert (answer.status_code, slug(answer)) == (404, "not-found")


def test_writing_is_off_until_a_key_may_write(settings: Settings, client: FlaskClient) -> None:
    def put(headers: Headers | None = None) -> TestResponse:
        return client.put("/api/v1/articles/a", json={"text": "x"}, headers=headers)

    assert slug(put()) == "writing-off"
    searcher = bearer(settings, "search")
    assert slug(put(headers=searcher)) == "writing-off"
    bearer(settings, "write")
    assert (put().status_code, slug(put())) == (401, "key-missing")
    assert (put(headers=searcher).status_code, slug(put(headers=searcher))) == (
        403,
        "scope-missing",
    )
    assert put(headers=bearer(settings, "admin")).status_code == 202


def test_unknown_keys_are_refused_even_where_none_is_needed(
    settings: Settings, client: FlaskClient
) -> None:
    headers = {"Authorization": "Bearer sem_1_2"}
    answer = client.get("/api/v1/index", headers=headers)
    assert (answer.status_code, slug(answer)) == (401, "key-unknown")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="semsearch"'


def test_a_server_open_to_others_asks_for_keys_on_api_and_pages(
    settings: Settings, make_settings: Callable[..., Settings]
) -> None:
    exposed = settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 -- never bound
    client = create_app(exposed).test_client()
    headers = bearer(settings, "search")
    assert slug(client.get("/api/v1/index")) == "key-missing"
    assert client.get("/api/v1/index", headers=headers).status_code == 200
    page = client.get("/")
    assert page.status_code == 401
    assert page.headers["WWW-Authenticate"].startswith("Basic ")
    text = headers["Authorization"].removeprefix("Bearer ")
    basic = base64.b64encode(f"me:{text}".encode()).decode()
    assert client.get("/", headers={"Authorization": f"Basic {basic}"}).status_code == 200
    assert client.get("/livez").status_code == 200
    assert slug(client.get("/metrics")) == "key-missing"
    assert slug(client.get("/metrics", headers=headers)) == "scope-missing"
    assert client.get("/metrics", headers=bearer(settings, "admin")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"host": "127.0.0.1"}, False),
        ({"host": "::1"}, False),
        ({"host": "localhost"}, False),
        ({"host": "192.0.2.1"}, True),
        ({"host": "news.example"}, True),
        ({"host": "127.0.0.1", "proxy_hops": 1}, True),
        ({"host": "192.0.2.1", "anonymous": "always"}, False),
        ({"host": "192.0.2.1", "anonymous": "never"}, False),
    ],
)
def test_opening_to_others_without_keys_must_be_asked_for(
    tmp_path: Path, changes: Json, refused: bool
) -> None:
    settings = Settings(index_dir=tmp_path, **changes)
    if refused:
        with pytest.raises(SettingsError, match="--anonymous always"):
            check_exposure(settings)
        KeyRing(tmp_path).add("k", ["search"])
    check_exposure(settings)


def test_rates_count_keys_and_addresses_apart(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(rate_limit_address="2/minute", rate_limit_key="3/minute")
    sample.build(settings)
    client = create_app(settings).test_client()
    headers = bearer(settings, "search")

    def get(given: Headers | None = None) -> TestResponse:
        return client.get("/api/v1/index", headers=given)

    assert [get().status_code for _ in range(3)] == [200, 200, 429]
    assert [get(headers).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = get()
    assert slug(refused) == "rate-limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_guessing_keys_uses_up_the_rate_of_the_address(
    make_settings: Callable[..., Settings],
) -> None:
    client = create_app(make_settings(rate_limit_address="2/minute")).test_client()
    wrong = {"Authorization": "Bearer sem_1_2"}
    statuses = [client.get("/api/v1/index", headers=wrong).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_rate_that_is_none_is_told_at_the_start(make_settings: Callable[..., Settings]) -> None:
    with pytest.raises(SettingsError, match="'rate_limit_key': 'often' is no rate"):
        create_app(make_settings(rate_limit_key="often"))
