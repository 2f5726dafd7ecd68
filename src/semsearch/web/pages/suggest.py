"""What browsers ask for while one types: suggestions, and the description of this search engine."""

from __future__ import annotations

from flask import Response, json, request, url_for

from semsearch.web.pages.page_request import live, page

__all__ = ["opensearch", "suggest"]

SUGGESTIONS = 8
LONGEST_PREFIX = 200


def suggest() -> Response:
    """`/suggest?q=…` in the form that browsers know: [typed, [completions], [kinds]].

    https://github.com/dewitt/opensearch/blob/master/mediawiki/Specifications/OpenSearch/Extensions/Suggestions/1.1/Draft%201.wiki
    """
    typed = request.args.get("q", "")[:LONGEST_PREFIX]
    with live().snapshot() as searcher:
        found = searcher.suggest(typed, SUGGESTIONS) if typed.strip() else ()
    body = json.dumps([typed, [one.text for one in found], [one.kind for one in found]])
    response = Response(body, content_type="application/x-suggestions+json; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def opensearch() -> Response:
    """`/opensearch.xml`, by which a browser can add this page to its search engines."""
    root = request.url_root.rstrip("/")
    response = page(
        "opensearch.xml",
        search=f"{root}{url_for('pages.search')}?q={{searchTerms}}",
        suggest=f"{root}{url_for('pages.suggest')}?q={{searchTerms}}",
        root=root,
    )
    response.content_type = "application/opensearchdescription+xml; charset=utf-8"
    return response
