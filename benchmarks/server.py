"""How many questions a second does the service answer? The real server under wrk.

    python benchmarks/server.py --index DIR --queries FILE [--clients 1 8 64] [--seconds 15]

Starts `semsearch serve` on a free port and asks distinct questions over the JSON API, each on its
own day, by clients that never pause. Prints answers per second, latency, refusals (503: the
server bounds its queue), and the memory of each worker.
"""

from __future__ import annotations

from collections.abc import Sequence

from common import load_queries, machine, options
from load import Running, address, load, memory, running, workers_of

from semsearch.settings import load_settings


def measure(server: Running, paths: Sequence[str], clients: Sequence[int], seconds: int) -> None:
    print(f"{'clients':>8}{'answers/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'refused':>9}{'broken':>8}")
    for count in clients:
        found = load(server.url, paths, count, seconds)
        print(
            f"{count:8}{found.per_second:11.1f}{found.p50_ms:9.1f}{found.p99_ms:9.1f}"
            f"{found.refused:9}{found.broken:8}"
        )
    print("\nmemory of each worker, MB: resident, share (PSS), own")
    for worker in workers_of(server):
        now = memory(worker)
        print(f"{now.resident:12.0f}{now.share:8.0f}{now.own:8.0f}")


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index, "workers": given.workers})
    paths = [address(query) for query in load_queries(given.queries, 2000, given.index)]
    print(machine())
    with running(settings) as server:
        load(server.url, paths, 4, 3)  # warm
        measure(server, paths, given.clients, given.seconds)


if __name__ == "__main__":
    main()
