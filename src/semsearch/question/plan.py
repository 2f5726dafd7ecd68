"""Reading a question: what must occur, which dates and speakers it names, what to search for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from semsearch.errors import QueryError
from semsearch.hits import Chip, Filters, LexicalQuery, Query
from semsearch.question.dates import DateSpan, joint_range, read_dates, without_dates
from semsearch.question.intent import SpeakerIntent, read_intent
from semsearch.question.syntax import (
    ParsedQuestion,
    parse_question,
    reads_as_headline,
    sources_named,
)
from semsearch.quotes.speakers import SpeakerLookup, speaker_key

__all__ = ["Plan", "make_plan", "with_speakers", "without_dates_understood"]


@dataclass(frozen=True)
class Plan:
    """A query taken apart, ready for the retrievers.

    `filters` hold the user's own and those understood from the question, with speakers as the keys
    under which the index joins their names. `text` is what to search for: the question without
    marks, and without words that became a filter. `headline` is whether it reads as one, `sources`
    are those that it names behind a bar or a dash. `with_titles` lets titles speak for passages.
    """

    query: Query
    question: ParsedQuestion
    text: str
    filters: Filters
    chips: tuple[Chip, ...]
    now: date
    intent: SpeakerIntent | None
    headline: bool = False
    sources: tuple[str, ...] = ()
    with_titles: bool = True

    @property
    def words(self) -> str:
        """What a passage should hold: of a question for somebody's words, who and about what.

        "say" in "what did X say about Y" is no word that an answer would hold.
        """
        if self.intent is None or self.intent.topic is None:
            return self.text
        return f"{self.intent.mention} {self.intent.topic}"

    @property
    def lexical(self) -> LexicalQuery:
        return LexicalQuery(
            self.text, self.question.phrases, self.question.excluded, self.with_titles
        )


def make_plan(
    query: Query, now: date, speakers: SpeakerLookup, sources: Sequence[str] = ()
) -> Plan:
    """Read the query at the given day; raises QueryError when there is nothing to search for.

    `sources` are those of the index, which a pasted headline may name.
    """
    question = parse_question(query.text)
    if not question.plain and not query.like:
        raise QueryError(
            "the question is empty; type some words, or name a passage to find similar ones"
        )
    dates = read_dates(query.text, now) if query.read_dates else ()
    applied = _applied_dates(query, dates)
    # A speaker chosen by hand says whose words are wanted; the question need not be asked.
    by_hand = bool(query.filters.speakers)
    intent = read_intent(query.text, speakers) if query.read_speakers and not by_hand else None
    named = sources_named(query.text, sources)
    return Plan(
        query=query,
        question=question,
        text=_search_text(question, applied),
        filters=_with_dates(with_speakers(query.filters, query.filters.speakers), applied),
        chips=_chips(query.text, dates, applied, intent),
        now=now,
        intent=intent if intent is not None and intent.applied else None,
        headline=bool(named) or (reads_as_headline(query.text) and intent is None),
        sources=named,
    )


def without_dates_understood(plan: Plan) -> Plan:
    """The plan as it is when no date of the question is acted on; its chips are only offered."""
    query = plan.query
    return replace(
        plan,
        text=plan.question.plain,
        filters=with_speakers(query.filters, query.filters.speakers),
        chips=tuple(
            replace(chip, applied=False) if chip.kind == "date" else chip for chip in plan.chips
        ),
    )


def with_speakers(filters: Filters, names: tuple[str, ...]) -> Filters:
    """The filters for the words of these people, by the keys that join their names."""
    return replace(filters, speakers=tuple(speaker_key(name) or name for name in names))


def _applied_dates(query: Query, dates: tuple[DateSpan, ...]) -> tuple[DateSpan, ...]:
    """The dates to filter by: the sure ones, unless the user has set dates by hand."""
    if query.filters.published_from or query.filters.published_to:
        return ()
    return tuple(span for span in dates if span.sure)


def _with_dates(filters: Filters, applied: tuple[DateSpan, ...]) -> Filters:
    if not applied:
        return filters
    first, last = joint_range(applied)
    return replace(filters, published_from=first, published_to=last)


def _search_text(question: ParsedQuestion, applied: tuple[DateSpan, ...]) -> str:
    """The question's words without those that only set the time; all, if nothing else is left."""
    if not any(span.leave_out for span in applied):
        return question.plain
    return parse_question(without_dates(question.text, applied)).plain or question.plain


def _chips(
    text: str,
    dates: tuple[DateSpan, ...],
    applied: tuple[DateSpan, ...],
    intent: SpeakerIntent | None,
) -> tuple[Chip, ...]:
    """What was understood, by its place in the question."""
    chips = [_date_chip(text, span, span in applied) for span in dates]
    if intent is not None:
        chips.append(_speaker_chip(text, intent))
    return tuple(sorted(chips, key=lambda chip: (chip.start, chip.kind)))


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


def _speaker_chip(text: str, intent: SpeakerIntent) -> Chip:
    return Chip(
        kind="speaker",
        text=text[intent.start : intent.end],
        start=intent.start,
        end=intent.end,
        label="said by " + " or ".join(intent.speakers),
        applied=intent.applied,
        speakers=intent.speakers,
        topic=intent.topic,
    )
