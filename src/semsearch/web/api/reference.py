"""Serves the API's description: the OpenAPI document, and a page to read it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template

from semsearch.web.api import lookup, search, write  # noqa: F401 -- declare operations
from semsearch.web.api.openapi import document
from semsearch.web.api.operations import api
from semsearch.web.context import limits
from semsearch.web.problems import KINDS
from semsearch.wire.params import Limits

__all__ = ["blueprint", "documented"]

blueprint = Blueprint(
    "reference",
    __name__,
    url_prefix=api.prefix,
    template_folder="templates",
)
MAX_AGE_S = 300
# Real answers, written by tests/api_examples.py and checked by tests/test_api_contract.py.
EXAMPLES = Path(__file__).with_name("examples.json")
STYLE = """\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0;
  border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; }
section { border-top: 1px solid #8886; }
code { font-size: 0.9em; }
"""


@cache
def documented(limits: Limits) -> dict[str, Any]:
    """The OpenAPI document under these limits, with real answers as examples."""
    examples: dict[str, Any] = json.loads(EXAMPLES.read_text("utf-8")) if EXAMPLES.exists() else {}
    return document(api, limits, examples)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document of this server, under its own limits."""
    return _kept(Response(json.dumps(documented(limits())), mimetype="application/json"))


@blueprint.get("/docs")
def docs() -> Response:
    """The same for people, rendered here: no script, nothing from elsewhere."""
    html = render_template("api/reference.html", spec=documented(limits()), kinds=KINDS.values())
    return _kept(Response(html, mimetype="text/html"))


@blueprint.get("/docs.css")
def style() -> Response:
    """The page's style sheet."""
    return _kept(Response(STYLE, mimetype="text/css"))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"max-age={MAX_AGE_S}"
    return response
