"""Reporting clauses: a cue, who speaks, and where the reported words begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from semsearch.quotes.cues import CUE_PATTERN, NOUNISH, OBJECT_CUES, PARTICIPLES
from semsearch.quotes.people import People
from semsearch.quotes.phrases import (
    PREPOSITIONS,
    STOP,
    sentence_subject,
    is_adverb,
    Mention,
    Token,
    subject_after,
    subject_before,
    tokenize,
)
from semsearch.quotes.sentences import Sentences

__all__ = ["Clause", "find_clauses"]

Side = Literal["before", "after", "according"]

_WINDOW = 260
_NOUN_SIGNS = frozenset("the a an this that its his her their of no any some".split())
_SOURCE_NOUN = re.compile(
    r"(?:(?:a|an|the|its|new|recent|latest|joint|written|some|official|preliminary|early|"
    r"[a-z]+)\s+){0,4}?"
    r"(?:news release|press release|release|statement|statements|data|figures|numbers|"
    r"report|reports|estimates|analysis|study|survey|poll|records|documents|"
    r"comments|remarks|post|posts|tweet|letter|article|research|information|projections)\s+"
    r"(?:released |published |issued |compiled |provided |cited |obtained |collected |shared |conducted )?(?:from|by)\s+"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One reporting clause.

    `start` and `end` cover subject and cue. `side` says where the subject stands: before the
    verb, after it, or behind "according to". `content` is where reported words may begin.
    """

    sentence: int
    start: int
    end: int
    cue: str
    word: str
    subject: Mention
    side: Side
    content: int


def find_clauses(blanked: str, sentences: Sentences, people: People) -> list[Clause]:
    """All reporting clauses of the blanked text, in order of their cues."""
    found: list[Clause] = []
    for cue in CUE_PATTERN.finditer(blanked):
        index = sentences.index_at(cue.start())
        start, end = sentences.spans[index]
        earlier = found[-1] if found and found[-1].sentence == index else None
        clause = _clause(blanked, cue, index, start, end, earlier, people)
        if clause is not None:
            found.append(clause)
    return found


def _clause(
    blanked: str,
    cue: re.Match[str],
    index: int,
    start: int,
    end: int,
    earlier: Clause | None,
    people: People,
) -> Clause | None:
    word = cue.group().lower()
    after = tokenize(blanked, cue.end(), min(end, cue.end() + _WINDOW))
    if word in ("according to", "per"):
        return _according(blanked, cue, index, end, people)
    floor = max(start, cue.start() - _WINDOW)
    if earlier is not None:
        floor = max(floor, earlier.end)
    before = tokenize(blanked, floor, cue.start())
    behind = before[-1] if before else None
    if behind is not None and behind.lower in _NOUN_SIGNS:
        return None
    if word in PARTICIPLES:
        return _participle(blanked, cue, index, start, before, after, earlier, people)
    if behind is not None and behind.text in ",\"”″'’»–—“)\x00":
        subject = _inverted(blanked, after, people) if word not in OBJECT_CUES else None
        if subject is not None:
            return Clause(
                index, cue.start(), subject.end, cue.group(), word, subject, "after", subject.end
            )
    subject = subject_before(blanked, before, people)
    if subject is None and _joined(before):
        subject = (
            earlier.subject if earlier else sentence_subject(blanked, start, cue.start(), people)
        )
    if subject is None or (word in NOUNISH and subject.kind == "noun"):
        return None
    cue_end = _object_end(word, cue.end(), after)
    return Clause(
        index,
        subject.start,
        cue_end,
        blanked[cue.start() : cue_end],
        word,
        subject,
        "before",
        cue_end,
    )


def _inverted(blanked: str, after: list[Token], people: People) -> Mention | None:
    return subject_after(blanked, after, people)


def _participle(
    blanked: str,
    cue: re.Match[str],
    index: int,
    start: int,
    before: list[Token],
    after: list[Token],
    earlier: Clause | None,
    people: People,
) -> Clause | None:
    """ ", adding that ...": the subject is that of the sentence's earlier clause."""
    if not before or before[-1].text not in ',;–—"”':
        return None
    subject = earlier.subject if earlier else sentence_subject(blanked, start, cue.start(), people)
    if subject is None:
        return None
    word = cue.group().lower()
    cue_end = _object_end(word, cue.end(), after)
    return Clause(
        index,
        cue.start(),
        cue_end,
        blanked[cue.start() : cue_end],
        word,
        subject,
        "before",
        cue_end,
    )


def _joined(before: list[Token]) -> bool:
    """Whether the verb is joined to an earlier one ("... and said that")."""
    last = len(before) - 1
    while last >= 0 and is_adverb(before[last]):
        last -= 1
    return last >= 0 and before[last].lower in ("and", "but", "then")


def _according(
    blanked: str, cue: re.Match[str], index: int, end: int, people: People
) -> Clause | None:
    at = cue.end()
    while at < end and blanked[at] == " ":
        at += 1
    source = _SOURCE_NOUN.match(blanked, at, end)
    after = tokenize(blanked, source.end() if source else at, min(end, at + _WINDOW))
    subject = _source_phrase(blanked, after, people)
    if subject is None:
        return None
    return Clause(
        index,
        cue.start(),
        subject.end,
        cue.group().strip(),
        cue.group().lower().strip(),
        subject,
        "according",
        subject.end,
    )


def _source_phrase(blanked: str, after: list[Token], people: People) -> Mention | None:
    count = 0
    while count < len(after):
        token = after[count]
        if not token.word or (token.lower in STOP and token.lower != "and"):
            break
        if token.lower in PREPOSITIONS and token.lower not in (
            "of",
            "for",
            "with",
            "from",
            "in",
            "at",
        ):
            break
        count += 1
    phrase = after[:count]
    if not phrase:
        return None
    return subject_before(blanked, phrase, people)


def _object_end(word: str, at: int, after: list[Token]) -> int:
    """The end of "told reporters", "told The Daily Mirror": the cue with its addressee."""
    if word not in OBJECT_CUES or not after or not after[0].word:
        return at
    end = at
    for count, token in enumerate(after[:8]):
        if not token.word or token.lower in ("that", "he", "she", "they", "it", "there", "we", "i"):
            break
        if token.lower in PREPOSITIONS and token.lower != "of":
            break
        if token.lower in STOP and token.lower not in ("him", "them", "us", "me", "and"):
            break
        if count and token.text in (
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ):
            break
        if count and token.lower in ("his", "the", "a", "their", "her", "its"):
            break
        end = token.end
        if count == 0 and token.lower in (
            "reporters",
            "lawmakers",
            "journalists",
            "him",
            "her",
            "them",
            "us",
            "me",
        ):
            break
    return end
