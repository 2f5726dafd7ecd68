"""What is read from the search box."""

# ruff: noqa: RUF001 -- dashes of every kind are meant
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.question.syntax import parse_question, reads_as_headline, sources_named


def test_phrases_and_exclusions_are_taken_apart() -> None:
    read = parse_question('what did "Liz Truss" say -tennis -"grand slam" in Covid-19 times')
    assert read.plain == "what did Liz Truss say in Covid-19 times"
    assert read.phrases == ("Liz Truss",)
    assert read.excluded == ("tennis", "grand slam")


def test_curly_quotation_marks_count_too() -> None:
    assert parse_question("“goblin mode”").phrases == ("goblin mode",)


def test_curly_marks_in_running_prose_only_quote() -> None:
    text = "Which years did the star of “Cheer” known as “Jerry” spend there?"
    read = parse_question(text)
    assert (read.plain, read.phrases) == (text, ())
    assert parse_question(text + ' "Cheer"').phrases == ("Cheer",)


@pytest.mark.parametrize("text", ['5" nails', "a - b", "-", '""', '"-"', "Covid-19"])
def test_what_is_no_syntax_is_text(text: str) -> None:
    read = parse_question(text)
    assert (read.plain, read.phrases, read.excluded) == (text, (), ())


@given(st.text(alphabet='ab "-“”', max_size=30))
def test_no_text_is_an_error(text: str) -> None:
    assert parse_question(text).text == text


SOURCES = ["www.cnn.com", "theweek.co.uk", "Der Spiegel", "AP"]


@pytest.mark.parametrize(
    ("pasted", "sources"),
    [
        ("JetBlue is to buy Spirit Airlines | CNN Business", ("www.cnn.com",)),
        ("Inside Westminster Hall, at night - CNN", ("www.cnn.com",)),
        ("Will Ukraine join the EU? | The Week UK", ("theweek.co.uk",)),
        ("Was die Wahl für Berlin heißt – DER SPIEGEL", ("Der Spiegel",)),
        ("Ford has a problem - and its chief has to fix it", ()),  # no site
        ("who owns it | CNN", ()),  # too little is left for a headline
        ("Who said what on the evening show | Fox News", ()),  # no source of the index
        ("Storms reach the coast of Florida | AP", ()),  # too short to be sure of
        ("a week-long strike at the cnn", ()),
    ],
)
def test_a_pasted_headline_names_its_source(pasted: str, sources: tuple[str, ...]) -> None:
    assert sources_named(pasted, SOURCES) == sources


@pytest.mark.parametrize(
    ("text", "is_headline"),
    [
        ("JetBlue announces a deal to buy Spirit Airlines", True),
        ("Fünf Tote bei Unwettern in Norditalien", True),
        ("NATO budgets", False),  # search words
        ("what did Putin say about NATO budgets", False),
        ("In which city is the conference held", False),
        ("Did Putin call for talks on budgets", False),
        ("Beyoncé released a new song this week, titled:", False),
        ("¿El rey visita hoy la isla de La Palma?", False),
    ],
)
def test_a_headline_states_and_does_not_ask(text: str, is_headline: bool) -> None:
    assert reads_as_headline(text) is is_headline
