# ruff: noqa: RUF001, RUF002 -- typographic marks are what these rules are about
"""The subject of a reporting verb: before it, after it, or at the start of the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from semsearch.quotes.grammar.phrases import (
    Mention,
    head_of,
    is_full_person,
    is_verb,
    person_in,
    phrase_ending_at,
    phrase_start,
    trailing_name,
    whole_phrase,
)
from semsearch.quotes.grammar.tokens import (
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    STOP,
    Token,
    is_adverb,
    is_day,
    tokenize,
)
from semsearch.quotes.lexicon.cues import ADVERBS, CUES, DAYS, VERBS
from semsearch.quotes.lexicon.titles import TITLES
from semsearch.quotes.names.people import People
from semsearch.quotes.names.person_names import NOT_NAMES, strip_titles
from semsearch.text.words import word_set

__all__ = ["name_beside", "sentence_subject", "subject_after", "subject_before"]

# A subject begins within this many characters of its sentence.
_WINDOW_OPENING = 160

_CONTRACTION = re.compile(r"(?:he|she|it|they|we|i|who|that)[’'](?:s|ve|d|re|ll)$")


def subject_before(text: str, tokens: list[Token], people: People) -> Mention | None:
    """The subject that ends where the tokens end, just before a reporting verb."""
    last = len(tokens) - 1
    while last >= 0 and (is_adverb(tokens[last]) or is_day(tokens, last)):
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
    return _those_who(text, tokens, last, people) or phrase_ending_at(text, tokens, last, people)


def _those_who(text: str, tokens: list[Token], last: int, people: People) -> Mention | None:
    """ "People who had new symptoms": the noun with its relative clause."""
    for at in range(last, max(0, last - 9), -1):
        if not tokens[at].word:
            return None
        if tokens[at].lower == "who":
            named = phrase_ending_at(text, tokens, at - 1, people)
            if named is None or named.kind != "noun" or last - at < 2:
                return None
            end = tokens[last].end
            return replace(named, end=end, text=text[named.start : end])
    return None


def _relative(text: str, tokens: list[Token], who: Token, people: People) -> Mention | None:
    last = len(tokens) - 1
    if last >= 0 and tokens[last].text == ",":
        last -= 1
    antecedent = phrase_ending_at(text, tokens, last, people) if last >= 0 else None
    if antecedent is None:
        # "... became tied to Jane Roe, who said": the name just before.
        antecedent = trailing_name(text, tokens[: last + 1], people) if last >= 0 else None
    if antecedent is None:
        return None
    explained = [token for token in tokens if token.end <= antecedent.start]
    if antecedent.kind == "noun" and explained and explained[-1].text == ",":
        # "Jane Roe, the actor who said ...": the noun explains the name before the comma.
        named = phrase_ending_at(text, explained, len(explained) - 2, people)
        if named is not None and named.kind == "name":
            antecedent = named
    return Mention(who.start, who.end, who.text, "relative", antecedent)


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
    if tokens[last].text == ",":
        # "The event, announced Monday, will ...": one comma alone parts no subject from its verb.
        behind, filled = filled[-1:], filled[:-1]
    else:
        behind = []
    for at, segment in _candidates(filled):
        mention = _segment_subject(text, segment, people)
        if mention is not None:
            following = (filled + behind)[at + 1 : at + 2]
            return name_beside(text, mention, following[0] if following else [], people) or mention
    return None


def _candidates(segments: list[list[Token]]) -> Iterator[tuple[int, list[Token]]]:
    """Segments in the order in which they may be the subject, with their places.

    Behind a clause with its own verb ("a fire broke out in Massillon, Ohio, the paper, which ...,
    reported") that is from the last to the first.
    """
    numbered = list(enumerate(segments))
    clauses = [at for at, segment in numbered if _holds_verb(segment)]
    if not clauses:
        return iter(numbered)
    return iter(numbered[: clauses[-1] : -1])


def _holds_verb(segment: list[Token]) -> bool:
    return any(is_verb(segment, at) for at in range(1, len(segment)))


def name_beside(
    text: str, mention: Mention, segment: list[Token], people: People
) -> Mention | None:
    """ "Griner’s agent, Jane Roe, said": the name is the apposition."""
    if not _is_role(mention) or len(segment) < 2:
        return None
    if not all(token.capital or token.lower == "and" for token in segment):
        return None
    role = mention.text.split()[-1].lower()
    if any(token.lower == "and" for token in segment):
        start, end = segment[0].start, segment[-1].end
        return Mention(start, end, text[start:end], "name", role=role)
    named = person_in(text, segment, [], people)
    return replace(named, role=role) if named is not None and " " in named.text else None


def _is_role(mention: Mention) -> bool:
    """Whether a mention may explain a name next to it ("his agent", "the Met Office’s CEO")."""
    if mention.kind == "noun":
        return True
    words = mention.text.lower().split()
    return mention.kind == "name" and len(words) > 1 and words[-1] in TITLES


def _segment_subject(text: str, segment: list[Token], people: People) -> Mention | None:
    if segment[0].lower in PREPOSITIONS or segment[0].text[0].isdigit():
        return None
    first = phrase_start(segment, len(segment) - 1)
    if first >= len(segment):
        return None
    phrase = segment[first:]
    if any(is_verb(phrase, at) for at in range(1, len(phrase))):
        return None
    if first == 0 and len(phrase) == 1 and phrase[0].lower in NOT_NAMES:
        return None
    if len(phrase) == 1 and is_adverb(phrase[0]):
        return None
    plural = len(phrase) == 1 and phrase[0].lower.endswith("s")
    if plural or phrase[0].capital or phrase[0].lower in DETERMINERS or _role_word(phrase[0]):
        return head_of(text, phrase, people)
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
    following = tokens[count] if count < len(tokens) else None
    if phrase[0].lower in ("he", "she"):
        # "..., said she hopes": what follows is reported.
        if len(phrase) > 1 or (following is not None and not _may_follow_subject(following, True)):
            return None
        return Mention(phrase[0].start, phrase[0].end, phrase[0].text, "pronoun")
    if following is not None and _is_reported(text, phrase, following):
        return None
    while len(phrase) > 1 and phrase[-1].text in DAYS:
        phrase = phrase[:-1]
    named = trailing_name(text, _without_place_of_work(phrase, people), people)
    if named is not None:
        return named
    return whole_phrase(text, _with_prepositional(tokens, len(phrase)))


def _is_reported(text: str, phrase: list[Token], following: Token) -> bool:
    """Whether the word after a phrase makes it the subject of what is reported."""
    if following.text in _QUOTES and _behind_comma(text, phrase[0]):
        return True  # ", said Briggs “liked ...": he is whom it is about
    quoted = phrase[-1].capital or text[: phrase[0].start].rstrip()[-1:] in _QUOTES
    if not _may_follow_subject(following, quoted):
        return True
    return not phrase[-1].capital and _tells_verb(phrase, following)


def _behind_comma(text: str, token: Token) -> bool:
    """Whether the verb before a word stands behind a comma that ends no quotation."""
    return re.search(r"\w, \w+ $", text[max(0, token.start - 24) : token.start]) is not None


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
                and _opens_name(tokens, at + 1)
            )
            or (at == 0 and token.lower == "the")
            or _joins_titles(tokens, at)
        )
    if not token.word or token.lower in STOP:
        return False
    return token.lower not in PREPOSITIONS or (token.capital and at > 0)


def _opens_name(tokens: list[Token], at: int) -> bool:
    if tokens[at].lower == "the" and at + 1 < len(tokens):
        return tokens[at + 1].capital
    return tokens[at].capital


def _tells_verb(phrase: list[Token], following: Token) -> bool:
    """Whether what follows shows that lower-case words are no speaker ("failure to", "has “")."""
    if following.lower == "to":
        return phrase[0].lower not in DETERMINERS
    return following.text in _QUOTES


_QUOTES = frozenset('"“‘«„\x00')


def _joins_titles(tokens: list[Token], at: int) -> bool:
    """ "founder and creative director Jane Roe": two titles before one name."""
    if tokens[at].lower != "and" or at == 0 or tokens[at - 1].lower not in TITLES:
        return False
    behind = tokens[at + 1 : at + 5]
    return any(token.capital for token in behind) and all(token.word for token in behind[:2])


def _without_place_of_work(phrase: list[Token], people: People) -> list[Token]:
    """ "Jane Roe of the European Council" -> "Jane Roe"; organisations keep all their words."""
    cut = next((at for at, token in enumerate(phrase) if at and token.lower in PREPOSITIONS), None)
    if cut is None:
        return phrase
    names = " ".join(token.text for token in phrase[:cut]).split(" and ")
    persons = [strip_titles(name.split()) for name in names]
    if all(is_full_person(words, people) for words in persons):
        return phrase[:cut]
    return phrase


_FOLLOWERS = word_set("who which that as and but when while last this because if")


def _may_follow_subject(token: Token, quoted: bool) -> bool:
    if token.lower == "and" and not quoted:
        return False
    if not token.word or token.lower in PREPOSITIONS or token.text in DAYS:
        return True
    return token.lower in _FOLLOWERS or token.lower.endswith("ing")


_ATTACHED = word_set("for of with from at")
_BEFORE_TO = word_set("close adviser advisor aide assistant ambassador party spokesman")


def _with_prepositional(tokens: list[Token], count: int) -> list[Token]:
    """Extends "a spokesman" by "for the White House", "a source close" by "to the talks"."""
    if count >= len(tokens):
        return tokens[:count]
    to = tokens[count].lower == "to" and tokens[count - 1].lower in _BEFORE_TO
    if not to and tokens[count].lower not in _ATTACHED:
        return tokens[:count]
    end = count + 1
    while end < len(tokens) and _goes_on_attached(tokens[end]):
        end += 1
    return tokens[:end]


def _goes_on_attached(token: Token) -> bool:
    if not token.word or token.lower in STOP or token.text in DAYS:
        return False
    return token.lower not in PREPOSITIONS or token.lower == "of"


def sentence_subject(text: str, start: int, before: int, people: People) -> Mention | None:
    """The phrase a sentence opens with, behind any "In February, ..."."""
    tokens = tokenize(text, start, min(before, start + _WINDOW_OPENING))
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
            named or (tokens[end].capital and tokens[end].lower not in DETERMINERS)
        )
        end += 1
    while end > at and tokens[end - 1].lower in PREPOSITIONS:
        end -= 1
    if end == at:
        return None
    mention = head_of(text, tokens[at:end], people)
    if mention is not None and mention.kind == "name":
        return mention
    return _explained(text, tokens[at:], people) or mention


def _explained(text: str, tokens: list[Token], people: People) -> Mention | None:
    """ "One of them, former governor Jane Roe, is": the person between two commas."""
    commas = [at for at, token in enumerate(tokens) if not token.word][:2]
    if len(commas) < 2 or any(tokens[at].text != "," for at in commas):
        return None
    segment = tokens[commas[0] + 1 : commas[1]]
    if not all(token.capital or token.lower in TITLES for token in segment):
        return None
    named = trailing_name(text, segment, people) if segment else None
    return named if named is not None and people.is_person(named.text.split()) else None


def _behind_openers(tokens: list[Token]) -> int | None:
    """Where the subject may begin, behind adverbs and prepositional openers with their comma."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if (
            token.lower in _SUBORDINATORS
            or _opens_clause(tokens, at)
            or _opens_with_time(tokens, at)
        ):
            comma = next((k for k in range(at, len(tokens)) if tokens[k].text == ","), None)
            if comma is None:
                return None
            at = comma + 1
        elif token.lower in _OPENERS or not token.word or token.lower.endswith("ly"):
            at += 1
        else:
            return at
    return at


def _opens_clause(tokens: list[Token], at: int) -> bool:
    """ "Wearing a dress, she said": a participle with its comma, not the subject."""
    return at == 0 and tokens[at].lower.endswith("ing") and len(tokens[at].text) > 5


def _opens_with_time(tokens: list[Token], at: int) -> bool:
    """ "Earlier this month, ...": an adverbial with its comma, not the subject."""
    if tokens[at].lower not in _OPENERS and tokens[at].text not in DAYS:
        return False
    return any(token.text == "," for token in tokens[at + 1 : at + 5])


_SUBORDINATORS = PREPOSITIONS | word_set(
    "when while as if although though because since until once unless whereas despite"
)
_ENDERS = VERBS | ADVERBS
_OPENERS = NOT_NAMES - DETERMINERS - PRONOUNS


def _ends_opening_phrase(token: Token, named: bool) -> bool:
    if not token.word or token.lower in STOP or token.text in DAYS or token.lower in CUES:
        return True
    if not token.capital and (token.lower.endswith("ed") or token.lower in _ENDERS):
        return True
    return named and not token.capital and token.lower not in ("of", "for", "the")
