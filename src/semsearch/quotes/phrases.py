"""Noun phrases that name a speaker, read off the words before or after a reporting verb.

English news writes subjects in few shapes: a pronoun, a name behind its title, a name with an
apposition between commas, a body with its article, or an unnamed role with a prepositional
phrase. These are told apart by closed word lists and capitals; there is no part-of-speech model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from semsearch.quotes.cues import ABBREVIATIONS, ADVERBS, CUES, DAYS, TITLES
from semsearch.quotes.people import NOT_NAMES, People, strip_titles

__all__ = ["Mention", "Token", "sentence_subject", "subject_after", "subject_before", "tokenize"]

MentionKind = Literal["pronoun", "relative", "name", "noun"]

_TOKEN = re.compile(
    r"[^\W\d_][\w’'&@/%-]*(?:\.[\w’'&@-]+)*|[$£€#@\d][\w’'%-]*(?:[.,][\w%]+)*|[^\w\s]"
)

PRONOUNS = frozenset("he she they it i we who you one".split())
DETERMINERS = frozenset(
    "the a an his her their its our my some many most several two three four five six both these "
    "those other another one no all few any each senior local federal state top former".split()
)
PREPOSITIONS = frozenset(
    "of for from with in at on by to about over under inside outside near during after before "
    "against between among within across behind through around into like per via amid".split()
)
STOP = frozenset(
    "that because when while as since if but or so than where which though although until unless "
    "whether how why what and then yet nor is are was were be been being has have had do does did "
    "will would can could should may might must he she it they we i you him them me us who whom "
    "there here not".split()
)
_LY_NOUNS = frozenset(
    "family ally assembly supply italy july monopoly anomaly reply bully fly".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a punctuation mark with its place."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def word(self) -> bool:
        return self.text[0].isalnum() or self.text[0] in "$%#@"


@dataclass(frozen=True, slots=True)
class Mention:
    """The words that name a speaker. `relative` is "who" and stands for its `antecedent`."""

    start: int
    end: int
    text: str
    kind: MentionKind
    antecedent: Mention | None = None


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """Words and marks of `text[start:end]`, in order."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        if word == "." and tokens and tokens[-1].end == match.start() and _shortened(tokens[-1]):
            tokens[-1] = replace(tokens[-1], text=tokens[-1].text + ".", end=match.end())
            continue
        # "WHO" and "US" are names, not words.
        lower = word if len(word) > 1 and word.isupper() else word.lower()
        tokens.append(Token(word, lower, match.start(), match.end()))
    return tokens


def _shortened(token: Token) -> bool:
    """Whether a full stop after the word belongs to it ("Dr.", "J.", "U.S.")."""
    return token.text.lower() in ABBREVIATIONS or len(token.text) == 1 or "." in token.text


def is_adverb(token: Token) -> bool:
    """Whether a word may stand between a subject and its verb."""
    if token.lower in ADVERBS:
        return True
    return token.lower.endswith("ly") and not token.capital and token.lower not in _LY_NOUNS


def subject_before(text: str, tokens: list[Token], people: People) -> Mention | None:
    """The subject that ends where the tokens end, just before a reporting verb."""
    last = len(tokens) - 1
    while last >= 0 and is_adverb(tokens[last]):
        last -= 1
    if last < 0:
        return None
    token = tokens[last]
    if token.lower in ("who", "which"):
        return _relative(text, tokens[:last], token, people)
    if token.lower in ("and", "but", "then"):
        return None
    if token.lower in PRONOUNS:
        return Mention(token.start, token.end, token.text, "pronoun")
    if token.text in ",)—–":
        return _before_apposition(text, tokens, last, people)
    return _phrase_ending_at(text, tokens, last, people)


def _relative(text: str, tokens: list[Token], who: Token, people: People) -> Mention | None:
    last = len(tokens) - 1
    if last >= 0 and tokens[last].text == ",":
        last -= 1
    antecedent = _phrase_ending_at(text, tokens, last, people) if last >= 0 else None
    if antecedent is None:
        return None
    return Mention(who.start, who.end, who.text, "relative", antecedent)


def _phrase_ending_at(text: str, tokens: list[Token], last: int, people: People) -> Mention | None:
    first = _phrase_start(tokens, last)
    if first > last:
        return None
    return _head(text, tokens[first : last + 1], people)


def _phrase_start(tokens: list[Token], last: int) -> int:
    at = last
    while at >= 0:
        token = tokens[at]
        if token.lower in ("and", "&"):
            joins = (
                0 < at < last
                and tokens[at - 1].word
                and (tokens[at - 1].capital == tokens[at + 1].capital or tokens[at + 1].capital)
            )
            if not joins or not tokens[at - 1].capital and tokens[at - 1].lower not in _KIN:
                break
        elif not token.word or token.lower in STOP or token.lower in CUES and not token.capital:
            break
        at -= 1
    return at + 1


_KIN = frozenset("family parents wife husband company team lawyers officials police".split())


def _head(text: str, phrase: list[Token], people: People) -> Mention | None:
    """The speaker within a whole noun phrase."""
    phrase = _without_opening_adjunct(phrase)
    if not phrase:
        return None
    cut = next((at for at, token in enumerate(phrase) if token.lower in PREPOSITIONS), None)
    if cut is not None and cut > 0:
        head = phrase[:cut]
        named = _trailing_name(text, head, people)
        if (
            named is not None
            and named.kind == "name"
            and people.is_person(strip_titles(named.text.split()))
        ):
            return named
        tail = _trailing_name(text, phrase, people)
        if tail is not None and _is_full_person(tail, phrase, people):
            return tail
        return _whole(text, phrase)
    return _trailing_name(text, phrase, people) or _whole(text, phrase)


def _is_full_person(mention: Mention, phrase: list[Token], people: People) -> bool:
    tokens = mention.text.split()
    before = next((t for t in reversed(phrase) if t.end <= mention.start), None)
    if before is None or before.lower in PREPOSITIONS or before.lower in DETERMINERS:
        return False
    return len(tokens) >= 2 and people.is_person(tokens)


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


def _trailing_name(text: str, phrase: list[Token], people: People) -> Mention | None:
    """The capitalised run at the end of a phrase, with its article when it names a body."""
    first = len(phrase)
    while first > 0 and _in_run(phrase, first - 1):
        first -= 1
    run = phrase[first:]
    while (
        run
        and (run[0].lower in PREPOSITIONS or run[0].lower in ("the", "and", "&", "of"))
        and not (run[0].capital and len(run) > 1)
    ):
        run = run[1:]
    if not run or not run[-1].capital:
        return None
    run = _after_possessive(run)
    before = phrase[: len(phrase) - len(run)]
    tokens = [token.text for token in run]
    kept = strip_titles(tokens)
    if not kept or (len(kept) == 1 and kept[0].lower() in NOT_NAMES):
        return None
    if people.looks_personal(kept) and not (
        before and before[-1].lower == "the" and len(kept) == 1
    ):
        start = run[len(run) - len(kept)] if kept == tokens[len(tokens) - len(kept) :] else run[0]
        return Mention(start.start, run[-1].end, text[start.start : run[-1].end], "name")
    return _body(text, before, run)


def _in_run(phrase: list[Token], at: int) -> bool:
    token = phrase[at]
    if token.capital or token.text[0].isdigit():
        return True
    if token.lower not in (
        "of",
        "and",
        "for",
        "the",
        "&",
        "de",
        "van",
        "von",
        "al",
        "bin",
        "da",
        "la",
        "der",
        "in",
        "on",
    ):
        return False
    return (
        at > 0
        and (phrase[at - 1].capital or phrase[at - 1].lower in ("of", "for", "in", "on"))
        and at + 1 < len(phrase)
    )


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


def _whole(text: str, phrase: list[Token]) -> Mention | None:
    first = 0
    while first < len(phrase) - 1 and phrase[first].lower in NOT_NAMES - DETERMINERS:
        first += 1
    phrase = phrase[first:]
    if not phrase or not any(token.text[0].isalpha() for token in phrase):
        return None
    return Mention(phrase[0].start, phrase[-1].end, text[phrase[0].start : phrase[-1].end], "noun")


def _before_apposition(text: str, tokens: list[Token], last: int, people: People) -> Mention | None:
    """ "X, the Y of Z, said": the first segment between commas that is a name or a phrase."""
    segments: list[list[Token]] = [[]]
    for token in tokens[: last + 1]:
        if token.text in ';:"“”«»…?!\x00':
            segments = [[]]
        elif token.text in ",()—–":
            segments.append([])
        else:
            segments[-1].append(token)
    filled = [segment for segment in segments if segment][-6:]
    for segment in filled:
        mention = _segment_subject(text, segment, people)
        if mention is not None:
            return mention
    return None


def _segment_subject(text: str, segment: list[Token], people: People) -> Mention | None:
    if segment[0].lower in PREPOSITIONS or segment[0].text[0].isdigit():
        return None
    first = _phrase_start(segment, len(segment) - 1)
    if first >= len(segment):
        return None
    phrase = segment[first:]
    if first == 0 and len(phrase) == 1 and phrase[0].lower in NOT_NAMES:
        return None
    if len(phrase) == 1 and is_adverb(phrase[0]):
        return None
    if phrase[0].capital or phrase[0].lower in DETERMINERS or _role_word(phrase[0]):
        return _head(text, phrase, people)
    return None


def _role_word(token: Token) -> bool:
    return token.lower.rstrip(".") in TITLES


def subject_after(text: str, tokens: list[Token], people: People) -> Mention | None:
    """The subject right after a reporting verb (", said Jane Roe, a ...") or None.

    None when a verb follows the phrase: then the phrase is the subject of what is reported.
    """
    count = 0
    while count < len(tokens) and _goes_into_subject(tokens, count):
        count += 1
    phrase = tokens[:count]
    if not phrase or all(token.lower in DETERMINERS for token in phrase):
        return None
    if len(phrase) == 1 and phrase[0].lower in ("he", "she"):
        return Mention(phrase[0].start, phrase[0].end, phrase[0].text, "pronoun")
    following = tokens[count] if count < len(tokens) else None
    if following is not None and not _may_follow_subject(following):
        return None
    phrase = [token for token in phrase]
    while len(phrase) > 1 and phrase[-1].text in DAYS:
        phrase.pop()
    named = _trailing_name(text, phrase, people)
    if named is not None:
        return named
    return _whole(text, _with_prepositional(tokens, len(phrase)))


def _goes_into_subject(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if at == 0 and token.lower in ("he", "she"):
        return True
    if token.lower in ("and", "&", "of", "for", "the"):
        return (
            at > 0
            and at + 1 < len(tokens)
            and (tokens[at - 1].capital or tokens[at - 1].lower in ("of", "for", "and"))
            and (tokens[at + 1].capital or tokens[at + 1].lower == "the")
        ) or (at == 0 and token.lower == "the")
    if not token.word or token.lower in STOP:
        return False
    return token.lower not in PREPOSITIONS or token.capital and at > 0


def _may_follow_subject(token: Token) -> bool:
    if not token.word:
        return True
    if token.lower in PREPOSITIONS or token.text in DAYS:
        return True
    return token.lower in (
        "who",
        "which",
        "that",
        "as",
        "and",
        "but",
        "when",
        "while",
        "last",
        "this",
        "because",
        "if",
    ) or token.lower.endswith("ing")


def _with_prepositional(tokens: list[Token], count: int) -> list[Token]:
    """Extends "a spokesman" by "for the White House"."""
    if count >= len(tokens) or tokens[count].lower not in ("for", "of", "with", "from", "at"):
        return tokens[:count]
    end = count + 1
    while (
        end < len(tokens)
        and tokens[end].word
        and tokens[end].lower not in STOP
        and (tokens[end].lower not in PREPOSITIONS or tokens[end].lower == "of")
        and tokens[end].text not in DAYS
    ):
        end += 1
    return tokens[:end]


def sentence_subject(text: str, start: int, before: int, people: People) -> Mention | None:
    """The phrase a sentence opens with, behind any "In February, ..."."""
    tokens = tokenize(text, start, before)
    at = 0
    while at < len(tokens) and (
        tokens[at].lower in PREPOSITIONS or tokens[at].lower in NOT_NAMES - DETERMINERS - PRONOUNS
    ):
        comma = next((k for k in range(at, len(tokens)) if tokens[k].text == ","), None)
        if tokens[at].lower not in PREPOSITIONS:
            at += 1
        elif comma is None:
            return None
        else:
            at = comma + 1
    while at < len(tokens) and not tokens[at].word:
        at += 1
    if at >= len(tokens):
        return None
    if tokens[at].lower in PRONOUNS:
        return Mention(tokens[at].start, tokens[at].end, tokens[at].text, "pronoun")
    end = at
    seen_capital = False
    while end < len(tokens) and tokens[end].word and tokens[end].lower not in STOP:
        token = tokens[end]
        if (
            token.text in DAYS
            or (token.lower.endswith("ed") and not token.capital)
            or token.lower in CUES
        ):
            break
        if seen_capital and not token.capital and token.lower not in ("of", "for", "the"):
            break
        seen_capital = (
            seen_capital
            or token.capital
            and end > at
            or token.capital
            and token.lower not in DETERMINERS
        )
        end += 1
    return _head(text, tokens[at:end], people) if end > at else None
