"""Fusion, recency, temporal prior, proximity: each by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ranking.fusion import (
    HeadText,
    Pool,
    RankingParams,
    WeightedTerms,
    add_proximity,
    add_reranker,
    proximity_of,
    rank,
)

TODAY = 738_000  # a day in 2021


def pool(
    dense: list[float],
    lexical: list[float],
    published: list[int] | None = None,
    whole: list[float] | None = None,
) -> Pool:
    count = len(dense)
    return Pool(
        rows=np.arange(10, 10 + count, dtype=np.int64),
        dense=np.array(dense, np.float32),
        lexical=np.array(lexical, np.float32),
        articles=np.arange(count, dtype=np.int64),
        published=np.array(published or [0] * count, np.int64),
        whole=None if whole is None else np.array(whole, np.float32),
    )


def test_hybrid_is_a_convex_combination_of_meaning_and_words() -> None:
    ranked = rank(pool([0.25, 0.5, 0.75], [8.0, 4.0, 0.0]), RankingParams(dense_weight=0.25))
    # meaning (0.25-0.25)/0.5, (0.5-0.25)/0.5, (0.75-0.25)/0.5; words 8/8, 4/8, 0/8
    expected = [0.25 * 0 + 0.75 * 1, 0.25 * 0.5 + 0.75 * 0.5, 0.25 * 1 + 0.75 * 0]
    assert ranked.scores == pytest.approx(expected)
    assert ranked.order.tolist() == [0, 1, 2]


def test_single_modes_score_as_found() -> None:
    one = pool([0.1, 0.3], [5.0, 2.0])
    assert rank(one, RankingParams(mode="dense")).order.tolist() == [1, 0]
    assert rank(one, RankingParams(mode="lexical")).scores.tolist() == [5.0, 2.0]


def test_a_whole_article_speaks_for_its_passages() -> None:
    params = RankingParams(article_weight=0.4)
    ranked = rank(pool([0.5, 0.5], [1.0, 1.0], whole=[3.0, 6.0]), params)
    assert ranked.parts["article"] == pytest.approx([0.4 * 3 / 6, 0.4])
    assert ranked.order.tolist() == [1, 0]


def test_a_source_that_is_named_speaks_for_its_passages() -> None:
    named = replace(pool([0.5, 0.5], [1.0, 1.0]), named=np.array([False, True]))
    ranked = rank(named, RankingParams(source_weight=0.3))
    assert ranked.parts["source"].tolist() == [0, 0.3]
    assert ranked.order.tolist() == [1, 0]


def test_equal_scores_go_to_the_lower_row() -> None:
    assert rank(pool([0.5] * 3, [1.0] * 3), RankingParams()).order.tolist() == [0, 1, 2]


def test_recency_falls_to_one_eth_in_its_days() -> None:
    params = RankingParams(now=TODAY, recency_weight=0.4, recency_days=30)
    days = [TODAY, TODAY - 30, 0, TODAY + 9, TODAY - 3000]
    ranked = rank(pool([0.5] * 5, [1.0] * 5, published=days), params)
    assert ranked.parts["recency"] == pytest.approx([0.4, 0.4 / math.e, 0, 0, 0])


def test_candidates_of_the_best_candidates_days_gain() -> None:
    params = RankingParams(dense_weight=0, temporal_weight=0.5, temporal_days=10)
    days = [TODAY, TODAY + 10, TODAY - 100_000, 0]
    ranked = rank(pool([0.5] * 4, [4.0, 4.0, 2.0, 1.0], published=days), params)
    # scores 1, 1, 1/2, 1/4: what each article weighs, the one without a date too
    far, undated = math.exp(3 * (0.5 - 1)), math.exp(3 * (0.25 - 1))
    whole = 1 + 1 + far + undated
    near = (1 + math.exp(-1)) / whole
    mean = (near + near + far / whole) / 3
    expected = [0.5 * near, 0.5 * near, 0.5 * far / whole, 0.5 * mean]
    assert ranked.parts["temporal"] == pytest.approx(expected)


def test_an_article_has_one_say_about_the_moment_and_alone_none() -> None:
    params = RankingParams(temporal_weight=0.5)
    one = replace(pool([0.5] * 3, [1.0] * 3, [TODAY] * 3), articles=np.array([7, 7, 7]))
    assert "temporal" not in rank(one, params).parts
    two = replace(pool([0.5] * 3, [1.0] * 3, [TODAY, TODAY, 9]), articles=np.array([7, 7, 8]))
    assert rank(two, params).parts["temporal"] == pytest.approx([0.5 / 2, 0.5 / 2, 0.5 / 2])


def test_only_dates_make_a_moment_and_only_in_hybrid() -> None:
    undated = pool([0.5, 0.4], [2.0, 1.0])
    assert "temporal" not in rank(undated, RankingParams()).parts
    dated = pool([0.5, 0.4], [2.0, 1.0], published=[TODAY, TODAY])
    assert rank(dated, RankingParams(mode="lexical")).parts.keys() == {"words"}


def test_an_archive_has_no_part_called_recency() -> None:
    ranked = rank(pool([0.5], [1.0], published=[TODAY - 900]), RankingParams(now=TODAY))
    assert "recency" not in ranked.parts


def test_an_empty_pool_ranks_to_nothing() -> None:
    assert rank(pool([], [], whole=[]), RankingParams(now=TODAY)).order.tolist() == []


NUMBERS = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(0, 60), st.floats(0, 90)), min_size=1, max_size=20
)


@given(NUMBERS)
def test_parts_add_up_to_the_score_exactly(values: list[tuple[float, float, float]]) -> None:
    dense, lexical, whole = (list(column) for column in zip(*values, strict=True))
    ranked = rank(pool(dense, lexical, whole=whole), RankingParams())
    added = np.zeros(len(values))
    for part in ranked.parts.values():
        added = added + part
    assert (added == ranked.scores).all()
    assert (np.diff(ranked.scores[ranked.order]) <= 0).all()


ASKED = WeightedTerms(("putin", "nato", "budget"), {"putin": 1.0, "nato": 2.0, "budget": 3.0})


def text(words: str, title: str = "", number: int = 0, candidate: int = 0) -> HeadText:
    occurrences = [(at, word) for at, word in enumerate(words.split()) if word in ASKED.stems]
    return HeadText(candidate, occurrences, set(title.split()) & set(ASKED.stems), number)


def test_nearness_is_the_share_of_the_question_in_one_window() -> None:
    far = " ".join(["x"] * 41)
    assert proximity_of(ASKED, text("putin x nato")).near == pytest.approx((1 + 2) / 6)
    assert proximity_of(ASKED, text(f"putin {far} budget")).near == pytest.approx(3 / 6)
    assert proximity_of(ASKED, text("putin " + "x " * 39 + "budget")).near == pytest.approx(4 / 6)


def test_repeated_words_count_once() -> None:
    assert proximity_of(ASKED, text("nato nato nato")).near == pytest.approx(2 / 6)


def test_pairs_must_stand_in_order_and_close() -> None:
    # pairs: putin-nato weighs 1 + 2, nato-budget 2 + 3
    assert proximity_of(ASKED, text("nato x x x budget")).paired == pytest.approx(5 / 8)
    assert proximity_of(ASKED, text("nato x x x x budget")).paired == 0
    assert proximity_of(ASKED, text("budget nato putin")).paired == 0


def test_titles_help_to_hold_the_question_but_not_to_be_near() -> None:
    found = proximity_of(ASKED, text("putin", title="budget talks"))
    assert found.held == pytest.approx((1 + 3) / 6)
    assert found.near == pytest.approx(1 / 6)


def test_a_question_without_content_is_near_nothing() -> None:
    assert proximity_of(WeightedTerms((), {}), text("a b")).held == 0


def test_the_head_gains_by_nearness_and_by_opening_its_article() -> None:
    two = pool([0.5, 0.5], [1.0, 1.0])
    params = RankingParams(proximity_weight=0.3, order_weight=0.2, opening_weight=0.1)
    one = text("putin nato budget", number=1, candidate=1)
    ranked = add_proximity(two, rank(two, params), [(one, proximity_of(ASKED, one))], params)
    assert ranked.parts["proximity"] == pytest.approx([0, 0.3 * 1 + 0.2 * 1])
    assert ranked.parts["opening"] == pytest.approx([0, 0.1 / 2])
    assert ranked.order.tolist() == [1, 0]


def test_a_reader_has_the_last_word_on_what_it_read() -> None:
    three = pool([0.9, 0.5, 0.1], [3.0, 2.0, 1.0])
    ranked = rank(three, RankingParams(dense_weight=0.5))
    read = add_reranker(three, ranked, ranked.order[:2], np.array([0.1, 0.9]))
    assert read.parts["reranker"] == pytest.approx([4 * 1.1, 4 * 1.9, 0])
    assert read.order.tolist() == [1, 0, 2]
