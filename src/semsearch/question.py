"""Reads what was typed into the search box: quoted phrases, excluded words, and the rest.

`"raising budgets"` must occur word for word, `-tennis` and `-"grand slam"` must not occur.
A quotation mark without a partner is only a character, and so is a hyphen inside a word or
followed by a space ("Covid-19", "a - b"). Curly marks, which phones type for straight ones, are
syntax in a short search; in running prose they quote, and nothing must occur: a question about
“Jerry” Harris of “Cheer” would else find no passage at all.
"""

# ruff: noqa: RUF001 -- dashes of every kind are meant
from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from semsearch.words import words

__all__ = ["Question", "read_question", "site_labels", "without_site"]

_MARKED = re.compile(
    r'(?P<minus>(?<!\S)-)?(?:"(?P<straight>[^"]*)"|“(?P<curly>[^“”]*)”)'
    r"|(?<!\S)-(?P<word>[^\W_][^\s\"“”]*)"
)

_PROSE_WORDS = 7  # outside quotation marks; so many make a text running prose


@dataclass(frozen=True, slots=True)
class Question:
    """A search text taken apart.

    `plain` is what to search by meaning and by words: the text without exclusions and without
    the marks of its phrases (their words stay). `phrases` must occur, `excluded` must not; both
    hold words as typed, and only such as have a letter or digit.
    """

    text: str
    plain: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def read_question(text: str) -> Question:
    """Take `text` apart; never fails: what is no syntax is text."""
    phrases: list[str] = []
    excluded: list[str] = []
    is_prose = len(words(_MARKED.sub(" ", text))) >= _PROSE_WORDS

    def read(match: re.Match[str]) -> str:
        inner = match["straight"] or match["curly"] or match["word"] or ""
        barred = bool(match["minus"] or match["word"])
        if not words(inner) or (is_prose and match["curly"] and not barred):
            return match.group()
        (excluded if barred else phrases).append(inner.strip())
        return " " if barred else inner

    plain = " ".join(_MARKED.sub(read, text).split())
    return Question(text, plain, tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(excluded)))


# "… | CNN Business", "… - The Week UK": what pages put behind a headline in their titles.
_TAIL = re.compile(r"\s[|–—-]\s([^|]{2,40})\Z")
_HEADLINE_WORDS = 4  # before the tail; with fewer words there is too little left to search for
_SHORTEST_LABEL = 3


def site_labels(sources: Iterable[str]) -> frozenset[str]:
    """What titles may call these sources, as letters and digits only: "cnn" for "www.cnn.com"."""
    hosts = (source.strip().casefold().removeprefix("www.") for source in sources)
    labels = (_squashed(host if " " in host else host.split(".")[0]) for host in hosts)
    return frozenset(label for label in labels if len(label) >= _SHORTEST_LABEL)


def without_site(text: str, labels: Set[str]) -> str:
    """A headline without the name of the site behind it, when that is one of `labels`.

    People paste headlines as their browser's tab shows them. "CNN" is no word that the article
    holds, or one that too many hold; anything else behind a bar or a dash is part of the headline.
    """
    tail = _TAIL.search(text)
    if tail is None or len(words(text[: tail.start()])) < _HEADLINE_WORDS:
        return text
    site = _squashed(tail[1])
    named = any(site.startswith(label) or label.startswith(site) for label in labels)
    return text[: tail.start()] if named and len(site) >= _SHORTEST_LABEL else text


def _squashed(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
