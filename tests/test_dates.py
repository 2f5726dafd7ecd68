"""Dates in questions. Friday 17 June 2022 is "now" unless a test says otherwise."""

# ruff: noqa: RUF001, SIM905 -- the dashes of ranges are meant; word lists read better as text
from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.question.dates import DateSpan, joint_range, read_dates, without_dates
from semsearch.question.periods import find_periods, may_hold_periods, range_label

NOW = date(2022, 6, 17)

# words, first day, last day of publication, label
APPLIED = [
    ("in 2022", date(2022, 1, 1), date(2022, 12, 31), "2022"),
    ("last June", date(2021, 6, 1), date(2021, 6, 30), "June 2021"),
    ("this June", date(2022, 6, 1), date(2022, 6, 30), "June 2022"),
    ("in March", date(2022, 3, 1), date(2022, 3, 31), "March 2022"),
    ("in September", date(2021, 9, 1), date(2021, 9, 30), "September 2021"),
    ("since March 3", date(2022, 3, 3), None, "since 3 March 2022"),
    ("since 2017", date(2017, 1, 1), None, "since 1 January 2017"),
    ("after March 2020", date(2020, 4, 1), None, "since 1 April 2020"),
    ("before March 2022", None, date(2022, 2, 28), "until 28 February 2022"),
    # Ten days back, and one ahead for clocks that are ahead.
    ("this week", date(2022, 6, 7), date(2022, 6, 18), "last 10 days: 7–18 June 2022"),
    # The week from Monday 6 to Sunday 12 June, and three days in which it is written about.
    ("last week", date(2022, 6, 6), date(2022, 6, 15), "6–15 June 2022"),
    ("yesterday", date(2022, 6, 16), date(2022, 6, 18), "16–18 June 2022"),
    ("today", date(2022, 6, 17), date(2022, 6, 18), "17–18 June 2022"),
    # Tuesday's news and, should the coming Tuesday be meant, what is written ahead of it.
    ("on Tuesday", date(2022, 6, 14), date(2022, 6, 18), "14–18 June 2022"),
    ("on Friday", date(2022, 6, 17), date(2022, 6, 18), "17–18 June 2022"),
    # A Turkish keyboard's dotless i, and the long s of old prints.
    ("on fr\u0131day", date(2022, 6, 17), date(2022, 6, 18), "17–18 June 2022"),
    ("in \u017feptember", date(2021, 9, 1), date(2021, 9, 30), "September 2021"),
    # This week's or last week's Tuesday: the range takes in both.
    ("last Tuesday", date(2022, 6, 7), date(2022, 6, 17), "7–17 June 2022"),
    ("last weekend", date(2022, 6, 10), date(2022, 6, 15), "10–15 June 2022"),
    # 14 days back, three to each side, and three in which it is written about.
    ("two weeks ago", date(2022, 5, 31), date(2022, 6, 9), "31 May – 9 June 2022"),
    ("in the past month", date(2022, 5, 18), date(2022, 6, 18), "18 May – 18 June 2022"),
    ("this year", date(2022, 1, 1), date(2022, 6, 18), "1 January – 18 June 2022"),
    ("last year", date(2021, 1, 1), date(2021, 12, 31), "2021"),
    ("early 2021", date(2021, 1, 1), date(2021, 4, 30), "January – April 2021"),
    ("in late June 2019", date(2019, 6, 21), date(2019, 7, 3), "21 June – 3 July 2019"),
    ("June 16, 2021", date(2021, 6, 16), date(2021, 6, 19), "16–19 June 2021"),
    ("on 16 June 2021", date(2021, 6, 16), date(2021, 6, 19), "16–19 June 2021"),
    ("on 2021-06-16", date(2021, 6, 16), date(2021, 6, 19), "16–19 June 2021"),
    ("16/06/2021", date(2021, 6, 16), date(2021, 6, 19), "16–19 June 2021"),
    ("between March and May 2022", date(2022, 3, 1), date(2022, 5, 31), "March – May 2022"),
    ("from June 3 to June 5", date(2022, 6, 3), date(2022, 6, 8), "3–8 June 2022"),
    ("in March and April 2021", date(2021, 3, 1), date(2021, 4, 30), "March – April 2021"),
    ("in the summer of 2021", date(2021, 6, 1), date(2021, 8, 31), "June – August 2021"),
    ("in the third quarter of 2021", date(2021, 7, 1), date(2021, 9, 30), "July – September 2021"),
    ("in the first half of 2020", date(2020, 1, 1), date(2020, 6, 30), "January – June 2020"),
    ("in the 1990s", date(1990, 1, 1), date(1999, 12, 31), "January 1990 – December 1999"),
]


@pytest.mark.parametrize(("words", "first", "last", "label"), APPLIED)
def test_a_date_phrase_becomes_a_range_of_publication_dates(
    words: str, first: date | None, last: date | None, label: str
) -> None:
    question = f"who resigned {words}?"
    (span,) = read_dates(question, NOW)
    assert (span.published_from, span.published_to, span.label) == (first, last, label)
    assert span.sure
    assert question[span.start : span.end] == words
    assert without_dates(question, [span]) == "who resigned?"


@pytest.mark.parametrize(
    "question",
    [
        "the March on Washington",
        "Theresa May on Brexit",
        "before May resigned",
        "who edits the Sunday Times",
        "Black Friday sales",
        "Who won the 2022 World Cup?",
        "polls before the 2020 election",
        "Euro 2022 final",
        'what is "1984" about',
        "2000 soldiers were sent",
        "between 2000 and 3000 soldiers",
        "what will happen in 2024",
        "next month's summit",
        "an album coming July 29",
        "by 2022",
        "the September 11 attacks",
        "takeaways from Jan. 6 hearings",
        "the events of June 3",
        "which minister recently resigned",
        "who died on 05/06/2022",
    ],
)
def test_a_doubtful_date_is_offered_and_not_applied(question: str) -> None:
    spans = read_dates(question, NOW)
    assert spans
    assert not any(span.sure for span in spans)
    assert joint_range(spans) == (None, None)
    assert without_dates(question, spans) == question


@pytest.mark.parametrize(
    "question",
    [
        "what did Putin say about NATO budgets",
        "more than 2000 soldiers",
        "who owns Mar-a-Lago",
        "tobacco for today's teens",
        "an editor of USA Today",
        "a $2000 prize and 2,022 others",
        "release 3.11.7",
        "6 may die",
        "this may be his last",
        "it may rain in Kyiv",
        "the fall of Kabul",
        "",
    ],
)
def test_a_question_without_a_date_has_no_spans(question: str) -> None:
    assert read_dates(question, NOW) == ()


def test_a_numeric_date_of_two_readings_offers_both() -> None:
    first, second = read_dates("who died on 05/06/2022", NOW)
    assert (first.published_from, second.published_from) == (date(2022, 5, 6), date(2022, 6, 5))
    assert (first.start, first.end) == (second.start, second.end)


def test_a_side_remark_bounds_from_below_only() -> None:
    question = "Who took the throne after the death of the Queen in September 2021?"
    (span,) = read_dates(question, NOW)
    assert (span.published_from, span.published_to) == (date(2021, 9, 1), None)
    assert span.sure
    assert without_dates(question, [span]) == question  # the words may stand in the article


def test_the_older_of_two_times_bounds_from_below_only() -> None:
    question = "What did the senator elected in 2016 announce this week?"
    elected, week = read_dates(question, NOW)
    assert (elected.published_from, elected.published_to) == (date(2016, 1, 1), None)
    assert joint_range([elected, week]) == (date(2022, 6, 7), date(2022, 6, 18))
    assert without_dates(question, [elected, week]) == (
        "What did the senator elected in 2016 announce?"
    )


def test_contradicting_bounds_are_not_applied_together() -> None:
    before, since = read_dates("before March 2022 but since May 2022", NOW)
    assert (before.sure, since.sure) == (False, True)


def test_figures_for_a_period_may_come_out_in_the_next() -> None:
    for question in ("What percentage died last year?", "lottery sales hit $3.8 billion in 2021"):
        (span,) = read_dates(question, NOW)
        assert (span.published_from, span.published_to) == (date(2021, 1, 1), date(2022, 12, 31))


def test_a_day_of_a_year_ago_or_of_now_is_read_from_now() -> None:
    (new_year,) = read_dates("what happened yesterday", date(2022, 1, 1))
    assert new_year.published_from == date(2021, 12, 31)
    (leap,) = read_dates("in the past three years", date(2024, 2, 29))
    assert leap.published_from == date(2021, 2, 28)


def test_a_time_without_a_year_that_is_nearer_ahead_than_back_needs_a_question_about_the_past() -> (
    None
):
    # 4 July 2021 is 348 days back, 4 July 2022 is 17 days ahead.
    assert not read_dates("the parade on July 4", NOW)[0].sure
    assert read_dates("who was shot on July 4", NOW)[0].sure
    assert read_dates("the parade on July 4", date(2022, 7, 20))[0].sure
    assert not read_dates("which airline is slashing flights in November", NOW)[0].sure


def test_labels_name_whole_months_and_years_shortly() -> None:
    assert range_label(date(2022, 1, 1), date(2022, 12, 31)) == "2022"
    assert range_label(date(2022, 6, 1), date(2022, 6, 30)) == "June 2022"
    assert range_label(date(2021, 12, 1), date(2022, 1, 31)) == "December 2021 – January 2022"
    assert range_label(date(2022, 6, 13), date(2022, 6, 13)) == "13 June 2022"
    assert range_label(None, date(2022, 6, 13)) == "until 13 June 2022"
    assert range_label(None, None) == "any time"


_WORDS = st.sampled_from(
    """since before between and from to in on the last this past next June May March 3 16th 2022
    2020 1990s week weekend month year Tuesday yesterday today ago two few days early late
    16/06/2022 2022-06-16 – - , ? " ' of summer quarter first recently 31 February 29""".split()
)
_QUESTIONS = st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=14).map(" ".join))


@settings(max_examples=500, deadline=None)
@given(question=_QUESTIONS, now=st.dates())
def test_any_question_on_any_day_gives_ordered_spans_and_overlapping_ranges(
    question: str, now: date
) -> None:
    spans = read_dates(question, now)
    assert all(0 <= span.start < span.end <= len(question) for span in spans)
    places = sorted({(span.start, span.end) for span in spans})
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    for span in spans:
        assert _in_order(span.published_from, span.published_to)
    assert _in_order(*joint_range(spans))
    assert isinstance(without_dates(question, spans), str)


@settings(max_examples=300, deadline=None)
@given(question=_QUESTIONS)
def test_the_quick_look_never_misses_a_period(question: str) -> None:
    if find_periods(question, NOW):
        assert may_hold_periods(question)


@given(days=st.integers(0, 3000))
def test_a_weekday_means_the_latest_one(days: int) -> None:
    now = date(2020, 1, 1) + timedelta(days)
    (span,) = read_dates("what did he say on Monday", now)
    assert span.published_from is not None
    assert span.published_from.weekday() == 0
    assert 0 <= (now - span.published_from).days < 7


def _in_order(first: date | None, last: date | None) -> bool:
    return first is None or last is None or first <= last


def test_spans_are_plain_values() -> None:
    span = DateSpan(0, 4, None, None, "any time", sure=False, leave_out=False)
    assert joint_range([span]) == (None, None)
