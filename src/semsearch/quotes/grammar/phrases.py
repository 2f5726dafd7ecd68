# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Noun phrases that name a speaker, read off capitals and closed word lists.

English news names speakers in few shapes: a name behind its title, a body with its article, or an
unnamed role with a prepositional phrase. There is no part-of-speech model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from semsearch.quotes.grammar.quotation_marks import TITLE
from semsearch.quotes.grammar.tokens import DETERMINERS, PREPOSITIONS, STOP, TIMES, Token, is_adverb
from semsearch.quotes.lexicon.cues import CUES, DAYS, NOUNISH, VERBS
from semsearch.quotes.lexicon.titles import TITLES
from semsearch.quotes.names.people import People
from semsearch.quotes.names.person_names import NOT_NAMES, from_given_name, strip_titles
from semsearch.text.words import word_set

__all__ = [
    "Mention",
    "head_of",
    "is_full_person",
    "is_verb",
    "person_in",
    "phrase_ending_at",
    "phrase_start",
    "trailing_name",
    "whole_phrase",
]

MentionKind = Literal["pronoun", "relative", "name", "noun"]


@dataclass(frozen=True, slots=True)
class Mention:
    """The words that name a speaker. `relative` is "who" and stands for its `antecedent`.

    `role` is the noun that a name explains ("lawyers" in "Griner's lawyers, Jane Roe and ...").
    """

    start: int
    end: int
    text: str
    kind: MentionKind
    antecedent: Mention | None = None
    role: str | None = None


def phrase_ending_at(text: str, tokens: list[Token], last: int, people: People) -> Mention | None:
    first = phrase_start(tokens, last, plurals=True)
    phrase = tokens[first : last + 1]
    if any(is_verb(phrase, at) for at in range(1, len(phrase))):
        first = phrase_start(tokens, last)
    if first > last:
        return None
    return head_of(text, tokens[first : last + 1], people)


def phrase_start(tokens: list[Token], last: int, plurals: bool = False) -> int:
    """Where the phrase begins that ends at `last`; `plurals` joins "strategists and experts"."""
    at = last
    while at >= 0:
        token = tokens[at]
        if token.lower in ("and", "&"):
            joins = (
                0 < at < last
                and tokens[at - 1].word
                and (
                    tokens[at - 1].capital == tokens[at + 1].capital
                    or tokens[at + 1].capital
                    or tokens[at + 1].lower == "other"
                )
            )
            if not joins:
                break
            before = tokens[at - 1]
            many = plurals and before.lower.endswith("s") and tokens[last].lower.endswith("s")
            if not before.capital and before.lower not in _KIN and not many:
                break
        elif token.lower == "than" and at and tokens[at - 1].lower in ("more", "less", "fewer"):
            pass
        elif (
            not token.word
            or token.lower in STOP
            or (at < last and _says_when(tokens, at))
            or (token.lower in CUES and not token.capital and not _is_noun(tokens, at))
        ):
            break
        at -= 1
    return at + 1


def _says_when(tokens: list[Token], at: int) -> bool:
    """ "In May 2024 officials said": the year is no part of who said it."""
    year = _YEAR.fullmatch(tokens[at].text)
    if year is None or at == 0:
        return year is not None
    before = tokens[at - 1]
    return before.lower in _BEFORE_YEARS or before.text in DAYS


def _is_noun(tokens: list[Token], at: int) -> bool:
    """ "The report" found, "their claims" showed: no verb."""
    return at > 0 and tokens[at].lower in NOUNISH and tokens[at - 1].lower in DETERMINERS


_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_YEARS = word_set("in by since until during from")
_KIN = word_set("family parents wife husband company team lawyers officials police")


def head_of(text: str, phrase: list[Token], people: People) -> Mention | None:
    """The speaker within a whole noun phrase."""
    phrase = _without_opening_adjunct(phrase)
    if not phrase:
        return None
    cut = next((at for at, token in enumerate(phrase) if token.lower in PREPOSITIONS), None)
    if cut is not None and cut > 0:
        if phrase[cut].lower in ("after", "before") and cut < len(phrase) - 1:
            # "... after Jane Roe" and then a verb: she is the subject of a clause.
            return head_of(text, phrase[cut + 1 :], people)
        head = phrase[:cut]
        named = trailing_name(text, head, people)
        if (
            named is not None
            and named.kind == "name"
            and (
                people.is_person(strip_titles(named.text.split()))
                or (phrase[cut].lower == "of" and is_full_person(named.text.split(), people))
            )
        ):
            return named
        tail = trailing_name(text, phrase, people)
        if tail is not None and (
            tail.start <= phrase[cut - 1].start or _is_full_person(tail, phrase, people)
        ):
            return tail
        return whole_phrase(text, phrase)
    return trailing_name(text, phrase, people) or whole_phrase(text, phrase)


def is_full_person(tokens: list[str], people: People) -> bool:
    """ "Jane Roe" in "Jane Roe of Oxford": two or three words, none of a body or a title."""
    return (
        len(tokens) in (2, 3)
        and people.looks_personal(tokens)
        and not any(token.lower() in TITLES for token in tokens)
    )


def _is_full_person(mention: Mention, phrase: list[Token], people: People) -> bool:
    tokens = mention.text.split()
    before = next((t for t in reversed(phrase) if t.end <= mention.start), None)
    if before is None or (
        not before.capital and (before.lower in PREPOSITIONS or before.lower in DETERMINERS)
    ):
        return False
    return people.is_person(tokens)


def _without_opening_adjunct(phrase: list[Token]) -> list[Token]:
    """Drops "On Tuesday", "In Washington" and stray openers before the subject."""
    while phrase and (phrase[0].text in DAYS or phrase[0].lower in ("and", "&")):
        phrase = phrase[1:]
    if not phrase or phrase[0].lower not in PREPOSITIONS:
        return phrase
    for at in range(len(phrase) - 1, 0, -1):
        if phrase[at].text in DAYS or phrase[at].lower.isdigit():
            return _without_opening_adjunct(phrase[at + 1 :])
    for at in range(1, len(phrase)):
        if phrase[at].lower in DETERMINERS and at > 1:
            return phrase[at:]
    return phrase[1:]


_ADVERB_ENDINGS = ("tely", "ntly", "ingly", "ously", "edly", "ically", "ually")


def trailing_name(text: str, phrase: list[Token], people: People) -> Mention | None:
    """The capitalised run at the end of a phrase, with its article when it names a body."""
    first = _run_start(phrase)
    run = _without_days_and_openers(phrase[first:])
    if (
        not run
        or not run[-1].capital
        or all(token.lower in TITLES or token.lower == "the" for token in run)
    ):
        return None
    if len(run) == 1 and run[0].lower.endswith(_ADVERB_ENDINGS):
        return None
    person = person_in(text, run, phrase[:first], people)
    if person is not None:
        return person
    if all(token.lower in NOT_NAMES for token in run):
        return None
    return _body(text, phrase[:first], run)


def _run_start(phrase: list[Token]) -> int:
    """Where the capitalised words at the end of a phrase begin."""
    first = len(phrase)
    while first > 0 and _in_run(phrase, first - 1):
        first -= 1
    while first < len(phrase) - 1 and not phrase[first].capital:
        first += 1
    return first


def _without_days_and_openers(run: list[Token]) -> list[Token]:
    """A run without a day behind it, or words before it that are capital by their place only."""
    while len(run) > 1 and run[-1].text in DAYS:
        run = run[:-1]
    while len(run) > 1 and run[0].lower in NOT_NAMES and run[0].lower not in DETERMINERS:
        run = run[1:]
    return run


def person_in(text: str, run: list[Token], before: list[Token], people: People) -> Mention | None:
    """The person's name at the end of a capitalised run, without titles and possessors."""
    own = _after_possessive(run)
    words = [token.text for token in own]
    kept = strip_titles(words)
    if len(kept) > 2:
        kept = from_given_name(kept)
    if not kept or not people.looks_personal(kept) or kept[0].lower() in NOT_NAMES:
        return None
    if len(own) < len(run) and len(kept) == 1 and not people.is_person(kept):
        return None
    start = own[len(own) - len(kept)]
    behind = own[: len(own) - len(kept)] or before
    while behind and behind[-1].lower in _PARTICLES:
        start, behind = behind[-1], behind[:-1]
    if len(kept) == 1 and behind and behind[-1].lower == "the":
        return None
    return Mention(start.start, own[-1].end, text[start.start : own[-1].end], "name")


_PARTICLES = word_set("de del della di da dos du la le van von der den bin al el ibn ter")
_JOINING = word_set("of and for the & in on") | _PARTICLES


def _in_run(phrase: list[Token], at: int) -> bool:
    token = phrase[at]
    if token.capital or token.text[0].isdigit():
        return True
    if token.lower not in _JOINING or at == 0 or at + 1 >= len(phrase):
        return False
    return phrase[at - 1].capital or phrase[at - 1].lower in ("of", "for", "in", "on")


def _after_possessive(run: list[Token]) -> list[Token]:
    for at in range(len(run) - 2, -1, -1):
        if run[at].text.endswith(("’s", "'s", "s’", "s'")):
            return run[at + 1 :]
    return run


def _body(text: str, before: list[Token], run: list[Token]) -> Mention:
    start = run[0]
    for back in range(1, min(4, len(before) + 1)):
        if before[-back].lower in ("the", "a", "an"):
            start = before[-back]
            break
        if not before[-back].word or before[-back].lower in PREPOSITIONS:
            break
    return Mention(start.start, run[-1].end, text[start.start : run[-1].end], "name")


def whole_phrase(text: str, phrase: list[Token]) -> Mention | None:
    first = 0
    while first < len(phrase) - 1 and phrase[first].lower in NOT_NAMES - DETERMINERS:
        first += 1
    phrase = phrase[first:]
    if not phrase or not any(token.text[0].isalpha() for token in phrase):
        return None
    if not _is_nominal(phrase):
        return None
    words = _TITLE_BEFORE.sub("", text[phrase[0].start : phrase[-1].end])
    return Mention(phrase[0].start, phrase[-1].end, words, "noun")


def _is_nominal(phrase: list[Token]) -> bool:
    """Whether a phrase without a name can be a speaker: no verb in it, and a plausible opener."""
    if len(phrase) > 14:
        return False
    first = phrase[0]
    cut = next((at for at, token in enumerate(phrase) if at and token.lower in PREPOSITIONS), None)
    core = phrase[:cut]
    head = core[-1]
    if cut is not None and len(core) > 1 and head.lower.endswith(("iar", "ed", "ible", "ing")):
        # "sources familiar with", "people involved in": the noun stands before the adjective.
        head = core[-2]
    if cut == 1 and first.lower in _PRONOMINAL:
        return True
    if head.lower in TIMES or head.lower in NOT_NAMES or head.lower.endswith(("n't", "n’t")):
        return False
    if is_adverb(head):
        return False
    if any(is_verb(phrase, at) for at in range(1, len(phrase))):
        return False
    if first.capital or first.lower in DETERMINERS or first.text[0].isdigit():
        return True
    return head.lower.endswith("s") or head.lower in TITLES or head.lower in _UNNAMED


# 'The “Gin and Juice” emcee' is an emcee.
_TITLE_BEFORE = re.compile(f"{TITLE}+ ?")
_PRONOMINAL = word_set("some many most several others one two three few all both")
_UNNAMED = word_set(
    "police management staff researchers people family company study research prosecution "
    "government congress court everyone everybody nobody another someone anyone"
)


def is_verb(phrase: list[Token], at: int) -> bool:
    token, before = phrase[at], phrase[at - 1]
    if token.lower in VERBS:
        return True
    if token.capital or not token.lower.endswith("ed") or before.lower in DETERMINERS:
        return False
    if before.lower.endswith("ly") or before.lower in PREPOSITIONS or at == len(phrase) - 1:
        return False
    return phrase[at + 1].lower not in PREPOSITIONS
