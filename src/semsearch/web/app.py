"""The web application: the API, the page and the health checks over one live index."""

from __future__ import annotations

from flask import Flask

from semsearch.encoder import Encoder, load_encoder
from semsearch.index.journal import Journal
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings
from semsearch.system.cores import cores
from semsearch.web import access, error_handlers, headers, page_admission, pages
from semsearch.web.admission import AdmissionControl, turns
from semsearch.web.api import reference
from semsearch.web.api.operations import api
from semsearch.web.context import Services
from semsearch.web.telemetry import health, logs
from semsearch.web.telemetry.metrics import Metrics, TimedEncoder
from semsearch.wire.params import Limits

__all__ = ["create_app"]


def create_app(settings: Settings, encoder: Encoder | None = None) -> Flask:
    """The application, its encoder warm and its index open before it returns.

    Starts without an index too: searches then answer that there is none, until one is published.
    `encoder` saves loading one where it is at hand already.
    """
    app = Flask("semsearch.web", static_folder=None)
    app.url_map.merge_slashes = False  # a redirect is no answer of an API
    app.config["SEMSEARCH"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    _trust_proxies(app, settings.proxy_hops)
    headers.install(app, settings)
    logs.install(app, settings)
    _install_services(app, settings, encoder or load_warm(settings))
    error_handlers.install(app, pages.error_page)
    page_admission.install(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(reference.blueprint)
    app.register_blueprint(pages.blueprint)
    return app


def load_warm(settings: Settings) -> Encoder:
    """The encoder of these settings, after its first question, which is the slow one.

    The server's processes share the cores: each with threads for all of them would have more
    threads at work than cores, which wait for each other in the middle of a question.
    """
    threads = settings.encoder_threads or max(1, cores() // settings.workers)
    encoder = load_encoder(settings.model, settings.cache_dir, threads)
    encoder.encode_queries(["warm up"])
    return encoder


def _install_services(app: Flask, settings: Settings, encoder: Encoder) -> None:
    metrics = Metrics()
    timed = TimedEncoder(encoder, metrics)
    services = Services(
        settings=settings,
        live=LiveIndex(settings.index_dir, timed, settings),
        journal=Journal(settings.index_dir),
        admission=AdmissionControl(
            turns(settings),
            settings.max_waiting,
            settings.max_wait_ms / 1000,
        ),
        metrics=metrics,
        limits=Limits(settings.max_k, settings.max_query_chars, settings.per_article),
    )
    metrics.install(app, services.live, services.journal, settings.metrics)
    services.live.follow_in_background()
    app.extensions["semsearch"] = services.live
    app.extensions["semsearch-services"] = services
    app.extensions["semsearch-access"] = access.Access(settings)


def _trust_proxies(app: Flask, hops: int) -> None:
    if hops:
        from werkzeug.middleware.proxy_fix import ProxyFix

        fixed = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # the way Flask documents
