"""Whom "according to" names: the phrase behind it, or who made the figures in it."""

from __future__ import annotations

import re

from semsearch.quotes.grammar.phrases import Mention
from semsearch.quotes.grammar.subjects import name_beside, subject_before
from semsearch.quotes.grammar.tokens import DETERMINERS, PREPOSITIONS, STOP, Token
from semsearch.quotes.lexicon.cues import DAYS
from semsearch.quotes.names.people import People

__all__ = ["SOURCE_NOUN", "source_subject"]

# "according to figures from ..." names who made the figures; "a person from ..." does not.
SOURCE_NOUN = re.compile(
    r"(?:(?!from|by|with|people|person|sources?|officials?|spokes|lawyers?|experts?|analysts?|"
    r"researchers?|economists?|scientists?|members?|lawmakers?)[a-z-]+\s+){1,6}?"
    r"(?:from|by)\s+(?=[A-Z]|the |his |her |its |their )"
)


def _joins(after: list[Token], at: int) -> bool:
    """Whether a preposition stands inside a name ("Center on Extremism")."""
    return 0 < at < len(after) - 1 and after[at - 1].capital and after[at + 1].capital


def source_subject(text: str, after: list[Token], people: People) -> Mention | None:
    """The phrase after "according to"."""
    count = 0
    while count < len(after):
        token = after[count]
        if not token.word or (token.lower in STOP and token.lower != "and"):
            break
        if (
            token.lower in PREPOSITIONS
            and not _joins(after, count)
            and token.lower
            not in (
                "of",
                "for",
                "with",
                "from",
                "at",
                "in",
            )
        ):
            break
        if count and token.lower.endswith("ed") and after[count - 1].lower not in DETERMINERS:
            break
        count += 1
    phrase = after[:count]
    while phrase and phrase[-1].text in DAYS:
        phrase = phrase[:-1]
    subject = subject_before(text, phrase, people) if phrase else None
    if subject is None or count >= len(after) or after[count].text != ",":
        return subject
    rest = after[count + 1 :]
    stop = next((at for at, token in enumerate(rest) if not token.word), len(rest))
    return name_beside(text, subject, rest[:stop], people) or subject
