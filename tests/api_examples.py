"""The examples in the OpenAPI document: real answers of the sample index, and how to renew them.

    PYTHONPATH=src:tests python tests/api_examples.py

rewrites src/semsearch/web/api/examples.json and docs/openapi.json.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import sample
from flask.testing import FlaskClient

from semsearch.settings import Settings
from semsearch.web.app import create_app
from semsearch.web.keys import KeyRing

__all__ = ["DOCUMENT", "EXAMPLES", "REQUESTS", "answers"]

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "src/semsearch/web/api/examples.json"
DOCUMENT = ROOT / "docs/openapi.json"

# Operation -> method, address below /api/v1 ({passage} is the id of the first hit), body.
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "search": ("GET", "/search?q=who+wants+soldiers&k=1&explain=on", None),
    "search_by_body": ("POST", "/search", {"q": "harbour strike", "k": 1}),
    "search_batch": (
        "POST",
        "/search/batch",
        {"queries": [{"q": "glacier ice", "k": 1, "fields": ["total", "hits.answer"]}]},
    ),
    "search_stream": ("GET", "/search/stream?q=stolen+violin&source=Northern+Field", None),
    "similar": ("GET", "/passages/{passage}/similar?k=1", None),
    "passage": ("GET", "/passages/{passage}", None),
    "article": ("GET", "/articles/budget", None),
    "sources": ("GET", "/sources", None),
    "speakers": ("GET", "/speakers?limit=2", None),
    "quotes": ("GET", "/quotes?speaker=Anna+Keller&limit=1", None),
    "sayings": ("GET", "/sayings?speaker=Anna+Keller&limit=1", None),
    "suggest": ("GET", "/suggest?q=ann", None),
    "index": ("GET", "/index", None),
    "put_article": ("PUT", "/articles/zoo", {"text": "Zebras crossed the Danube."}),
    "load_articles": ("POST", "/articles", {"id": "gnu", "text": "A gnu followed."}),
    "delete_article": ("DELETE", "/articles/zoo", None),
    "job": ("GET", "/jobs/1-2", None),
}
# What differs from run to run.
FIXED = {
    "took_ms": 3.1,
    "generation": "20260101T120000.000Z-0a1b",
    "published_at": "2026-01-01T12:00:00Z",
    "cursor": "WyIyMDI2MDEwMVQxMjAwMDAuMDAwWi0wYTFiIiwgMSwgIjIwMjYtMDEtMDEiLCAiMWEyYiJd",
}


def answers(settings: Settings) -> dict[str, Any]:
    """Real answers to all REQUESTS by an application on a fresh index of the sample articles."""
    sample.write_rows(settings.seeds[0] / "articles.jsonl", sample.ARTICLES)
    sample.build(settings)
    _, key = KeyRing(settings.index_dir).add("examples", ["write"])
    client = create_app(settings).test_client()
    first = client.get("/api/v1/search?q=who+wants+soldiers&k=1").json or {}
    passage = first["hits"][0]["passage"]["id"]
    return {
        name: _fix(_ask(client, key, method, path.format(passage=passage), body))
        for name, (method, path, body) in REQUESTS.items()
    }


def _ask(client: FlaskClient, key: str, method: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    # buffered: a stream gives its turn back only when it is read and closed.
    url = f"/api/v1{path}"
    response = client.open(url, method=method, json=body, headers=headers, buffered=True)
    assert response.status_code in {200, 202}, response.get_data(as_text=True)
    return json.loads(response.get_data(as_text=True).splitlines()[0])


def _fix(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: FIXED[name] if name in FIXED and inner is not None else _fix(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_fix(inner) for inner in value]
    return value


def main() -> None:
    """Rewrite the examples and the document."""
    from semsearch.web.api.reference import documented
    from semsearch.wire.params import Limits

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seeds").mkdir()
        found = answers(sample.tiny_settings(Path(folder)))
    EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    document = documented(Limits())
    DOCUMENT.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
