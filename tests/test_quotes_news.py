# ruff: noqa: RUF001 -- typographic marks are what these tests are about
"""How news names its speakers and ends their words: shapes met in articles read for the purpose."""

import pytest

from semsearch.corpus import Article
from semsearch.quotes.extraction import extract_quotes


def quotes(text: str, title: str = "") -> list[tuple[str, str | None]]:
    article = Article(id="a", title=title, text=text)
    return [(quote.text, quote.speaker) for quote in extract_quotes(article)]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Nick Krall met Reds GM Nick Krall. “We are here now,” Krall said.", "Nick Krall"),
        ("Rappers Snoop Dogg and Eminem sang. “We are here now,” Snoop Dogg said.", "Snoop Dogg"),
        ("“We are here now,” says “Blue Bloods” star Wahlberg, now 49.", "Wahlberg"),
        ("“We are here now,” says Wahlberg of the film that won.", "Wahlberg"),
        ("“We are here now,” said the i news site’s Leo Cendrowicz.", "Leo Cendrowicz"),
        ("“We are here now,” said Susi Dennison of the European Council.", "Susi Dennison"),
        ("“We are here now,” according to the Met Office’s CEO, Penelope Roe.", "Penelope Roe"),
        ("The owner is physician Will Powers. “We are here now,” Powers said.", "Will Powers"),
        ("Park Si-woo, 23, trained there. “We are here now,” Park said.", "Park Si-woo"),
        ("The site lists it. “We are here now,” according to flightaware.com.", "flightaware.com"),
        ("“We are here now,” the sheriff’s office release said.", "the sheriff’s office"),
        (
            "“We are here now,” according to Johns Hopkins University data.",
            "Johns Hopkins University",
        ),
        (
            "A government white paper came. “We are here now,” the white paper said.",
            "A government white paper",
        ),
        (
            "The Air Line Pilots Association met. “We are here now,” the union said.",
            "the Air Line Pilots Association",
        ),
        ("But Phoenix is “a great big joy”, said Tom Roe.", "Tom Roe"),
        ("“We are here now,” said Jane Roe of BAM Weather, who smiled.", "Jane Roe"),
        ("In 2024 officials in Moscow said that the bridge was shut.", "officials in Moscow"),
        ("By May 2024 officials in Moscow said that it was shut.", "officials in Moscow"),
    ],
)
def test_the_speaker_is_the_person_or_body_and_not_what_stands_around(
    text: str, speaker: str
) -> None:
    assert quotes(text)[-1][1] == speaker


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Portugal’s Health Ministry said 659 people had died there, Reuters reported.",
         "659 people had died there"),
        ("While officials say the trees are safe so far, the fire doubled in size.",
         "the trees are safe so far"),
        ("Jane Roe, who said she would sing again, told CNN of her plan.", "she would sing again"),
        ("Jane Roe said the big firm was ready for it, citing a report.",
         "the big firm was ready for it"),
        ("Jane Roe admits she does everything for her cats, and even joked about it.",
         "she does everything for her cats"),
        ("Jane Roe told the Recovery Conference in Switzerland a global effort will be needed.",
         "a global effort will be needed"),
        ("The ministry was clear, pointing out a drastic fall is making food dearer.",
         "a drastic fall is making food dearer"),
        ("Some health officials are warning that masking could return.", "masking could return"),
        ("Jane Roe told USA TODAY weather and crew shortages have caused delays.",
         "weather and crew shortages have caused delays"),
        ("The post claims pilots are refusing the rule, but only a few airlines have one.",
         "pilots are refusing the rule"),
        ("Now she said she’s ready to get back on track.", "she’s ready to get back on track"),
    ],
)  # fmt: skip
def test_reported_words_end_where_the_story_goes_on(text: str, reported: str) -> None:
    assert [words for words, _ in quotes(text)] == [reported]


@pytest.mark.parametrize(
    "text",
    [
        "Jane Roe denied the allegation and was not charged with any crime.",
        "Jane Roe warned people not to venture onto roads if possible.",
        "Jane Roe recalled stopping by his office after he had come.",
        "Jane Roe asked to be tested after the dinner was over.",
        "The event, announced Monday, will be held in the museum that is new.",
        "The agency continues to grow although it is small.",
        "The union, or ALPA, posted an open letter to its members.",
    ],
)
def test_these_report_no_clause(text: str) -> None:
    assert quotes(text) == []


def test_of_two_namesakes_the_one_named_last_speaks() -> None:
    text = (
        "Lee Hey-Kyoung took the bus. “It is a cold winter,” Lee said.\n\n"
        "Nearby was Mandy Lee, who flew in. “We wish him well,” Lee said."
    )
    assert [speaker for _, speaker in quotes(text)] == ["Lee Hey-Kyoung", "Mandy Lee"]


def test_a_heading_or_a_link_is_nobody_that_she_could_be() -> None:
    text = (
        "“I love it all,” Heidi Klum said.\n\n"
        "Celebrity costumes 2021: Jamie Lee Curtis and more get festive\n\n"
        "She adds: “I can’t wait to see them.”"
    )
    assert [speaker for _, speaker in quotes(text)] == ["Heidi Klum", "Heidi Klum"]


def test_a_title_at_the_end_of_a_sentence_ends_it() -> None:
    text = "It was in the report “World Population Prospects.” The rate will fall, it said."
    assert [words for words, _ in quotes(text)] == ["The rate will fall"]


def test_shouted_capitals_are_words_and_no_title() -> None:
    assert quotes("“SEE YOU THERE!” Jane Roe wrote.") == [("SEE YOU THERE!", "Jane Roe")]
