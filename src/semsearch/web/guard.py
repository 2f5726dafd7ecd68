"""Keeps the pages within the same bounds as the API: keys, rates, and turns at the gate."""

from __future__ import annotations

from flask import Flask, g, request

from semsearch.web import access
from semsearch.web.operations import take_turn

__all__ = ["install"]


def install(app: Flask) -> None:
    """Hook into `app`: before each request for a page, and after it."""
    app.before_request(_enter)
    app.teardown_request(_leave)


def _enter() -> None:
    endpoint = request.endpoint or ""
    if not endpoint.startswith("pages.") or endpoint == "pages.static":
        return
    access.require("search")
    turn = take_turn()
    turn.__enter__()
    g.page_turn = turn


def _leave(_: BaseException | None) -> None:
    turn: take_turn | None = g.pop("page_turn", None)
    if turn is not None:
        turn.__exit__()
