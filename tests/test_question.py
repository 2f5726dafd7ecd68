"""What is read from the search box."""

# ruff: noqa: RUF001 -- dashes of every kind are meant
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.question import read_question, site_labels, without_site


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


SITES = site_labels(["www.cnn.com", "theweek.co.uk", "Der Spiegel", "AP"])


def test_sites_are_known_by_letters_of_their_host_or_name() -> None:
    assert set(SITES) == {"cnn", "theweek", "derspiegel"}  # "ap" is too short to tell


@pytest.mark.parametrize(
    ("pasted", "searched"),
    [
        ("JetBlue is to buy Spirit Airlines | CNN Business", "JetBlue is to buy Spirit Airlines"),
        ("Inside Westminster Hall, at night - CNN", "Inside Westminster Hall, at night"),
        ("Will Ukraine join the EU? | The Week UK", "Will Ukraine join the EU?"),
        ("Was die Wahl für Berlin heißt – DER SPIEGEL", "Was die Wahl für Berlin heißt"),
    ],
)
def test_a_pasted_headline_loses_its_site(pasted: str, searched: str) -> None:
    assert without_site(pasted, SITES) == searched


@pytest.mark.parametrize(
    "text",
    [
        "Ford has a problem - and its chief has to fix it",  # no site
        "who owns it | CNN",  # too little would be left
        "Who said what on the evening show | Fox News",  # no source of the index
        "a week-long strike at the cnn",
    ],
)
def test_what_names_no_site_of_the_index_stays(text: str) -> None:
    assert without_site(text, SITES) == text
