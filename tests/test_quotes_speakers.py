# ruff: noqa: RUF001 -- typographic marks are what these tests are about
"""Who speaks: the words beside a quote, resolved to the fullest name in the article."""

import pytest

from semsearch.corpus import Article
from semsearch.quotes.extraction import extract_quotes, read_speech


def speakers(text: str, title: str = "") -> list[str | None]:
    return [q.speaker for q in extract_quotes(Article(id="a", title=title, text=text))]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("“It is a sad day,” actor James Hooton said.", "James Hooton"),
        ("“It is a sad day,” said Sam Khater, the bank’s chief economist.", "Sam Khater"),
        ("“It is a sad day,” GM CEO Mary Barra said in a statement.", "Mary Barra"),
        ("“It is a sad day,” Dr. Robert M. Califf told reporters.", "Robert M. Califf"),
        ("“It is a sad day,” said Eric Coles, 22, of Ann Arbor, Mich.", "Eric Coles"),
        ("Eric Coles, 22, of Ann Arbor, Mich., said “it is a sad day”.", "Eric Coles"),
        ("“It is a sad day,” Apple’s Tim Cook said.", "Tim Cook"),
        ("“It is a sad day,” wrote climate activist Borja del Pozo Cruz.", "Borja del Pozo Cruz"),
        ("“It is a sad day,” said founder and chef Zev Friedman.", "Zev Friedman"),
        ("“It is a sad day,” Moore, 41, said Sunday.", "Moore"),
        ("“It is a sad day,” the Belize Tourism Board said.", "the Belize Tourism Board"),
        ("“It is a sad day,” said The Guardian.", "The Guardian"),
        ("“It is a sad day,” WHO said.", "WHO"),
        ("“It is a sad day,” a police spokesperson said.", "a police spokesperson"),
        ("“It is a sad day,” said a source close to the talks.", "a source close to the talks"),
        ("“It is a sad day,” officials said.", "officials"),
        ("Griner’s agent, Lindsay Colas, said “it is a sad day”.", "Lindsay Colas"),
        ("‘It is a sad day’: Jane Roe on the new law", "Jane Roe"),
        (
            "Its Article 3 only asks the allies to “keep up their capacity to resist”.",
            "Its Article 3",
        ),
    ],
)
def test_the_subject_of_the_reporting_verb_speaks(sentence: str, speaker: str) -> None:
    assert speakers(sentence) == [speaker]


def test_a_last_name_becomes_the_full_name_of_the_article() -> None:
    text = "Mayor Chokwe Antar Lumumba came on Monday. “It is safe to bathe,” Lumumba said."
    assert speakers(text) == ["Chokwe Antar Lumumba"]


def test_an_acronym_becomes_the_body_that_it_spells() -> None:
    text = (
        "The U.S. Centers for Disease Control and Prevention met on Monday. "
        "“The risk is low,” the CDC said."
    )
    assert speakers(text) == ["the U.S. Centers for Disease Control and Prevention"]


def test_a_short_body_becomes_the_longer_name_that_ends_or_begins_so() -> None:
    text = (
        "The Belize Tourism Board and the Academy of Motion Picture Arts met. "
        "“All are well here,” the tourism board said. “So are we all,” the Academy said."
    )
    assert speakers(text) == ["the Belize Tourism Board", "the Academy of Motion Picture Arts"]


def test_pronouns_follow_the_running_speaker_and_the_gender_of_names() -> None:
    text = (
        "Mary Smith met Peter Jones in Leeds. “I was late as ever,” she said. "
        "“She was not late,” he said. “We had time,” she added."
    )
    assert speakers(text) == ["Mary Smith", "Peter Jones", "Mary Smith"]


def test_titles_tell_the_gender_of_names_that_do_not() -> None:
    text = "Ms. Ito met Mr. Kato. “It was a good day,” she said. “Not for me,” he replied."
    assert speakers(text) == ["Ito", "Kato"]


def test_an_unknown_name_that_opens_the_sentence_before_may_be_a_pronoun() -> None:
    text = "Nkechi Okorafor opened the shop in May. “We sell only books,” she said."
    assert speakers(text) == ["Nkechi Okorafor"]


def test_a_place_is_nobody_that_a_pronoun_can_mean() -> None:
    text = "Mary Smith is famous. She came to Las Vegas on Monday. “I like it here,” she said."
    assert speakers(text) == ["Mary Smith"]


def test_roles_mean_who_was_introduced_so() -> None:
    text = (
        "Former President Donald Trump met Russian President Vladimir Putin and Ukrainian "
        "President Volodymyr Zelensky. “We talk again soon,” the Russian president said. “I was "
        "not told,” the former president said. “I am very tired,” the Ukrainian president said."
    )
    assert speakers(text) == ["Vladimir Putin", "Donald Trump", "Volodymyr Zelensky"]


def test_the_company_is_what_the_title_is_about() -> None:
    text = "Charlotte Russe will close its stores. “We thank our customers,” the company said."
    assert speakers(text, "Charlotte Russe closes all stores") == ["Charlotte Russe"]


def test_the_statement_is_by_who_gave_it() -> None:
    text = (
        "“All is well on board,” the Belize Tourism Board said in a statement. "
        "“No one is ill,” the statement said."
    )
    assert speakers(text) == ["the Belize Tourism Board"] * 2


def test_the_sources_are_those_who_spoke_before() -> None:
    text = (
        "“He will run again soon,” sources familiar with the matter said. "
        "“But he may wait,” the sources said."
    )
    assert speakers(text) == ["sources familiar with the matter"] * 2


def test_a_paragraph_that_is_one_quotation_goes_on_from_the_last_speaker() -> None:
    text = "Natalie Morales says giving back is natural.\n\n“It is about helping one another.”"
    assert speakers(text) == ["Natalie Morales", "Natalie Morales"]


def test_a_heading_has_the_speaker_of_the_quotation_it_repeats() -> None:
    text = "‘Vaccines save lives’\n\n“I say it again: vaccines save lives,” Bruce Roe said."
    assert speakers(text) == ["Bruce Roe", "Bruce Roe"]


def test_a_photo_credit_is_nobody() -> None:
    text = (
        "Mary Smith, pictured in 2022. Randy Holmes/ABC/Getty Images\n\n"
        "Peter Jones sang. Then Jones left.\n\n“I was not looking,” he said."
    )
    assert speakers(text) == ["Peter Jones"]


def test_who_stands_for_the_name_before_it() -> None:
    text = "There is also Mary Smith, who said that the bridge was closed for repairs."
    assert speakers(text) == ["Mary Smith"]


def test_roles_of_the_speakers_are_given() -> None:
    text = "Russian President Vladimir Putin spoke. Putin said that the talks had failed again."
    assert read_speech(Article(id="a", title="", text=text)).roles == (
        ("Vladimir Putin", "Russian President"),
    )


def test_the_mention_and_the_cue_are_the_words_beside_the_quote() -> None:
    text = "Jane Roe told USA TODAY that the bridge was closed. She added: “It will open soon.”"
    found = extract_quotes(Article(id="a", title="", text=text))
    assert [(q.mention, q.cue) for q in found] == [("Jane Roe", "told USA TODAY"), ("She", "added")]
