"""What is read from the search box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.question import read_question


def test_phrases_and_exclusions_are_taken_apart() -> None:
    read = read_question('what did "Liz Truss" say -tennis -"grand slam" in Covid-19 times')
    assert read.plain == "what did Liz Truss say in Covid-19 times"
    assert read.phrases == ("Liz Truss",)
    assert read.excluded == ("tennis", "grand slam")


def test_curly_quotation_marks_count_too() -> None:
    assert read_question("“goblin mode”").phrases == ("goblin mode",)


def test_curly_marks_in_running_prose_only_quote() -> None:
    text = "Which years did the star of “Cheer” known as “Jerry” spend there?"
    read = read_question(text)
    assert (read.plain, read.phrases) == (text, ())
    assert read_question(text + ' "Cheer"').phrases == ("Cheer",)


@pytest.mark.parametrize("text", ['5" nails', "a - b", "-", '""', '"-"', "Covid-19"])
def test_what_is_no_syntax_is_text(text: str) -> None:
    read = read_question(text)
    assert (read.plain, read.phrases, read.excluded) == (text, (), ())


@given(st.text(alphabet='ab "-“”', max_size=30))
def test_no_text_is_an_error(text: str) -> None:
    assert read_question(text).text == text
