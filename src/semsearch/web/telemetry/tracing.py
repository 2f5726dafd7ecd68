"""OpenTelemetry traces, where the setting `tracing` is on: a span per request and per stage.

Where spans go is set as OpenTelemetry has it (OTEL_EXPORTER_OTLP_ENDPOINT and the like). A caller's
`traceparent` header is continued. No question text gets into a span.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from semsearch import __version__
from semsearch.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from opentelemetry.trace import Tracer

__all__ = ["install", "make_tracer"]


def make_tracer() -> Tracer:
    """A tracer on the process's provider, made for OTLP over HTTP where there is none yet.

    Raises SettingsError when OpenTelemetry is not installed.
    """
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise SettingsError(
            "the setting 'tracing' needs OpenTelemetry: pip install 'semsearch[tracing]'"
        ) from error
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider(resource=Resource.create({"service.name": "semsearch"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("semsearch", __version__)


def install(app: Flask, tracer: Tracer) -> None:
    """Give each request of `app` a span, named after its operation."""
    app.wsgi_app = _traced(app.wsgi_app, tracer)  # type: ignore[assignment, method-assign]  # Flask's way
    app.after_request(_describe)


def _traced(application: WSGIApplication, tracer: Tracer) -> WSGIApplication:
    from opentelemetry import propagate
    from opentelemetry.trace import SpanKind

    def traced(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        carrier = {"traceparent": environ.get("HTTP_TRACEPARENT", "")}
        method = environ["REQUEST_METHOD"]
        with tracer.start_as_current_span(
            method,
            context=propagate.extract(carrier),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
        ):
            return application(environ, start_response)

    return traced


def _describe(response: Response) -> Response:
    from opentelemetry import trace

    span = trace.get_current_span()
    span.update_name(f"{request.method} {request.endpoint or 'none'}")
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("semsearch.request_id", g.get("request_id", ""))
    return response
