"""`/feed`: a search as an Atom feed, newest articles first."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from itertools import islice

from flask import Response, request

from semsearch.hits import Hit
from semsearch.web.pages.exports.atom import Feed, atom
from semsearch.web.pages.page_request import (
    feed_url,
    limits,
    passage_url,
    read_params,
    search_url,
    searching,
)
from semsearch.web.queries import to_query

__all__ = ["feed"]

HITS_READ = 500
ENTRIES = 50
KEPT_S = 300


def feed() -> Response:
    """The newest passages that the search finds, filters included.

    A reader that has this generation's feed already is told so in a few bytes.
    """
    params = read_params()
    with searching() as searcher:
        generation = searcher.index.generation
        if request.if_none_match.contains_weak(generation):
            return _kept(Response(status=HTTPStatus.NOT_MODIFIED), generation)
        hits = list(islice(searcher.every_hit(to_query(params, limits())), HITS_READ))
        updated = datetime.fromisoformat(searcher.manifest["published_at"])
    root = request.url_root.rstrip("/")
    about = Feed(
        title=params.q,
        own_url=root + feed_url(params),
        page_url=root + search_url(params),
        updated=updated,
        address_of=lambda hit: root + passage_url(hit.article.id, hit.passage.id),
    )
    body = atom(about, sorted(hits, key=_age)[:ENTRIES])
    return _kept(Response(body, content_type="application/atom+xml; charset=utf-8"), generation)


def _kept(response: Response, generation: str) -> Response:
    # Weak, because the same feed may be sent compressed or not.
    response.set_etag(generation, weak=True)
    response.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    return response


def _age(hit: Hit) -> tuple[int, int]:
    """Orders newest first, undated last, the better hit first among equals."""
    day = hit.article.published
    return (-day.toordinal() if day else 0, hit.rank)
