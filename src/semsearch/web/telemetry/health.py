"""`/livez`: the process answers. `/readyz`: it can search, index open and encoder warm."""

from __future__ import annotations

from flask import Blueprint, Response

from semsearch.errors import SemsearchError
from semsearch.web import context
from semsearch.web.problems import kind_of, respond

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """Whether to leave this process alive; touches nothing."""
    return _fresh("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether to send requests here.

    The encoder was warmed before this process took its first request, so the index decides.
    """
    try:
        with context.live().snapshot() as searcher:
            return _fresh(f"ready: generation {searcher.index.generation}\n")
    except SemsearchError as error:
        return respond(kind_of(error), str(error), context.request_id())


def _fresh(text: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
