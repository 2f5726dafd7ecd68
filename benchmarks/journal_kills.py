"""Does an acknowledged write survive? Real server, many writers, SIGKILL at random moments.

    python benchmarks/journal_kills.py --writes 100000

Writers put articles over HTTP, one by one and in loads, and remember what was acknowledged. Every
few seconds the server with all its processes is killed and started again. At the end everything
acknowledged must be in the index, once, with the text that was sent.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from semsearch.encoder import load_encoder
from semsearch.index.journal import Journal
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings
from semsearch.web.keys import KeyRing
from semsearch.web.serving.journal_process import fold
from semsearch_client import ApiError, Client, NewArticle, Retries, UnreachableError

LOAD = 10
WRITERS = 8
PORT = 18431


@dataclass
class Tally:
    """What the writers were told, and what they sent without an answer."""

    target: int
    acknowledged: dict[str, str] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    unanswered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self) -> bool:
        return len(self.acknowledged) >= self.target


def article(name: str) -> NewArticle:
    return {"id": name, "text": f"Report {name} says that the harbour of {name} is open again."}


def write(tally: Tally, key: str, number: int) -> None:
    """One writer: never sends the same id twice, so that a doubled article would be seen."""
    chance = random.Random(number)  # noqa: S311 -- no secret
    count = 0
    # No tries of its own: an answer that is lost counts as unacknowledged.
    with Client(f"http://127.0.0.1:{PORT}", key, retries=Retries(times=0), timeout_s=10) as client:
        while not tally.done():
            size = LOAD if chance.random() < 0.5 else 1
            batch = [article(f"w{number}-{count + i}") for i in range(size)]
            count += size
            with tally.lock:
                tally.sent.update(a["id"] for a in batch)
            try:
                if size == 1:
                    client.put_article(batch[0]["id"], batch[0])
                else:
                    client.load_articles(batch)
            except (UnreachableError, ApiError):
                tally.unanswered += size
                time.sleep(0.05)
                continue
            with tally.lock:
                tally.acknowledged.update({a["id"]: a["text"] for a in batch})


def start(settings: Settings) -> subprocess.Popen[bytes]:
    """The server in a process group of its own, so that all of it can be killed at once."""
    environ = {
        **os.environ,
        "SEMSEARCH_INDEX_DIR": str(settings.index_dir),
        "SEMSEARCH_CACHE_DIR": str(settings.cache_dir),
        "SEMSEARCH_SEEDS": str(settings.seeds[0]),
        "SEMSEARCH_MODEL": "tiny",
        "SEMSEARCH_PORT": str(PORT),
    }
    log = (settings.index_dir.parent / "server.log").open("ab")
    command = [sys.executable, "-m", "semsearch", "serve"]
    process = subprocess.Popen(command, env=environ, stderr=log, start_new_session=True)
    while process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/livez", timeout=5)
            return process
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start; see server.log")


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def check(settings: Settings, tally: Tally) -> bool:
    """Fold what is left, and compare the index with what was acknowledged."""
    fold(settings)
    live = LiveIndex(settings.index_dir, load_encoder("tiny", settings.cache_dir), settings)
    lost = wrong = 0
    with live.snapshot() as searcher:
        articles = searcher.index.articles
        numbers = [change.n for change in Journal(settings.index_dir).changes()]
        present = {change.article_id for change in Journal(settings.index_dir).changes()}
        for name, text in tally.acknowledged.items():
            if name not in present:
                lost += 1
            elif searcher.article(name).text != text:
                wrong += 1
    live.close()
    doubled = articles - len(present) + len(numbers) - len(set(numbers))
    foreign = len(present - tally.sent)
    print(f"acknowledged {len(tally.acknowledged):,}; sent without an answer {tally.unanswered:,}")
    print(f"in the journal {len(present):,}; in the index {articles:,}")
    print(f"lost {lost}; doubled {doubled}; with a wrong text {wrong}; never sent {foreign}")
    return lost == doubled == wrong == foreign == 0


def main() -> None:
    """Run, print the figures, and exit with 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--writes", type=int, default=100_000)
    parser.add_argument("--seconds-between-kills", type=float, default=4.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        values: dict[str, Any] = {
            "index_dir": folder / "index",
            "cache_dir": folder / "cache",
            "seeds": (folder / "seeds",),
            "model": "tiny",
        }
        settings = Settings(**values)
        _, key = KeyRing(settings.index_dir).add("benchmark", ["write"])
        tally = Tally(chosen.writes)
        server, kills, began = start(settings), 0, time.monotonic()
        writers = [
            threading.Thread(target=write, args=(tally, key, i), daemon=True)
            for i in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        chance = random.Random(1)  # noqa: S311 -- no secret
        while not tally.done():
            time.sleep(chance.uniform(0.2, 2) * chosen.seconds_between_kills)
            kill(server)
            kills += 1
            server = start(settings)
        for writer in writers:
            writer.join()
        kill(server)
        print(f"{kills + 1} kills in {time.monotonic() - began:.0f} s of writing")
        sys.exit(0 if check(settings, tally) else 1)


if __name__ == "__main__":
    main()
