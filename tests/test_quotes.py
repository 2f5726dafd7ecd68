# ruff: noqa: RUF001 -- typographic marks are what these tests are about
"""Which words are somebody's: quotation marks, reporting clauses, and what is left out.

Texts are written for these tests; the expected spans are marked in them by hand: `[[` and `]]`
stand around each expected quote and are taken out before extraction.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.corpus import Article, Quote
from semsearch.quotes.extraction import extract_quotes


def article(text: str, title: str = "") -> Article:
    return Article(id="a", title=title, text=text)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its `[[ ]]`, and the spans they stood around."""
    plain, spans = "", []
    for piece in text.split("[["):
        inside, closed, rest = piece.partition("]]")
        if closed:
            spans.append((len(plain), len(plain) + len(inside)))
        plain += inside + rest
    return plain, spans


def assert_quotes(text: str, kind: str | None = None) -> list[Quote]:
    plain, expected = marked(text)
    found = [q for q in extract_quotes(article(plain)) if kind in (None, q.kind)]
    assert [(q.start, q.end) for q in found] == expected, [q.text for q in found]
    return found


@pytest.mark.parametrize(
    "text",
    [
        '"[[We are going home now,]]" Jane Roe said.',
        "“[[We are going home now,]]” Jane Roe said.",
        "‘[[We are going home now,]]’ Jane Roe said.",
        "'[[We are going home now,]]' Jane Roe said.",
        "«[[We are going home now]]», Jane Roe said.",
        "« [[We are going home now]] », Jane Roe said.",
        "„[[We are going home now]]“, Jane Roe said.",
        "»[[We are going home now]]«, Jane Roe said.",
        "”[[We are going home now]]”, Jane Roe said.",
        "``[[We are going home now,]]'' Jane Roe said.",
        "“[[We are going home now,]]'' Jane Roe said.",
        "“[[We are going home now,]]’’ Jane Roe said.",
        '“[[We are going home now,]]" Jane Roe said.',
    ],
)
def test_marks_of_every_kind_hold_a_direct_quote(text: str) -> None:
    (quote,) = assert_quotes(text)
    assert (quote.kind, quote.speaker, quote.cue) == ("direct", "Jane Roe", "said")


def test_a_quotation_broken_by_its_attribution_gives_two_quotes_of_one_speaker() -> None:
    found = assert_quotes("“[[We are going home,]]” said Jane Roe, “[[and we stay there.]]”")
    assert [q.speaker for q in found] == ["Jane Roe", "Jane Roe"]


def test_a_quotation_over_paragraphs_is_one_quote_per_paragraph_of_one_speaker() -> None:
    text = (
        "Jane Roe said: “[[This is the first paragraph of it.]]\n\n"
        "“[[This is the second paragraph of it.]]\n\n“[[And this is the third one.]]”"
    )
    found = assert_quotes(text)
    assert [q.speaker for q in found] == ["Jane Roe"] * 3


def test_a_speaker_named_after_several_paragraphs_spoke_them_all() -> None:
    text = "“[[This is the first paragraph of it.]]\n\n“[[The second one ends it,]]” Jane Roe said."
    assert [q.speaker for q in assert_quotes(text)] == ["Jane Roe", "Jane Roe"]


def test_a_forgotten_closing_mark_ends_with_its_paragraph() -> None:
    assert_quotes('Jane Roe said: "[[We are going home now.]]\n\nThe weather was fine all day.')


def test_fragments_of_three_words_count_and_scare_quotes_do_not() -> None:
    text = "Jane Roe called it “[[a total disaster]]” and a “mess”."
    assert_quotes(text)


@pytest.mark.parametrize(
    "text",
    [
        "She sang “Show Me Love” on Monday.",
        "He starred in “The Man Who Fell to Earth.”",
        "The film ''The Deer Hunter'' won.",
        "They asked for 6'2\" boards and 5'8\" boards in the shop.",
        "The BTS’ oldest member isn’t in the players’ room.",
        "It was the '90s and rock 'n' roll was everywhere.",
    ],
)
def test_titles_inches_and_apostrophes_are_no_quotes(text: str) -> None:
    assert_quotes(text)


def test_a_quotation_keeps_the_marks_within_it() -> None:
    assert_quotes("“[[I told them ‘never again’ and left,]]” Jane Roe said.")


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe said that [[the bridge was closed for repairs]].",
        "Jane Roe said [[the bridge was closed for repairs]].",
        "Jane Roe said Tuesday that [[the bridge was closed for repairs]].",
        "Jane Roe told reporters on Tuesday that [[the bridge was closed]].",
        "[[The bridge was closed for repairs]], Jane Roe said.",
        "[[The bridge was closed for repairs]], said Jane Roe, the mayor.",
        "But [[the bridge was closed for repairs]], Jane Roe said.",
        "According to Jane Roe, [[the bridge was closed for repairs]].",
        "[[The bridge was closed for repairs]], according to Jane Roe.",
        "[[Of those tested, 26 are crew members]], according to a news release from Jane Roe.",
        "[[Rates, Jane Roe said, could rise by half a point]].",
    ],
)
def test_a_clear_reporting_clause_gives_the_clause_it_reports(text: str) -> None:
    (quote,) = assert_quotes(text)
    assert (quote.kind, quote.speaker) == ("indirect", "Jane Roe")


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe said so in a statement.",
        "Jane Roe announced the winners of the prize.",
        "Jane Roe did not say whether the bridge was closed.",
        "The 36 states that take part are making it harder to win.",
        "The company confirmed the positive cases on board the ship.",
        "Jane Roe said the cactus was “very rare” in the north of the country.",
        "So-called experts are everywhere in the country.",
    ],
)
def test_what_reports_no_clause_gives_nothing(text: str) -> None:
    assert_quotes(text)


def test_joined_clauses_are_apart() -> None:
    text = "Roe said [[she expected more cases this week]] and that [[the state would respond]]."
    assert_quotes(text)


def test_adding_goes_on_with_the_speaker() -> None:
    text = "[[Rents are at a record high]], Jane Roe said, adding that [[prices are falling too]]."
    assert [q.speaker for q in assert_quotes(text)] == ["Jane Roe", "Jane Roe"]


def test_nested_speech_goes_to_the_innermost_speaker() -> None:
    text = "Jane Roe said President Tom Lee told her [[the government will help with the money]]."
    (quote,) = assert_quotes(text)
    assert quote.speaker == "Tom Lee"


def test_somebody_saying_that_they_promised_is_one_quote() -> None:
    assert_quotes("Jane Roe said [[she promised him that she would not touch it]].")


def test_a_clause_that_is_whole_before_a_quotation_is_its_own_quote() -> None:
    text = "Jane Roe said that [[Lee would attend]], if “[[he finds the time for it]]”."
    found = assert_quotes(text)
    assert [q.kind for q in found] == ["indirect", "direct"]


def test_an_outlet_behind_a_named_speaker_does_not_take_the_words() -> None:
    (quote,) = assert_quotes(
        "Hugo Roe argued that “[[the rule was being abused]]”, said The Times."
    )
    assert quote.speaker == "Hugo Roe"


def test_a_short_sentence_between_two_paragraph_breaks_is_read_alone() -> None:
    assert extract_quotes(article("said\n\n,” said\n\n“")) == ()


def test_hard_wrapped_text_reads_like_flowing_text() -> None:
    text = (
        "“[[We are going home now\nbecause the weather is bad\nand nobody is here,]]” Jane\n"
        "Roe said.\n\nThe town had been empty\nfor a week by then.\n"
    )
    (quote,) = assert_quotes(text)
    assert quote.speaker is not None
    assert quote.speaker.split() == ["Jane", "Roe"]


def test_quotes_come_by_start_and_hold_the_article_id() -> None:
    text = "Jane Roe said it was late. “We are going home now,” she said. Tom Lee said he stays."
    found = extract_quotes(article(text))
    assert [q.article_id for q in found] == ["a"] * len(found)
    assert [q.start for q in found] == sorted(q.start for q in found)


MARKS = ["“", "”", '"', "'", "’", "‘", "«", "»", "„", "''", "\n\n", "\n", " ", ", ", ". ", "? "]
WORDS = ["said", "says", "according to", "told", "that", "he", "she", "Jane Roe", "Mr. Lee", "who"]
ODD = ["the company", "adding", "and", "ﬁ", "💬", "\u202e", "\x00", "\x01", "\ud800"]
PIECES = st.sampled_from([*MARKS, *WORDS, *ODD])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_any_text_is_read_and_every_quote_is_a_span_of_it(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = extract_quotes(article(text, title="Jane Roe speaks"))
    for quote in found:
        assert quote.text == text[quote.start : quote.end]
        assert quote.text
    assert list(found) == sorted(found, key=lambda q: (q.start, q.end))
