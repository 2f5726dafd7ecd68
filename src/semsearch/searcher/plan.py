"""Reading a question: what must occur, which dates and speakers it names, what to search for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from semsearch.dates import DateSpan, read_dates
from semsearch.errors import QueryError
from semsearch.hits import Chip, Filters, Query
from semsearch.lexical import LexicalQuery
from semsearch.question import Question, read_question

__all__ = ["Plan", "make_plan"]


@dataclass(frozen=True)
class Plan:
    """A query taken apart, ready for the retrievers.

    `filters` hold the user's own and those understood from the question. `text` is what to search
    for: the question without marks, and without words that became a filter.
    """

    query: Query
    question: Question
    text: str
    filters: Filters
    chips: tuple[Chip, ...]
    now: date

    @property
    def lexical(self) -> LexicalQuery:
        return LexicalQuery(self.text, self.question.phrases, self.question.excluded)


def make_plan(query: Query, now: date) -> Plan:
    """Read the query at the given day; raises QueryError when there is nothing to search for."""
    question = read_question(query.text)
    if not question.plain and not query.like:
        raise QueryError(
            "the question is empty; type some words, or name a passage to find similar ones"
        )
    dates = read_dates(query.text, now) if query.read_dates else ()
    applied = _applied_date(query, dates)
    chips = [_date_chip(query.text, span, span is applied) for span in dates]
    return Plan(
        query=query,
        question=question,
        text=_search_text(query.text, question, applied),
        filters=_with_dates(query.filters, applied),
        chips=tuple(sorted(chips, key=lambda chip: (chip.start, chip.kind))),
        now=now,
    )


def _applied_date(query: Query, dates: tuple[DateSpan, ...]) -> DateSpan | None:
    """The date to filter by: only a sure one, only when it is the only one, and only when the
    user has not set dates by hand."""
    sure = [span for span in dates if span.sure]
    by_hand = query.filters.published_from or query.filters.published_to
    return sure[0] if len(sure) == 1 and not by_hand else None


def _with_dates(filters: Filters, span: DateSpan | None) -> Filters:
    if span is None:
        return filters
    return replace(filters, published_from=span.published_from, published_to=span.published_to)


def _search_text(text: str, question: Question, applied: DateSpan | None) -> str:
    """The question's words; those of an applied date go, unless nothing else would be left."""
    if applied is None:
        return question.plain
    rest = read_question(text[: applied.start] + " " + text[applied.end :]).plain
    return rest or question.plain


def _date_chip(text: str, span: DateSpan, applied: bool) -> Chip:
    return Chip(
        kind="date",
        text=text[span.start : span.end],
        start=span.start,
        end=span.end,
        label=span.label,
        applied=applied,
        published_from=span.published_from,
        published_to=span.published_to,
    )
