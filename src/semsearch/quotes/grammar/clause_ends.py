# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Where a reported clause ends: before the speaker's next verb, an aside, or quoted words."""

from __future__ import annotations

import re

from semsearch.quotes.grammar.quotation_marks import BLANK
from semsearch.text.words import word_set

__all__ = ["AUXILIARIES", "MARKS", "WORD", "trimmed"]

AUXILIARIES = (
    r"is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|do|does|did|"
    r"cannot|\w+n[’']t"
)
_FINITE = re.compile(
    rf"\b(?:{AUXILIARIES}|am|"
    r"remain|need|want|seem|appear|made|took|went|came|got|gave|saw|knew|left|felt|kept|"
    r"began|led|met|paid|ran|sent|set|told|won|lost|rose|fell|grew|put|let|cut|hit|held|"
    r"brought|bought|caught|fought|sought|taught|thought|built|spent|stood|understood|broke|spoke|"
    r"drove|wrote|chose|shut|spread|meant|"
    r"\w+(?:ed|es)|\w{3,}[^s\W]s|\w+[’'](?:s|re|ll|ve|d|m))\b"
)
_CONTRACTED = re.compile(r"\w+[’'](?:s|re|ll|ve|d|m)\b", re.IGNORECASE)
WORD = re.compile(r"[\w$£€\x01][\w’'-]*")
# A second verb of the speaker after the reported clause: ", and decided ...".
_NEXT_VERB = re.compile(
    r" and (?=(?:have|has|had) \w+ed |declined |refused |wouldn[’']t |didn[’']t |couldn[’']t )"
    r"|, (?:and|but) (?:even |also |later |then )?"
    r"(?=(?:\w+ed|said|told|took|made|gave|went|put|is|was|has|had|then|also) )"
)
# What the speaker does as well as speaking: ", citing ...".
_ASIDE = re.compile(
    r",(?: and)? (?:speaking|citing|noting|adding|referring|pointing|calling|describing|urging|"
    r"encouraging|blaming|alluding|quoting|accusing|thanking|advising|asking|comparing) "
)
# What is left of a clause that another verb of the speaker's ended.
_JOINT = re.compile(r",? (?:and|but)(?: even| also| later| then)?$")
_OPEN_END = re.compile(r" (?:what|which|who|that|how)$")
# ", but Tsai stood by them": the story goes on.
_STORY_GOES_ON = re.compile(
    r", but (?:not |it[’']s (?:un|not )|it (?:is|was) (?:un|not )"
    r"|(?=[A-Z][\w’'-]+ (?:\w+ed|said|stood|was|did|had|made|took|went|told) ))"
)
_CONNECTS_QUOTE = word_set("if because when while as with but and to in at for until unless")
_INCOMPLETE_ENDS = word_set(
    "is are was were be been being has have had will would can could should may might must a an "
    "the that of to as by its his her their he she it they not also very so such no more most "
    "this these those or called described at in on for from with about into"
)
_END_PUNCTUATION = ".!?,;:—– \n\t"
MARKS = re.compile('["“”«»„″\x00]')


def trimmed(source: str, text: str, start: int, stop: int, cuts: bool) -> tuple[int, int] | None:
    """Trims to one finite clause without quoted words in it; None when there is none."""
    if cuts:
        stop = _before_asides(text, start, stop)
    mark = MARKS.search(text, start, stop)
    if mark is not None:
        end = _before_quote(source, text, start, mark.start(), cuts)
        if end is None:
            return None
        stop = end
    while start < stop and text[start] in " ,":
        start += 1
    while stop > start and text[stop - 1] in _END_PUNCTUATION:
        stop -= 1
    if _OPEN_END.search(text, max(start, stop - 12), stop):
        return None
    joint = _JOINT.search(text, max(start, stop - 12), stop)
    if joint is not None:
        stop = joint.start()
    return (start, stop) if _is_finite(text[start:stop]) else None


def _before_asides(text: str, start: int, stop: int) -> int:
    """Where the speaker's next verb, an aside or the story's own clause begins; else `stop`."""
    comma = text.find(",", start + 20, stop) >= 0
    for pattern in (_NEXT_VERB, _ASIDE, _STORY_GOES_ON) if comma else (_NEXT_VERB,):
        cut = pattern.search(text, start + 20, stop)
        stop = cut.start() if cut is not None else stop
    return stop


def _is_finite(body: str) -> bool:
    """Whether these are three words or more with a verb, and none of them quoted."""
    if body.count(" ") < 2 or BLANK in body:
        return False
    return _FINITE.search(body, 1) is not None or _CONTRACTED.match(body) is not None


_NEW_CLAUSE = re.compile(r", (?:but|and),?$")


def _before_quote(source: str, text: str, start: int, mark: int, cuts: bool) -> int | None:
    """The end of a clause that is whole before a quotation begins; None when it is not.

    "will go “if he has time”" is whole; "was “very pleased”" is not.
    """
    head = text[start:mark].rstrip()
    if head.endswith(":"):
        return start + len(head)
    words = head.split()
    if len(words) < 3:
        return None
    joint = _NEW_CLAUSE.search(head) if cuts else None
    if joint is not None:
        return start + joint.start()
    last = words[-1].lower().strip(",")
    if last in ("if", "because", "when", "while"):
        return start + len(head) - len(words[-1])
    opener = WORD.search(source, mark, mark + 20)
    if opener is None or opener.group().lower() not in _CONNECTS_QUOTE or last in _INCOMPLETE_ENDS:
        return None
    return start + len(head)
