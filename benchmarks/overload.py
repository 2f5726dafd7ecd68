"""What happens to 500 clients at once? The real server under more than it can do.

    python benchmarks/overload.py --index DIR --queries FILE [--clients 500] [--seconds 30]

Each client asks one question after another over its own connection, without pause; refused ones
(503) wait as Retry-After says, or not at all with --impatient. Prints the latency of accepted
answers, how many were refused and how fast, and the memory that the server's processes have
written to, before and after.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from common import load_queries, machine, milliseconds, options
from load import Running, address, family, memory, running

from semsearch.settings import load_settings


@dataclass
class Figures:
    """Seconds of each answer by status, and connections lost by why."""

    seconds: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Load:
    """What to ask of whom; clients that are `impatient` do not wait when they are refused."""

    url: str
    paths: Sequence[str]
    impatient: bool

    async def run(self, clients: int, seconds: float) -> Figures:
        figures, until = Figures(), time.monotonic() + seconds
        await asyncio.gather(*(self._client(i, until, figures) for i in range(clients)))
        return figures

    async def _client(self, number: int, until: float, figures: Figures) -> None:
        """One client; opens its connection anew when it is lost."""
        chance, server = random.Random(number), urlsplit(self.url)  # noqa: S311 -- no secret
        while time.monotonic() < until:
            try:
                reader, writer = await asyncio.open_connection(server.hostname, server.port)
                while time.monotonic() < until:
                    began = time.monotonic()
                    status, retry_s = await ask(reader, writer, chance.choice(self.paths))
                    figures.seconds[status].append(time.monotonic() - began)
                    if status == 503 and not self.impatient:
                        await asyncio.sleep(retry_s)
                writer.close()
            except (OSError, asyncio.IncompleteReadError) as error:
                figures.failures[type(error).__name__] += 1
                await asyncio.sleep(0.1)


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
) -> tuple[int, float]:
    """Status and Retry-After (seconds) of one request."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    retry = re.search(r"retry-after: (\d+)", head, re.IGNORECASE)
    return int(head.split(" ", 2)[1]), float(retry[1]) if retry else 0.0


def own_mb(server: Running) -> float:
    """What all processes of the server have written to: what could leak."""
    return sum(memory(pid).own for pid in family(server.process.pid))


def report(title: str, figures: Figures, seconds: float) -> None:
    print(title)
    for status, times in sorted(figures.seconds.items()):
        p50, p99, longest = milliseconds(times, 50, 99, 100)
        print(
            f"  {status}: {len(times):,} ({len(times) / seconds:.0f}/s)"
            f"  p50 {p50:.0f} ms  p99 {p99:.0f} ms  longest {longest:.0f} ms"
        )
    print(f"  connections lost: {figures.failures.total()}", flush=True)


def main() -> None:
    """Run and print."""
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--impatient", action="store_true")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index, "encoder_threads": 1})
    paths = [address(query) for query in load_queries(given.queries, 5000, given.index)]
    print(machine())
    with running(settings) as server:
        report("one client", asyncio.run(Load(server.url, paths, True).run(1, 5)), 5)
        used, many = [own_mb(server)], Load(server.url, paths, given.impatient)
        for half in ("first", "second"):
            seconds = given.seconds / 2
            figures = asyncio.run(many.run(given.clients, seconds))
            report(f"{given.clients} clients, {half} half", figures, seconds)
            used.append(own_mb(server))
        print("memory (MB) before, after each half:", *(f"{mb:.0f}" for mb in used))


if __name__ == "__main__":
    main()
