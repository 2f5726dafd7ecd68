"""The pages for people: server-rendered HTML that works without JavaScript.

`search` home and results · `reading` whole articles · `speakers` who said what · `exports` and
`feed` what one takes away · `comfort` suggestions · `status` for the operator · `states` for what
goes wrong. `charts`, `formats` and `marks` are pure.
"""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask

from semsearch.web.pages import (
    activity,
    comfort,
    context,
    exports,
    feed,
    reading,
    search,
    speakers,
    status,
)
from semsearch.web.pages.states import error_page

__all__ = ["blueprint", "error_page"]


def _blueprint() -> Blueprint:
    made = Blueprint(
        "pages",
        __name__,
        template_folder="../templates",
    )
    for rule, endpoint, view in (
        ("/", "search", search.search),
        ("/articles", "article_by_query", reading.article_by_query),
        ("/articles/<path:article_id>", "article", reading.article),
        ("/cite", "cite", reading.cite),
        ("/passages/<passage_id>/similar", "similar", search.similar),
        ("/speakers", "speakers", speakers.speakers),
        ("/speakers/<path:name>", "speaker", speakers.speaker),
        ("/export", "export", exports.export),
        ("/feed", "feed", feed.feed),
        ("/suggest", "suggest", comfort.suggest),
        ("/opensearch.xml", "opensearch", comfort.opensearch),
        ("/status", "status", status.status),
        ("/static/<filename>", "static", context.static),
    ):
        made.add_url_rule(rule, endpoint, view)
    made.after_request(context.finished)
    made.record_once(lambda setup: activity.install(cast("Flask", setup.app)))
    made.add_app_template_filter(context.day, "day")
    made.add_app_template_filter(context.ago, "ago")
    made.add_app_template_filter(context.counted, "counted")
    for helper in (
        context.article_url,
        context.cite_url,
        context.export_url,
        context.feed_url,
        context.passage_url,
        context.quote_url,
        context.search_url,
        context.speaker_url,
        context.static_url,
    ):
        made.add_app_template_global(helper)
    return made


blueprint = _blueprint()
