# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Direct quotations: which spans count, and which reporting clause each belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.quotes.grammar.clauses import Clause
from semsearch.quotes.grammar.quotation_marks import BLANK, TITLE, WORD, QuotedSpan
from semsearch.quotes.grammar.sentence_lookup import SentenceLookup
from semsearch.quotes.lexicon.cues import EVIDENCE
from semsearch.quotes.names.person_names import NAME_RUN
from semsearch.quotes.resolution import Resolver
from semsearch.text.words import word_set

__all__ = ["Attribution", "Attributor", "is_quotation", "is_stray", "looks_like_title"]

_MINIMUM_WORDS = 3
_SHORT = 4
_LONGEST_TITLE = 16
_SMALL = word_set(
    "a an the of in on at for to and or but nor with by from as is v vs vs. de la el my your up"
)
_FIRST_PERSON = re.compile(r"\b(?:I|[Mm]y|me)\b")
_NAME_COLON = re.compile(rf"(?:^|[\n.!?] ?)({NAME_RUN.pattern}): ?$")
_COLON_NAME = re.compile(rf": ?({NAME_RUN.pattern}) (?:on|says|said|tells|explains|recalls)\b")
# "“...” — Jane Roe, mayor", or the name alone at the end of the paragraph.
_SIGNATURE = re.compile(
    rf"\s*(?:[—–-]{{1,2}} ?({NAME_RUN.pattern})|({NAME_RUN.pattern}) *(?:\n|$))"
)
_IS = re.compile(
    r"\s*(?:is|are|was|were|be|(?:has|have|had) been|became|will be|would be)"
    r"(?: \w+ly| now| still| also| not| just)?(?: an?| the)?\s*"
)
_BETWEEN = re.compile(r"[\s,.;:—–-]*")
# A quotation that opens its paragraph without a speaker goes on from one at most so far back.
_REACH_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Attribution:
    """What names the speaker of a span: a clause, an earlier span, or a name as it stands.

    `rule` says which way; "none" leaves all empty.
    """

    rule: str
    clause: Clause | None = None
    follows: int | None = None
    speaker: str | None = None
    mention: str | None = None


def is_quotation(text: str, span: QuotedSpan) -> bool:
    """Whether a span is somebody's words: three words or more, and not a title."""
    return span.words >= _MINIMUM_WORDS and not looks_like_title(text, span)


def looks_like_title(text: str, span: QuotedSpan) -> bool:
    """Whether a span is written as a title: every word of weight is capitalised."""
    if span.words > _LONGEST_TITLE or (span.words > 2 and text[span.end - 1] == "…"):
        return False
    words = WORD.findall(text[span.start : span.end])
    if not words:
        return False
    if span.words >= _MINIMUM_WORDS and all(word.isupper() for word in words):
        return False
    heavy = [word for word in words if word.lower() not in _SMALL]
    if not heavy or not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    if not all(word[0].isupper() or word[0].isdigit() for word in heavy):
        return False
    return not _is_said(text, span)


_SAID = r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|asked|recalled|replied|quipped)"
_SAID_BEHIND = re.compile(
    rf" (?:(?:he|she|they|[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){{0,2}}) {_SAID}|{_SAID})\b"
)
_SHOUTED_BEFORE = re.compile(
    r"\b(?:shout|yell|scream|chant)(?:ed|s|ing)?,? [\"“‘']|\b(?:said|asked|replied)[,:] [\"“‘']"
)


def _is_said(text: str, span: QuotedSpan) -> bool:
    """Whether "“Obsessed with it,” Roe said" opens a sentence, or "shouted" stands before."""
    before = text[max(0, span.outer_start - 2) : span.outer_start].strip(" ")
    opens = not before or before[-1] in '\n.!?”"'
    if opens and text[span.end - 1] in ",!?" and _SAID_BEHIND.match(text, span.outer_end):
        return True
    return _SHOUTED_BEFORE.search(text, max(0, span.outer_start - 12), span.start) is not None


class Attributor:
    """Finds the speaker of each span of one article. Lives as long as its extraction."""

    def __init__(
        self,
        text: str,
        blanked: str,
        spans: list[QuotedSpan],
        clauses: list[Clause],
        sentences: SentenceLookup,
        resolver: Resolver,
        paragraphs: list[tuple[int, int]],
    ) -> None:
        self._text = text
        self._blanked = blanked
        self._spans = spans
        self._sentences = sentences
        self._resolver = resolver
        self._paragraphs = paragraphs
        self._clauses: dict[int, list[Clause]] = {}
        for clause in clauses:
            self._clauses.setdefault(clause.sentence, []).append(clause)

    def attribute(self, number: int) -> Attribution:
        """The attribution of one span; spans must come in order."""
        span = self._spans[number]
        index = self._sentences.index_at(span.outer_start)
        return (
            self._by_clause(span, self._clauses.get(index, []))
            or self._by_name_beside(span)
            or self._going_on(number, index)
            or self._by_subject(span, index)
            or self._by_floor(span, index)
            or Attribution("none")
        )

    def _by_clause(self, span: QuotedSpan, clauses: list[Clause]) -> Attribution | None:
        behind = [clause for clause in clauses if clause.start >= span.outer_end]
        ahead = [clause for clause in clauses if clause.end <= span.outer_start]
        head = ahead[-1] if ahead else None
        if behind and self._touches(span.outer_end, behind[0].start):
            if head is not None and self._is_inner(head, behind[0]):
                return Attribution("head", head)
            return Attribution("tail", behind[0])
        if head is not None and head.subject.kind == "noun" and behind:
            closing = self._closing(behind)
            if closing.side == "after" and closing.subject.kind == "name":
                # "Officials believe it is “...”, reported Sky News": the paper's own words.
                return Attribution("fragment", closing)
        if head is not None and not (behind and head.word in EVIDENCE):
            return Attribution("head", head)
        if behind:
            return Attribution("fragment", self._closing(behind))
        return Attribution("head", head) if head is not None else None

    def _is_inner(self, head: Clause, tail: Clause) -> bool:
        """ "Jane Roe argued that “...”, said The Times": the words are the inner speaker's."""
        if tail.subject.kind != "name" or head.word in EVIDENCE or head.shared:
            return False
        return not self._resolver.is_personal(tail.subject) and self._resolver.is_personal(
            head.subject
        )

    def _closing(self, behind: list[Clause]) -> Clause:
        """The clause that closes the sentence, before one in the middle with its own subject."""
        last = behind[-1]
        closes = not self._blanked[last.end : self._sentences.spans[last.sentence][1]].strip(
            " .,”\"'"
        )
        return last if closes and not last.shared else behind[0]

    def _touches(self, end: int, start: int) -> bool:
        gap = self._blanked[end:start]
        if _BETWEEN.fullmatch(gap) is not None:
            return True
        words = gap.replace(BLANK, "").replace(TITLE, "").split()
        return (
            len(words) <= 8
            and not any(mark in gap for mark in '.;:“"')
            and "," not in gap.strip(" ,")
        )

    def _by_name_beside(self, span: QuotedSpan) -> Attribution | None:
        """ "Jane Roe: “...”" and "“...”: Jane Roe on ...", as captions and listings write."""
        before = _NAME_COLON.search(self._blanked, max(0, span.outer_start - 60), span.outer_start)
        match = (
            before
            or _COLON_NAME.match(self._blanked, span.outer_end)
            or _SIGNATURE.match(self._blanked, span.outer_end)
        )
        if match is None:
            return None
        name = next(group for group in match.groups() if group)
        speaker = self._resolver.person_named(name)
        if speaker is None:
            return None
        return Attribution("beside", speaker=speaker, mention=name)

    def _going_on(self, number: int, index: int) -> Attribution | None:
        """A span behind another one of the same speaker, with nobody named between."""
        if number == 0:
            return None
        span, earlier = self._spans[number], self._spans[number - 1]
        if earlier.paragraph == span.paragraph:
            if index - self._sentences.index_at(earlier.outer_start) <= 1:
                return Attribution("continued", follows=number - 1)
            return None
        if not earlier.closed and earlier.paragraph + 1 == span.paragraph:
            return Attribution("multi-paragraph", follows=number - 1)
        return None

    def _by_subject(self, span: QuotedSpan, index: int) -> Attribution | None:
        """No reporting verb in the sentence: who spoke in the one before, or its subject."""
        paragraph = self._paragraphs[span.paragraph]
        opens = span.outer_start - paragraph[0] <= 1
        start = self._sentences.spans[index][0]
        found = self._resolver.subject_of(index, start, span.outer_start)
        if found is not None and _IS.fullmatch(self._blanked, found[1].end, span.outer_start):
            # "But Roe is “a joy”": somebody else says so.
            speaker = self._resolver.last_before(span.outer_start, index, 3)
            return Attribution("after speech", speaker=speaker) if speaker is not None else None
        if found is None and not opens and start > paragraph[0]:
            speaker = self._resolver.last_before(span.outer_start, index, 1)
            if speaker is not None:
                return Attribution("after speech", speaker=speaker)
        if found is None and not opens:
            found = self._resolver.subject_of(index, span.outer_end, None)
        alone = not self._blanked[start : span.outer_start].strip("(")
        if found is None and alone and start > paragraph[0]:
            before = self._sentences.spans[index - 1][0]
            found = self._resolver.subject_of(index - 1, before, None)
        if found is None:
            return None
        return Attribution("subject", speaker=found[0], mention=found[1].text)

    def _by_floor(self, span: QuotedSpan, index: int) -> Attribution | None:
        """A quotation that is its own paragraph goes on from whoever spoke last."""
        if span.outer_start - self._paragraphs[span.paragraph][0] > 1 or span.single:
            return None
        person = _FIRST_PERSON.search(self._text, span.start, span.end) is not None
        speaker = self._resolver.last_before(span.outer_start, index, _REACH_SENTENCES, person)
        return Attribution("floor", speaker=speaker) if speaker is not None else None


def is_stray(text: str, span: QuotedSpan, attribution: Attribution, paragraph_start: int) -> bool:
    """A short fragment in single marks that nobody is said to have said: a scare quote.

    At the start of a paragraph, or before a colon, it is a heading's quotation.
    """
    return (
        attribution.rule in ("none", "subject")
        and span.single
        and span.words <= _SHORT
        and span.outer_start > paragraph_start + 1
        and not text.startswith(":", span.outer_end)
    )
