"""The home page and the page of results."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Response, request

from semsearch.corpus import Quote
from semsearch.errors import NotFoundError
from semsearch.hits import Chip, Count, Hit, SearchResults
from semsearch.web.context import live
from semsearch.web.cursors import write_cursor
from semsearch.web.pages import examples
from semsearch.web.pages.charts import Bar, Bucket, histogram, part_bars
from semsearch.web.pages.page_request import (
    limits,
    page,
    read_params,
    search_url,
    searching,
)
from semsearch.web.pages.segments import Mark, Segment, cut, group
from semsearch.web.queries import to_query
from semsearch.wire.params import SearchParams

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["search", "similar"]

FACET_VALUES = 8
FACET_VALUES_FOLDED = 40
QUOTES_SHOWN = 2
SPEAKERS_SHOWN = 5
SIMILAR_SHOWN = 10
LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
# Paragraphs of a passage follow one another without a gap: it is an excerpt.
EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Toggle:
    """A link that puts a value into the search or takes it out."""

    label: str
    url: str
    count: int | None = None
    active: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class FacetView:
    """The values of one facet; those after the first few are `folded` away."""

    name: str
    heading: str
    toggles: tuple[Toggle, ...]
    folded: tuple[Toggle, ...]


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit as the template shows it.

    `body` is the passage: (is the answer, segments). `quotes` are shown word for word, `speakers`
    are the others who speak in the passage.
    """

    hit: Hit
    body: list[tuple[bool, list[Segment]]]
    bars: list[Bar]
    quotes: list[Quote]
    speakers: list[str]


@dataclass(frozen=True, slots=True)
class BucketView:
    bucket: Bucket
    url: str


def search() -> Response:
    """`/`: the home page, or with a question (`q`) its results."""
    if not request.args.get("q", "").strip():
        return home()
    params = read_params()
    query = to_query(params, limits())
    with live().snapshot_for(query) as searcher:
        results = searcher.search(query)
        steering = _steering(searcher, params)
    return page(
        "results.html",
        params=params,
        results=results,
        next_cursor=write_cursor(query, results.next),
        hits=[view_hit(hit) for hit in results.hits],
        filters=_filters(params),
        steering=steering,
        chips=[_chip(params, chip) for chip in results.chips],
        offers=[_chip(params, chip) for chip in results.chips if not chip.applied],
        months=_months(params, results),
        facets=_facets(params, results),
    )


def home() -> Response:
    with searching() as searcher:
        return page(
            "home.html",
            index=searcher.index,
            manifest=searcher.manifest,
            questions=examples.questions(searcher),
            sources=len(searcher.sources()),
        )


def similar(passage_id: str) -> Response:
    """`/passages/<id>/similar`: passages that say something near to this one."""
    with searching() as searcher:
        passage = searcher.passage(passage_id)
        return page(
            "similar.html",
            passage=passage,
            article=searcher.brief(passage.article_id),
            hits=[view_hit(hit) for hit in searcher.similar(passage_id, SIMILAR_SHOWN)],
        )


def view_hit(hit: Hit) -> HitView:
    """Cut the passage at its answer and its matched words."""
    marks = [Mark("answer", hit.answer.start, hit.answer.end)]
    marks += [Mark("match", start, end) for start, end in hit.matched]
    segments = [
        replace(segment, text=EMPTY_LINES.sub("\n", segment.text))
        for segment in cut(hit.passage.text, hit.passage.start, marks)
    ]
    quotes = _quotes(hit)
    return HitView(
        hit, group(segments, "answer"), part_bars(hit.parts), quotes, _speakers(hit, quotes)
    )


def _quotes(hit: Hit) -> list[Quote]:
    """The few direct quotes worth repeating: those in the answer first, then in text order."""
    answer = hit.answer
    direct = [quote for quote in hit.quotes if quote.speaker and quote.kind == "direct"]
    direct.sort(key=lambda q: not (q.start < answer.end and q.end > answer.start))
    return direct[:QUOTES_SHOWN]


def _speakers(hit: Hit, shown: list[Quote]) -> list[str]:
    known = {quote.speaker for quote in shown}
    names = dict.fromkeys(quote.speaker for quote in hit.quotes if quote.speaker)
    return [name for name in names if name not in known][:SPEAKERS_SHOWN]


def _filters(params: SearchParams) -> list[Toggle]:
    """The filters in force, each with the address of the search without it."""
    found = []
    for field, noun in (
        ("sources", "source"),
        ("authors", "author"),
        ("speakers", "said by"),
        ("languages", "language"),
    ):
        values: tuple[str, ...] = getattr(params, field)
        found += [
            Toggle(
                f"{noun}: {LANGUAGES.get(value, value) if field == 'languages' else value}",
                search_url(params, **{field: tuple(v for v in values if v != value)}),
            )
            for value in values
        ]
    if params.published_from or params.published_to:
        url = search_url(params, published_from=None, published_to=None)
        found.append(Toggle(_range_label(params), url))
    return found


def _range_label(params: SearchParams) -> str:
    first, last = params.published_from, params.published_to
    if first and last:
        return f"{first} to {last}" if first != last else f"{first}"
    return f"since {first}" if first else f"until {last}"


def _steering(searcher: Searcher, params: SearchParams) -> list[Toggle]:
    """The passages that the search is steered by, each removable."""
    found = []
    for field, words in (("like", "more like"), ("unlike", "less like")):
        ids: tuple[str, ...] = getattr(params, field)
        for passage_id in ids:
            url = search_url(params, **{field: tuple(i for i in ids if i != passage_id)})
            found.append(Toggle(f"{words}: {_title_of(searcher, passage_id)}", url))
    return found


def _title_of(searcher: Searcher, passage_id: str) -> str:
    try:
        return searcher.brief(searcher.passage(passage_id).article_id).title
    except NotFoundError:
        return "a passage that is gone"


def _chip(params: SearchParams, chip: Chip) -> Toggle:
    """What was understood from the question: removable when applied, else offered."""
    if chip.applied:
        field = "read_dates" if chip.kind == "date" else "read_speakers"
        url = search_url(params, **{field: False})
    elif chip.kind == "date":
        url = search_url(params, published_from=chip.published_from, published_to=chip.published_to)
    else:
        url = search_url(params, speakers=chip.speakers)
    return Toggle(chip.label, url, active=chip.applied, title=f"from “{chip.text}”")


def _months(params: SearchParams, results: SearchResults) -> list[BucketView]:
    return [
        BucketView(
            bucket, search_url(params, published_from=bucket.first, published_to=bucket.last)
        )
        for bucket in histogram(results.facets.months)
    ]


def _facets(params: SearchParams, results: SearchResults) -> list[FacetView]:
    facets = results.facets
    return [
        _facet(params, field, heading, counts)
        for field, heading, counts in (
            ("sources", "Source", facets.sources),
            ("speakers", "Who is quoted", facets.speakers),
            ("authors", "Author", facets.authors),
            ("languages", "Language", facets.languages),
        )
        # A single source tells nothing; a single speaker does.
        if len(counts) > 1 or (counts and field == "speakers")
    ]


def _facet(params: SearchParams, field: str, heading: str, counts: tuple[Count, ...]) -> FacetView:
    toggles = tuple(_toggle(params, field, count) for count in counts[:FACET_VALUES_FOLDED])
    return FacetView(field, heading, toggles[:FACET_VALUES], toggles[FACET_VALUES:])


def _toggle(params: SearchParams, field: str, count: Count) -> Toggle:
    chosen: tuple[str, ...] = getattr(params, field)
    active = count.value in chosen
    others = tuple(value for value in chosen if value != count.value)
    url = search_url(params, **{field: others if active else (*chosen, count.value)})
    label = LANGUAGES.get(count.value, count.value) if field == "languages" else count.value
    return Toggle(label, url, count.count, active)
