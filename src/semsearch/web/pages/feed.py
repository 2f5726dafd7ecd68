"""`/feed`: a search as an Atom feed (RFC 4287), newest articles first."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, request

from semsearch.hits import Hit
from semsearch.web.pages.context import (
    feed_url,
    limits,
    passage_url,
    read_params,
    search_url,
    searching,
)

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["atom", "feed"]

ATOM = "http://www.w3.org/2005/Atom"
HITS_READ = 500
ENTRIES = 50
# What XML 1.0 cannot hold at all, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed() -> Response:
    """The newest passages that the search finds, filters included.

    An entry's id is made from the passage's, which depends on the article's id and the passage's
    words alone. So a feed reader shows a passage once, however often the index is rebuilt.
    """
    params = read_params()
    with searching() as searcher:
        etag = _etag(searcher)
        if request.if_none_match.contains(etag):
            return Response(status=304)
        hits = list(islice(searcher.every_hit(params.to_query(limits())), HITS_READ))
        updated = _published(searcher)
    newest = sorted(hits, key=_age)[:ENTRIES]
    root = request.url_root.rstrip("/")
    body = atom(
        params.q,
        newest,
        updated,
        own_url=root + feed_url(params),
        page_url=root + search_url(params),
        root=root,
    )
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "max-age=300"
    return response


def _etag(searcher: Searcher) -> str:
    return searcher.index.generation


def _published(searcher: Searcher) -> datetime:
    return datetime.fromisoformat(searcher.manifest["published_at"])


def _age(hit: Hit) -> tuple[int, int]:
    """Orders newest first, undated last, the better hit first among equals."""
    day = hit.article.published
    return (-day.toordinal() if day else 0, hit.rank)


def atom(
    question: str, hits: list[Hit], updated: datetime, own_url: str, page_url: str, root: str
) -> bytes:
    """The feed's XML. `updated` is when the index that answered was published."""
    top = Element("feed", xmlns=ATOM)
    _text(top, "title", f"{question} — semsearch")
    _text(top, "id", own_url)
    _text(top, "updated", updated.astimezone(UTC).isoformat())
    SubElement(top, "link", rel="self", href=own_url, type="application/atom+xml")
    SubElement(top, "link", rel="alternate", href=page_url, type="text/html")
    _author(top, "semsearch")
    for hit in hits:
        _entry(top, hit, updated, root)
    xml: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return xml


def _entry(top: Element, hit: Hit, updated: datetime, root: str) -> None:
    article = hit.article
    entry = SubElement(top, "entry")
    _text(entry, "title", article.title)
    _text(entry, "id", f"urn:semsearch:passage:{hit.passage.id}")
    moment = _midnight(article.published) if article.published else updated
    _text(entry, "updated", moment.astimezone(UTC).isoformat())
    if article.published:
        _text(entry, "published", moment.isoformat())
    for name in article.authors or (article.source or "unknown",):
        _author(entry, name)
    href = root + passage_url(article.id, hit.passage.id)
    SubElement(entry, "link", rel="alternate", href=href, type="text/html")
    if article.source:
        SubElement(entry, "category", term=_clean(article.source))
    _text(entry, "summary", hit.answer.text)
    _text(entry, "content", hit.passage.text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
