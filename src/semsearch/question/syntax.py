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
from collections.abc import Iterable
from dataclasses import dataclass

from semsearch.text.words import words

__all__ = ["ParsedQuestion", "parse_question", "reads_as_headline", "sources_named"]

_MARKED = re.compile(
    r'(?P<minus>(?<!\S)-)?(?:"(?P<straight>[^"]*)"|“(?P<curly>[^“”]*)”)'
    r"|(?<!\S)-(?P<word>[^\W_][^\s\"“”]*)"
)

_PROSE_WORDS = 7  # outside quotation marks; this many make a text running prose


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A search text taken apart.

    `plain` is what to search by meaning and by words: the text without exclusions and without
    the marks of its phrases (their words stay). `phrases` must occur, `excluded` must not; both
    hold words as typed, and only such as have a letter or digit.
    """

    text: str
    plain: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def parse_question(text: str) -> ParsedQuestion:
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
    return ParsedQuestion(
        text, plain, tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(excluded))
    )


# "… | CNN Business", "… - The Week UK": what pages put behind a headline in their titles.
_TAIL = re.compile(r"\s[|–—-]\s([^|]{2,40})\Z")
_SHORTEST_SITE = 3  # letters and digits
_HEADLINE_WORDS = 5  # fewer are search words, of which nothing tells what they come from
# What a question asks with, anywhere, and how one begins that can be answered by yes or no.
_ASKS = re.compile(
    r"[?？؟]|\b(?:who|whom|whose|what|which|when|where|why|how)\b|:\s*\Z"
    r"|\A\W*(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b",
    re.IGNORECASE,
)


def reads_as_headline(text: str) -> bool:
    """Whether a text states rather than asks, at some length: a headline, a sentence pasted in.

    Who pastes one wants the article about it; who asks wants the passage with the answer. Asking
    is known by its mark in any language, by its words in English.
    """
    return len(words(text)) >= _HEADLINE_WORDS and not _ASKS.search(text)


def sources_named(text: str, sources: Iterable[str]) -> tuple[str, ...]:
    """Those of `sources` that stand behind a headline, as browsers show it: "… | CNN Business"."""
    tail = _TAIL.search(text)
    site = _squashed(tail[1]) if tail else ""
    if tail is None or len(site) < _SHORTEST_SITE:
        return ()
    if len(words(text[: tail.start()])) < _HEADLINE_WORDS - 1:
        return ()
    return tuple(source for source in sources if _is_called(_label(source), site))


def _is_called(label: str, site: str) -> bool:
    """ "cnn" may be called CNN Business, "theweekuk" The Week."""
    is_name = len(label) >= _SHORTEST_SITE
    return is_name and (site.startswith(label) or label.startswith(site))


def _label(source: str) -> str:
    """The letters and digits of a source's name, or of what its host is called."""
    host = source.strip().casefold().removeprefix("www.")
    return _squashed(host if " " in host else host.split(".")[0])


def _squashed(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
