"""What happens to 500 clients at once? The real server under more than it can do.

    python benchmarks/overload.py --index DIR [--model NAME] [--clients 500] [--seconds 30]

Each client asks one question after another over its own connection, without pause; refused ones
(503) wait as Retry-After says, or not at all with --impatient. Prints the latency of accepted
answers, how many were refused and how fast, and the memory of the server before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

import httpx

PORT = 18432
WORDS = [
    "government",
    "minister",
    "election",
    "court",
    "police",
    "storm",
    "bank",
    "budget",
    "talks",
    "war",
    "president",
    "union",
    "strike",
    "school",
    "hospital",
    "climate",
    "energy",
    "price",
    "trade",
    "border",
    "treaty",
    "parliament",
    "reform",
]


@dataclass
class Figures:
    """Seconds of each answer by status."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, status: int, seconds: float) -> None:
        self.seconds.setdefault(status, []).append(seconds)


async def client(number: int, until: float, impatient: bool, figures: Figures) -> None:
    """One client; opens its connection anew when it is lost."""
    chance = random.Random(number)  # noqa: S311 -- no secret
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            while time.monotonic() < until:
                question = " ".join(chance.sample(WORDS, 4))
                began = time.monotonic()
                status, retry_s = await ask(reader, writer, question)
                figures.add(status, time.monotonic() - began)
                if status == 503 and not impatient:
                    await asyncio.sleep(retry_s)
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            figures.failures[type(error).__name__] += 1
            await asyncio.sleep(0.1)


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: str
) -> tuple[int, float]:
    """Status and Retry-After (seconds) of one search."""
    path = f"/api/v1/search?q={quote_plus(question)}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(re.search(r"content-length: (\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]
    await reader.readexactly(length)
    retry = re.search(r"retry-after: (\d+)", head, re.IGNORECASE)
    return int(head.split(" ", 2)[1]), float(retry[1]) if retry else 0.0


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Memory of the server and its workers that is no file's, in MB: what could leak."""
    total_kb = 0
    for pid in [process.pid, *children(process.pid)]:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss_Anon:\s+(\d+)", rollup, re.MULTILINE)
        total_kb += int(found[1]) if found else 0
    return total_kb / 1000


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def start(index: Path, model: str) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "SEMSEARCH_INDEX_DIR": str(index),
        "SEMSEARCH_MODEL": model,
        "SEMSEARCH_PORT": str(PORT),
        "SEMSEARCH_ENCODER_THREADS": "1",
    }
    command = [sys.executable, "-m", "semsearch", "serve"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            answer = httpx.get(f"http://127.0.0.1:{PORT}/readyz", timeout=30)
            if answer.status_code == 200:
                return process
            process.terminate()
            raise RuntimeError(answer.text)
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


async def load(clients: int, seconds: float, impatient: bool) -> Figures:
    figures = Figures()
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(i, until, impatient, figures) for i in range(clients)))
    return figures


def report(title: str, figures: Figures, seconds: float) -> None:
    print(title)
    for status, times in sorted(figures.seconds.items()):
        print(
            f"  {status}: {len(times):,} ({len(times) / seconds:.0f}/s)"
            f"  p50 {percentile(times, 0.5) * 1000:.0f} ms"
            f"  p99 {percentile(times, 0.99) * 1000:.0f} ms"
            f"  longest {max(times) * 1000:.0f} ms"
        )
    print(f"  connections lost: {sum(figures.failures.values())}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--impatient", action="store_true")
    chosen = parser.parse_args()
    server = start(chosen.index, chosen.model)
    try:
        alone = asyncio.run(load(1, 5.0, impatient=True))
        report("one client", alone, 5.0)
        memory = [memory_mb(server)]
        for half in ("first", "second"):
            seconds = chosen.seconds / 2
            figures = asyncio.run(load(chosen.clients, seconds, chosen.impatient))
            report(f"{chosen.clients} clients, {half} half", figures, seconds)
            memory.append(memory_mb(server))
        print("memory (MB) before, after each half:", *(f"{m:.0f}" for m in memory))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
