"""Counting by words gives the same numbers, with fewer words counted."""

from __future__ import annotations

from collections.abc import Sequence

from semsearch.text.token_counts import CachedTokenCounter


class Letters:
    """Counts the letters of each text, white space apart, and remembers what it was asked."""

    def __init__(self, per_text: int = 0) -> None:
        self.asked: list[str] = []
        self._per_text = per_text

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.asked += texts
        return [len("".join(text.split())) + self._per_text for text in texts]


def proved(tokens: Letters) -> CachedTokenCounter:
    """Counts that have gone through the 2,000 texts of their proof; nothing asked since."""
    counts = CachedTokenCounter(tokens)
    assert counts(["a bc"] * 2_000) == [3] * 2_000
    tokens.asked.clear()
    return counts


def test_a_word_is_counted_once_and_the_sums_are_those_of_the_texts() -> None:
    tokens = Letters()
    counts = proved(tokens)
    assert counts(["a bc d", "bc\nd e", ""]) == [4, 4, 0]
    assert sorted(tokens.asked) == ["d", "e"]


def test_a_tokenizer_that_adds_something_to_each_text_is_asked_for_every_text() -> None:
    # Two words would come to (1 + 1) + (2 + 1) = 5, the text to 3 + 1 = 4.
    tokens = Letters(per_text=1)
    counts = CachedTokenCounter(tokens)
    assert counts(["a bc"] * 2_000) == [4] * 2_000
    tokens.asked.clear()
    assert counts(["a bc", "a"]) == [4, 2]
    assert tokens.asked == ["a bc", "a"]


def test_texts_with_odd_white_space_are_counted_whole() -> None:
    tokens = Letters()
    counts = proved(tokens)
    assert counts(["a\u00a0bc", "a bc", "a\x1cbc"]) == [3, 3, 3]
    assert [text for text in tokens.asked if len(text) > 2] == ["a\u00a0bc", "a\x1cbc"]


def test_no_texts_have_no_counts() -> None:
    assert proved(Letters())([]) == []
