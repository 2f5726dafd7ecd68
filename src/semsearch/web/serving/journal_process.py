"""Folds what came over the API into the index: a process next to the server.

It waits until the journal is ahead of the live generation, and then reindexes, at a low priority,
so that searches go on undisturbed. It lives as long as its standard input stays open: when the
server dies, however it dies, the pipe closes and this process ends too.
"""

from __future__ import annotations

import logging
import logging.config
import os
import subprocess
import sys
import threading
import time

from semsearch.errors import IndexBusyError, SemsearchError
from semsearch.index.generation import IndexFolder
from semsearch.index.journal import Journal
from semsearch.settings import Settings

__all__ = ["fold", "is_behind", "start"]

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# After a failure: long enough not to burn the processor, short enough to recover by itself.
RETRY_AFTER_S = 10.0
NICENESS = 10


def is_behind(settings: Settings) -> bool:
    """Whether the journal holds changes that the live generation lacks."""
    last = Journal(settings.index_dir).last()
    if last == 0:
        return False
    folder = IndexFolder(settings.index_dir)
    current = folder.current()
    return current is None or int(folder.manifest(current)["journal_seq"]) < last


def fold(settings: Settings) -> None:
    """Build and publish a generation with everything in the journal; waits for other indexers."""
    # Imported here: waiting for work needs neither the indexer nor the encoder.
    from semsearch.indexer import Options, reindex

    summary = reindex(settings, Options(journal_only=True, wait_s=600.0))
    log.info("folded changes into the index", extra={"fields": {"seconds": summary.seconds}})


def start(settings: Settings) -> subprocess.Popen[bytes]:
    """Start the process; it ends when its `stdin` is closed or this process dies.

    Its priority is low from the first import on: the server's own processes are just starting.
    """
    program = f"import os; os.nice({NICENESS}); from {__name__} import main; main()"
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 -- our own program
    assert process.stdin is not None  # noqa: S101 -- for mypy: PIPE was asked for
    process.stdin.write(settings.model_dump_json().encode() + b"\n")
    process.stdin.flush()
    return process


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    # A reindex that is cut off leaves the index whole, so there is nothing to wait for.
    os._exit(0)


def main() -> None:
    """Wait for work and do it, until the server is gone."""
    from semsearch.web.telemetry.logs import configuration

    settings = Settings.model_validate_json(sys.stdin.buffer.readline())
    logging.config.dictConfig(configuration(settings))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        pause_s = LOOK_EVERY_S
        try:
            if is_behind(settings):
                fold(settings)
        except IndexBusyError as error:
            log.info("the index is busy: %s", error)
        except SemsearchError as error:
            log.error("changes cannot be folded into the index: %s", error)
            pause_s = RETRY_AFTER_S
        time.sleep(pause_s)
