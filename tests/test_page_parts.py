"""The pure parts of the pages: marks, charts, examples, progress."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.corpus import Quote
from semsearch.hits import ArticleBrief, Count, ScorePart
from semsearch.quotes.sayings import SourcedQuote, group_quotes
from semsearch.web.pages.article_text import MarkIndex, stretch_at, stretches
from semsearch.web.pages.charts import histogram, part_bars
from semsearch.web.pages.error_pages import IndexingProgress, read_progress
from semsearch.web.pages.examples import topic_of
from semsearch.web.pages.segments import Mark, cut, group
from semsearch.web.pages.speakers import shown_saying

marks = st.lists(
    st.builds(
        Mark,
        st.sampled_from(["answer", "match", "quote"]),
        st.integers(0, 60),
        st.integers(0, 60),
    ),
    max_size=6,
)


@settings(deadline=None)  # the machine may be busy
@given(st.text(min_size=1, max_size=40), st.integers(0, 20), marks)
def test_segments_join_to_the_text_whatever_is_marked(
    text: str, start: int, found: list[Mark]
) -> None:
    segments = cut(text, start, found)
    assert "".join(s.text for s in segments) == text
    for segment in segments:
        for at in range(segment.start, segment.start + len(segment.text)):
            assert segment.kinds == {m.kind for m in found if m.start <= at < m.end}


def test_overlapping_marks_are_cut_where_each_begins_and_ends() -> None:
    segments = cut("abcdef", 10, [Mark("answer", 11, 15), Mark("match", 13, 20)])
    assert [(s.text, sorted(s.kinds)) for s in segments] == [
        ("a", []),
        ("bc", ["answer"]),
        ("de", ["answer", "match"]),
        ("f", ["match"]),
    ]
    assert [(carries, len(run)) for carries, run in group(segments, "answer")] == [
        (False, 1),
        (True, 2),
        (False, 1),
    ]


def test_a_histogram_fills_the_months_between() -> None:
    buckets = histogram([Count("2021-12", 4), Count("2022-02", 1)])
    assert [(b.label, b.count, b.height) for b in buckets] == [
        ("2021-12", 4, 1.0),
        ("2022-01", 0, 0.0),
        ("2022-02", 1, 0.25),
    ]
    assert (buckets[2].first, buckets[2].last) == (date(2022, 2, 1), date(2022, 2, 28))


def test_one_month_is_nothing_to_choose_from() -> None:
    assert histogram([Count("2022-01", 9)]) == []


@pytest.mark.parametrize(
    ("last", "label", "days"),
    [
        ("2020-11", "2020-01", (date(2020, 1, 1), date(2020, 1, 31))),
        ("2020-12", "2020 Q1", (date(2020, 1, 1), date(2020, 3, 31))),
        ("2022-10", "2020 first half", (date(2020, 1, 1), date(2020, 6, 30))),
        ("2030-12", "2020", (date(2020, 1, 1), date(2020, 12, 31))),
        ("2031-01", "2020 to 2021", (date(2020, 1, 1), date(2021, 12, 31))),
    ],
)
def test_long_times_are_shown_in_at_most_11_bars(
    last: str, label: str, days: tuple[date, date]
) -> None:
    buckets = histogram([Count("2020-01", 1), Count(last, 1)])
    assert len(buckets) <= 11
    assert buckets[0].label == label
    assert (buckets[0].first, buckets[0].last) == days


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 12)), min_size=2, unique=True))
def test_every_hit_is_in_exactly_one_bar(months: list[tuple[int, int]]) -> None:
    buckets = histogram([Count(f"{y:04}-{m:02}", 1) for y, m in sorted(months)])
    assert sum(b.count for b in buckets) == len(months)
    assert len(buckets) <= 11
    for year, month in months:
        assert sum(b.first <= date(year, month, 15) <= b.last for b in buckets) == 1


def test_the_bars_of_a_score_end_at_the_score() -> None:
    bars = part_bars(
        [ScorePart("words", 0.6), ScorePart("meaning", 0.4), ScorePart("unlike", -0.5)]
    )
    assert [(b.left, b.width) for b in bars] == [
        pytest.approx((0.0, 0.6)),
        pytest.approx((0.6, 0.4)),
        pytest.approx((0.5, 0.5)),
    ]


def test_a_part_too_small_to_see_has_no_bar() -> None:
    bars = part_bars(
        [ScorePart("words", 0.0), ScorePart("meaning", 0.2), ScorePart("recency", 0.0004)]
    )
    assert [b.name for b in bars] == ["meaning"]
    assert part_bars([ScorePart("words", 0.0)]) == []


def test_a_topic_is_the_name_that_is_said_most_and_not_the_speaker() -> None:
    said = (
        "we stand with Northland and Putin.\nI told Northland so on Monday, in Oslo.\n"
        "the Northern army and the Northern navy and the Northern people agree"
    )
    assert topic_of(said, "Vladimir Putin") == "Northland"
    assert topic_of("nothing is named here", "Vladimir Putin") is None


def write_progress(path: Path, **changes: object) -> None:
    state = {"stage": "encode", "done": 5, "total": 20, "rate": 2.5, "eta_s": 6.0}
    path.write_text(json.dumps({**state, "pid": os.getpid(), **changes}), "utf-8")


def test_fresh_progress_of_a_living_indexer_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    write_progress(path)
    progress = read_progress(path, path.stat().st_mtime + 1)
    assert progress == IndexingProgress("encode", 5, 20, 2.5, 6.0)
    assert progress.time_left == "about 6 seconds"


def test_old_broken_or_missing_progress_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    assert read_progress(path, 0) is None
    write_progress(path)
    assert read_progress(path, path.stat().st_mtime + 3600) is None
    path.write_text('{"stage": "enc', "utf-8")
    assert read_progress(path, path.stat().st_mtime) is None
    path.write_text("[]", "utf-8")
    assert read_progress(path, path.stat().st_mtime) is None


def test_progress_of_a_dead_indexer_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    # Above the largest process id that Linux gives out.
    write_progress(path, pid=2**22 + 1)
    assert read_progress(path, path.stat().st_mtime + 1) is None


@given(marks, st.integers(0, 60), st.integers(1, 20))
def test_the_index_of_marks_finds_all_that_overlap(
    found: list[Mark], start: int, length: int
) -> None:
    end = start + length
    inside = MarkIndex(found).within(start, end)
    wanted = [m for m in found if m.start < end and m.end > start]
    # A mark that ends before it starts marks nothing, here or there.
    assert [m for m in inside if m.end > m.start] == sorted(
        (m for m in wanted if m.end > m.start), key=lambda m: m.start
    )


def test_a_short_text_is_one_part_and_an_offset_always_has_a_part() -> None:
    assert stretches("One.\n\nTwo.") == [(0, 10)]
    assert stretches("") == [(0, 0)]
    spans = [(0, 10), (12, 30), (40, 50)]
    assert [stretch_at(spans, offset) for offset in (0, 11, 12, 39, 40, 999)] == [0, 0, 1, 1, 2, 2]


def test_a_saying_in_two_papers_shows_the_fuller_wording_and_what_the_other_changed() -> None:
    def said(article_id: str, text: str) -> Quote:
        return Quote(article_id, "direct", 0, len(text), text, "Anna Keller", "Keller", "said", "r")

    def article(article_id: str, source: str) -> ArticleBrief:
        return ArticleBrief(article_id, "T", False, source, None, None, (), "en", None)

    short = said("a", "We will never raise the tax on bread")
    long = said("b", "We will never ever raise the tax on bread")
    (found,) = group_quotes(
        [SourcedQuote(short, "Post", date(2022, 1, 2)), SourcedQuote(long, "Ledger")]
    )
    shown = shown_saying(found, {"a": article("a", "Post"), "b": article("b", "Ledger")})
    assert shown.quote is long
    assert [(quote, place.source) for quote, place in shown.others] == [(short, "Post")]
    ((sources, edits),) = shown.wordings
    assert sources == "Post"
    assert [(e.left, e.right) for e in edits if e.kind == "changed"] == [("ever", "")]
