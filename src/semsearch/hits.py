"""What a search takes and what it gives: the values between the searcher and the outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from semsearch.corpus import Passage, Quote
from semsearch.errors import QueryError

__all__ = [
    "Answer",
    "ArticleBrief",
    "Chip",
    "Continuation",
    "Count",
    "Duplicate",
    "Facets",
    "Filters",
    "Hit",
    "IndexBrief",
    "LexicalQuery",
    "Mode",
    "Query",
    "ScorePart",
    "SearchResults",
    "Verdict",
]

Mode = Literal["hybrid", "dense", "lexical"]
_MODES = get_args(Mode)
Verdict = Literal["good", "weak", "none"]
ChipKind = Literal["date", "speaker"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found at all. Empty means no restriction.

    Values within one field are alternatives; fields restrict together. Dates are inclusive at
    both ends; with a date bound, articles without a date are out. Names are compared exactly.
    Raises QueryError when a field of several values is no tuple.
    """

    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None

    def __post_init__(self) -> None:
        _require_tuples(self, "sources", "authors", "speakers", "languages")


@dataclass(frozen=True, slots=True)
class Continuation:
    """Where the next page of a search begins: after `offset` hits of this generation.

    `now` is the clock that the first page was read with. Only the same search may go on there.
    """

    generation: str
    offset: int
    now: date


@dataclass(frozen=True, slots=True)
class Query:
    """What the user asked, as validated values.

    `text` is the question as typed: `"quoted phrases"` must occur, `-words` must not. `k` is how
    many hits a page holds, at least 1; `start` is where it begins, None for the first page. `now`
    fixes the clock for dates in the question. `read_dates` and `read_speakers` switch off the
    understanding of dates and speakers in the question (the removed chips). `like` and `unlike`
    are passage ids to steer toward and away from. `per_article` is the most hits of one article,
    0 for no limit. Raises QueryError when a value is out of its range.
    """

    text: str
    k: int = 10
    start: Continuation | None = None
    mode: Mode = "hybrid"
    filters: Filters = field(default_factory=Filters)
    now: date | None = None
    read_dates: bool = True
    read_speakers: bool = True
    collapse_duplicates: bool = True
    per_article: int = 3
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    rerank: bool = False

    def __post_init__(self) -> None:
        if self.k < 1 or self.per_article < 0:
            raise QueryError(
                f"k must be at least 1 and per_article at least 0, not {self.k} and "
                f"{self.per_article}"
            )
        if self.mode not in _MODES:
            raise QueryError(f"mode must be one of {', '.join(_MODES)}, not {self.mode!r}")
        _require_tuples(self, "like", "unlike")


def _require_tuples(value: Any, *names: str) -> None:
    """A text in a tuple's place would be taken for its letters, and quietly find nothing."""
    for name in names:
        if not isinstance(getattr(value, name), tuple):
            raise QueryError(f"{name} must be a tuple of texts, not {getattr(value, name)!r}")


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """What to look for, as plain text: no syntax.

    `text` gives the words that score. A passage must hold each of `phrases` word for word, and
    none of `excluded`. `with_title` counts the words of the article's title too.
    """

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    with_title: bool = True


@dataclass(frozen=True, slots=True)
class ArticleBrief:
    """An article's metadata without its text."""

    id: str
    title: str
    title_derived: bool
    source: str | None
    url: str | None
    published: date | None
    authors: tuple[str, ...]
    language: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence of a passage that answers best; offsets are into the article's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A passage that says nearly the same as the hit it hangs on. `similarity` is in [0, 1]."""

    passage_id: str
    article: ArticleBrief
    similarity: float


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One addend of a score: the parts of a hit add up to its score."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage. `rank` counts from 1 through all pages; a higher score is better.

    `matched` are spans of the article's text (inside the passage) that match words of the
    question, ascending and disjoint. `missing` are names and quoted terms of the question that
    the passage lacks. `quotes` are those that overlap the passage, by offset.
    """

    rank: int
    score: float
    passage: Passage
    article: ArticleBrief
    answer: Answer
    matched: tuple[tuple[int, int], ...] = ()
    quotes: tuple[Quote, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    missing: tuple[str, ...] = ()
    parts: tuple[ScorePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """Something understood from the question, shown and removable.

    `text == query.text[start:end]`. `label` is what to show ("June 2022", "said by Vladimir
    Putin"). `applied` is False when it was too doubtful to act on and is only offered.
    """

    kind: ChipKind
    text: str
    start: int
    end: int
    label: str
    applied: bool
    published_from: date | None = None
    published_to: date | None = None
    speakers: tuple[str, ...] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many hits (after collapsing duplicates) carry this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over all hits of the search, not of the page; by count descending, then value.

    `months` are "YYYY-MM", ascending. A hit counts once per value it carries.
    """

    sources: tuple[Count, ...] = ()
    authors: tuple[Count, ...] = ()
    speakers: tuple[Count, ...] = ()
    languages: tuple[Count, ...] = ()
    months: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexBrief:
    """Which generation answered, and how much it holds."""

    generation: str
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of a search. `total` counts the hits of all pages; `next` is where the next page
    begins.

    `took_ms` is wall time in milliseconds. `spelling` is a question with names corrected, where
    the index holds a near name and not the typed one.
    """

    query: Query
    verdict: Verdict
    total: int
    took_ms: float
    index: IndexBrief
    hits: tuple[Hit, ...]
    facets: Facets
    chips: tuple[Chip, ...] = ()
    next: Continuation | None = None
    spelling: str | None = None
