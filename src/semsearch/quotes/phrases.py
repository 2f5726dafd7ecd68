"""Noun phrases that name a speaker, read off the words before or after a reporting verb.

English news writes subjects in few shapes: a pronoun, a name behind its title, a name with an
apposition between commas, a body with its article, or an unnamed role with a prepositional
phrase. These are told apart by closed word lists and capitals; there is no part-of-speech model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from semsearch.quotes.cues import ADVERBS, CUES, DAYS, TITLES, VERBS
from semsearch.quotes.people import NOT_NAMES, People, given_gender, strip_titles
from semsearch.quotes.tokens import (
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    STOP,
    TIMES,
    Token,
    is_adverb,
    tokenize,
)

__all__ = ["Mention", "sentence_subject", "subject_after", "subject_before"]

MentionKind = Literal["pronoun", "relative", "name", "noun"]


_CONTRACTION = re.compile(r"(?:he|she|it|they|we|i|who|that)[’'](?:s|ve|d|re|ll)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """The words that name a speaker. `relative` is "who" and stands for its `antecedent`."""

    start: int
    end: int
    text: str
    kind: MentionKind
    antecedent: Mention | None = None


def subject_before(text: str, tokens: list[Token], people: People) -> Mention | None:
    """The subject that ends where the tokens end, just before a reporting verb."""
    last = len(tokens) - 1
    while last >= 0 and (is_adverb(tokens[last]) or _is_day(tokens, last)):
        last -= 1
    if last < 0:
        return None
    token = tokens[last]
    if token.lower in ("who", "which"):
        return _relative(text, tokens[:last], token, people)
    if token.lower in ("and", "but", "then") or _CONTRACTION.match(token.lower):
        return None
    if token.lower in PRONOUNS:
        return Mention(token.start, token.end, token.text, "pronoun")
    if token.text in ",)—–":
        return _before_apposition(text, tokens, last, people)
    return _phrase_ending_at(text, tokens, last, people)


def _is_day(tokens: list[Token], at: int) -> bool:
    """ "Biden on Tuesday said": the day, and the "on" before it, belong to the verb."""
    if tokens[at].text in DAYS:
        return at > 0
    return (
        tokens[at].lower in ("on", "late", "early")
        and at + 1 < len(tokens)
        and tokens[at + 1].text in DAYS
    )


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
        if tail is not None and (
            tail.start <= phrase[cut - 1].start or _is_full_person(tail, phrase, people)
        ):
            return tail
        return _whole(text, phrase)
    return _trailing_name(text, phrase, people) or _whole(text, phrase)


def _is_full_person(mention: Mention, phrase: list[Token], people: People) -> bool:
    tokens = mention.text.split()
    before = next((t for t in reversed(phrase) if t.end <= mention.start), None)
    if before is None or before.lower in PREPOSITIONS or before.lower in DETERMINERS:
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


def _trailing_name(text: str, phrase: list[Token], people: People) -> Mention | None:
    """The capitalised run at the end of a phrase, with its article when it names a body."""
    first = len(phrase)
    while first > 0 and _in_run(phrase, first - 1):
        first -= 1
    while first < len(phrase) - 1 and not phrase[first].capital:
        first += 1
    run = phrase[first:]
    while len(run) > 1 and run[-1].text in DAYS:
        run = run[:-1]
    if not run or not run[-1].capital or all(token.lower in TITLES for token in run):
        return None
    person = _person_in(text, run, phrase[:first], people)
    if person is not None:
        return person
    if all(token.lower in NOT_NAMES for token in run):
        return None
    return _body(text, phrase[:first], run)


def _person_in(text: str, run: list[Token], before: list[Token], people: People) -> Mention | None:
    """The person's name at the end of a capitalised run, without titles and possessors."""
    own = _after_possessive(run)
    words = [token.text for token in own]
    kept = strip_titles(words)
    if len(kept) > 2 and not people.looks_personal(kept):
        kept = _from_given_name(kept)
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


def _from_given_name(words: list[str]) -> list[str]:
    """ "Trial Court Administrator Jane Q. Roe" -> "Jane Q. Roe", by the given name."""
    for at in range(max(1, len(words) - 3), len(words) - 1):
        if given_gender(words[at:]) is not None:
            return words[at:]
    return words


_PARTICLES = frozenset("de del della di da dos du la le van von der den bin al el ibn ter".split())
_JOINING = frozenset("of and for the & in on".split()) | _PARTICLES


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


def _whole(text: str, phrase: list[Token]) -> Mention | None:
    first = 0
    while first < len(phrase) - 1 and phrase[first].lower in NOT_NAMES - DETERMINERS:
        first += 1
    phrase = phrase[first:]
    if not phrase or not any(token.text[0].isalpha() for token in phrase):
        return None
    if not _is_nominal(phrase):
        return None
    return Mention(phrase[0].start, phrase[-1].end, text[phrase[0].start : phrase[-1].end], "noun")


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
    if head.lower in TIMES or head.lower in NOT_NAMES or head.lower.endswith(("ly", "n't", "n’t")):
        return False
    if any(_is_verb(phrase, at) for at in range(1, len(phrase))):
        return False
    if first.capital or first.lower in DETERMINERS or first.text[0].isdigit():
        return True
    return head.lower.endswith("s") or head.lower in TITLES or head.lower in _UNNAMED


_PRONOMINAL = frozenset("some many most several others one two three few all both".split())
_UNNAMED = frozenset(
    "police management staff researchers people family company study research prosecution "
    "government congress court everyone everybody nobody another someone anyone".split()
)


def _is_verb(phrase: list[Token], at: int) -> bool:
    token, before = phrase[at], phrase[at - 1]
    if token.lower in VERBS:
        return True
    if token.capital or not token.lower.endswith("ed") or before.lower in DETERMINERS:
        return False
    if before.lower.endswith("ly") or before.lower in PREPOSITIONS or at == len(phrase) - 1:
        return False
    return phrase[at + 1].lower not in PREPOSITIONS


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
    for at, segment in enumerate(filled):
        mention = _segment_subject(text, segment, people)
        if mention is not None:
            behind = filled[at + 1] if at + 1 < len(filled) else []
            return _name_beside(text, mention, behind, people) or mention
    return None


def _name_beside(
    text: str, mention: Mention, segment: list[Token], people: People
) -> Mention | None:
    """ "Griner’s agent, Jane Roe, said": the name is the apposition."""
    if mention.kind != "noun" or not segment or not all(token.capital for token in segment):
        return None
    named = _person_in(text, segment, [], people)
    return named if named is not None and " " in named.text else None


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
    plural = len(phrase) == 1 and phrase[0].lower.endswith("s")
    if plural or phrase[0].capital or phrase[0].lower in DETERMINERS or _role_word(phrase[0]):
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
    if not phrase or all(token.lower in DETERMINERS for token in phrase) or phrase[0].text in DAYS:
        return None
    if len(phrase) == 1 and phrase[0].lower in ("he", "she"):
        return Mention(phrase[0].start, phrase[0].end, phrase[0].text, "pronoun")
    following = tokens[count] if count < len(tokens) else None
    if following is not None and not _may_follow_subject(following):
        return None
    if (
        following is not None
        and not phrase[-1].capital
        and (following.text in _QUOTES or following.lower == "to")
    ):
        return None
    while len(phrase) > 1 and phrase[-1].text in DAYS:
        phrase = phrase[:-1]
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
            (
                at > 0
                and at + 1 < len(tokens)
                and (tokens[at - 1].capital or tokens[at - 1].lower in ("of", "for", "and"))
                and (tokens[at + 1].capital or tokens[at + 1].lower == "the")
            )
            or (at == 0 and token.lower == "the")
            or _joins_titles(tokens, at)
        )
    if not token.word or token.lower in STOP:
        return False
    return token.lower not in PREPOSITIONS or token.capital and at > 0


_QUOTES = frozenset('"“‘«„\x00')


def _joins_titles(tokens: list[Token], at: int) -> bool:
    """ "founder and creative director Jane Roe": two titles before one name."""
    if tokens[at].lower != "and" or at == 0 or tokens[at - 1].lower not in TITLES:
        return False
    behind = tokens[at + 1 : at + 5]
    return any(token.capital for token in behind) and all(token.word for token in behind[:2])


_FOLLOWERS = frozenset("who which that as and but when while last this because if".split())


def _may_follow_subject(token: Token) -> bool:
    if not token.word or token.lower in PREPOSITIONS or token.text in DAYS:
        return True
    return token.lower in _FOLLOWERS or token.lower.endswith("ing")


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
    at = _behind_openers(tokens)
    if at is None or at >= len(tokens):
        return None
    if tokens[at].lower in PRONOUNS:
        return Mention(tokens[at].start, tokens[at].end, tokens[at].text, "pronoun")
    end = at
    named = False
    while end < len(tokens) and not _ends_opening_phrase(tokens[end], named):
        based = tokens[end].lower.endswith(("-based", "’s", "'s"))
        named = not based and (
            named or tokens[end].capital and tokens[end].lower not in DETERMINERS
        )
        end += 1
    return _head(text, tokens[at:end], people) if end > at else None


def _behind_openers(tokens: list[Token]) -> int | None:
    """Where the subject may begin, behind adverbs and prepositional openers with their comma."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.lower in PREPOSITIONS or _opens_with_time(tokens, at):
            comma = next((k for k in range(at, len(tokens)) if tokens[k].text == ","), None)
            if comma is None:
                return None
            at = comma + 1
        elif token.lower in _OPENERS or not token.word or token.lower.endswith("ly"):
            at += 1
        else:
            return at
    return at


def _opens_with_time(tokens: list[Token], at: int) -> bool:
    """ "Earlier this month, ...": an adverbial with its comma, not the subject."""
    if tokens[at].lower not in _OPENERS and tokens[at].text not in DAYS:
        return False
    return any(token.text == "," for token in tokens[at + 1 : at + 5])


_ENDERS = VERBS | ADVERBS
_OPENERS = NOT_NAMES - DETERMINERS - PRONOUNS


def _ends_opening_phrase(token: Token, named: bool) -> bool:
    if not token.word or token.lower in STOP or token.text in DAYS or token.lower in CUES:
        return True
    if not token.capital and (token.lower.endswith("ed") or token.lower in _ENDERS):
        return True
    return named and not token.capital and token.lower not in ("of", "for", "the")
