"""Load on a service from wrk (Debian's package), and the memory of its processes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Figures", "Memory", "load", "memory", "workers_of"]

PAUSE_S = 1.0
SCRIPT = """
local paths = {{ {paths} }}
local next_one = 0
request = function()
  next_one = next_one % #paths + 1
  return wrk.format("GET", paths[next_one])
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %f %f\\n", summary.requests, summary.duration,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Figures:
    """What a load gave. Latencies in milliseconds, of all answers; refused: status 400 and up."""

    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: resident, its share of what is shared (PSS), and its own.

    Its own is what it has written to. Pages of the index that only one process happens to have
    read are no process's own: the next one that reads them shares them, and the kernel may drop
    them.
    """

    resident: float
    share: float
    own: float


def load(url: str, paths: Sequence[str], clients: int, seconds: int) -> Figures:
    """Ask for the paths in turn over `clients` connections that never pause.

    A moment later, so that the service has noticed that the clients before these are gone.
    """
    if shutil.which("wrk") is None:
        sys.exit("this needs wrk: apt-get install wrk")
    time.sleep(PAUSE_S)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(paths=", ".join(f'"{path}"' for path in paths)))
        script.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s"]
        done = subprocess.run(
            [*command, "-s", script.name, url], check=False, capture_output=True, text=True
        )
    found = re.search(r"FIGURES (\d+) (\d+) (\d+) (\d+) (\S+) (\S+)", done.stdout)
    if found is None:
        raise RuntimeError(f"wrk said: {done.stdout} {done.stderr}")
    answers, lasted_us, refused, broken, p50_us, p99_us = map(float, found.groups())
    served = (answers - refused) / lasted_us * 1e6
    return Figures(served, p50_us / 1000, p99_us / 1000, int(refused), int(broken))


def workers_of(pid: int) -> list[int]:
    """Processes started by a process, without other programs that it runs beside them."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    named = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in found}
    return [child for child, command in named.items() if b"serve" in command]


def memory(pid: int) -> Memory:
    """What the kernel says of a process now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}
    return Memory(kb["Rss"] / 1024, kb["Pss"] / 1024, kb["Private_Dirty"] / 1024)
