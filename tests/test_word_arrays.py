# ruff: noqa: RUF001 -- curly apostrophes are meant
"""The words of a text as arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.text.sentences import sentences
from semsearch.text.word_arrays import CAPITAL, NUMBER, TIME, stem_numbers, text_words
from semsearch.text.words import word_ends, word_texts

TEXTS = st.text(max_size=80) | st.sampled_from(
    ["U.S. 10,000 men’s “five”.  He left.", "北京 NATO 2022。他在。", " a.b. 1.5.2\n\nOn Tuesday"]
)


def test_words_of_one_stem_have_one_number_in_every_process() -> None:
    words = text_words("Budgets, the budget and Budget’s", "en")
    numbers = stem_numbers(["budget", "the", "budget", "and", "budget"])
    assert words.stems.tolist() == numbers.tolist()
    assert stem_numbers(["budget"]).tolist() == [1_439_630_643]


def test_starts_point_at_the_words() -> None:
    text = "In the U.S., “men’s” 10,000"
    words = text_words(text, "en")
    starts = words.starts.tolist()
    spans = zip(starts, word_ends(text, starts), strict=True)
    assert [text[a:b] for a, b in spans] == ["In", "the", "U.S.", "men’s", "10,000"]


def test_kinds_tell_capitals_numbers_and_times() -> None:
    words = text_words("Keller paid five million in May 1999 today", "en")
    kinds = [CAPITAL, 0, NUMBER, NUMBER, 0, CAPITAL | TIME, NUMBER | TIME, TIME]
    assert words.kinds.tolist() == kinds
    assert text_words("several hundred, a dozen", "en").kinds.tolist() == [0, NUMBER, 0, NUMBER]


def test_sentences_are_those_of_the_text() -> None:
    text = "One came.  Two left! "
    words = text_words(text, "en")
    assert words.spans(text) == [(0, 9), (11, 20)]
    assert words.sentence_of().tolist() == [0, 0, 1, 1]
    assert words.sentence_at(11) == 1


@settings(deadline=None)
@given(text=TEXTS)
def test_any_text_gives_its_words_in_order_and_the_spans_of_its_sentences(text: str) -> None:
    words = text_words(text, "en")
    assert len(words.stems) == len(words.starts) == len(words.kinds) == len(word_texts(text))
    assert (np.diff(words.starts) > 0).all()
    assert words.spans(text) == sentences(text)
    assert (words.sentence_of() >= 0).all()
    assert words.same(text_words(text, "en"))
