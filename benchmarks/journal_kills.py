"""Does an acknowledged write survive? Real server, many writers, SIGKILL at random moments.

    python benchmarks/journal_kills.py --writes 100000

Writers put articles over HTTP, one by one and in loads, and remember what was acknowledged. Every
few seconds the server with all its processes is killed and started again. At the end everything
acknowledged must be in the index, once, with the text that was sent.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from common import machine, open_index, options
from load import free_port, kill_family, running

from semsearch.index.journal import Journal
from semsearch.indexer import Options, reindex
from semsearch.settings import Settings, load_settings
from semsearch.web.keys import KeyRing
from semsearch_client import ApiError, Client, NewArticle, Retries, UnreachableError

LOAD = 10
WRITERS = 8


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


def write(tally: Tally, url: str, key: str, number: int) -> None:
    """One writer: never sends the same id twice, so that a doubled article would be seen."""
    chance = random.Random(number)  # noqa: S311 -- no secret
    count = 0
    # No tries of its own: an answer that is lost counts as unacknowledged.
    with Client(url, key, retries=Retries(times=0), timeout_s=10) as client:
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
                with tally.lock:
                    tally.unanswered += size
                time.sleep(0.05)
                continue
            with tally.lock:
                tally.acknowledged.update({a["id"]: a["text"] for a in batch})


def check(settings: Settings, tally: Tally) -> bool:
    """Take in what the journal holds, and compare the index with what was acknowledged."""
    reindex(settings, Options(journal_only=True, wait_s=60))
    lost = wrong = 0
    with open_index(settings.index_dir, model=settings.model) as live, live.snapshot() as searcher:
        articles = searcher.index.articles
        changes = list(Journal(settings.index_dir).changes())
        present = {change.article_id for change in changes}
        for name, text in tally.acknowledged.items():
            if name not in present:
                lost += 1
            elif searcher.article(name).text != text:
                wrong += 1
    doubled = articles - len(present) + len(changes) - len({change.n for change in changes})
    foreign = len(present - tally.sent)
    print(f"acknowledged {len(tally.acknowledged):,}; sent without an answer {tally.unanswered:,}")
    print(f"in the journal {len(present):,}; in the index {articles:,}")
    print(f"lost {lost}; doubled {doubled}; with a wrong text {wrong}; never sent {foreign}")
    return lost == doubled == wrong == foreign == 0


def main() -> None:
    """Run, print the figures, and exit with 1 if anything was lost or doubled."""
    parser = options(__doc__)
    parser.add_argument("--writes", type=int, default=100_000)
    parser.add_argument("--seconds-between-kills", type=float, default=4.0)
    chosen = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        places = {"index_dir": folder / "index", "cache_dir": folder / "cache"}
        settings = load_settings({**places, "seeds": (folder / "seeds",), "model": "tiny"})
        _, key = KeyRing(settings.index_dir).add("benchmark", ["write"])
        tally, port = Tally(chosen.writes), free_port()
        url = f"http://127.0.0.1:{port}"
        writers = [
            threading.Thread(target=write, args=(tally, url, key, i), daemon=True)
            for i in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        chance = random.Random(1)  # noqa: S311 -- no secret
        kills, began = 0, time.monotonic()
        while not tally.done():
            with running(settings, SEMSEARCH_PORT=str(port)) as server:
                time.sleep(chance.uniform(0.2, 2) * chosen.seconds_between_kills)
                kill_family(server)
            kills += 1
        for writer in writers:
            writer.join()
        print(f"{kills} kills in {time.monotonic() - began:.0f} s of writing")
        sys.exit(0 if check(settings, tally) else 1)


if __name__ == "__main__":
    main()
