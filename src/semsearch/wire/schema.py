"""What the API answers: one model per response.

The same models shape the JSON, make the OpenAPI document and type the Python client. They read
the searcher's values by attribute (`from_attributes`), so a response is one validation and one
dump, both done by pydantic's compiled core. Fields may be added in v1, never removed or changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from .params import Mode

__all__ = [
    "AcceptedResponse",
    "Answer",
    "ArticleBrief",
    "ArticleResponse",
    "BatchResponse",
    "Chip",
    "ChipKind",
    "Count",
    "Duplicate",
    "Facets",
    "FoundQuote",
    "Hit",
    "IndexBrief",
    "IndexResponse",
    "Job",
    "Mode",
    "Part",
    "Passage",
    "PassageResponse",
    "Quote",
    "QuoteKind",
    "QuotesResponse",
    "Saying",
    "SayingPlace",
    "SayingsResponse",
    "SearchResponse",
    "SimilarResponse",
    "SourcesResponse",
    "Speaker",
    "SpeakersResponse",
    "SuggestResponse",
    "Suggestion",
    "Verdict",
    "Wording",
]

Verdict = Literal["good", "weak", "none"]
ChipKind = Literal["date", "speaker"]
QuoteKind = Literal["direct", "indirect"]
Offset = Annotated[int, Field(ge=0, description="Character offset into the article's text.")]


class Value(BaseModel):
    """Base of all: frozen, read by attribute."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Passage(Value):
    """A span of an article; its id stays the same while its text does."""

    id: str = Field(description="16 hex digits.", examples=["8f14e45fceea167a"])
    text: str
    start: Offset
    end: Offset


class ArticleBrief(Value):
    """An article's metadata without its text."""

    id: str
    title: str
    title_derived: bool = Field(description="Whether the title was made from the text.")
    source: str | None
    url: str | None
    published: date | None = Field(description="The date the article states.")
    authors: tuple[str, ...]
    language: str | None = Field(description="ISO 639-1 code.")
    place: str | None = Field(description="Place of the dateline.")


class Answer(Value):
    """The sentence of the passage that answers best."""

    text: str
    start: Offset
    end: Offset


class Quote(Value):
    """Somebody's words, found automatically: check the source."""

    article_id: str
    kind: QuoteKind
    start: Offset
    end: Offset
    text: str
    speaker: str | None = Field(description="Fullest name that the article gives.")
    mention: str | None = Field(description="The words next to the quote that name the speaker.")
    cue: str | None = Field(description='The reporting word, such as "said".')
    rule: str = Field(description="The rule that found it.")


class Duplicate(Value):
    """A passage elsewhere that says nearly the same."""

    passage_id: str
    similarity: float = Field(ge=0, le=1)
    article: ArticleBrief


class Part(Value):
    """One addend of a score."""

    name: str
    value: float


class Hit(Value):
    """A ranked passage."""

    rank: int = Field(ge=1, description="Counts through all pages.")
    score: float = Field(description="Higher is better; comparable within one search only.")
    passage: Passage
    article: ArticleBrief
    answer: Answer
    matched: tuple[tuple[int, int], ...] = Field(
        description="Spans [start, end) of the article's text that match words of the question."
    )
    quotes: tuple[Quote, ...] = Field(description="Quotes that overlap the passage.")
    duplicates: tuple[Duplicate, ...]
    missing: tuple[str, ...] = Field(description="Names and quoted terms that it lacks.")
    explain: tuple[Part, ...] | None = Field(
        None,
        validation_alias=AliasChoices("explain", "parts"),
        description="Parts that add up to the score; only if asked for.",
    )


class Chip(Value):
    """Something understood from the question: `text == query[start:end]`."""

    kind: ChipKind
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    label: str = Field(examples=["June 2022"])
    applied: bool = Field(description="False: too doubtful to act on, only offered.")
    published_from: date | None
    published_to: date | None
    speakers: tuple[str, ...]
    topic: str | None


class Count(Value):
    """A value, and how many hits or articles carry it."""

    value: str
    count: int = Field(ge=0)


class Facets(Value):
    """Counts over all hits of the search, not of the page."""

    sources: tuple[Count, ...]
    authors: tuple[Count, ...]
    speakers: tuple[Count, ...]
    languages: tuple[Count, ...]
    months: tuple[Count, ...] = Field(description="YYYY-MM, ascending.")


class IndexBrief(Value):
    """The generation that answered."""

    generation: str
    articles: int = Field(ge=0)
    passages: int = Field(ge=0)


class SearchResponse(Value):
    """One page of a search."""

    query: str
    mode: Mode
    verdict: Verdict = Field(description="Whether the hits answer: `good`, `weak` or `none`.")
    total: int = Field(ge=0, description="Hits of all pages.")
    took_ms: float = Field(ge=0, description="Time of the search, in milliseconds.")
    index: IndexBrief
    hits: tuple[Hit, ...]
    facets: Facets
    chips: tuple[Chip, ...]
    spelling: str | None = Field(description="The question with names corrected.")
    cursor: str | None = Field(description="Give it back for the next page; null on the last.")


class BatchResponse(Value):
    """The answers of a batch, in the order of its queries."""

    results: tuple[SearchResponse, ...]


class SimilarResponse(Value):
    """Passages near in meaning to one passage, best first."""

    index: IndexBrief
    passage: Passage
    hits: tuple[Hit, ...]


class PassageResponse(Value):
    """One passage with its article."""

    index: IndexBrief
    passage: Passage
    article: ArticleBrief
    quotes: tuple[Quote, ...]


class ArticleResponse(Value):
    """A whole article. All offsets point into `text`."""

    index: IndexBrief
    article: ArticleBrief
    text: str
    passages: tuple[Passage, ...]
    quotes: tuple[Quote, ...]


class SourcesResponse(Value):
    """All sources, by number of articles descending, then name."""

    index: IndexBrief
    sources: tuple[Count, ...]


class Speaker(Value):
    """Somebody who is quoted in the index."""

    name: str
    quotes: int = Field(ge=0)
    articles: int = Field(ge=0)
    aliases: tuple[str, ...]
    first: date | None = Field(description="Date of the earliest article that quotes them.")
    last: date | None


class SpeakersResponse(Value):
    """Speakers, by number of quotes descending, then name."""

    index: IndexBrief
    speakers: tuple[Speaker, ...]
    more: bool = Field(description="Whether there are more after these.")


class FoundQuote(Value):
    """A quote with its article."""

    quote: Quote
    article: ArticleBrief


class QuotesResponse(Value):
    """Quotes, newest first."""

    index: IndexBrief
    total: int = Field(ge=0)
    quotes: tuple[FoundQuote, ...]


class Wording(Value):
    """One way in which a saying was printed."""

    text: str
    article_ids: tuple[str, ...] = Field(description="The articles that print it so.")
    sources: tuple[str, ...]


class SayingPlace(Value):
    """Where a saying stands."""

    quote: Quote
    article: ArticleBrief


class Saying(Value):
    """The same words of somebody, in however many articles."""

    text: str = Field(description="The fullest wording.")
    first: date | None = Field(description="The earliest date of an article that has it.")
    sources: tuple[str, ...]
    wordings: tuple[Wording, ...] = Field(description="The fullest first, then the commonest.")
    places: tuple[SayingPlace, ...] = Field(description="Earliest first, undated last.")


class SayingsResponse(Value):
    """What somebody said, the same words in several articles as one; newest first."""

    index: IndexBrief
    speaker: str
    total: int = Field(ge=0)
    sayings: tuple[Saying, ...]


class Suggestion(Value):
    """A completion: a title, a name or a speaker of the index."""

    text: str
    kind: str


class SuggestResponse(Value):
    """Completions of what was typed, best first."""

    suggestions: tuple[Suggestion, ...]


class IndexResponse(Value):
    """What the index says of itself."""

    index: IndexBrief
    model: str
    published_at: datetime
    journal_seq: int = Field(ge=0, description="The last change over the API that it holds.")


class Job(Value):
    """Changes on their way into the index. They are durable from the first answer on."""

    id: str = Field(examples=["1-2000"])
    state: Literal["waiting", "done"] = Field(description="`done`: searches see all of it.")
    total: int = Field(ge=1, description="Changes in this job.")
    done: int = Field(ge=0, description="Changes that searches see.")


class AcceptedResponse(Value):
    """Written durably; follow `job` to know when searches see it."""

    ids: tuple[str, ...] = Field(description="Article ids in the order given.")
    job: Job
