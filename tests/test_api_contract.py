"""The promise of the API: its document is pinned, its examples are real, its answers fit it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from api_examples import DOCUMENT, EXAMPLES, REQUESTS, answers

from semsearch.settings import Settings
from semsearch.web.api.operations import api
from semsearch.web.api.reference import documented
from semsearch.web.problems import KINDS
from semsearch.wire.params import Limits

Json = dict[str, Any]
RENEW = "renew with: PYTHONPATH=src:tests python tests/api_examples.py"


@pytest.fixture(scope="module")
def document() -> Json:
    return documented(Limits())


@pytest.fixture
def real(make_settings: Callable[..., Settings]) -> Json:
    return answers(make_settings())


def shape(value: Any) -> Any:
    """Names and kinds of values, without the values; how long lists are is the ranking's matter."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def good(document: Json, name: str) -> Json:
    """The content of an operation's good answer, as the document has it."""
    for path in document["paths"].values():
        for operation in path.values():
            if operation["operationId"] == name:
                status = next(s for s in operation["responses"] if s in {"200", "202"})
                (content,) = operation["responses"][status]["content"].values()
                found: Json = content
                return found
    raise AssertionError(name)


def test_the_document_changes_only_on_purpose(document: Json) -> None:
    assert json.loads(DOCUMENT.read_text("utf-8")) == json.loads(json.dumps(document)), RENEW


def test_every_operation_has_an_example() -> None:
    assert {operation.name for operation in api.operations} == set(REQUESTS)


def test_examples_are_what_the_api_answers(real: Json) -> None:
    stored = json.loads(EXAMPLES.read_text("utf-8"))
    assert {name: shape(answer) for name, answer in real.items()} == {
        name: shape(answer) for name, answer in stored.items()
    }, RENEW


def test_answers_fit_their_schemas_with_no_field_undocumented(real: Json, document: Json) -> None:
    closed = json.loads(json.dumps(document["components"]["schemas"]))
    for schema in closed.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    for name, answer in real.items():
        schema = {**good(document, name)["schema"], "components": {"schemas": closed}}
        jsonschema.validate(answer, schema)


def test_a_whole_search_answer_has_every_field(real: Json) -> None:
    assert list(real["search"]) == [
        "query",
        "mode",
        "verdict",
        "total",
        "took_ms",
        "index",
        "hits",
        "facets",
        "chips",
        "spelling",
        "cursor",
    ]
    assert list(real["search"]["hits"][0]) == [
        "rank",
        "score",
        "passage",
        "article",
        "answer",
        "matched",
        "quotes",
        "duplicates",
        "missing",
        "explain",
    ]


def test_the_document_is_valid_openapi(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = {
        part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]
    }
    assert references <= set(document["components"]["schemas"])


def test_every_operation_and_parameter_is_described(document: Json) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            for parameter in operation["parameters"]:
                assert parameter["description"], (method, path, parameter["name"])


def test_every_problem_is_used_or_of_the_server_itself(document: Json) -> None:
    text = json.dumps(document["paths"])
    unused = {slug for slug in KINDS if f"`{slug}`" not in text}
    # These can befall any request, before an operation is found for it.
    assert unused == {"no-such-path", "method-not-allowed", "headers-too-large"}
