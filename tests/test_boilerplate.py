"""Promotional lines: what is taken and, more important, what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.boilerplate import boilerplate, rule_of

BEFORE = "The dam in the north opened on Thursday."
AFTER = "It took nine years to build."


def taken(line: str) -> list[str]:
    text = f"{BEFORE}\n\n{line}\n\n{AFTER}"
    return [text[start:end] for start, end in boilerplate(text)]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("READ MORE: Two towns share one river under the new treaty", "link label"),
        ("ALSO READ: Rivers that changed their course", "link label"),
        ("Related stories", "link label"),
        ("► Related: Five dams and what they cost", "link label"),
        ("More: Why the river is lower than ever", "headline label"),
        ("OPINION: What the dam means for the valley", "headline label"),
        ("River treaties:How two countries learned to share", "label and link"),
        ("'Best day of my life':Minister weeps at opening", "label and link"),
        ("Sign up for our free weekly newsletter.", "plea to subscribe"),
        ("Want more? Subscribe to the River Report newsletter here.", "plea to subscribe"),
        ("Get the latest news delivered straight to your inbox.", "plea for the inbox"),
        ("Follow Jane Doe on Twitter: @janedoe", "plea to follow"),
        ("Reach the reporter at jane@example.org or 555-0100.", "contact of the writer"),
        ("Click here for more photos of the dam.", "click here"),
        ("Read the full report here.", "click here"),
        ("Advertisement", "advertisement"),
        ("Story continues below", "advertisement"),
        ("Share this article", "share line"),
        ("(Image credit: Jane Doe/Getty Images)", "credit"),
        ("Jane Doe/AFP/Getty Images", "credit"),
        ("Support local journalism and become a subscriber.", "plea to support"),
        ("Purchases you make through our links may earn us a commission.", "disclosure"),
        ("© 2021 The Daily Test", "copyright"),
        ("Copyright 2021 The Daily Test. All rights reserved.", "copyright"),
    ],
)
def test_a_promotional_line_is_taken_whole_and_alone(line: str, rule: str) -> None:
    assert taken(line) == [line]
    assert rule_of(line) == rule


@pytest.mark.parametrize(
    "line",
    [
        "The minister said that more dams will follow.",
        "“Read more about it here,” he said.",
        '"Sign up for the newsletter," the mayor told residents.',
        "The newsletter was published by the union.",
        "She said: Subscribe to nothing, sign nothing and read everything here.",
        "Residents can sign up for flood insurance until March 3.",
        "People follow the minister on Twitter, and he follows them.",
        "More than 300 people watched the opening.",
        "Related industries lost 300 jobs.",
        "Watch out for the wolves, hikers are told.",
        "Population: 12,296 per square mile",
        "Springfield:The council voted on Monday to close the bridge. It opens again in May.",
        "The service starts at 10:30 and ends at noon",
        "Smith: What do you think of the dam?",
        "Opinion: An earlier version of this column named the wrong river. It has been corrected.",
        "A family visits the dam in March. Jane Doe/Getty Images",
        "Copyright law protects the plans of the dam.",
        "He wrote to https://example.org/dams and got no answer",
        "The advertisement showed a dam.",
        "Contact the clinic at help@example.org for free vaccines.",
    ],
)
def test_news_is_left_alone(line: str) -> None:
    assert taken(line) == []


def test_the_first_line_may_be_a_title_that_looks_like_a_link() -> None:
    title = "Analysis: What the dam means for the valley"
    assert boilerplate(f"{title}\n\n{AFTER}") == []
    assert taken(title) == [title]


def test_a_label_in_capitals_at_the_end_of_a_paragraph_is_cut_off_there() -> None:
    text = f"{BEFORE} READ MORE: Rivers that changed their course\n{AFTER}"
    ((start, end),) = boilerplate(text)
    assert text[start:end] == "READ MORE: Rivers that changed their course"
    assert text[:start] == f"{BEFORE} "


def test_a_wrapped_line_of_a_sentence_is_not_taken_for_a_plea() -> None:
    text = "The council asked all people of the valley to go to the hall and\nRead the report here."
    assert boilerplate(text) == []


def test_spans_ascend_and_follow_the_characters_of_the_text() -> None:
    text = "Ünïcödé 👍 first.\nAdvertisement\nThen.\nRead more\n"
    assert boilerplate(text) == [(17, 30), (37, 46)]


@given(st.text(st.sampled_from("READ MORE: abc.\n\"“”'►@/©"), max_size=120))
def test_spans_are_disjoint_and_inside_the_text(text: str) -> None:
    flat = [offset for span in boilerplate(text) for offset in span]
    assert flat == sorted(flat)
    assert all(0 <= offset <= len(text) for offset in flat)
