"""A search's parameters, as the searcher takes them."""

from __future__ import annotations

from dataclasses import replace

from semsearch.hits import Filters, Query
from semsearch.web.cursors import read_cursor
from semsearch.wire.params import Limits, PageParams, Question, SearchParams

__all__ = ["to_query"]


def to_query(params: Question, limits: Limits) -> Query:
    """The query of these parameters; what has no `k` or `cursor` gets their defaults.

    Raises CursorError.
    """
    query = Query(
        text=params.q,
        mode=params.mode,
        filters=Filters(
            sources=params.sources,
            authors=params.authors,
            speakers=params.speakers,
            languages=params.languages,
            published_from=params.published_from,
            published_to=params.published_to,
        ),
        now=params.now,
        read_dates=params.read_dates,
        read_speakers=params.read_speakers,
        collapse_duplicates=params.collapse_duplicates,
        per_article=limits.per_article if params.per_article is None else params.per_article,
        like=params.like,
        unlike=params.unlike,
        rerank=params.rerank,
    )
    if isinstance(params, PageParams):
        query = replace(query, k=params.k)
    if isinstance(params, SearchParams) and params.cursor is not None:
        query = replace(query, start=read_cursor(params.cursor, query))
    return query
