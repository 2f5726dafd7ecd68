"""The reading page: a whole article with the passage marked, its quotes, and ways on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, abort, request

from semsearch.corpus import Passage, Quote
from semsearch.errors import NotFoundError, QueryError
from semsearch.hits import ArticleBrief, Hit
from semsearch.sentences import paragraphs, sentences
from semsearch.web.pages import formats
from semsearch.web.pages.context import (
    article_url,
    limits,
    page,
    passage_url,
    read_params,
    searching,
)
from semsearch.web.pages.marks import Mark, Segment, cut, group
from semsearch.web.params import SearchParams

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["article", "article_by_query", "cite"]

# How far down a ranking "next" and "previous" reach; past it one pages through the results.
HITS_WALKED = 300


@dataclass(frozen=True, slots=True)
class Sentence:
    """From offset `start` on: (is the answer, segments). `after` is the space up to the next."""

    start: int
    segments: list[tuple[bool, list[Segment]]]
    after: str

    @property
    def anchor(self) -> str:
        """Names the sentence in addresses."""
        return f"s-{self.start}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`partly`: the passage begins or ends inside it."""

    sentences: tuple[Sentence, ...]
    holds_passage: bool
    partly: bool


@dataclass(frozen=True, slots=True)
class Way:
    """Where the reader stands in the search: this hit and its neighbours' addresses."""

    rank: int | None = None
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the address asks to mark. `lost` when it names a passage that is gone."""

    passage: Passage | None
    hit: Hit | None
    lost: bool
    way: Way


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
    return page(
        "article.html",
        article=brief,
        source_url=safe_url(brief.url),
        body=list(_body(whole.text, found, quotes)),
        quotes=quotes,
        quote_starts={quote.start for quote in quotes},
        found=found,
        params=params,
        permalink=article_url(article_id, passage=found.passage.id if found.passage else None),
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


def _find(searcher: Searcher, article_id: str, params: SearchParams | None) -> Found:
    """The passage that the address names, and the hit it is in the search that it carries."""
    wanted = request.args.get("passage")
    passage = next((p for p in searcher.passages(article_id) if p.id == wanted), None)
    lost = bool(wanted) and passage is None
    if params is None or passage is None:
        return Found(passage, None, lost, Way())
    hit, way = _walk(searcher, passage.id, params)
    return Found(passage, hit, lost, way)


def _walk(searcher: Searcher, passage_id: str, params: SearchParams) -> tuple[Hit | None, Way]:
    """The hit of this passage with its neighbours; none when the search does not find it."""
    before: Hit | None = None
    try:
        hits = itertools.islice(searcher.every_hit(params.to_query(limits())), HITS_WALKED)
        for hit in hits:
            if hit.passage.id == passage_id:
                after = next(hits, None)
                return hit, Way(hit.rank, _hit_url(before, params), _hit_url(after, params))
            before = hit
    except (NotFoundError, QueryError):
        # The search in the address no longer works (a steering passage is gone, say): the
        # article itself is still worth showing.
        return None, Way()
    return None, Way()


def _hit_url(hit: Hit | None, params: SearchParams) -> str | None:
    return None if hit is None else passage_url(hit.article.id, hit.passage.id, params)


def _body(text: str, found: Found, quotes: Sequence[Quote]) -> Iterator[Paragraph]:
    marks = [Mark("quote", quote.start, quote.end) for quote in quotes]
    passage = found.passage
    if passage is not None:
        marks.append(Mark("passage", passage.start, passage.end))
    if found.hit is not None:
        marks.append(Mark("answer", found.hit.answer.start, found.hit.answer.end))
        marks += [Mark("match", start, end) for start, end in found.hit.matched]
    for start, end in paragraphs(text):
        inside = [m for m in marks if m.start < end and m.end > start]
        holds = partly = False
        if passage is not None:
            holds = passage.start < end and passage.end > start
            partly = holds and (passage.start > start or passage.end < end)
        yield Paragraph(tuple(_sentences(text, start, end, inside)), holds, partly)


def _sentences(text: str, start: int, end: int, marks: list[Mark]) -> Iterator[Sentence]:
    spans = sentences(text, start, end)
    stops = [span[0] for span in spans[1:]] + [end]
    for (first, last), stop in zip(spans, stops, strict=True):
        segments = group(cut(text[first:last], first, marks), "answer")
        yield Sentence(first, segments, text[last:stop])
