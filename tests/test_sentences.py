"""Sentences and paragraphs: spans into the text, worked out by hand."""

# ruff: noqa: RUF001 -- full-width marks and odd characters are what is tested
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.sentences import paragraphs, sentences


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_spans_are_offsets_into_the_text_without_outer_white_space() -> None:
    assert sentences("  One. Two!  \n\n Three? ") == [(2, 6), (7, 11), (16, 22)]


def test_a_part_of_a_text_is_read_in_the_offsets_of_the_whole() -> None:
    assert sentences("Zero. One. Two. Three.", 6, 15) == [(6, 10), (11, 15)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Gov. Jared Polis met Dr. Theresa Cullen and Sen. Susan Collins.",
        "The U.S. Senate and the U.N. General Assembly met in Washington, D.C. Tuesday.",
        "Edward J. Friel and J.K. Simmons live in St. Louis.",
        "Prices rose 3.5% to $4.41 on Jan. 6 at 8 p.m. Eastern time.",
        "See No. 5 and the case Brackeen v. Haaland.",
        "Apple Inc. Chief Executive Tim Cook spoke.",
        '"Why now?" he asked, and left.',
        "They waited ... and waited.",
        "Version 2.0.1 of example.com is out.",
    ],
)
def test_periods_inside_a_sentence_do_not_end_it(sentence: str) -> None:
    assert parts(f"{sentence} The next one begins here.") == [
        sentence,
        "The next one begins here.",
    ]


def test_an_abbreviation_ends_the_sentence_when_a_word_that_opens_sentences_follows() -> None:
    text = "He works for Apple Inc. The company grew in the U.S. It was 8 p.m. They left."
    assert parts(text) == [
        "He works for Apple Inc.",
        "The company grew in the U.S.",
        "It was 8 p.m.",
        "They left.",
    ]


def test_closing_quotes_and_brackets_belong_to_the_sentence_they_close() -> None:
    text = '"It is so." (He nodded.) “No doubt about that,” he said. [End.] Then he left.'
    assert parts(text) == [
        '"It is so."',
        "(He nodded.)",
        "“No doubt about that,” he said.",
        "[End.]",
        "Then he left.",
    ]


def test_marks_alone_are_no_sentence() -> None:
    assert parts("We waited. ... Nobody came. . .") == ["We waited.", "... Nobody came. . ."]


def test_chinese_and_japanese_sentences_need_no_white_space() -> None:
    assert parts("他来了。「你好！」他说。") == ["他来了。", "「你好！」", "他说。"]


def test_each_line_of_a_list_is_a_sentence_and_its_number_is_not() -> None:
    assert parts("1. Gun laws\n2. Coronavirus\nTotal") == ["1. Gun laws", "2. Coronavirus", "Total"]


def test_a_line_that_is_evidently_wrapped_does_not_end_a_sentence() -> None:
    text = (
        "The committee met on Tuesday afternoon to hear Mayor\n"
        "Smith, who said that the new bridge would be closed.\n"
        "It opens in May."
    )
    # Line 1 has 52 characters, and "Smith," would not have fitted into the widest line, 52 wide.
    assert parts(text) == [
        "The committee met on Tuesday afternoon to hear Mayor\n"
        "Smith, who said that the new bridge would be closed.",
        "It opens in May.",
    ]


def test_an_empty_line_always_ends_a_paragraph() -> None:
    assert len(paragraphs("the quick brown fox jumps over the lazy dog today\n\nand again")) == 2


def test_text_without_words_or_without_anything_has_no_more_than_one_sentence() -> None:
    assert sentences("") == []
    assert sentences(" \n\t ") == []
    assert parts("...") == ["..."]


@given(st.text(st.sampled_from('aB.!?…。 \n\r\t\u2028\x85\x1c"”(“é1'), max_size=80))
def test_sentences_ascend_and_hold_everything_but_white_space(text: str) -> None:
    spans = sentences(text)
    flat = [offset for span in spans for offset in span]
    assert flat == sorted(flat)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    held = {offset for start, end in spans for offset in range(start, end)}
    assert {i for i, char in enumerate(text) if not char.isspace()} <= held
