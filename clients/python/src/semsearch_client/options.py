"""What the calls take: the options of a search, and an article to put."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Required, TypedDict

from semsearch_client.wire.params import Limits, Mode, SearchParams

__all__ = ["NewArticle", "SearchOptions", "search_params"]

# The server's own limits decide; a client must not refuse what it would take.
ANY = Limits(max_k=1_000_000, max_query_chars=1_000_000)
LISTS = {
    info.alias or name for name, info in SearchParams.model_fields.items() if info.default == ()
}


class SearchOptions(TypedDict, total=False):
    """Options of a search: the API's parameters under their own names.

    `from_` is `from`, which is a word of Python's. Of `source`, `author`, `speaker`, `language`,
    `like` and `unlike` there may be one or several.
    """

    mode: Mode
    source: str | Sequence[str]
    author: str | Sequence[str]
    speaker: str | Sequence[str]
    language: str | Sequence[str]
    from_: date | None
    to: date | None
    now: date | None
    dates: bool
    speakers: bool
    duplicates: bool
    per_article: int | None
    like: str | Sequence[str]
    unlike: str | Sequence[str]
    rerank: bool
    explain: bool
    k: int
    cursor: str | None


class NewArticle(TypedDict, total=False):
    """An article to put; only the text must be there."""

    id: str
    text: Required[str]
    title: str
    url: str
    source: str
    published: date
    authors: Sequence[str]
    language: str
    place: str


def search_params(q: str, options: SearchOptions) -> SearchParams:
    """The parameters of a search; raises pydantic's ValidationError for what no server takes."""
    values: dict[str, Any] = {"q": q}
    for name, value in options.items():
        name = name.removesuffix("_")
        values[name] = (value,) if name in LISTS and isinstance(value, str) else value
    return SearchParams.model_validate(values, context=ANY)
