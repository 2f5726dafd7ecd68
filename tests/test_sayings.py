"""The same words in several articles as one saying."""

from datetime import date

from semsearch.corpus import Quote
from semsearch.quotes.sayings import Edit, SourcedQuote, differences, group_quotes


def saying(
    text: str,
    article: str,
    speaker: str | None = "Jane Roe",
    source: str | None = None,
    published: date | None = None,
) -> SourcedQuote:
    quote = Quote(article, "direct", 0, len(text), text, speaker, speaker, "said", "tail")
    return SourcedQuote(quote, source, published)


WHOLE = "We will not raise the budget of the army by five percent this year."


def test_the_same_words_in_two_outlets_are_one_saying_with_sources_and_first_date() -> None:
    (group,) = group_quotes(
        [
            saying(WHOLE, "b", source="Times", published=date(2022, 3, 2)),
            saying(WHOLE.upper(), "a", source="Post", published=date(2022, 3, 1)),
        ]
    )
    assert group.sources == ("Post", "Times")
    assert group.first == date(2022, 3, 1)
    assert [s.quote.article_id for s in group.quotes] == ["a", "b"]
    assert len(group.wordings) == 1


def test_small_changes_of_wording_join_and_are_shown() -> None:
    changed = WHOLE.replace("this year", "next year")
    (group,) = group_quotes([saying(WHOLE, "a"), saying(changed, "b")])
    assert {wording.text for wording in group.wordings} == {WHOLE, changed}


def test_a_part_of_seven_words_joins_the_whole() -> None:
    part = "not raise the budget of the army"
    (group,) = group_quotes([saying(part, "a"), saying(WHOLE, "b")])
    assert group.text == WHOLE


def test_common_phrases_within_a_longer_saying_stay_alone() -> None:
    assert len(group_quotes([saying("the budget of the army", "a"), saying(WHOLE, "b")])) == 2


def test_the_same_words_of_different_people_are_two_sayings() -> None:
    assert len(group_quotes([saying(WHOLE, "a"), saying(WHOLE, "b", speaker="Tom Lee")])) == 2


def test_a_speaker_without_a_name_agrees_with_anybody() -> None:
    (group,) = group_quotes([saying(WHOLE, "a", speaker=None), saying(WHOLE, "b")])
    assert group.speaker == "Jane Roe"


def test_groups_of_more_articles_come_first_then_older_ones() -> None:
    groups = group_quotes(
        [
            saying("Nobody knows what will come of it now.", "c", published=date(2022, 1, 2)),
            saying("Tomorrow is another day for all of us.", "d", published=date(2022, 1, 1)),
            saying(WHOLE, "a", published=date(2022, 5, 1)),
            saying(WHOLE, "b", published=date(2022, 5, 2)),
        ]
    )
    assert [group.quotes[0].quote.article_id for group in groups] == ["a", "d", "c"]


def test_differences_show_what_each_outlet_printed() -> None:
    assert differences("We will not pay.", "We shall not pay today.") == (
        Edit("same", "We", "We"),
        Edit("changed", "will", "shall"),
        Edit("same", "not pay.", "not pay"),
        Edit("changed", "", "today."),
    )


def test_nothing_said_gives_no_groups() -> None:
    assert group_quotes([]) == ()
