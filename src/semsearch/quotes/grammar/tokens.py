# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Words and marks with their places, and the closed word classes that bound phrases."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from semsearch.quotes.lexicon.cues import ADVERBS, DAYS
from semsearch.quotes.lexicon.titles import ABBREVIATIONS
from semsearch.text.words import word_set

__all__ = [
    "DETERMINERS",
    "PREPOSITIONS",
    "PRONOUNS",
    "STOP",
    "TIMES",
    "Token",
    "is_adverb",
    "is_day",
    "tokenize",
]

_TOKEN = re.compile(
    r"[^\W\d_][\w’'&@/%-]*(?:\.[\w’'&@-]+)*|[$£€#@\d][\w’'%-]*(?:[.,][\w%]+)*|\x00+|\x01+|[^\w\s]"
)

PRONOUNS = word_set("he she they it I we who you")
DETERMINERS = word_set(
    "the a an his her their its our my some many most several two three four five six both "
    "these those other another one no all few any each senior local federal state top former"
)
PREPOSITIONS = word_set(
    "of for from with in at on by to about over under inside outside near during after before "
    "against between among within across behind through around into like per via amid"
)
STOP = word_set(
    "that because when while as since if but or so than where which though although until "
    "unless whether how why what and then yet nor is are was were be been being has have had do "
    "does did will would can could should may might must he she it they we I you him them me us "
    "who whom there here not"
)
_SITES = (".com", ".org", ".net", ".gov", ".edu", ".uk", ".io")
_LY_NOUNS = word_set("family ally assembly supply italy july monopoly anomaly reply bully fly")


class Token(NamedTuple):
    """A word or a punctuation mark with its place.

    `lower` is in lower case, except for words all in capitals: "WHO" and "US" are names, not
    words, and "I" speaks where "i" may be a newspaper. `capital`: written as a name is, with a
    capital or as an address ("flightaware.com"); `word`: is no punctuation mark.
    """

    text: str
    lower: str
    start: int
    end: int
    capital: bool
    word: bool


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """Words and marks of `text[start:end]`, in order; a blanked quotation is one mark."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        if word[0] < "\x02":
            word = word[0]
        if word == "." and tokens and tokens[-1].end == match.start() and _shortened(tokens[-1]):
            tokens[-1] = tokens[-1]._replace(text=tokens[-1].text + ".", end=match.end())
            continue
        lower, capital, is_word = _looks(word)
        # Not Token(...): the named constructor costs as much as all the rest of this loop.
        fields = (word, lower, *match.span(), capital, is_word)
        tokens.append(tuple.__new__(Token, fields))
    return tokens


@lru_cache(maxsize=1 << 16)  # news repeats its words
def _looks(word: str) -> tuple[str, bool, bool]:
    """(`lower`, `capital`, `word`) of a token."""
    lower = word if word.isupper() and word != "A" else word.lower()
    first = word[0]
    capital = first.isupper() or ("." in word and word.endswith(_SITES))
    return lower, capital, first.isalnum() or first in "$£€%#@\x01"


def _shortened(token: Token) -> bool:
    """Whether a full stop after the word belongs to it ("Dr.", "J.", "U.S.")."""
    text = token.text
    if text.lower().rpartition("-")[2] in ABBREVIATIONS or len(text) == 1:
        return True
    return len(text) > 2 and text[-2] == "." and text[-1].isupper()


# Nouns that never speak.
TIMES = word_set(
    "week weeks month months year years day days time times morning afternoon evening night "
    "weekend hour hours minute minutes moment decade century"
)


def is_adverb(token: Token) -> bool:
    """Whether a word may stand between a subject and its verb."""
    if token.lower in ADVERBS:
        return True
    return token.lower.endswith("ly") and not token.capital and token.lower not in _LY_NOUNS


_SPANS = word_set("week month year summer fall spring winter")


def is_day(tokens: list[Token], at: int) -> bool:
    """ "Biden on Tuesday said": the day, and the "on" before it, belong to the verb."""
    if tokens[at].text in DAYS:
        return at > 0
    if tokens[at].lower in _SPANS:
        return at > 1 and tokens[at - 1].lower in ("last", "this")
    if tokens[at].lower in ("last", "this"):
        return at > 0 and at + 1 < len(tokens) and tokens[at + 1].lower in _SPANS
    return (
        tokens[at].lower in ("on", "in", "late", "early")
        and at + 1 < len(tokens)
        and tokens[at + 1].text in DAYS
    )
