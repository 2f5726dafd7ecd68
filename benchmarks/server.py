"""How many questions a second does the service answer? The real server under wrk.

    python benchmarks/server.py --index DIR --queries FILE [--clients 1 8 64] [--seconds 15]
    python benchmarks/server.py --index DIR --queries FILE --minutes 60

Starts `semsearch serve` on a free port and asks distinct questions over the JSON API, each on its
own day, by clients that never pause. Prints answers per second, latency, refusals (503: the
server bounds its queue), and the memory of each worker. With --minutes it is a soak: eight
clients all the time, and the memory once a minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from asking import load_queries
from load import load, memory, workers_of

from semsearch.hits import Query
from semsearch.settings import load_settings

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import Running, running

SOAK_CLIENTS = 8


def address(query: Query) -> str:
    """The API's path for a question."""
    day = {"now": query.now.isoformat()} if query.now else {}
    return f"/api/v1/search?{urlencode({'q': query.text} | day)}"


def measure(server: Running, paths: Sequence[str], clients: Sequence[int], seconds: int) -> None:
    print(f"{'clients':>8}{'answers/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'refused':>9}{'broken':>8}")
    for count in clients:
        found = load(server.url, paths, count, seconds)
        print(
            f"{count:8}{found.per_second:11.1f}{found.p50_ms:9.1f}{found.p99_ms:9.1f}"
            f"{found.refused:9}{found.broken:8}"
        )
    print_memory(server)


def print_memory(server: Running) -> None:
    print("\nmemory of each worker, MB: resident, share (PSS), own")
    for worker in workers_of(server.process.pid):
        now = memory(worker)
        print(f"{now.resident:12.0f}{now.share:8.0f}{now.own:8.0f}")


def soak(server: Running, paths: Sequence[str], minutes: int) -> None:
    print("minute  answers/s  refused  broken  resident MB of each worker")
    started = time.monotonic()
    for minute in range(1, minutes + 1):
        left = max(1, round(started + 60 * minute - time.monotonic()))
        found = load(server.url, paths, SOAK_CLIENTS, left)
        resident = [round(memory(pid).resident) for pid in workers_of(server.process.pid)]
        figures = f"{found.per_second:9.1f}  {found.refused:7}  {found.broken:6}"
        print(f"{minute:6}  {figures}  {resident}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=int, default=0, help="soak for so long instead")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index, "workers": given.workers})
    paths = [address(query) for query in load_queries(given.queries, 2000, given.index)]
    with running(settings) as server:
        load(server.url, paths, 4, 3)  # warm
        if given.minutes:
            soak(server, paths, given.minutes)
        else:
            measure(server, paths, given.clients, given.seconds)


if __name__ == "__main__":
    main()
