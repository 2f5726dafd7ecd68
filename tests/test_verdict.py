"""The verdict: monotone in what supports it, and never sure without support."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ranking.verdict import GOOD_FROM, NONE_BELOW, Support, chance, judge

SHARES = st.floats(0, 1)


def test_no_hit_is_none() -> None:
    assert judge(None) == "none"


def test_all_of_the_question_close_together_is_good() -> None:
    assert judge(Support(cosine=0.8, near=1.0, held=1.0)) == "good"
    assert judge(Support(cosine=None, near=1.0, held=1.0)) == "good"


def test_a_near_meaning_alone_is_no_answer() -> None:
    assert judge(Support(cosine=0.5, near=0.1, held=0.2)) == "none"


@given(SHARES, SHARES, SHARES)
def test_more_support_never_lowers_the_chance(cosine: float, near: float, held: float) -> None:
    less = chance(Support(cosine, near, held))
    assert 0 <= less <= 1
    assert chance(Support(1.0, near, held)) >= less
    assert chance(Support(cosine, 1.0, held)) >= less
    assert chance(Support(cosine, near, 1.0)) >= less


@pytest.mark.parametrize("cosine", [None, 0.6])
def test_verdicts_follow_the_thresholds(cosine: float | None) -> None:
    for step in range(101):
        support = Support(cosine, step / 100, step / 100)
        likely = chance(support)
        expected = "none" if likely < NONE_BELOW else "good" if likely >= GOOD_FROM else "weak"
        assert judge(support) == expected
