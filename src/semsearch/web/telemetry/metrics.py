"""Prometheus figures: requests, latency by stage, turns, and the index.

Several server processes add up: each keeps its figures in files under PROMETHEUS_MULTIPROC_DIR
(set by serving/launch.py before anything here is imported), and whichever process answers a scrape
reads them all. What the index is like is looked up at the scrape.
"""

from __future__ import annotations

import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from semsearch.encoder import Encoder
from semsearch.errors import SemsearchError
from semsearch.index.journal import Journal
from semsearch.searcher import LiveIndex

__all__ = ["Answered", "Metrics", "TimedEncoder", "Totals"]

# A search takes milliseconds and should never take seconds: fine steps below 100 ms.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True)
class Answered:
    """Requests to one operation. Half of them took at most `median_s` seconds, 99 of 100 at most
    `slow_s`: upper ends of the histogram's steps, infinite past the last."""

    operation: str
    count: int
    median_s: float
    slow_s: float


@dataclass(frozen=True, slots=True)
class Totals:
    """What all server processes together did since the server started, and do now.

    `answered` is by operation, most requests first; `refused` counts answers of 503; `present`
    requests have a turn, `waiting` ones wait for it.
    """

    answered: tuple[Answered, ...]
    refused: int
    present: int
    waiting: int


class Metrics:
    """The figures of one process; one for each application."""

    def __init__(self) -> None:
        # A registry of our own, so that several applications in one process do not collide.
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "semsearch_requests",
            "Requests answered.",
            ["operation", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "semsearch_request_seconds",
            "Time to answer a request, without streaming its body.",
            ["operation"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "semsearch_stage_seconds",
            "Time of one stage of a request: wait (for a turn), encode, search (with encode), "
            "shape.",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.present = Gauge(
            "semsearch_requests_present",
            "Requests that have a turn.",
            multiprocess_mode="livesum",
            registry=self.registry,
        )

        self.shed = Counter(
            "semsearch_requests_shed",
            "Requests refused unseen, because they waited too long for a thread.",
            registry=self.registry,
        )
        self.waiting = Gauge(
            "semsearch_requests_waiting",
            "Requests that wait for their turn.",
            multiprocess_mode="livesum",
            registry=self.registry,
        )

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stage_seconds.labels(name).observe(time.perf_counter() - began)

    def install(self, app: Flask, live: LiveIndex, journal: Journal, served: bool) -> None:
        """Count every request of `app`, and serve the figures at /metrics."""
        app.after_request(self._count)
        if served:
            index = IndexCollector(live, journal)
            blueprint = Blueprint("metrics", __name__)
            blueprint.add_url_rule("/metrics", "metrics", lambda: self._answer(index))
            app.register_blueprint(blueprint)

    def _count(self, response: Response) -> Response:
        # The endpoint and never the path: paths are without number.
        operation = request.endpoint or "none"
        self.requests.labels(operation, request.method, str(response.status_code)).inc()
        if "began" in g:
            self.request_seconds.labels(operation).observe(time.monotonic() - g.began)
        return response

    def totals(self) -> Totals:
        """The figures that an operator looks at first."""
        found: dict[str, list[Sample]] = defaultdict(list)
        for family in self._of_all_processes().collect():
            for sample in family.samples:
                found[sample.name].append(sample)
        unavailable = [s for s in found["semsearch_requests_total"] if s.labels["status"] == "503"]
        return Totals(
            answered=_answered(found["semsearch_request_seconds_bucket"]),
            refused=_sum(unavailable) + _sum(found["semsearch_requests_shed_total"]),
            present=_sum(found["semsearch_requests_present"]),
            waiting=_sum(found["semsearch_requests_waiting"]),
        )

    def _of_all_processes(self) -> CollectorRegistry:
        if MULTIPROCESS_DIR not in os.environ:
            return self.registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
        return registry

    def _answer(self, index: Collector) -> Response:
        text = generate_latest(self._of_all_processes()) + generate_latest(_OnlyThis(index))
        response = Response(text, content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response


def _sum(samples: Sequence[Sample]) -> int:
    return round(sum(sample.value for sample in samples))


def _answered(buckets: Sequence[Sample]) -> tuple[Answered, ...]:
    """From the samples of a histogram by operation: how many took at most `le` seconds."""
    steps: dict[str, dict[float, float]] = defaultdict(dict)
    for sample in buckets:
        steps[sample.labels["operation"]][float(sample.labels["le"])] = sample.value
    answered = [
        Answered(name, round(within[math.inf]), _quantile(within, 0.5), _quantile(within, 0.99))
        for name, within in steps.items()
    ]
    return tuple(sorted(answered, key=lambda one: (-one.count, one.operation)))


def _quantile(within: Mapping[float, float], share: float) -> float:
    """The first step that this share of all stayed within."""
    return min(step for step, count in within.items() if count >= share * within[math.inf])


class _OnlyThis(CollectorRegistry):
    """A registry of one collector, made for one scrape."""

    def __init__(self, collector: Collector) -> None:
        super().__init__()
        self.register(collector)


class IndexCollector(Collector):
    """What the live generation is like, looked up when asked."""

    def __init__(self, live: LiveIndex, journal: Journal) -> None:
        self._live = live
        self._journal = journal

    def describe(self) -> Sequence[Metric]:
        """Nothing ahead of time; it all depends on the index."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures; only `semsearch_index_ready 0` when there is no usable index."""
        try:
            with self._live.snapshot() as searcher:
                brief, manifest = searcher.index, searcher.manifest
        except SemsearchError:
            yield GaugeMetricFamily("semsearch_index_ready", "1 when searchable.", 0)
            return
        published = datetime.fromisoformat(manifest["published_at"])
        age_s = (datetime.now(UTC) - published).total_seconds()
        waiting = max(0, self._journal.last() - manifest["journal_seq"])
        for name, help_text, value in (
            ("ready", "1 when searchable.", 1),
            ("age_seconds", "Since the live generation was published.", age_s),
            ("articles", "Articles in the live generation.", brief.articles),
            ("passages", "Passages in the live generation.", brief.passages),
            ("bytes", "Size of the live generation on disk.", manifest["bytes"]),
            ("changes_waiting", "Changes over the API not yet in the index.", waiting),
        ):
            yield GaugeMetricFamily(f"semsearch_index_{name}", help_text, value)


class TimedEncoder:
    """An encoder whose questions are timed as the stage `encode`; otherwise the same."""

    def __init__(self, encoder: Encoder, metrics: Metrics) -> None:
        self._encoder = encoder
        self._metrics = metrics
        self.name = encoder.name
        self.dim = encoder.dim
        self.max_tokens = encoder.max_tokens
        self.fingerprint = encoder.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """As the encoder does, timed."""
        with self._metrics.stage("encode"):
            return self._encoder.encode_queries(texts)

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """As the encoder does."""
        return self._encoder.encode_passages(texts, on_progress)

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self._encoder.counter

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder does."""
        return self._encoder.count_tokens(texts)
