"""Starts the real server as its own process, for tests and benchmarks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from semsearch.settings import Settings

__all__ = ["Running", "running"]

SOURCE = Path(__file__).resolve().parents[1] / "src"
SERVING = re.compile(r"serving on (http://[^/\s\"]+)")


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`; its process group's leader is `process`."""

    url: str
    process: subprocess.Popen[str]
    log: Path


@contextmanager
def running(settings: Settings, **environment: str) -> Iterator[Running]:
    """Serve `settings` on a free port until the block ends; then stop it gracefully.

    The server's whole log lies in the folder of the index, at `server-<n>.log`.
    """
    values = {
        f"SEMSEARCH_{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude_defaults=True).items()
        if not isinstance(value, tuple)
    }
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    environ = {**os.environ, **values, "PYTHONPATH": path, "SEMSEARCH_PORT": "0", **environment}
    command = [sys.executable, "-m", "semsearch", "serve"]
    number = len(list(settings.cache_dir.parent.glob("server-*.log")))
    log = settings.cache_dir.parent / f"server-{number}.log"
    with log.open("w") as target:
        process = subprocess.Popen(command, env=environ, stderr=target, text=True)
    try:
        yield Running(_url(process, log), process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    """Where it serves, as soon as its log says so."""
    with log.open() as lines:
        while True:
            for line in lines:
                if found := SERVING.search(line):
                    return found[1]
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
                break
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
