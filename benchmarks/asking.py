"""What the speed benchmarks share: questions to ask, and how times are summed up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from semsearch.hits import Query
from semsearch.index.store import Store

__all__ = ["load_queries", "open_index_store", "percentiles"]


def load_queries(path: Path, count: int, index: Path | None = None) -> list[Query]:
    """At most `count` different questions of a BEIR file, each on the day in its metadata.

    Where there are fewer, titles of the index's articles make up the number.
    """
    asked: dict[str, date | None] = {}
    with path.open(encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            asked.setdefault(one["text"], _day(one.get("metadata", {})))
    if index is not None and len(asked) < count:
        store = open_index_store(index)
        asked |= {title: None for _, title in store.titles(count) if title not in asked}
        store.close()
    return [Query(text, now=day) for text, day in list(asked.items())[:count]]


def open_index_store(index: Path) -> Store:
    """The texts of the live generation; close it."""
    return Store(index / "generations" / (index / "current").read_text().strip() / "store.sqlite")


def _day(metadata: dict[str, str]) -> date | None:
    day = metadata.get("date")
    return date.fromisoformat(day[:10]) if day else None


def percentiles(seconds: Sequence[float]) -> str:
    """p50, p90 and p99 in milliseconds, as three columns."""
    values = np.percentile(seconds, [50, 90, 99]) * 1000
    return "  ".join(f"{value:8.2f}" for value in values)
