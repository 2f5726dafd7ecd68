"""OpenTelemetry traces of requests and their stages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from semsearch.settings import Settings
from semsearch.web.app import create_app


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """Where this process's spans go; a process has one provider for good."""
    found = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    trace.set_tracer_provider(provider)
    return found


def test_a_request_is_a_span_with_its_stages_below(
    make_settings: Callable[..., Settings], small_index: Settings, exporter: InMemorySpanExporter
) -> None:
    settings = make_settings(index_dir=small_index.index_dir, tracing=True)
    client = create_app(settings).test_client()
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    exporter.clear()
    client.get("/api/v1/search?q=private+words", headers={"traceparent": caller})
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request = spans["GET api.search"]
    assert set(spans) == {"GET api.search", "wait", "search", "encode", "shape"}
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert (request.attributes or {})["http.response.status_code"] == 200
    for stage, parent in (("wait", request), ("search", request), ("encode", spans["search"])):
        assert spans[stage].parent is not None
        assert spans[stage].parent == parent.context
    assert "private" not in "".join(span.to_json() for span in spans.values())
