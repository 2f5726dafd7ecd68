"""How texts are cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.words import (
    fold,
    located_spellings,
    spellings,
    unaccented,
    word_ends,
    word_texts,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and the U.K.", ["the", "us", "and", "the", "uk"]),
        ("(U.S.A) a.m. _U.S._", ["usa", "am", "us"]),
        ("Nathan\u2019s 10,000 at $5.02", ["nathan", "10000", "at", "5.02"]),
        ("3,5 per cent, 5,02 and 1,234,567.8", ["3.5", "per", "cent", "5.02", "and", "1234567.8"]),
        ("Covid-19, iPhone14", ["covid", "19", "iphone14"]),
        ("snake_case _stressed_ a__b", ["snake", "case", "stressed", "a", "b"]),
        ("don't, O\u2019Brien's, 1980's", ["dont", "obrien", "1980"]),
        ("cafe\u0301s", ["café" + "s"]),  # an accent as a character of its own
        ("हिन्दी", ["हिन्दी"]),  # vowel signs belong to their letters
        ("北京市", ["北京", "京市"]),
        ("约5.02万人", ["约", "5.02", "万人"]),
        ("佐々木・山", ["佐々", "々木", "山"]),
        ("ไทย", ["ไท", "ทย"]),
        ("x" * 70, ["x" * 64]),
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


MIXED = st.text(st.sampled_from("aB1\u0301_.,'\u2019- \u5317\u4eac\u0e17\u0e31"), max_size=20)


@given(st.text(max_size=60) | MIXED)
def test_every_way_of_reading_words_gives_the_same(text: str) -> None:
    found = words(text)
    assert word_texts(text) == [word.text for word in found]
    assert spellings(text) == [text[word.start : word.end] for word in found]
    assert located_spellings(text) == [(text[start:end], start) for _, start, end in found]
    assert word_ends(text, [word.start for word in found]) == [word.end for word in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Erdoğan, Łukasz, Müller", "erdogan, lukasz, muller"),
        ("Straße, Ærø, Þór", "strasse, aero, thor"),
        ("İstanbul \u0131s\u0131 Əliyev", "istanbul isi aliyev"),
        ("Ёлка, Αθήνα", "елка, αθηνα"),
        ("ガ हिन्दी 한국", "ガ हिन्दी 한국"),  # these marks make another letter
    ],
)
def test_accents_fall_away(text: str, expected: str) -> None:
    assert unaccented(fold(text)) == expected
