"""How texts are cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.words import word_texts, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and the U.K.", ["the", "us", "and", "the", "uk"]),
        ("Nathan\u2019s 10,000 at $5.02", ["nathan", "10000", "at", "5.02"]),
        ("3,5 per cent", ["3.5", "per", "cent"]),
        ("Covid-19", ["covid", "19"]),
        ("don't", ["dont"]),
        ("北京市", ["北京", "京市"]),
        ("…—!", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert word_texts(text) == expected


def test_offsets_give_back_the_source() -> None:
    text = "In the U.S., 北京市."
    assert [text[word.start : word.end] for word in words(text)] == [
        "In",
        "the",
        "U.S.",
        "北京",
        "京市",
    ]


@given(st.text(max_size=60))
def test_both_ways_of_cutting_agree(text: str) -> None:
    assert word_texts(text) == [word.text for word in words(text)]
