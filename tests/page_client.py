"""A client of the pages, and what it reads out of them."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient

from semsearch.settings import Settings
from semsearch.web.app import create_app

ATOM = "{http://www.w3.org/2005/Atom}"


def client_of(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def links(html: str, pattern: str) -> list[str]:
    """Addresses of the links whose address matches, unescaped, in page order."""
    return [
        unescape(href) for href in re.findall(r'href="([^"]*)"', html) if re.search(pattern, href)
    ]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))
