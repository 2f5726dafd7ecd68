"""The reading page: a whole article with the passage marked, its quotes, and ways on."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, abort, request

from semsearch.corpus import Passage, Quote
from semsearch.errors import NotFoundError, QueryError
from semsearch.hits import ArticleBrief, Hit
from semsearch.web.pages.article_text import MarkIndex, body, stretch_at, stretches
from semsearch.web.pages.exports import formats
from semsearch.web.pages.page_request import (
    article_url,
    limits,
    page,
    passage_url,
    read_params,
    searching,
)
from semsearch.web.pages.segments import Mark
from semsearch.web.queries import to_query
from semsearch.wire.params import SearchParams

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["article", "article_by_query", "cite"]

# How far down a ranking "next" and "previous" reach; past it one pages through the results.
HITS_WALKED = 300
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class HitNeighbours:
    """Where the reader stands in the search: this hit and its neighbours' addresses."""

    rank: int | None = None
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ShownStretch:
    """What is shown of the text: all of it, unless it is very long. `number` counts from 1."""

    span: tuple[int, int]
    number: int
    count: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Marked:
    """What the address asks to mark. `lost` when it names a passage that is gone."""

    passage: Passage | None
    hit: Hit | None
    lost: bool
    neighbours: HitNeighbours


def article_by_query() -> Response:
    """`/articles?id=…`: for ids that do not survive in a path."""
    if not request.args.get("id"):
        abort(HTTPStatus.NOT_FOUND)
    return article(request.args["id"])


def article(article_id: str) -> Response:
    """`/articles/<id>?passage=<passage id>`, with the search it was found by (`q`, …)."""
    params = read_params() if request.args.get("q", "").strip() else None
    with searching() as searcher:
        try:
            whole = searcher.article(article_id)
        except NotFoundError:
            return page("gone.html", HTTPStatus.NOT_FOUND, params=params)
        brief = searcher.brief(article_id)
        quotes = searcher.quotes(article_id)
        found = _find(searcher, article_id, params)
    part = _stretch(article_id, whole.text, found, params)
    start, end = part.span
    shown = [quote for quote in quotes if quote.start < end and quote.end > start]
    passage = (found.passage.start, found.passage.end) if found.passage else None
    passage_id = found.passage.id if found.passage else None
    return page(
        "article.html",
        article=brief,
        source_url=safe_url(brief.url),
        body=list(body(whole.text, part.span, _marks(found, shown), passage)),
        part=part,
        quotes=shown,
        quote_starts={quote.start for quote in shown},
        found=found,
        params=params,
        permalink=article_url(article_id, passage=passage_id),
        here=article_url(article_id, passage=passage_id, at=start if part.count > 1 else None),
        citations=_citations(brief),
    )


def cite() -> Response:
    """`/cite?id=…&format=bibtex|ris`: the citation as a file for a reference manager."""
    with searching() as searcher:
        brief = searcher.brief(request.args.get("id", ""))
    wanted = request.args.get("format", "bibtex")
    if wanted not in ("bibtex", "ris"):
        abort(HTTPStatus.BAD_REQUEST, "format must be bibtex or ris")
    text = formats.bibtex(brief) if wanted == "bibtex" else formats.ris(brief)
    kind = formats.BIBTEX_TYPE if wanted == "bibtex" else formats.RIS_TYPE
    suffix = "bib" if wanted == "bibtex" else "ris"
    response = Response(text.encode("utf-8", "replace"), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="citation.{suffix}"'
    return response


def safe_url(url: str | None) -> str | None:
    """The address if it leads to the web; sources may name anything, scripts included."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def _citations(brief: ArticleBrief) -> list[tuple[str, str]]:
    return [
        ("Plain", formats.plain_citation(brief)),
        ("BibTeX", formats.bibtex(brief)),
        ("RIS", formats.ris(brief)),
    ]


def _find(searcher: Searcher, article_id: str, params: SearchParams | None) -> Marked:
    """The passage that the address names, and the hit it is in the search that it carries."""
    wanted = request.args.get("passage")
    passage = next((p for p in searcher.passages(article_id) if p.id == wanted), None)
    lost = bool(wanted) and passage is None
    if params is None or passage is None:
        return Marked(passage, None, lost, HitNeighbours())
    hit, neighbours = _walk(searcher, passage.id, params)
    return Marked(passage, hit, lost, neighbours)


def _walk(
    searcher: Searcher, passage_id: str, params: SearchParams
) -> tuple[Hit | None, HitNeighbours]:
    """The hit of this passage with its neighbours; none when the search does not find it."""
    before: Hit | None = None
    try:
        hits = itertools.islice(searcher.every_hit(to_query(params, limits())), HITS_WALKED)
        for hit in hits:
            if hit.passage.id == passage_id:
                after = next(hits, None)
                return hit, HitNeighbours(
                    hit.rank, _hit_url(before, params), _hit_url(after, params)
                )
            before = hit
    except (NotFoundError, QueryError):
        # The search in the address no longer works (a steering passage is gone, say): the
        # article itself is still worth showing.
        return None, HitNeighbours()
    return None, HitNeighbours()


def _hit_url(hit: Hit | None, params: SearchParams) -> str | None:
    return None if hit is None else passage_url(hit.article.id, hit.passage.id, params)


def _marks(found: Marked, quotes: Sequence[Quote]) -> MarkIndex:
    marks = [Mark("quote", quote.start, quote.end) for quote in quotes]
    if found.passage is not None:
        marks.append(Mark("passage", found.passage.start, found.passage.end))
    if found.hit is not None:
        marks.append(Mark("answer", found.hit.answer.start, found.hit.answer.end))
        marks += [Mark("match", start, end) for start, end in found.hit.matched]
    return MarkIndex(marks)


def _stretch(
    article_id: str, text: str, found: Marked, params: SearchParams | None
) -> ShownStretch:
    """The stretch asked for: by offset (`at`), else the passage's, else the first."""
    spans = stretches(text)
    asked = request.args.get("at", "")
    offset = int(asked) if asked.isdecimal() and len(asked) < MOST_DIGITS else None
    if offset is None:
        offset = found.passage.start if found.passage else 0
    number = stretch_at(spans, offset)

    def url(other: int) -> str | None:
        if not 0 <= other < len(spans):
            return None
        return article_url(article_id, params, at=spans[other][0])

    return ShownStretch(spans[number], number + 1, len(spans), url(number - 1), url(number + 1))
