"""Makes the OpenAPI 3.1 document out of the declared operations and their pydantic models.

pydantic itself writes the JSON Schemas (OpenAPI 3.1 uses plain JSON Schema), from the very models
that validate requests and shape answers, so this only arranges them. Libraries that do as much
(flask-openapi3, spectree, flask-smorest) were left out: they ignore unknown query parameters,
bring their own error shape, and add a layer for what are a hundred lines here.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from semsearch import __version__
from semsearch.web.api.fields import paths_of
from semsearch.web.api.operations import Api, Operation
from semsearch.web.problems import KINDS, MEDIA_TYPE, Problem
from semsearch.wire.params import Limits, PageParams, Question, SearchParams
from semsearch.wire.schema import SearchResponse

__all__ = ["document"]

Schema = dict[str, Any]
REF = "#/components/schemas/"
DESCRIPTION = (
    "Answers a question about a body of news articles with the exact passages that answer it. "
    "Every refusal is an RFC 9457 problem; docs/problems.md lists their types."
)
PATH_PARAMETERS = {
    "passage_id": "A passage's id, 16 hex digits; stable while the passage's text is.",
    "article_id": "An article's id. Slashes in it may be sent as they are or as %2F.",
    "job_id": "A job's id, as the answer to a change names it.",
}
# As ArticleId in write.py has it.
PATH_BOUNDS: dict[str, Schema] = {
    "article_id": {"maxLength": 500, "pattern": r"^[^\x00-\x1f]+$"},
}


def document(api: Api, limits: Limits, examples: dict[str, Any] | None = None) -> Schema:
    """The OpenAPI document of `api` under these limits.

    `examples` are real answers by operation name.
    """
    schemas = _schemas(api.operations)
    _apply_limits(schemas, limits)
    paths: dict[str, Schema] = {}
    for operation in api.operations:
        path = paths.setdefault(api.prefix + operation.path, {})
        example = (examples or {}).get(operation.name)
        path[operation.method.lower()] = _operation(operation, schemas, example)
    return {
        "openapi": "3.1.0",
        "info": {"title": "semsearch", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SECURITY_SCHEMES},
    }


SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key made with `semsearch keys add`.",
    }
}


def _schemas(operations: Iterable[Operation]) -> dict[str, Schema]:
    """All components: requests as they are validated, answers as they are written."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for operation in operations:
        wanted[operation.returns, "serialization"] = None
        wanted[operation.query, "validation"] = None
        if operation.body is not None:
            wanted[operation.body, "validation"] = None
    _, made = models_json_schema(list(wanted), ref_template=REF + "{model}")
    schemas: dict[str, Schema] = made["$defs"]
    for operation in operations:
        if operation.partial:
            _add_partial(schemas, operation.returns.__name__)
    return schemas


def _add_partial(schemas: dict[str, Schema], name: str) -> None:
    """Add `Partial<name>`: the same with nothing required, for answers to `fields`."""
    partial = "Partial" + name
    if partial in schemas:
        return
    schemas[partial] = made = copy.deepcopy(schemas[name])
    made.pop("required", None)
    made["title"] = partial
    for inner in sorted(set(re.findall(REF + r"(\w+)", str(made)))):
        _add_partial(schemas, inner)
    _rename_refs(made)


def _rename_refs(schema: Any) -> None:
    if isinstance(schema, dict):
        if "$ref" in schema:
            schema["$ref"] = schema["$ref"].replace(REF, REF + "Partial")
        for value in schema.values():
            _rename_refs(value)
    elif isinstance(schema, list):
        for value in schema:
            _rename_refs(value)


def _apply_limits(schemas: dict[str, Schema], limits: Limits) -> None:
    """Say what this server allows, where its settings are narrower than the models."""
    fields = list(paths_of(SearchResponse))
    for model in (Question, PageParams, SearchParams):
        properties = schemas.get(model.__name__, {}).get("properties", {})
        if properties:
            properties["q"]["maxLength"] = limits.max_query_chars
        if "k" in properties:
            properties["k"]["maximum"] = limits.max_k
            properties["fields"]["items"] = {"type": "string", "enum": fields}


def _operation(operation: Operation, schemas: dict[str, Schema], example: Any) -> Schema:
    made: Schema = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation, schemas)],
        "responses": _responses(operation, example),
        "security": [{"key": []}] if operation.scope != "search" else [{}, {"key": []}],
    }
    if operation.body is not None:
        content = {kind: {"schema": _ref(operation.body)} for kind in operation.body_types}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _path_parameters(path: str) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_PARAMETERS[name],
            "schema": {"type": "string", "minLength": 1, **PATH_BOUNDS.get(name, {})},
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(operation: Operation, schemas: dict[str, Schema]) -> list[Schema]:
    schema = schemas[operation.query.__name__]
    required = schema.get("required", [])
    return [
        _query_parameter(name, dict(field), name in required)
        for name, field in schema.get("properties", {}).items()
    ]


def _query_parameter(name: str, field: Schema, required: bool) -> Schema:
    made: Schema = {"name": name, "in": "query", "description": field.pop("description", "")}
    if required:
        made["required"] = True
    if field.get("type") == "array":
        made |= {"style": "form", "explode": True}
    # A query string has no null: leaving the parameter out says the same.
    options = [option for option in field.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        field.pop("anyOf")
        field |= options[0]
    if field.get("default", 0) is None:
        field.pop("default")
    return {**made, "schema": field}


def _responses(operation: Operation, example: Any) -> Schema:
    schema: Schema = _ref(operation.returns)
    if operation.partial:
        partial = {"$ref": f"{REF}Partial{operation.returns.__name__}"}
        schema = {"anyOf": [schema, partial]}
    content: Schema = {"schema": schema}
    if example is not None:
        content["example"] = example
    good: Schema = {
        "description": _first_sentence(operation.returns),
        "headers": {"X-Request-Id": _header("Names this request in the server's log.")},
        "content": {operation.return_type: content},
    }
    responses = {str(operation.status): good}
    if operation.reads and operation.method == "GET":
        good["headers"]["ETag"] = _header("Changes with the index; send it as If-None-Match.")
        responses["304"] = {"description": "Unchanged since the ETag in If-None-Match."}
    return responses | _problems(operation.problems)


def _problems(slugs: Sequence[str]) -> Schema:
    by_status: dict[str, list[str]] = {}
    for slug in slugs:
        by_status.setdefault(str(int(KINDS[slug].status)), []).append(slug)
    return {
        status: {
            "description": " ".join(f"`{slug}`: {KINDS[slug].title}" for slug in found),
            "content": {MEDIA_TYPE: {"schema": _ref(Problem)}},
        }
        for status, found in sorted(by_status.items())
    }


def _header(description: str) -> Schema:
    return {"description": description, "schema": {"type": "string"}}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": REF + model.__name__}


def _first_sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]
