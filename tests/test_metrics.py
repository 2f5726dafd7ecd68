"""What an operator sees first, out of the figures that are kept for Prometheus."""

from __future__ import annotations

import math

from semsearch.web.telemetry.metrics import Answered, Metrics, Totals


def test_totals_give_counts_refusals_and_the_steps_that_half_and_nearly_all_stayed_within() -> None:
    metrics = Metrics()
    for _ in range(98):
        metrics.request_seconds.labels("api.search").observe(0.015)
    metrics.request_seconds.labels("api.search").observe(0.2)
    metrics.request_seconds.labels("api.search").observe(11.0)
    metrics.request_seconds.labels("pages.search").observe(11.0)
    metrics.requests.labels("api.search", "GET", "200").inc(97)
    metrics.requests.labels("api.search", "GET", "503").inc(3)
    metrics.requests.labels("pages.search", "GET", "503").inc()
    metrics.shed.inc(2)
    metrics.present.inc(4)
    metrics.waiting.inc(7)
    assert metrics.totals() == Totals(
        answered=(
            # 98 of 100 took at most 0.02 s, 99 of 100 at most 0.25 s.
            Answered("api.search", 100, 0.02, 0.25),
            Answered("pages.search", 1, math.inf, math.inf),
        ),
        refused=3 + 1 + 2,
        present=4,
        waiting=7,
    )


def test_before_the_first_request_nothing_was_answered() -> None:
    assert Metrics().totals() == Totals((), 0, 0, 0)
