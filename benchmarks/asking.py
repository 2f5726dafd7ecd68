"""What the speed benchmarks share: questions to ask, and how times are summed up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

from semsearch.hits import Query

__all__ = ["load_queries", "percentiles"]


def load_queries(path: Path, count: int) -> list[Query]:
    """The first `count` questions of a BEIR file, each asked on the day in its metadata."""
    with path.open(encoding="utf-8") as lines:
        asked = [json.loads(line) for line in islice(lines, count)]
    return [Query(one["text"], now=_day(one.get("metadata", {}))) for one in asked]


def _day(metadata: dict[str, str]) -> date | None:
    day = metadata.get("date")
    return date.fromisoformat(day[:10]) if day else None


def percentiles(seconds: Sequence[float]) -> str:
    """p50, p90 and p99 in milliseconds, as three columns."""
    values = np.percentile(seconds, [50, 90, 99]) * 1000
    return "  ".join(f"{value:8.2f}" for value in values)
