"""Kills real reindexing processes and looks at what they leave; for a test and a benchmark.

A round edits a few files, starts `semsearch reindex` in a process of its own, ends it with SIGKILL
after a while or at a point of its work, and then checks, in this process: the live generation
verifies; it is exactly the one before or exactly the new one; searching it works; and the next run
finishes the work.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sample import build, open_live

from semsearch.hits import Query
from semsearch.index.check import verify
from semsearch.index.generation import IndexFolder
from semsearch.index.store import Store
from semsearch.settings import Settings

__all__ = ["POINTS", "Round", "Rounds", "write_articles"]

SUBJECTS = ("harbour", "glacier", "violin", "parliament", "orchard", "tunnel", "senate", "lantern")
Point = Callable[["Rounds"], bool]


def write_articles(folder: Path, count: int) -> None:
    """Write `count` short articles, each with a number word that only it has."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        subject = SUBJECTS[i % len(SUBJECTS)]
        text = f"News of the {subject}, number {i}\n\nThe {subject} was seen by many on day {i}. "
        (folder / f"a{i:04}.txt").write_text(text + f'"I saw it," said Anna Keller of item{i}.\n')


@dataclass(frozen=True)
class Round:
    """What one kill met. `phase` is how far the run had come, `problems` what was wrong after."""

    phase: str
    problems: tuple[str, ...]


class Rounds:
    """Rounds of kills on one index, which must have been built once."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self._settings = settings
        self._folder = IndexFolder(settings.index_dir)
        self._random = random.Random(seed)  # noqa: S311 -- no secret is made of it
        self._marker = ""
        self.before = self._folder.require_current()
        self._old: set[str] = set()

    # Points of a run, by what it has put on the disk.

    def staged(self) -> Path | None:
        """The staging folder of the run at work."""
        return next(self._folder.generations.glob(".staging-*"), None)

    def staged_file(self, name: str) -> bool:
        folder = self.staged()
        return folder is not None and (folder / name).exists()

    def is_renamed(self) -> bool:
        """Whether the new generation is complete, live or not."""
        return bool(set(self._folder.list()) - self._old)

    def is_live(self) -> bool:
        return self._folder.current() != self.before

    def is_cleaning(self) -> bool:
        return self.is_live() and not self._old <= set(self._folder.list())

    # One round.

    def run(self, delay_s: float | None = None, point: Point | None = None) -> Round:
        """Edit, start, kill after `delay_s` or once `point` is reached, check, finish."""
        self.before, self._old = self._folder.require_current(), set(self._folder.list())
        before = self._hashes()
        last_marker, self._marker = self._marker, f"marker{self._random.randrange(10**9)}"
        edited = self._edit()
        process = self._start()
        self._wait(process, delay_s, point)
        process.send_signal(signal.SIGKILL)
        process.wait()
        phase = "finished before the kill" if process.returncode == 0 else self._phase()
        problems = self._problems(last_marker)
        now = self._hashes()
        problems += self._finish(edited)
        if now not in (before, self._hashes()):
            problems.append("the live generation was neither the old one nor the new one")
        return Round(phase, tuple(problems))

    def duration_s(self) -> float:
        """How long an undisturbed run takes, in seconds."""
        self._edit()
        started = time.monotonic()
        if self._start().wait() != 0:
            raise RuntimeError("an undisturbed run failed")
        return time.monotonic() - started

    def _edit(self) -> list[Path]:
        files = sorted(self._settings.seeds[0].rglob("*.txt"))
        chosen = self._random.sample(files, 3)
        for file in chosen:
            with file.open("a") as stream:
                stream.write(f"\nOne more sentence speaks of {self._marker or 'nothing'}.\n")
        return chosen

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "semsearch", "reindex", str(self._settings.seeds[0])]
        command += ["--index", str(self._settings.index_dir), "--model", self._settings.model]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait(
        self, process: subprocess.Popen[bytes], delay_s: float | None, point: Point | None
    ) -> None:
        started = time.monotonic()
        while process.poll() is None:
            if delay_s is not None and time.monotonic() - started >= delay_s:
                return
            if point is not None and point(self):
                return
            time.sleep(0.0005)  # the process is watched from outside: there is nothing to wait on

    def _phase(self) -> str:
        if self.is_cleaning():
            return "cleaning up"
        if self.is_live():
            return "live, before cleaning up"
        if self.is_renamed():
            return "complete, not yet live"
        if self.staged_file("manifest.json"):
            return "manifest written"
        if self.staged_file("vectors.faiss"):
            return "writing parts"
        return "store and encoding" if self.staged() else "reading"

    def _problems(self, marker: str) -> list[str]:
        problems = [f"{c.name}: {c.problem}" for c in verify(self._folder) if c.problem is not None]
        live = open_live(self._settings)
        with live.snapshot() as searcher:
            found = searcher.search(Query(marker or "harbour", mode="lexical"))
            if not found.hits or (marker and marker not in found.hits[0].passage.text):
                problems.append(f"searching for {marker!r} found nothing")
        live.close()
        return problems

    def _finish(self, edited: list[Path]) -> list[str]:
        build(self._settings)
        problems = self._problems(self._marker)
        left = [p.name for p in self._folder.generations.glob(".*")]
        if left:
            problems.append(f"left behind: {left}")
        if len(self._folder.list()) > self._settings.keep_generations:
            problems.append(f"too many generations: {self._folder.list()}")
        live = open_live(self._settings)
        with live.snapshot() as searcher:
            for file in edited:
                article = file.relative_to(self._settings.seeds[0]).with_suffix("").as_posix()
                if self._marker not in searcher.article(article).text:
                    problems.append(f"{article} was not brought up to date")
        live.close()
        return problems

    def _hashes(self) -> dict[str, tuple[str, str]]:
        path = self._folder.generation_path(self._folder.require_current())
        store = Store(path / "store.sqlite")
        try:
            return store.article_hashes()
        finally:
            store.close()


# Points that a delay would hit by luck only.
POINTS: tuple[Point, ...] = (
    lambda r: r.staged() is not None,
    lambda r: r.staged_file("vectors.faiss"),
    lambda r: r.staged_file("lexical/meta.json"),
    lambda r: r.staged_file("signatures.npy"),
    lambda r: r.staged_file("readers.lock"),
    lambda r: r.staged_file("manifest.json"),
    Rounds.is_renamed,
    Rounds.is_live,
    Rounds.is_cleaning,
)
