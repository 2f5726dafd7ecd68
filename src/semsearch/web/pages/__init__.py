"""The pages for people: server-rendered HTML that works without JavaScript.

`search` home and results · `reading` whole articles · `speakers` who said what · `exports/` files
and feeds · `suggest` suggestions · `status` for the operator · `error_pages` for what goes wrong.
"""

from __future__ import annotations

from flask import Blueprint

from semsearch.web.pages import page_request, reading, search, speakers, status, suggest
from semsearch.web.pages.error_pages import error_page
from semsearch.web.pages.exports import downloads, feed

__all__ = ["blueprint", "error_page"]


def _blueprint() -> Blueprint:
    made = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
    )
    for rule, endpoint, view in (
        ("/", "search", search.search),
        ("/articles", "article_by_query", reading.article_by_query),
        ("/articles/<path:article_id>", "article", reading.article),
        ("/cite", "cite", reading.cite),
        ("/passages/<passage_id>/similar", "similar", search.similar),
        ("/speakers", "speakers", speakers.speakers),
        ("/speakers/<path:name>", "speaker", speakers.speaker),
        ("/export", "export", downloads.export),
        ("/feed", "feed", feed.feed),
        ("/suggest", "suggest", suggest.suggest),
        ("/opensearch.xml", "opensearch", suggest.opensearch),
        ("/status", "status", status.status),
        ("/static/<filename>", "static", page_request.static),
    ):
        made.add_url_rule(rule, endpoint, view)
    made.after_request(page_request.finished)
    made.add_app_template_filter(page_request.day, "day")
    made.add_app_template_filter(page_request.ago, "ago")
    made.add_app_template_filter(page_request.counted, "counted")
    for helper in (
        page_request.article_url,
        page_request.cite_url,
        page_request.export_url,
        page_request.feed_url,
        page_request.passage_url,
        page_request.quote_url,
        page_request.search_url,
        page_request.speaker_url,
        page_request.static_url,
    ):
        made.add_app_template_global(helper)
    return made


blueprint = _blueprint()
