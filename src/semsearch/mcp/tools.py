"""The tools that an assistant gets over the Model Context Protocol, by the official SDK.

Four tools, read-only: `search`, `read_passage`, `who_said_what`, `list_sources`. They work on the
index itself, so no web server need run. Answers are compact on purpose: an assistant pays for
every word it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from semsearch import __version__
from semsearch.corpus import Quote
from semsearch.encoder import load_encoder
from semsearch.errors import SemsearchError
from semsearch.hits import ArticleBrief, Filters, Hit, Mode, Query, Verdict
from semsearch.searcher import LiveIndex, Searcher
from semsearch.settings import Settings

__all__ = ["make_server", "serve"]

INSTRUCTIONS = (
    "Searches a body of news articles and answers with their exact words. Use `search` for a "
    "question, then `read_passage` for what stands around a hit. Use `who_said_what` for "
    "somebody's own words. Attributions are found automatically: name the source when quoting. "
    "A verdict of `none` means that the articles do not answer the question: say so."
)
READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)

Sources = Annotated[
    list[str] | None, Field(description="Only these sources, as list_sources names them.")
]
Speaker = Annotated[str | None, Field(description="Full name, such as 'Vladimir Putin'.")]
Day = Annotated[date | None, Field(description="YYYY-MM-DD, inclusive.")]


class Origin(BaseModel):
    """The article that something is from."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None


class Said(BaseModel):
    """Somebody's words."""

    words: str
    speaker: str | None
    kind: Literal["direct", "indirect"]


class FoundPassage(BaseModel):
    """A passage that answers, best first."""

    passage_id: str
    text: str
    best_sentence: str
    quotes: list[Said]
    origin: Origin
    also_in: list[Origin] = Field(description="Nearly the same passage elsewhere.")
    missing: list[str] = Field(description="Names and quoted terms of the question it lacks.")


class Found(BaseModel):
    """The answer to a search."""

    verdict: Verdict = Field(description="`none`: the passages do not answer the question.")
    total: int
    understood: list[str] = Field(description="Dates and speakers read out of the question.")
    passages: list[FoundPassage]


class Around(BaseModel):
    """A passage within its article."""

    origin: Origin
    before: str = Field(description="Text of the article before the passage.")
    passage: str
    after: str = Field(description="Text of the article after the passage.")
    quotes: list[Said]


class SaidBy(BaseModel):
    """A quote with its article."""

    said: Said
    origin: Origin


class Quotes(BaseModel):
    """Quotes, newest first."""

    total: int
    quotes: list[SaidBy]


class Source(BaseModel):
    """A source and its number of articles."""

    name: str
    articles: int


class Sourced(BaseModel):
    """What there is to search in."""

    articles: int
    first_day: date | None
    last_day: date | None
    sources: list[Source]


class Tools:
    """The tools over one live index; thread-safe."""

    def __init__(self, live: LiveIndex) -> None:
        self._live = live

    @contextmanager
    def _searcher(self) -> Iterator[Searcher]:
        """A snapshot; our own errors become tool errors, which the assistant reads."""
        try:
            with self._live.snapshot() as searcher:
                yield searcher
        except SemsearchError as error:
            raise ToolError(str(error)) from error

    def search(
        self,
        question: Annotated[
            str,
            Field(
                min_length=1,
                max_length=2000,
                description="A question or topic in plain words. "
                '"Quoted phrases" must occur, -words must not.',
            ),
        ],
        k: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 5,
        sources: Sources = None,
        speaker: Speaker = None,
        published_from: Day = None,
        published_to: Day = None,
        mode: Annotated[
            Mode, Field(description="`hybrid` unless meaning or words alone are wanted.")
        ] = "hybrid",
    ) -> Found:
        """Find the passages that answer a question, with their articles, best first."""
        filters = Filters(
            sources=tuple(sources or ()),
            speakers=(speaker,) if speaker else (),
            published_from=published_from,
            published_to=published_to,
        )
        with self._searcher() as searcher:
            results = searcher.search(Query(question, k=k, mode=mode, filters=filters))
        return Found(
            verdict=results.verdict,
            total=results.total,
            understood=[chip.label for chip in results.chips if chip.applied],
            passages=[_found(hit) for hit in results.hits],
        )

    def read_passage(
        self,
        passage_id: Annotated[str, Field(description="The passage_id of a search's answer.")],
        context_chars: Annotated[
            int, Field(ge=0, le=20_000, description="Characters of the article on each side.")
        ] = 1000,
    ) -> Around:
        """Read a passage with what stands before and after it in its article."""
        with self._searcher() as searcher:
            passage = searcher.passage(passage_id)
            article = searcher.article(passage.article_id)
            quotes = searcher.quotes(passage.article_id)
            origin = _origin(searcher.brief(passage.article_id))
        low, high = max(0, passage.start - context_chars), passage.end + context_chars
        return Around(
            origin=origin,
            before=article.text[low : passage.start],
            passage=passage.text,
            after=article.text[passage.end : high],
            quotes=[_said(q) for q in quotes if q.start < high and q.end > low],
        )

    def who_said_what(
        self,
        speaker: Speaker = None,
        words: Annotated[str, Field(description="Words that the quote holds, in a row.")] = "",
        limit: Annotated[int, Field(ge=1, le=100, description="How many quotes.")] = 10,
        offset: Annotated[int, Field(ge=0, description="How many to skip.")] = 0,
    ) -> Quotes:
        """List quotes with their speakers and articles, newest first."""
        with self._searcher() as searcher:
            total, found = searcher.quotes_by(speaker, words, limit, offset)
        said = [SaidBy(said=_said(quote), origin=_origin(brief)) for quote, brief in found]
        return Quotes(total=total, quotes=said)

    def list_sources(self) -> Sourced:
        """List the sources with their numbers of articles, and the days they span."""
        with self._searcher() as searcher:
            first, last = searcher.date_range() or (None, None)
            sources = [Source(name=c.value, articles=c.count) for c in searcher.sources()]
            articles = searcher.index.articles
        return Sourced(articles=articles, first_day=first, last_day=last, sources=sources)


def make_server(live: LiveIndex) -> MCPServer:
    """The MCP server over a live index, not yet running."""
    server: MCPServer = MCPServer("semsearch", version=__version__, instructions=INSTRUCTIONS)
    tools = Tools(live)
    for tool in (tools.search, tools.read_passage, tools.who_said_what, tools.list_sources):
        server.add_tool(tool, annotations=READ_ONLY)
    return server


def serve(settings: Settings, transport: Literal["stdio", "streamable-http"] = "stdio") -> None:
    """Serve until the client hangs up (stdio) or the process is told to stop.

    Over HTTP it listens on the settings' host and port, at the path /mcp.
    """
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    with LiveIndex(settings.index_dir, encoder, settings) as live:
        server = make_server(live)
        if transport == "stdio":
            server.run("stdio")
        else:
            server.run("streamable-http", host=settings.host, port=settings.port)


def _found(hit: Hit) -> FoundPassage:
    return FoundPassage(
        passage_id=hit.passage.id,
        text=hit.passage.text,
        best_sentence=hit.answer.text,
        quotes=[_said(quote) for quote in hit.quotes],
        origin=_origin(hit.article),
        also_in=[_origin(duplicate.article) for duplicate in hit.duplicates],
        missing=list(hit.missing),
    )


def _origin(brief: ArticleBrief) -> Origin:
    return Origin(
        article_id=brief.id,
        title=brief.title,
        source=brief.source,
        published=brief.published,
        url=brief.url,
    )


def _said(quote: Quote) -> Said:
    return Said(words=quote.text, speaker=quote.speaker, kind=quote.kind)
