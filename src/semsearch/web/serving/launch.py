"""Runs the application in production: gunicorn, some processes with some threads each.

gunicorn's threaded workers fit because a search is computation in native code that releases the
interpreter's lock, answers are short, and the index is memory-mapped, so that processes share it
through the page cache. Everything is imported before the fork, once for all processes; each of
them loads the encoder for itself after it, since neither OpenVINO nor its threads survive one.
docs/background/server.md compares the alternatives.
"""

from __future__ import annotations

import gc
import logging
import logging.config
import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from semsearch.errors import SettingsError
from semsearch.settings import Settings
from semsearch.web.access import allows_anonymous, is_private
from semsearch.web.admission import turns
from semsearch.web.keys import KeyRing
from semsearch.web.serving import journal_process
from semsearch.web.serving.connections import ConnectionTable
from semsearch.web.telemetry import logs

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

    from semsearch.web.serving.worker import ProblemWorker

__all__ = ["check_exposure", "serve"]

log = logging.getLogger(__name__)

# A worker says every second that it lives; only one that hangs in native code is ever killed.
WORKER_SILENCE_S = 120
MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"
# Connections of each process: under overload those beyond its threads are accepted, and refused
# by admission control within milliseconds, instead of waiting in the kernel's queue unheard.
CONNECTIONS = 1000
# Threads beyond those that search or wait for their turn: they answer refusals, health checks and
# what is unchanged.
SPARE_THREADS = 4


def check_exposure(settings: Settings) -> None:
    """Raise SettingsError when the server would be open to others by accident."""
    if is_private(settings) or allows_anonymous(settings) or settings.anonymous == "never":
        return
    if not KeyRing(settings.index_dir).list():
        raise SettingsError(
            f"serving on {settings.host} would be open to others, and there are no keys: make one "
            "with `semsearch keys add NAME`, or allow everybody to search with "
            "`--anonymous always`"
        )


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; running requests finish first. Does not return."""
    check_exposure(settings)
    logging.config.dictConfig(logs.configuration(settings))
    metrics_dir = tempfile.mkdtemp(prefix="semsearch-metrics-")
    # Before prometheus_client is imported anywhere: it looks once.
    os.environ[MULTIPROCESS_DIR] = metrics_dir
    main_process = os.getpid()
    _import_ahead()
    try:
        Server(settings).run()
    finally:
        # Workers are forked inside `run` and come by here too when they end.
        if os.getpid() == main_process:
            shutil.rmtree(metrics_dir, ignore_errors=True)


def _import_ahead() -> None:
    """Import what the processes need, and keep the garbage collector from touching it: pages that
    nobody writes to stay shared."""
    from semsearch import encoder
    from semsearch.web import app  # noqa: F401 -- imported for those that are forked
    from semsearch.web.serving import worker  # noqa: F401 -- imported for those that are forked

    encoder.import_runtime()
    gc.collect()
    gc.freeze()


class Server(BaseApplication):
    """gunicorn with our settings instead of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folding: subprocess.Popen[bytes] | None = None
        # While workers are renewed, old and new ones live at the same time.
        self._table = ConnectionTable(2 * settings.workers)
        super().__init__()

    def load_config(self) -> None:
        """Translate our settings into gunicorn's."""
        settings = self._settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        busy = turns(settings) + settings.max_waiting
        values: dict[str, Any] = {
            "bind": [f"{host}:{settings.port}"],
            "workers": settings.workers,
            "threads": max(settings.threads, busy + SPARE_THREADS),
            "worker_class": "semsearch.web.serving.worker.ProblemWorker",
            "worker_connections": CONNECTIONS,
            "timeout": WORKER_SILENCE_S,
            "graceful_timeout": max(1, round(settings.drain_timeout_ms / 1000)),  # whole seconds
            "keepalive": 15,
            "limit_request_line": 8190,
            "proc_name": "semsearch",
            "control_socket_disable": True,
            "logconfig_dict": logs.configuration(settings),
            "when_ready": self._when_ready,
            "on_exit": self._on_exit,
            "pre_fork": self._pre_fork,
            "child_exit": _child_exit,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each worker. Any: gunicorn's own type admits no Flask."""
        from semsearch.web.app import create_app
        from semsearch.web.serving.worker import shedding

        app = create_app(self._settings)
        shed = app.extensions["semsearch-services"].metrics.shed
        return shedding(app, self._settings.max_wait_ms / 1000, shed.inc)

    def _pre_fork(self, _: Arbiter, worker: ProblemWorker) -> None:
        worker.slot = self._table.take()

    def _when_ready(self, arbiter: Arbiter) -> None:
        for listener in arbiter.LISTENERS:
            host, port = listener.sock.getsockname()[:2]
            log.info("serving on http://%s:%s/", f"[{host}]" if ":" in host else host, port)
        self._folding = journal_process.start(self._settings)

    def _on_exit(self, _: Arbiter) -> None:
        if self._folding is not None and self._folding.stdin is not None:
            self._folding.stdin.close()
            self._folding.wait()


def _child_exit(_: Arbiter, worker: ProblemWorker) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    worker.slot.leave()
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
