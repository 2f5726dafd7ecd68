"""What every page needs: the search in the address bar, links, and a response with its headers."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote as urlquote
from urllib.parse import urlencode

from flask import Response, abort, render_template, request, url_for
from pydantic import ValidationError

from semsearch.corpus import Quote
from semsearch.web.context import limits, live
from semsearch.web.problems import invalid
from semsearch.wire.params import SearchParams

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = [
    "ago",
    "article_url",
    "cite_url",
    "counted",
    "day",
    "export_url",
    "feed_url",
    "finished",
    "limits",
    "live",
    "page",
    "passage_url",
    "quote_url",
    "read_params",
    "search_url",
    "searching",
    "speaker_url",
    "static",
    "static_url",
]

STATIC = Path(__file__).with_name("static")
# A year: the address changes with the content.
STATIC_TYPES = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
STATIC_KEPT_S = 31_536_000
FRAGMENT_WORDS = 8


def searching() -> AbstractContextManager[Searcher]:
    """One snapshot of the index, for a `with` block."""
    return live().snapshot()


def read_params() -> SearchParams:
    """The search that the address bar holds; raises ProblemError naming all that is invalid."""
    try:
        return SearchParams.from_args(request.args, limits(), forgiving=True)
    except ValidationError as error:
        raise invalid(error, "query") from error


def search_url(params: SearchParams, **changes: object) -> str:
    """The address of this search with some fields changed (`None`: back to the default).

    A changed search starts at its first page again.
    """
    return _with_query(url_for("pages.search"), params.to_args(**{"cursor": None, **changes}))


def feed_url(params: SearchParams) -> str:
    """This search as a feed."""
    return _with_query(url_for("pages.feed"), params.to_args(cursor=None, k=None, fields=None))


def article_url(article_id: str, params: SearchParams | None = None, **query: object) -> str:
    """The reading page of an article; with `params` it knows the way back to the search."""
    pairs = [(name, str(value)) for name, value in query.items() if value is not None]
    if params is not None:
        pairs += params.to_args(cursor=None)
    return _named(url_for("pages.article_by_query"), "id", article_id, pairs)


def passage_url(article_id: str, passage_id: str, params: SearchParams | None = None) -> str:
    """The permalink of a passage: its article, scrolled to it."""
    return f"{article_url(article_id, params, passage=passage_id)}#passage"


def quote_url(quote: Quote) -> str:
    """The quote in its article. The text fragment finds the words even where offsets moved."""
    words = quote.text.split()[:FRAGMENT_WORDS]
    fragment = urlquote(" ".join(words), safe="", errors="replace").replace("-", "%2D")
    return f"{article_url(quote.article_id, at=quote.start)}#q-{quote.start}:~:text={fragment}"


def speaker_url(name: str, **query: object) -> str:
    """The page of what somebody said."""
    pairs = [(n, str(v)) for n, v in query.items() if v]
    return _named(url_for("pages.speakers"), "name", name, pairs)


def cite_url(article_id: str, kind: str) -> str:
    """An article's citation as a file: `bibtex` or `ris`."""
    return _with_query(url_for("pages.cite"), [("id", article_id), ("format", kind)])


def export_url(params: SearchParams, kind: str) -> str:
    """All hits of a search as a file: `csv`, `jsonl`, `bibtex` or `ris`."""
    pairs = params.to_args(cursor=None, fields=None)
    return _with_query(url_for("pages.export"), [("format", kind), *pairs])


def _named(base: str, parameter: str, name: str, pairs: list[tuple[str, str]]) -> str:
    """`base/name`, or `base?parameter=name` where browsers and servers would rewrite that path."""
    if any(segment in ("", ".", "..") for segment in name.split("/")):
        return _with_query(base, [(parameter, name), *pairs])
    return _with_query(f"{base}/{urlquote(name, safe='/', errors='replace')}", pairs)


def _with_query(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs, errors='replace')}" if pairs else path


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """A static file's content and its fingerprint; kept in memory, as they are few and small."""
    content = (STATIC / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file. It changes with the content, so browsers may keep it."""
    return url_for("pages.static", filename=name, v=static_file(name)[1])


def static(filename: str) -> Response:
    """`/static/<filename>`: style, script, icon."""
    if filename not in STATIC_TYPES:
        abort(HTTPStatus.NOT_FOUND)
    content, fingerprint = static_file(filename)
    response = Response(content, content_type=STATIC_TYPES[filename])
    response.set_etag(fingerprint, weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = STATIC_KEPT_S if request.args.get("v") == fingerprint else 0
    response.make_conditional(request)
    return response


def day(value: date | str | None) -> str:
    """`7 Mar 2022`; empty for no date. ISO texts are taken as well."""
    if not value:
        return ""
    moment = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{moment.day} {moment.strftime('%b %Y')}"


def ago(moment: str) -> str:
    """`3 hours ago`, for an ISO time with its zone."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, length_s in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length_s:
            return f"{counted(int(seconds // length_s), unit)} ago"
    return "just now"


def counted(number: int, noun: str) -> str:
    """`1 passage`, `1,234 passages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def page(template: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    """A rendered page. Lone surrogates, which UTF-8 cannot hold, become question marks."""
    body = render_template(f"pages/{template}", **values).encode("utf-8", "replace")
    return Response(body, status, content_type="text/html; charset=utf-8")


def finished(response: Response) -> Response:
    """The same response with how long it may be kept, and kept apart from other windows."""
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "Cache-Control" not in response.headers:
        # Fresh on every visit, yet going back shows the page at once.
        response.headers["Cache-Control"] = "private, no-cache"
    return response
