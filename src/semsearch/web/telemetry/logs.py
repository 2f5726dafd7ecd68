"""The server's log: one JSON object (or one line of text) per event, with the request's id.

Questions are private: paths are logged without their query string unless `log_queries` is on.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from semsearch.settings import Settings

__all__ = ["JsonFormatter", "configuration", "install"]

access_log = logging.getLogger("semsearch.access")


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if has_request_context():
            event["request_id"] = g.get("request_id", "")
        event |= getattr(record, "fields", {})
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, default=str)


class TextFormatter(logging.Formatter):
    """The same for eyes."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = getattr(record, "fields", {})
        text = super().format(record)
        return text + "".join(f" {name}={value}" for name, value in fields.items())


def configuration(settings: Settings) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes: everything to stderr in the form that is set."""
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": f"{__name__}.JsonFormatter"},
            "text": {"()": f"{__name__}.TextFormatter", "format": line},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": settings.log_format}
        },
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            # It tells of every instruction set it tries.
            "faiss": {"level": "WARNING"},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }


def install(app: Flask, settings: Settings) -> None:
    """Log every request of `app` once it is answered."""

    def log_access(response: Response) -> Response:
        access_log.info("request", extra={"fields": _fields(response, settings.log_queries)})
        return response

    app.after_request(log_access)


def _fields(response: Response, with_query: bool) -> dict[str, Any]:
    took_ms = (time.monotonic() - g.began) * 1000 if "began" in g else None
    fields = {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "took_ms": took_ms and round(took_ms, 1),
        "bytes": response.content_length,
        "caller": g.get("caller", ""),
        "address": request.remote_addr,
    }
    if with_query:
        fields["query"] = request.query_string.decode("utf-8", "replace")
    return fields
