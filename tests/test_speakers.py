"""The same person across articles, and whom a mention in a question means."""

import pytest
from sample import Speaker, lookup_of

from semsearch.quotes.speakers import is_unnamed, lookup_terms, speaker_key


def entry(name: str, quotes: int = 1, *aliases: str) -> Speaker:
    return Speaker(name, quotes, aliases)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Robert Califf", "Dr. Robert M. Califf"),
        ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
        ("Volodymyr Zelenskiy", "President Volodymyr Zelensky"),
        ("José Álvarez", "Jose Alvarez"),
        ("Łukasz Szumowski", "Lukasz Szumowski"),
        ("The Guardian", "the Guardian"),
        ("the U.S. Department of Justice", "US Department of Justice"),
        ("ELON MUSK", "Elon Musk"),
    ],
)
def test_one_person_in_different_dress_has_one_key(left: str, right: str) -> None:
    assert speaker_key(left) == speaker_key(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Boris Johnson", "Ron Johnson"),
        ("Boris Johnson", "Johnson"),
        ("Donald Trump", "Donald Trump Jr."),
        ("Prince Charles", "Prince Harry"),
    ],
)
def test_different_people_and_lone_last_names_stay_apart(left: str, right: str) -> None:
    assert speaker_key(left) != speaker_key(right)


@pytest.mark.parametrize(
    "name",
    [
        "police",
        "Officials",
        "a White House official",
        "New York officials",
        "sources familiar with the matter",
        "his family and Sesame Street",
        "",
    ],
)
def test_the_unnamed_have_no_key(name: str) -> None:
    assert is_unnamed(name)
    assert speaker_key(name) is None


@pytest.mark.parametrize("name", ["CNN", "Adele", "the White House", "NATO", "The Guardian"])
def test_bodies_and_single_names_are_named(name: str) -> None:
    assert speaker_key(name) is not None


LOOKUP = lookup_of(
    [
        entry("Vladimir Putin", 9, "Putin", "Russian President", "the Russian president"),
        entry("Boris Johnson", 8, "Johnson", "British Prime Minister"),
        entry("Ron Johnson", 1, "Johnson"),
        entry("Mary Smith", 2),
        entry("Ann Smith", 2),
        entry("the World Health Organization", 3, "WHO"),
        entry("Anthony Fauci", 4),
        entry("Borja del Pozo Cruz", 1),
        entry("officials", 50),
    ]
)


def test_a_speaker_is_kept_under_names_and_roles_and_not_under_lone_mentions() -> None:
    found = lookup_terms("boris johnson", ["Johnson", "Prime Minister", "the prime minister"])
    assert found == {
        "full:boris johnson",
        "last:johnson",
        "part:boris",
        "role:minister prime",
    }


def names(mention: str) -> list[str]:
    return [match.name for match in LOOKUP.match(mention)]


def test_a_full_name_means_one_person() -> None:
    (match,) = LOOKUP.match("vladimir putin")
    assert (match.name, match.kind, match.share) == ("Vladimir Putin", "full", 1.0)


def test_a_last_name_means_the_most_quoted_first_with_their_share_of_the_quotes() -> None:
    found = LOOKUP.match("Johnson")
    assert [(m.name, m.kind) for m in found] == [("Boris Johnson", "last"), ("Ron Johnson", "last")]
    assert [m.share for m in found] == [8 / (8 + 1), 1 / (8 + 1)]


def test_equally_quoted_people_come_by_name() -> None:
    assert names("Smith") == ["Ann Smith", "Mary Smith"]


@pytest.mark.parametrize(
    "mention",
    ["the Russian president", "Russian president", "Russia's president", "the president of Russia"],
)
def test_a_role_means_who_was_introduced_with_it(mention: str) -> None:
    assert names(mention) == ["Vladimir Putin"]


def test_acronyms_endings_of_names_and_folded_letters_are_found() -> None:
    assert names("WHO") == ["the World Health Organization"]
    assert names("pozo cruz") == ["Borja del Pozo Cruz"]
    assert names("Fauci") == ["Anthony Fauci"]


@pytest.mark.parametrize("mention", ["Merkel", "the French president", "officials", "", "?!"])
def test_nobody_is_meant_by_what_the_index_does_not_hold(mention: str) -> None:
    assert names(mention) == []
