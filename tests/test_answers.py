# ruff: noqa: RUF001 -- curly apostrophes are meant
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.ranking.answers import (
    EVIDENCE,
    WEIGHTS,
    best_sentence,
    evidence,
)
from semsearch.ranking.question_terms import matched_spans, missing_terms, question_terms
from semsearch.text.word_arrays import TextWords, pack_words, text_words, unpack_words


def same(word: str) -> float:
    return 1.0


def shown(question: str, text: str) -> list[str]:
    spans = matched_spans(question_terms(question), text, text_words(text, "en"))
    return [text[start:end] for start, end in spans]


def joined(sentences: Sequence[str], language: str = "en") -> tuple[str, TextWords]:
    """A text of these sentences, cut."""
    lengths = [0, *(len(sentence) + 1 for sentence in sentences[:-1])]
    text = " ".join(sentences)
    return text, unpack_words(pack_words(text, language), np.cumsum(lengths))


def missed(question: str, *texts: str) -> tuple[str, ...]:
    stems = np.concatenate([text_words(text, "en").stems for text in texts])
    return missing_terms(question_terms(question), stems, *texts)


# --- the best sentence -----------------------------------------------------------------------

PUTIN = [
    "Vladimir Putin spoke at the forum in St. Petersburg on Friday.",
    "Any rearmament or raising budgets to five percent of GDP by NATO countries makes no sense.",
    "He left the hall to applause.",
]


def test_the_sentence_with_the_questions_words_answers() -> None:
    question = question_terms("what did Putin say about NATO budgets")
    # Content words: putin, nato, budgets. The first sentence holds 1 of 3, the second 2 of 3.
    assert evidence(question, *joined(PUTIN), same)[:, 0].tolist() == pytest.approx(
        [1 / 3, 2 / 3, 0]
    )
    assert best_sentence(question, *joined(PUTIN), same) == 1


def test_rare_words_weigh_more_than_common_ones() -> None:
    question = question_terms("Putin budgets")
    weights = {"putin": 1.0, "budgets": 3.0}
    assert evidence(question, *joined(PUTIN), weights.__getitem__)[:, 0].tolist() == [
        0.25,
        0.75,
        0.0,
    ]


def test_how_many_looks_for_a_number_of_what_is_counted() -> None:
    sentences = [
        "The gunman shot at people in the mall.",
        "Police said 12 people died.",
        "The mall opened in 1999.",
    ]
    question = question_terms("How many people died at the mall?")
    found = evidence(question, *joined(sentences), same)
    assert found[:, EVIDENCE.index("number")].tolist() == [0, 1, 1]
    assert found[:, EVIDENCE.index("unit")].tolist() == [0, 1, 0]
    assert best_sentence(question, *joined(sentences), same) == 1


def test_a_number_that_the_question_gives_is_no_answer() -> None:
    question = question_terms("How many of the 31 men were arrested?")
    numbers = evidence(question, *joined(["31 men were held.", "Two were freed."]), same)[:, 3]
    assert numbers.tolist() == [0, 1]


def test_who_looks_for_a_name_that_the_question_lacks() -> None:
    sentences = ["The cup went to the hosts.", "The cup was handed over by Leah Williamson there."]
    question = question_terms("Who handed over the cup?")
    # Two of at most four new names: 2 / 4.
    assert evidence(question, *joined(sentences), same)[:, EVIDENCE.index("person")].tolist() == [
        0,
        0.5,
    ]
    assert best_sentence(question, *joined(sentences), same) == 1


def test_when_looks_for_a_date_and_where_for_a_name() -> None:
    when, where = question_terms("When did it open?"), question_terms("Where is it?")
    assert evidence(when, *joined(["It opened in 1999."]), same)[0, 7] == 1
    assert evidence(when, *joined(["It opened early."]), same)[0, 7] == 0
    assert evidence(where, *joined(["It is in Idaho."]), same)[0, 6] == 0.25


def test_a_sentence_that_asks_back_is_no_answer() -> None:
    question = question_terms("why was the park closed")
    sentences = ["Why was the park closed?", "The park was closed by floods."]
    assert best_sentence(question, *joined(sentences), same) == 1


def test_at_equal_merit_the_earlier_sentence_answers() -> None:
    question = question_terms("unrelated")
    assert best_sentence(question, *joined(["One.", "Two.", "Two."]), same) == 0


def test_a_choice_may_be_limited_to_some_sentences_of_which_the_first_opens() -> None:
    question = question_terms("what did Putin say about NATO budgets")
    assert best_sentence(question, *joined(PUTIN), same, choose_from=[0, 2]) == 0
    # Neither holds a word or a name: 0.3 for the opening decides.
    idle = joined(["Nato met.", "It rained.", "It rained."])
    assert best_sentence(question, *idle, same, choose_from=[1, 2]) == 1


def test_there_is_a_weight_for_each_kind_of_evidence() -> None:
    assert WEIGHTS.shape == (len(EVIDENCE),)


# --- matched words ---------------------------------------------------------------------------


def test_words_match_in_every_inflection_case_and_accent() -> None:
    text = "Erdoğan's BUDGET was raised; budgets, budgeting and “Budget-makers”"
    found = ["Erdoğan's", "BUDGET", "budgets", "budgeting", "Budget"]
    assert shown("Erdogan budgets", text) == found


def test_acronyms_numbers_and_number_words_match_in_other_spellings() -> None:
    assert shown("US 10,000 five", "the U.S. sent 10000 men and 5 ships") == ["U.S.", "10000", "5"]


def test_words_without_meaning_do_not_match() -> None:
    assert shown("what did the man say about it", "the man said it about the dog") == ["man"]


def test_spans_begin_where_the_passage_begins_in_the_article() -> None:
    assert matched_spans(question_terms("park"), "a park", text_words("a park", "en"), 100) == (
        (102, 106),
    )


def test_overlapping_pairs_of_chinese_characters_give_one_span() -> None:
    assert shown("北京大学", "他在北京大学学习") == ["北京大学"]


# --- missing terms ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("what did Putin say about NATO budgets", "Putin spoke of budgets.", ("NATO",)),
        ("what did Putin say about NATO budgets", "Putin's words on NATO's budget", ()),
        ("Vladimir Putin on Ukraine", "Mr. Putin went home.", ("Ukraine",)),
        ("who leads the UN", "the head of the United Nations", ()),
        ("who leads the United Nations", "the UN's chief", ()),
        ("who leads the United States", "the U.S. president", ()),
        ('"five percent" of GDP', "5 percent of GDP", ()),
        ('"five percent" of GDP', "five of ten percent", ("GDP",)),
        ("did 31 men march in 2022", "thirty-one men in 2022", ("31",)),
        ("a post-Brexit deal", "the deal after the vote", ()),
        ("Covid-19 in New York", "covid 19 in York", ()),
        ("Police arrested a man", "a man was held", ()),  # capital by its place: no name
        ("Putin on peace", "peace came", ("Putin",)),
        ("What happened in May on Tuesday?", "nothing", ()),  # times are no names
        ("what did putin say", "nothing", ()),  # nothing tells a name in lower case
        ("U.S. plans", "the US plans", ()),
        ("I asked Biden’s aide", "an aide", ("Biden",)),
    ],
)
def test_missing_terms_are_names_numbers_and_quoted_terms_as_typed(
    question: str, text: str, missing: tuple[str, ...]
) -> None:
    assert missed(question, text) == missing


def test_a_term_in_the_title_is_not_missing() -> None:
    assert missed("Putin on NATO", "Putin said no.", "NATO budgets") == ()


# --- any text --------------------------------------------------------------------------------

_TEXTS = st.text(max_size=120) | st.sampled_from(
    ["U.S. 10,000 men's “five” Ünïcode", "北京 NATO 2022", "how many people died?", "a.b. 1.5.2"]
)


@settings(max_examples=150, deadline=None)
@given(question=_TEXTS, text=_TEXTS, language=st.sampled_from(["en", "de", "ja", "xx"]))
def test_any_texts_give_ascending_disjoint_spans_and_evidence_in_range(
    question: str, text: str, language: str
) -> None:
    asked = question_terms(question, language)
    spans = matched_spans(asked, text, text_words(text, language))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    both, words = joined([text, question], language)
    found = evidence(asked, both, words, lambda word: math.log1p(len(word)))
    assert found.shape == (2, len(EVIDENCE))
    assert np.all((found >= 0) & (found <= 1))
    assert set(missing_terms(asked, text_words(text, language).stems, text)) <= {
        term for term, _ in asked.wanted
    }
    assert missing_terms(asked, text_words(question, language).stems, question) == ()
