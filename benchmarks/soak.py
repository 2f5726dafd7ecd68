"""Does a server's memory stay flat for an hour, while the index under it changes every minute?

    python benchmarks/soak.py --index DIR --queries FILE [--minutes 60] [--per-second 2.5]

The index is copied first. Starts `semsearch serve` with its defaults, asks different questions at a
gentle rate, and publishes a small change once a minute with `semsearch reindex`, as an operator
would. Prints once a minute how many answers came, the slowest, how many failed, and the memory of
each worker in MB: resident, its own (what is not a mapped file shared with others), and threads.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from common import load_queries, machine, options
from load import address, memory, running, workers_of

from semsearch.settings import load_settings


class Asker(threading.Thread):
    """Asks at a steady rate until stopped; counts what came."""

    def __init__(self, url: str, paths: Sequence[str], per_second: float) -> None:
        super().__init__(daemon=True)
        self._url, self._paths, self._pause = url, cycle(paths), 1 / per_second
        self.stopped = threading.Event()
        self.seconds: list[float] = []
        self.failed = 0

    def run(self) -> None:
        while not self.stopped.wait(self._pause):
            started = time.monotonic()
            try:
                with urllib.request.urlopen(self._url + next(self._paths)) as answer:  # noqa: S310 -- our own server
                    answer.read()
            except OSError:
                self.failed += 1
            self.seconds.append(time.monotonic() - started)

    def take(self) -> tuple[int, float]:
        """How many were answered since the last time, and the slowest in ms."""
        seconds, self.seconds = self.seconds, []
        return len(seconds), max(seconds, default=0.0) * 1000


def publish(index: Path, folder: Path, number: int) -> str:
    """Change one article, add another, and reindex; the new generation."""
    (folder / "changing.txt").write_text(f"The harbour\n\nEdition {number} of this text came out.")
    (folder / f"new-{number}.txt").write_text(f"Note {number}\n\nThe council met {number} times.")
    command = [sys.executable, "-m", "semsearch", "reindex", str(folder), "--json"]
    done = subprocess.run([*command, "--index", str(index)], stdout=subprocess.PIPE, check=True)
    return str(json.loads(done.stdout)["generation"])


def soak(index: Path, paths: Sequence[str], minutes: int, per_second: float, folder: Path) -> int:
    """Run it; how many requests failed."""
    with running(load_settings({"index_dir": index})) as server:
        asker = Asker(server.url, paths, per_second)
        asker.start()
        print(machine())
        print("minute  answers  slowest ms  failed  each worker: resident, own MB, threads")
        started = time.monotonic()
        for minute in range(1, minutes + 1):
            publish(index, folder, minute)
            time.sleep(max(0.0, started + 60 * minute - time.monotonic()))
            count, slowest = asker.take()
            each = "  ".join(map(worker, workers_of(server)))
            print(f"{minute:6}{count:9}{slowest:12.0f}{asker.failed:8}  {each}", flush=True)
        asker.stopped.set()
        asker.join()
        return asker.failed


def worker(pid: int) -> str:
    now, threads = memory(pid), len(list(Path(f"/proc/{pid}/task").iterdir()))
    return f"{now.resident:6.0f} {now.own:5.0f} {threads:3}"


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--per-second", type=float, default=2.5)
    given = parser.parse_args()
    paths = [address(query) for query in load_queries(given.queries, 5000, given.index)]
    with tempfile.TemporaryDirectory() as work:
        index, folder = Path(work) / "index", Path(work) / "changing"
        shutil.copytree(given.index, index)
        folder.mkdir()
        sys.exit(bool(soak(index, paths, given.minutes, given.per_second, folder)))


if __name__ == "__main__":
    main()
