"""The real server for benchmarks: starting it, load on it from wrk, the memory of its processes.

Load needs wrk (a package of most Linux systems), memory needs Linux's /proc.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import kill
from pathlib import Path
from urllib.parse import urlencode

from semsearch.hits import Query

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import Running, running

__all__ = [
    "Figures",
    "Memory",
    "Running",
    "address",
    "family",
    "free_port",
    "kill_family",
    "load",
    "memory",
    "running",
    "workers_of",
]

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


def address(query: Query) -> str:
    """The API's path for a question on its day."""
    day = {"now": query.now.isoformat()} if query.now else {}
    return f"/api/v1/search?{urlencode({'q': query.text} | day)}"


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


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started, parents first."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(int(child))


def workers_of(server: Running) -> list[int]:
    """The processes that answer, without other programs that run with them."""
    started = list(family(server.process.pid))[1:]
    return [pid for pid in started if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def kill_family(server: Running) -> None:
    """End all of a server's processes with SIGKILL, its master first."""
    for pid in list(family(server.process.pid)):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
    server.process.wait()


def memory(pid: int | str = "self") -> Memory:
    """What the kernel says of a process now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kb = {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}
    return Memory(kb["Rss"] / 1024, kb["Pss"] / 1024, kb["Private_Dirty"] / 1024)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
