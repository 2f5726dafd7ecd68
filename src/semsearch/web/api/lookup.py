"""Looking things up over the API: articles, passages, sources, speakers, quotes, the index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from semsearch.hits import ArticleBrief
from semsearch.quotes.sayings import QuoteGroup
from semsearch.searcher import Searcher
from semsearch.web.api.operations import api
from semsearch.wire import schema

__all__: list[str] = []

Limit = Annotated[int, Field(ge=1, le=500, description="How many at most.")]
Offset = Annotated[int, Field(ge=0, le=1_000_000, description="How many to skip.")]
Text = Annotated[str, Field(max_length=500)]


class Params(BaseModel):
    """Base of the parameters: unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SpeakersParams(Params):
    """Which speakers."""

    prefix: Annotated[Text, Field(description="Beginning of a word of the name.")] = ""
    limit: Limit = 50
    offset: Offset = 0


class QuotesParams(Params):
    """Which quotes."""

    speaker: Annotated[
        str | None, Field(min_length=1, max_length=500, description="Exactly this speaker.")
    ] = None
    q: Annotated[Text, Field(description="Words that the quote holds, in a row.")] = ""
    limit: Limit = 50
    offset: Offset = 0


class SayingsParams(Params):
    """Whose sayings."""

    speaker: Annotated[
        str, Field(min_length=1, max_length=500, description="Exactly this speaker.")
    ]
    q: Annotated[Text, Field(description="Words that the saying holds, in a row.")] = ""
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 20
    offset: Offset = 0


class SuggestParams(Params):
    """What was typed so far."""

    q: Annotated[str, Field(min_length=1, max_length=200, description="What was typed so far.")]
    limit: Annotated[int, Field(ge=1, le=50, description="How many at most.")] = 8


@api.operation(
    "GET",
    "/articles/{article_id}",
    tag="articles",
    returns=schema.ArticleResponse,
    reads=True,
    problems=("not-found",),
)
def article(article_id: str, searcher: Searcher) -> BaseModel:
    """Read an article.

    With its passages and quotes; all offsets are characters of its text.
    """
    return schema.ArticleResponse.model_validate(
        {
            "index": searcher.index,
            "article": searcher.brief(article_id),
            "text": searcher.article(article_id).text,
            "passages": searcher.passages(article_id),
            "quotes": searcher.quotes(article_id),
        }
    )


@api.operation(
    "GET",
    "/passages/{passage_id}",
    tag="passages",
    returns=schema.PassageResponse,
    reads=True,
    problems=("not-found",),
)
def passage(passage_id: str, searcher: Searcher) -> BaseModel:
    """Read a passage.

    With its article and the quotes that overlap it.
    """
    found = searcher.passage(passage_id)
    quotes = searcher.quotes(found.article_id)
    overlapping = tuple(q for q in quotes if q.start < found.end and q.end > found.start)
    return schema.PassageResponse.model_validate(
        {
            "index": searcher.index,
            "passage": found,
            "article": searcher.brief(found.article_id),
            "quotes": overlapping,
        }
    )


@api.operation("GET", "/sources", tag="index", returns=schema.SourcesResponse, reads=True)
def sources(searcher: Searcher) -> BaseModel:
    """List the sources.

    Each with its number of articles; articles without a source are left out.
    """
    return schema.SourcesResponse.model_validate(
        {"index": searcher.index, "sources": searcher.sources()}
    )


@api.operation(
    "GET",
    "/speakers",
    tag="quotes",
    query=SpeakersParams,
    returns=schema.SpeakersResponse,
    reads=True,
)
def speakers(params: SpeakersParams, searcher: Searcher) -> BaseModel:
    """List who is quoted.

    Most quoted first, then by name.
    """
    found = tuple(searcher.speakers(params.prefix, params.limit + 1, params.offset))
    return schema.SpeakersResponse.model_validate(
        {
            "index": searcher.index,
            "speakers": found[: params.limit],
            "more": len(found) > params.limit,
        }
    )


@api.operation(
    "GET",
    "/quotes",
    tag="quotes",
    query=QuotesParams,
    returns=schema.QuotesResponse,
    reads=True,
    problems=("not-found",),
)
def quotes(params: QuotesParams, searcher: Searcher) -> BaseModel:
    """Find who said what.

    Newest first, articles without a date last. Found automatically: check the source.
    """
    total, found = searcher.quotes_by(params.speaker, params.q, params.limit, params.offset)
    return schema.QuotesResponse.model_validate(
        {
            "index": searcher.index,
            "total": total,
            "quotes": tuple({"quote": quote, "article": brief} for quote, brief in found),
        }
    )


@api.operation(
    "GET",
    "/sayings",
    tag="quotes",
    query=SayingsParams,
    returns=schema.SayingsResponse,
    reads=True,
    problems=("not-found",),
)
def sayings(params: SayingsParams, searcher: Searcher) -> BaseModel:
    """List what somebody said, each saying once.

    The same words in several articles are one saying, with all its places and wordings. Newest
    first, undated last. Found automatically: check the source.
    """
    name = searcher.speaker(params.speaker).name
    total, groups, articles = searcher.sayings(name, params.q, params.limit, params.offset)
    return schema.SayingsResponse.model_validate(
        {
            "index": searcher.index,
            "speaker": name,
            "total": total,
            "sayings": tuple(_saying(group, articles) for group in groups),
        }
    )


def _saying(group: QuoteGroup, articles: Mapping[str, ArticleBrief]) -> dict[str, object]:
    places = [
        {"quote": one.quote, "article": articles[one.quote.article_id]} for one in group.quotes
    ]
    return {
        "text": group.text,
        "first": group.first,
        "sources": group.sources,
        "wordings": group.wordings,
        "places": tuple(places),
    }


@api.operation(
    "GET",
    "/suggest",
    tag="search",
    query=SuggestParams,
    returns=schema.SuggestResponse,
    reads=True,
)
def suggest(params: SuggestParams, searcher: Searcher) -> BaseModel:
    """Complete what is being typed.

    Speakers first, then sources, then titles.
    """
    found = searcher.suggest(params.q, params.limit)
    return schema.SuggestResponse.model_validate({"suggestions": tuple(found)})


@api.operation("GET", "/index", tag="index", returns=schema.IndexResponse, reads=True)
def index(searcher: Searcher) -> BaseModel:
    """Tell about the index.

    Its generation, size, model and age.
    """
    manifest = searcher.manifest
    return schema.IndexResponse.model_validate(
        {
            "index": searcher.index,
            "model": manifest["encoder"]["name"],
            "published_at": manifest["published_at"],
            "journal_seq": manifest.get("journal_seq", 0),
        }
    )
