"""Analysing articles in order: here while they are few, on all cores once they are many.

Splitting, counting and finding quotes is Python, so cores are used by processes. They are our own
programs on pipes and not `multiprocessing`'s: those run the caller's main script again, and stay
behind for ever when the caller is killed.

Each is a `python -m semsearch.indexer.pool`. On its standard input come pickles: an Analyser, then
lists of articles; for each list it answers one pickle, the list of their Analyses or the exception
that stopped it. It ends when its input does, so it never outlives the indexer, however that dies.
Only the indexer that started it writes to the pipe, which is why pickle is safe here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from semsearch.corpus import Article
from semsearch.indexer.analysis import Analyser, Analysis
from semsearch.system.cores import cores

__all__ = ["Analysts"]

# Articles that come before processes are started: starting one costs about as much as 60 articles.
FEW = 256
# Articles sent to a process at a time, and lists on their way for each process.
BATCH, AHEAD = 16, 3


class Analysts:
    """Gives the analyses of articles in the order in which they came.

    `put` and `finish` yield (article, tag, analysis) as they are ready; `close` in the end.
    """

    def __init__(self, analyse: Analyser, processes: int = 0) -> None:
        self._analyse = analyse
        self._processes = processes or cores()
        self._waiting: list[tuple[Article, str]] = []
        self._running: deque[tuple[list[tuple[Article, str]], Future[list[Analysis]]]] = deque()
        self._workers: _Workers | None = None

    def put(self, article: Article, tag: str) -> Iterator[tuple[Article, str, Analysis]]:
        """Take one more article; yields those that are ready by now."""
        self._waiting.append((article, tag))
        if len(self._waiting) >= (BATCH if self._workers else FEW) and self._can_share():
            self._send()
            while len(self._running) > AHEAD * self._processes:
                yield from self._collect()

    def finish(self) -> Iterator[tuple[Article, str, Analysis]]:
        """Yield all that are left."""
        if self._workers is not None:
            self._send()
        while self._running:
            yield from self._collect()
        for article, tag in self._waiting:
            yield article, tag, self._analyse(article)
        self._waiting = []

    def close(self) -> None:
        """End the processes; what they were at work on is lost."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def _can_share(self) -> bool:
        if self._workers is None and self._processes > 1:
            try:
                packed = pickle.dumps(self._analyse, pickle.HIGHEST_PROTOCOL)
            except (TypeError, AttributeError, pickle.PicklingError):
                self._processes = 1  # this encoder's counter cannot leave the process
            else:
                self._workers = _Workers(packed, self._processes)
        return self._workers is not None

    def _send(self) -> None:
        if self._workers is None:
            return
        for start in range(0, len(self._waiting), BATCH):
            batch = self._waiting[start : start + BATCH]
            articles = [article for article, _ in batch]
            self._running.append((batch, self._workers.submit(articles)))
        self._waiting = []

    def _collect(self) -> Iterator[tuple[Article, str, Analysis]]:
        batch, answer = self._running.popleft()
        for (article, tag), analysis in zip(batch, answer.result(), strict=True):
            yield article, tag, analysis


class _Workers:
    """Some worker processes, each asked by one thread at a time."""

    def __init__(self, packed: bytes, count: int) -> None:
        self._packed = packed
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._processes = [self._start() for _ in range(count)]
        self._untold = {process.pid for process in self._processes}
        self._threads = ThreadPoolExecutor(count, "analysis")

    def submit(self, articles: Sequence[Article]) -> Future[list[Analysis]]:
        return self._threads.submit(self._ask, articles)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.kill()
        self._threads.shutdown()
        for process in self._processes:
            with process:
                pass

    def _start(self) -> subprocess.Popen[bytes]:
        # One thread each: the cores are shared by processes already.
        environ = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "TOKENIZERS_PARALLELISM": "false",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "semsearch.indexer.pool"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ,
            start_new_session=True,  # Ctrl-C is for the indexer, which then ends its processes
        )
        self._idle.put(process)
        return process

    def _ask(self, articles: Sequence[Article]) -> list[Analysis]:
        process = self._idle.get()
        try:
            return self._exchange(process, articles)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise OSError(
                "a process that analyses articles ended early (was it killed for its memory?)"
            ) from error
        finally:
            self._idle.put(process)

    def _exchange(
        self, process: subprocess.Popen[bytes], articles: Sequence[Article]
    ) -> list[Analysis]:
        asked, answers = process.stdin, process.stdout
        if asked is None or answers is None:
            raise OSError("the process has no pipes")
        if process.pid in self._untold:
            self._untold.remove(process.pid)
            asked.write(self._packed)
        pickle.dump(list(articles), asked, pickle.HIGHEST_PROTOCOL)
        asked.flush()
        answer: Any = pickle.load(answers)  # noqa: S301 -- our own program wrote it
        if isinstance(answer, Exception):
            raise answer
        found: list[Analysis] = answer
        return found


def _main() -> None:
    """Be one of the processes: answer until the input ends."""
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    analyse: Analyser = pickle.load(asked)  # noqa: S301 -- our own parent wrote it
    while True:
        try:
            articles: list[Article] = pickle.load(asked)  # noqa: S301 -- as above
        except EOFError:
            return
        pickle.dump(_answer(analyse, articles), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _answer(analyse: Analyser, articles: list[Article]) -> list[Analysis] | Exception:
    try:
        return [analyse(article) for article in articles]
    except Exception as error:
        return error


if __name__ == "__main__":
    _main()
