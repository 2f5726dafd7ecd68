"""Guards what is no API operation: pages like searches, and the figures for operators."""

from __future__ import annotations

from flask import Flask, g, request

from semsearch.web import access, context
from semsearch.web.api.operations import take_turn

__all__ = ["install"]


def install(app: Flask) -> None:
    """Hook into `app`: before each request, and after it."""
    app.before_request(_enter)
    app.teardown_request(_leave)


def _enter() -> None:
    endpoint = request.endpoint or ""
    if endpoint == "metrics.metrics" and not access.is_private(context.services().settings):
        access.require("admin")
    if not endpoint.startswith("pages.") or endpoint == "pages.static":
        return
    access.require("search")
    if endpoint == "pages.status":
        return  # An operator looks at it just when there are no turns left.
    turn = take_turn()
    turn.__enter__()
    g.page_turn = turn


def _leave(_: BaseException | None) -> None:
    turn: take_turn | None = g.pop("page_turn", None)
    if turn is not None:
        turn.__exit__()
