"""Passages: spans of the article, measured in the encoder's tokens."""

# ruff: noqa: RUF001 -- full-width marks and odd characters are what is tested
from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.corpus import Article, Passage, passage_key
from semsearch.text.boilerplate import boilerplate
from semsearch.text.splitter import SplitterSettings, split


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def passages(
    text: str, target: int = 10, most: int = 20, overlap: int = 0, count: object = words
) -> list[Passage]:
    article = Article(id="a", title="t", text=text)
    counter = words if count is words else characters
    return split(article, counter, most, SplitterSettings(target, overlap))


def texts(*args: object, **kwargs: object) -> list[str]:
    return [passage.text for passage in passages(*args, **kwargs)]  # type: ignore[arg-type] # passed on


def test_a_short_article_is_one_passage() -> None:
    (only,) = passages("  One two. Three four.\n")
    assert (only.start, only.end, only.text, only.number) == (2, 22, "One two. Three four.", 0)
    assert only.id == passage_key("a", "One two. Three four.")


def test_an_article_without_words_has_no_passage() -> None:
    assert passages("") == []
    assert passages(" \n\n ") == []


def test_passages_share_the_length_evenly_so_that_no_short_rest_remains() -> None:
    # 24 words: round(24 / 10) = 2 passages of 12, not two of 10 and a rest of 4.
    text = " ".join(["One two three."] * 8)
    assert words(texts(text)) == [12, 12]


def test_a_passage_rather_ends_with_a_paragraph_than_inside_one() -> None:
    # 20 words, so 10 each; the paragraph ends after 8, a sentence after 10.
    text = "A b c d. E f g h.\n\nI j. K l m n. O p q r. S t."
    assert texts(text) == ["A b c d. E f g h.", "I j. K l m n. O p q r. S t."]


def test_a_passage_does_not_end_inside_a_quotation_where_it_can_be_helped() -> None:
    # 17 words, so 8.5 each; after 7 the quotation is still open, and it closes after 11.
    text = 'A b c. "D e f g. H i," he said. J k l m n o.'
    assert texts(text, target=9) == ['A b c. "D e f g. H i," he said.', "J k l m n o."]


def test_a_heading_stays_with_what_follows_it() -> None:
    text = "A b c d e. F g h i.\n\nThe heading\n\nJ k l m n. O p q r s."
    assert texts(text) == ["A b c d e. F g h i.", "The heading\n\nJ k l m n. O p q r s."]


def test_neighbours_share_sentences_when_told_to() -> None:
    text = "A b c d e. F g h i j. K l m n o. P q r s t."
    assert texts(text, target=10, overlap=1) == [
        "A b c d e. F g h i j.",
        "F g h i j. K l m n o.",
        "K l m n o. P q r s t.",
    ]


def test_promotional_lines_belong_to_no_passage_and_offsets_stay_the_originals() -> None:
    text = "The dam opened.\nREAD MORE: Dams of the world\nIt is high."
    first, second = passages(text)
    assert (first.start, first.end, first.text) == (0, 15, "The dam opened.")
    assert (second.start, second.end, second.text) == (45, 56, "It is high.")


def test_a_sentence_too_long_for_a_passage_is_cut_at_its_clauses() -> None:
    text = "one two three four five six; seven eight nine ten eleven twelve"
    assert texts(text, target=6, most=6) == [
        "one two three four five six;",
        "seven eight nine ten eleven twelve",
    ]


def test_text_without_punctuation_is_cut_between_words() -> None:
    text = " ".join(f"w{n}" for n in range(100))
    found = texts(text, target=10, most=12)
    assert " ".join(found) == text
    assert max(words(found)) <= 12


def test_a_word_of_a_hundred_thousand_characters_is_cut_whatever_its_tokens() -> None:
    # One token by the counter, as many encoders have it; nobody could read such a passage.
    found = texts("x" * 100_000)
    assert "".join(found) == "x" * 100_000
    assert max(map(len, found)) <= 2_000


def test_chinese_text_and_emoji_are_measured_like_any_other() -> None:
    text = "春天来了。花开了。" * 20 + "👩‍👩‍👧" * 10
    found = texts(text, target=20, most=30, count=characters)
    assert "".join(found) == text
    assert max(map(len, found)) <= 30


def test_a_table_is_cut_between_its_rows() -> None:
    rows = [f"Town {n} | {n} | {n}" for n in range(12)]  # six words each
    found = texts("\n".join(rows), target=18, most=24)
    assert [line for text in found for line in text.split("\n")] == rows


def test_equal_texts_of_one_article_have_different_ids() -> None:
    text = "\n".join(["Same words here.", "READ MORE: Other things to read"] * 2)
    first, second = passages(text)
    assert first.text == second.text == "Same words here."
    assert second.id == passage_key("a", "Same words here.", 1) != first.id


def test_a_tokenizer_that_makes_more_of_the_whole_than_of_its_parts_is_not_trusted() -> None:
    def joints(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 3 * text.count(". ") for text in texts]

    article = Article(id="a", title="t", text="A b c. D e f. G h i. J k l.")
    found = split(article, joints, 9, SplitterSettings(9, 0))
    # By the parts three sentences would fit into nine; as a whole they come to 15.
    assert max(joints([passage.text for passage in found])) <= 9


def test_tokens_of_all_sentences_are_counted_in_one_call() -> None:
    calls: list[int] = []

    def counted(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return words(texts)

    split(Article(id="a", title="t", text="A b. C d.\n\nE f. G h."), counted, 100)
    assert calls == [4]


@pytest.mark.parametrize("text", ["a" * 50, "۱" * 50, "\ud800" * 3, "\u200b" * 9, "´" * 40])
def test_odd_characters_are_split_like_others(text: str) -> None:
    assert "".join(texts(text, target=7, most=7, count=characters)) == text


SENTENCES = st.lists(
    st.sampled_from(
        [
            "One two three.",
            '"We will," he said.',
            "Wait!",
            "READ MORE: Five things to know",
            "a b c d e f g h i j k l",
            "你好。",
            "\n\n",
            "\n",
            "x" * 30,
            "“Open quote.",
        ]
    ),
    max_size=25,
)
ANYTHING = st.text(st.sampled_from('ab A.!?"“”\n\t。,:;1é👍\u2028\x85'), max_size=120)


@settings(max_examples=150)
@given(
    st.one_of(SENTENCES.map(" ".join), ANYTHING),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 2),
)
def test_every_passage_is_its_span_fits_and_together_they_hold_all(
    text: str, target: int, most: int, overlap: int
) -> None:
    found = passages(text, target, most, overlap)
    assert all(passage.text == text[passage.start : passage.end] for passage in found)
    assert max(words([passage.text for passage in found]), default=0) <= most
    starts = [passage.start for passage in found]
    assert starts == sorted(set(starts))
    assert [passage.number for passage in found] == list(range(len(found)))
    assert len({passage.id for passage in found}) == len(found)
    held = {i for passage in found for i in range(passage.start, passage.end)}
    promotional = {i for start, end in boilerplate(text) for i in range(start, end)}
    visible = {i for i, char in enumerate(text) if not char.isspace()}
    assert visible - promotional <= held
    assert not held & promotional
