"""Publishes generations one after the other while threads search; for a test and a benchmark."""

from __future__ import annotations

import resource
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sample import ARTICLES, build, open_live, tiny_settings, write_rows

from semsearch.errors import SemsearchError
from semsearch.generation import IndexFolder
from semsearch.hits import Query
from semsearch.searcher import LiveIndex

__all__ = ["SwapReport", "resident_mb", "swap_under_load"]


@dataclass
class SwapReport:
    """What the swaps met. `resident_mb` was taken after every swap, in megabytes."""

    requests: int = 0
    errors: list[str] = field(default_factory=list)
    generations_seen: int = 0
    open_at_end: int = 0
    on_disk_at_end: int = 0
    resident_mb: list[float] = field(default_factory=list)
    slowest_ms: float = 0.0


def swap_under_load(folder: Path, swaps: int, threads: int) -> SwapReport:
    """Publish `swaps` generations under the load of `threads` threads that never pause."""
    settings = tiny_settings(folder, keep_generations=1)
    file = write_rows(folder / "seeds" / "a.jsonl", ARTICLES)
    build(settings)
    live = open_live(settings)
    live.follow_in_background()
    report, stop, seen = SwapReport(), threading.Event(), set[str]()
    askers = [
        threading.Thread(target=_ask, args=(live, stop, report, seen)) for _ in range(threads)
    ]
    for asker in askers:
        asker.start()
    for i in range(swaps):
        text = f"Edition number {i} of this text was printed."
        write_rows(file, [*ARTICLES[:-1], {**ARTICLES[-1], "text": text}])
        build(settings)
        report.resident_mb.append(resident_mb())
    stop.set()
    for asker in askers:
        asker.join()
    report.generations_seen = len(seen)
    report.open_at_end = len(live._open)
    report.on_disk_at_end = len(IndexFolder(settings.index_dir).list())
    live.close()
    return report


def _ask(live: LiveIndex, stop: threading.Event, report: SwapReport, seen: set[str]) -> None:
    while not stop.is_set():
        started = time.monotonic()
        try:
            with live.snapshot() as searcher:
                results = searcher.search(Query("a stolen violin returned to the orchestra"))
            if results.hits[0].article.id != "violin":
                report.errors.append(f"wrong first hit {results.hits[0].article.id}")
            seen.add(searcher.index.generation)
        except SemsearchError as error:
            report.errors.append(str(error))
        report.requests += 1
        report.slowest_ms = max(report.slowest_ms, (time.monotonic() - started) * 1000)


def resident_mb() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
