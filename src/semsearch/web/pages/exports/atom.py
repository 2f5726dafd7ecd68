"""A list of hits as an Atom feed (RFC 4287). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from xml.etree.ElementTree import Element, SubElement, tostring

from semsearch.hits import Hit

__all__ = ["Feed", "atom"]

ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold at all, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself. Addresses are absolute.

    `updated` is when the index that answered was published, `address_of` a hit's page.
    """

    title: str
    own_url: str
    page_url: str
    updated: datetime
    address_of: Callable[[Hit], str]


def atom(feed: Feed, hits: list[Hit]) -> bytes:
    """The feed's XML, entries in the order given.

    An entry's id is made from the passage's, which depends on the article's id and the passage's
    words alone. So a feed reader shows a passage once, however often the index is rebuilt.
    """
    top = Element("feed", xmlns=ATOM)
    _text(top, "title", f"{feed.title} \N{EM DASH} semsearch")
    _text(top, "id", feed.own_url)
    _text(top, "updated", _stamp(feed.updated))
    SubElement(top, "link", rel="self", href=feed.own_url, type="application/atom+xml")
    SubElement(top, "link", rel="alternate", href=feed.page_url, type="text/html")
    _author(top, "semsearch")
    for hit in hits:
        _entry(top, hit, feed)
    xml: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return xml


def _entry(top: Element, hit: Hit, feed: Feed) -> None:
    article = hit.article
    entry = SubElement(top, "entry")
    _text(entry, "title", article.title or "Untitled")
    _text(entry, "id", f"urn:semsearch:passage:{hit.passage.id}")
    moment = _midnight(article.published) if article.published else feed.updated
    _text(entry, "updated", _stamp(moment))
    if article.published:
        _text(entry, "published", _stamp(moment))
    for name in article.authors or (article.source or "unknown",):
        _author(entry, name)
    SubElement(entry, "link", rel="alternate", href=feed.address_of(hit), type="text/html")
    if article.source:
        SubElement(entry, "category", term=_clean(article.source))
    _text(entry, "summary", hit.answer.text)
    _text(entry, "content", hit.passage.text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
