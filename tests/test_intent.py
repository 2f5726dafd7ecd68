"""Questions for somebody's words, and the boost for passages that hold them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import Speaker, lookup_of

from semsearch.question.intent import read_intent, speaker_boost


def entry(name: str, quotes: int = 1, *aliases: str) -> Speaker:
    return Speaker(name, quotes, aliases)


KNOWN = lookup_of(
    [
        entry("Vladimir Putin", 9, "Russian President"),
        entry("Boris Johnson", 9),
        entry("Ron Johnson", 1),
        entry("Ann Smith", 2),
        entry("Mary Smith", 2),
        entry("the World Health Organization", 3, "WHO"),
        entry("Kelley Blue Book", 2),
    ]
)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("what did Putin say about NATO budgets", "NATO budgets"),
        ("What did Putin say about NATO budgets?", "NATO budgets"),
        ("what has putin said on nato budgets", "nato budgets"),
        ("what does Vladimir Putin think of NATO budgets", "NATO budgets"),
        ("what are Putin's views on NATO budgets", "NATO budgets"),
        ("everything Putin said about NATO budgets", "NATO budgets"),
        ("did Putin call for NATO budgets", "NATO budgets"),
        ("how did Putin respond to NATO budgets", "NATO budgets"),
        ("why did Putin criticise NATO budgets", "NATO budgets"),
        ("quotes by Putin about NATO budgets", "NATO budgets"),
        ("show me all statements from Vladimir Putin on NATO budgets", "NATO budgets"),
        ("Putin\u2019s comments on NATO budgets", "NATO budgets"),
        ("according to Putin, NATO budgets make no sense", "NATO budgets make no sense"),
        ("Putin says NATO budgets make no sense", "NATO budgets make no sense"),
        ("what did the Russian president say about NATO budgets", "NATO budgets"),
    ],
)
def test_patterns_for_somebodys_words_name_speaker_and_topic(question: str, topic: str) -> None:
    intent = read_intent(question, KNOWN)
    assert intent is not None
    assert intent.speakers == ("Vladimir Putin",)
    assert intent.topic == topic
    assert intent.applied
    assert question[intent.start : intent.end] == intent.mention


def test_the_mention_may_be_a_role_with_its_article() -> None:
    intent = read_intent("what did the Russian president say about Ukraine", KNOWN)
    assert intent is not None
    assert intent.mention == "the Russian president"


def test_a_question_may_ask_for_anything_somebody_said() -> None:
    intent = read_intent("what did WHO say?", KNOWN)
    assert intent is not None
    assert (intent.speakers, intent.topic) == (("the World Health Organization",), None)


@pytest.mark.parametrize(
    "question",
    [
        "who won the world cup",
        "what is the capital of France",
        "what did experts say about masks",
        "what did Merkel say about NATO",
        "Is Putin running again in 2024?",
        "Who said that Putin is wrong about NATO?",
        "how did the stock market react to Putin",
        "Putin",
        "",
        "   ???",
    ],
)
def test_other_questions_and_unknown_people_are_left_to_the_ordinary_search(question: str) -> None:
    assert read_intent(question, KNOWN) is None


@pytest.mark.parametrize(
    ("question", "applied"),
    [
        ("Vladimir Putin on NATO", True),  # a full name
        ("Putin on NATO", True),  # 9 quotes
        ("Book on NATO", False),  # 2 quotes
        ("WHO on masks", False),  # no person
    ],
)
def test_a_bare_name_on_a_topic_is_applied_only_for_people_it_surely_means(
    question: str, applied: bool
) -> None:
    intent = read_intent(question, KNOWN)
    assert intent is not None
    assert intent.applied is applied


def test_a_last_name_means_who_has_most_of_the_quotes() -> None:
    intent = read_intent("what did Johnson say about covid", KNOWN)
    assert intent is not None
    # 9 of 10 quotes by a Johnson are Boris Johnson's.
    assert (intent.speakers, intent.applied) == (("Boris Johnson",), True)


def test_an_undecided_last_name_is_only_offered_with_all_it_may_mean() -> None:
    intent = read_intent("what did Smith say about covid", KNOWN)
    assert intent is not None
    assert intent.speakers == ("Ann Smith", "Mary Smith")
    # Two of four quotes each: 1 * (0.5 + 0.5 / 2)
    assert (intent.confidence, intent.applied) == (0.75, False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.sampled_from(["what did {} say about {}", "{} on {}"]))
def test_any_question_is_read_and_mentions_are_spans_of_it(question: str) -> None:
    intent = read_intent(question.replace("{}", "Putin"), KNOWN)
    if intent is not None:
        assert question.replace("{}", "Putin")[intent.start : intent.end] == intent.mention


def test_passages_in_which_the_speaker_is_silent_gain_nothing() -> None:
    assert speaker_boost([[], ["NATO budgets make no sense"]], "NATO budgets") == [0.0, 1.0]


def test_half_is_for_speaking_and_half_for_the_topics_words() -> None:
    # Of the two words "nato" (held once: weight 1/2) and "budgets" (held by nobody: weight 1),
    # the first passage holds 1/2 of 3/2.
    boosts = speaker_boost([["We like NATO."], ["We like tea."]], "NATO budgets")
    assert boosts == pytest.approx([0.5 + 0.5 * (1 / 2) / (3 / 2), 0.5])


def test_without_a_topic_speaking_is_enough() -> None:
    assert speaker_boost([["We like tea."], []], None, weight=0.4) == [0.4, 0.0]
