"""Publishes generations one after the other while threads search; for a test and a benchmark.

The indexer is a process of its own, as in life, so that the memory of this one is a server's:
`python swap_load.py FOLDER` publishes a generation for each line of its standard input.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sample import ARTICLES, build, open_live, tiny_settings, write_rows

from semsearch.errors import SemsearchError
from semsearch.hits import Query
from semsearch.index.generation import IndexFolder
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings

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
    settings = _settings(folder)
    _publish(settings, "first")
    live = open_live(settings)
    live.follow_in_background()
    report, stop, seen = SwapReport(), threading.Event(), set[str]()
    askers = [
        threading.Thread(target=_ask, args=(live, stop, report, seen)) for _ in range(threads)
    ]
    for asker in askers:
        asker.start()
    with subprocess.Popen(
        [sys.executable, __file__, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as indexer:
        for i in range(swaps):
            _order(indexer, i)
            report.resident_mb.append(resident_mb())
        indexer.communicate()
    stop.set()
    for asker in askers:
        asker.join()
    report.generations_seen = len(seen)
    report.open_at_end = len(live._open)
    report.on_disk_at_end = len(IndexFolder(settings.index_dir).list())
    live.close()
    return report


def resident_mb() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _settings(folder: Path) -> Settings:
    return tiny_settings(folder, keep_generations=1)


def _publish(settings: Settings, edition: str) -> None:
    text = f"Edition number {edition} of this text was printed."
    rows = [*ARTICLES[:-1], {**ARTICLES[-1], "text": text}]
    write_rows(settings.seeds[0] / "a.jsonl", rows)
    build(settings)


def _order(indexer: subprocess.Popen[bytes], edition: int) -> None:
    """Have one generation published, and wait until it is."""
    if indexer.stdin is None or indexer.stdout is None:
        raise RuntimeError("the indexer has no pipes")
    indexer.stdin.write(b"%d\n" % edition)
    indexer.stdin.flush()
    if indexer.stdout.readline() != b"published\n":
        raise RuntimeError("the indexer failed")


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


def main() -> None:
    """Publish a generation for each line of the standard input."""
    settings = _settings(Path(sys.argv[1]))
    for line in sys.stdin:
        _publish(settings, line.strip())
        sys.stdout.write("published\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
