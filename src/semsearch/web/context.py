"""What a request needs of its application, typed."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from semsearch.index.journal import Journal
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings
from semsearch.web.admission import AdmissionControl
from semsearch.web.telemetry.metrics import Metrics
from semsearch.wire.params import Limits

__all__ = [
    "Services",
    "journal",
    "limits",
    "live",
    "request_id",
    "seconds_left",
    "services",
    "stage",
]


@dataclass(frozen=True, slots=True)
class Services:
    """Made once by `create_app`; lives as long as the application."""

    settings: Settings
    live: LiveIndex
    journal: Journal
    admission: AdmissionControl
    metrics: Metrics
    limits: Limits


def services() -> Services:
    """The services of the application that handles this request."""
    return cast("Services", current_app.extensions["semsearch-services"])


def live() -> LiveIndex:
    """The index of this application."""
    return services().live


def journal() -> Journal:
    """The journal of changes over the API."""
    return services().journal


def stage(name: str) -> AbstractContextManager[None]:
    """Time a stage of this request."""
    return services().metrics.stage(name)


def limits() -> Limits:
    """What one search may ask for."""
    return services().limits


def request_id() -> str:
    """The id of this request, in its answer and its log line."""
    return cast("str", g.get("request_id", ""))


def seconds_left() -> float:
    """Until this request has taken as long as it may; negative when it is late."""
    began = cast("float", g.get("began", time.monotonic()))
    return began + services().settings.request_timeout_ms / 1000 - time.monotonic()
