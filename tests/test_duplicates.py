from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.ranking.duplicates import SLOTS, Kept, collapse, signatures, similarities

FOX = "the quick brown fox jumps over the lazy dog near the river bank today"
PUTIN = "Putin said on Friday that raising budgets to five percent of output makes no sense at all"


def test_equal_texts_have_equal_signatures_whatever_their_case_and_punctuation() -> None:
    one, other = signatures([FOX, FOX.upper().replace(" ", ", ") + "!"])
    assert one.dtype == np.uint16
    assert one.shape == (SLOTS,)
    assert similarities(one, other[None])[0] == 1.0


def test_a_signature_does_not_depend_on_the_texts_beside_it() -> None:
    many = signatures([PUTIN, "", FOX, "one", *[f"text number {i} of many" for i in range(300)]])
    assert np.array_equal(many[2], signatures([FOX])[0])


def test_a_signature_is_the_same_for_ever() -> None:
    # Signatures are stored in indexes: these numbers may change only with the index format.
    assert signatures([FOX])[0, :4].tolist() == FIRST_PLACES_OF_FOX


def test_similarity_estimates_the_share_of_common_runs_of_three_words() -> None:
    # 14 words hold 12 runs of three; without the first three words 9 of them remain: 9 / 12.
    shorter = " ".join(FOX.split()[3:])
    one, other = signatures([FOX, shorter])
    assert similarities(one, other[None])[0] == pytest.approx(9 / 12, abs=0.12)


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    # 12 characters make 11 pairs and 9 runs of three; without the first three characters 6 remain.
    one, other = signatures(["甲乙丙丁戊己庚辛壬癸子丑", "丁戊己庚辛壬癸子丑"])
    assert similarities(one, other[None])[0] == pytest.approx(6 / 9, abs=0.12)


def test_texts_without_words_are_similar_to_nothing_not_even_each_other() -> None:
    empty = signatures(["", "…!?", FOX])
    assert similarities(empty[0], empty).tolist() == [0.0, 0.0, 0.0]
    assert collapse(empty) == [Kept(0), Kept(1), Kept(2)]


def test_texts_of_one_or_two_words_are_compared_as_wholes() -> None:
    signed = signatures(["Read more", "read more", "Read", "more"])
    assert similarities(signed[0], signed).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_a_later_copy_hangs_on_the_first_that_stays() -> None:
    longer = FOX + " again"  # 12 common runs of 13
    signed = signatures([FOX, PUTIN, longer, FOX])
    first, second = collapse(signed, threshold=0.7)
    assert (first.position, second) == (0, Kept(1))
    (near, share), (copy, whole) = first.duplicates
    assert (near, copy, whole) == (2, 3, 1.0)
    assert share == pytest.approx(12 / 13, abs=0.1)


def test_groups_form_no_chains() -> None:
    # Each window shares 30 of 50 runs with the next (30 / 70 of them all), none with the last.
    text = [f"word{i}" for i in range(200)]
    windows = [" ".join(text[start : start + 52]) for start in (0, 20, 40)]
    signed = signatures(windows)
    kept = collapse(signed, threshold=0.35)
    assert [one.position for one in kept] == [0, 2]  # the second hangs on the first, not the third
    assert kept[0].duplicates[0][0] == 1


def test_a_copy_hangs_on_the_most_similar_of_those_that_stay() -> None:
    other = " ".join([*FOX.split()[:-3], "beside", "an", "oak"])  # 9 common runs of 15
    signed = signatures([other, FOX, FOX])
    kept = collapse(signed, threshold=0.7)
    assert [(one.position, [position for position, _ in one.duplicates]) for one in kept] == [
        (0, []),
        (1, [2]),
    ]


def test_a_threshold_of_one_still_collapses_copies() -> None:
    assert collapse(signatures([FOX, PUTIN, FOX]), threshold=1.0) == [
        Kept(0, ((2, 1.0),)),
        Kept(1),
    ]


def test_no_texts_give_no_signatures_and_nothing_to_collapse() -> None:
    none = signatures([])
    assert none.shape == (0, SLOTS)
    assert collapse(none) == []


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=60), max_size=12), threshold=st.floats(0.1, 1.0))
def test_every_place_stays_or_hangs_on_an_earlier_one_that_is_similar_enough(
    texts: list[str], threshold: float
) -> None:
    signed = signatures(texts)
    kept = collapse(signed, threshold)
    hanging = [position for one in kept for position, _ in one.duplicates]
    assert sorted([one.position for one in kept] + hanging) == list(range(len(texts)))
    for one in kept:
        for position, share in one.duplicates:
            assert position > one.position
            assert threshold <= share <= 1.0
            assert share == similarities(signed[one.position], signed[position : position + 1])[0]


FIRST_PLACES_OF_FOX = [52, 62076, 40845, 54684]
