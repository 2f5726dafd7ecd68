"""Indirect speech: the finite clause that a reporting clause governs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.quotes.clauses import Clause
from semsearch.quotes.cues import OBJECT_CUES, WEAK
from semsearch.quotes.marks import BLANK
from semsearch.quotes.phrases import PREPOSITIONS
from semsearch.quotes.sentences import Sentences

__all__ = ["Reported", "find_reported"]

_THAT = re.compile(r"((?:[^,;:\x00\"“”]|, ){0,90}?)\bthat,? ")
_LEAD = re.compile(
    r"\s*,?\s*(?:(?:on|in|at|during|via|to|by|from|after|of|earlier|late|later|early|last|this|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|again|previously|several|in a)\b[^,;:\x00]*?)?$"
)
_DAY = re.compile(
    r"\s*(?:on |late |early |earlier |last )?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|"
    r"yesterday|this week|last week|at the time)(?: (?:morning|afternoon|evening|night))?,?(?= )"
)
_CONNECTOR = re.compile(
    r"(?:(?:Still|However|Additionally|Meanwhile|But|And|Yet|Also|So|Moreover|Furthermore|Instead|"
    r"Nevertheless|In addition|As a result|For example|For instance|In fact|In other words|"
    r"At the same time|In total|Separately|Indeed|Overall|Nonetheless|Now|Then|That's because|That’s because),\s+|(?:But|And|Yet|So|Still)\s+)+"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|do|does|did|am|"
    r"remains?|needs?|wants?|seems?|appears?|made|took|went|came|got|gave|saw|knew|left|felt|kept|"
    r"began|led|met|paid|ran|sent|set|told|won|lost|rose|fell|grew|put|let|cut|hit|held|"
    r"brought|bought|caught|fought|sought|taught|thought|built|spent|stood|understood|broke|spoke|"
    r"drove|wrote|chose|shut|spread|meant|isn[’']t|wasn[’']t|won[’']t|can[’']t|cannot|"
    r"\w+(?:ed|es)|\w{3,}[^s\W]s|\w+[’'](?:s|re|ll|ve|d)|\w+n[’']t)\b"
)
_WORD = re.compile(r"[\w$£€\x01][\w’'-]*")
_NO_OPENERS = (
    PREPOSITIONS - {"over", "about", "with", "after", "before", "during", "despite"}
) | frozenset(
    "so yes no goodbye nothing something anything hello and but or who which when where as much "
    "more what how why to was is were has had".split()
)
_SAY = frozenset("said says say saying added adds adding noting".split())
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|do|does|did|"
    r"isn[’']t|wasn[’']t|aren[’']t|weren[’']t|won[’']t|can[’']t|cannot|\w+n[’']t)\b"
)
_SUBJECT_PRONOUN = re.compile(r"(?:he|she|it|they|we|I|there)[’'\w]*\b")
_CUT = re.compile(
    r", (?:and|but) (?:that )?(?=(?:\w+ed|said|told|took|made|gave|went|put|called|is|was|has|had|then|also) )"
)
_AND_THAT = re.compile(r",? (?:and|but) that ")
_END_PUNCTUATION = ".!?,;:—– \n\t"
_MARKS = re.compile('["“”«»„″\x00]')


@dataclass(frozen=True, slots=True)
class Reported:
    """A span of reported words, the clause that reports them, and the rule that found it."""

    start: int
    end: int
    clause: Clause
    rule: str


def find_reported(
    text: str, blanked: str, clauses: list[Clause], sentences: Sentences
) -> Iterator[Reported]:
    """All indirect spans; in order of their clauses."""
    for number, clause in enumerate(clauses):
        if clause.word in WEAK:
            continue
        earlier = (
            clauses[number - 1]
            if number and clauses[number - 1].sentence == clause.sentence
            else None
        )
        later = (
            clauses[number + 1]
            if number + 1 < len(clauses) and clauses[number + 1].sentence == clause.sentence
            else None
        )
        yield from _of_clause(text, blanked, clause, earlier, later, sentences)


def _of_clause(
    text: str,
    blanked: str,
    clause: Clause,
    earlier: Clause | None,
    later: Clause | None,
    sentences: Sentences,
) -> Iterator[Reported]:
    start, end = sentences.spans[clause.sentence]
    if clause.side == "before":
        stop = _stop(later, end)
        found = _behind(blanked, clause, stop)
        if found is not None:
            yield Reported(*found, clause, "said-that")
            return
    floor = start if earlier is None else earlier.end
    if clause.side == "according" and blanked[start : clause.start].strip() == "":
        found = _after_according(blanked, clause, _stop(later, end))
        if found is not None:
            yield Reported(*found, clause, "according-to")
        return
    if (
        earlier is not None
        and earlier.side == "before"
        and not blanked[earlier.end : clause.start].count(",")
    ):
        return
    found = _ahead(blanked, clause, floor if earlier is None else floor)
    if found is not None:
        yield Reported(
            *found, clause, "clause-said" if clause.side != "according" else "according-to"
        )


def _stop(later: Clause | None, end: int) -> int:
    return later.start if later is not None else end


def _behind(blanked: str, clause: Clause, stop: int) -> tuple[int, int] | None:
    """The clause after "X said (that)"."""
    at = clause.content
    that = _THAT.match(blanked, at, stop)
    if that is not None and _LEAD.match(that.group(1)):
        start = that.end()
    else:
        day = _DAY.match(blanked, at, stop)
        start = day.end() if day else at
        if not blanked.startswith(" ", start):
            return None
        start += 1
        opener = _WORD.match(blanked, start, stop)
        if opener is None or opener.group().lower() in _NO_OPENERS:
            return None
        if (
            clause.word not in _SAY
            and clause.word not in OBJECT_CUES
            and not _opens_with_subject(blanked, start, stop)
        ):
            return None
    return _trim(blanked, start, stop)


def _opens_with_subject(blanked: str, start: int, stop: int) -> bool:
    """Whether "announced ..." goes on with a clause rather than an object."""
    if _SUBJECT_PRONOUN.match(blanked, start, stop):
        return True
    return _AUXILIARY.search(blanked, start, min(stop, start + 90)) is not None


def _after_according(blanked: str, clause: Clause, stop: int) -> tuple[int, int] | None:
    comma = blanked.rfind(",", clause.end, clause.end + 1)
    if comma < 0:
        comma = blanked.find(", ", clause.end, stop)
        following = blanked.find(", ", comma + 2, stop) if comma > 0 else -1
        if comma > 0 and blanked[comma + 2 : comma + 5] in ("who", "whi") and following > 0:
            comma = following
    if comma < 0:
        return None
    return _trim(blanked, comma + 1, stop)


def _ahead(blanked: str, clause: Clause, floor: int) -> tuple[int, int] | None:
    """The clause before ", X said"."""
    head = blanked[floor : clause.start].rstrip()
    if not head.endswith(","):
        return None
    start = floor
    while start < clause.start and not (blanked[start].isalnum() or blanked[start] in "$£€“\"‘'("):
        start += 1
    connector = _CONNECTOR.match(blanked, start, clause.start)
    if connector is not None:
        start = connector.end()
    return _trim(blanked, start, floor + len(head) - 1, cuts=False)


def _trim(blanked: str, start: int, stop: int, cuts: bool = True) -> tuple[int, int] | None:
    """Trims to one finite clause, before long quotations; None when there is none."""
    cut = _CUT.search(blanked, start + 20, stop) if cuts else None
    if cut is not None:
        stop = cut.start()
    mark = _MARKS.search(blanked, start, stop)
    if mark is not None:
        return None
    while start < stop and blanked[start] in " ,":
        start += 1
    while stop > start and blanked[stop - 1] in _END_PUNCTUATION:
        stop -= 1
    body = blanked[start:stop]
    if body.count(" ") < 2 or BLANK in body or not _FINITE.search(body, 1):
        return None
    return start, stop
