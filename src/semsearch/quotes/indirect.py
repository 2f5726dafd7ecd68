# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Indirect speech: the finite clause that a reporting clause governs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.quotes.grammar.clause_ends import AUXILIARIES, MARKS, WORD, trimmed
from semsearch.quotes.grammar.clause_starts import (
    SUBJECT_PRONOUN,
    SUBJECT_THEN_VERB,
    VERB_NEXT,
    opens_with_subject,
)
from semsearch.quotes.grammar.clauses import Clause
from semsearch.quotes.grammar.quotation_marks import BLANK
from semsearch.quotes.grammar.sentence_lookup import SentenceLookup
from semsearch.quotes.grammar.tokens import PREPOSITIONS, STOP
from semsearch.quotes.lexicon.cues import CUES, OBJECT_CUES, PARTICIPLES, VERBS, WEAK
from semsearch.text.words import word_set

__all__ = ["Reported", "find_reported"]

_DAY_NAME = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_THAT = re.compile(r"((?:[^,;:\x00\"“”]|, ){0,110}?)\bthat,? ")
# "agreed with the idea that ...": the clause belongs to the noun.
_NOUN_THAT = re.compile(
    r"\b(?:idea|belief|view|notion|fact|claim|argument|hope|fear|possibility|accept|admit|ensure|"
    r"show|prove|say|know|understand|believe|think|feel) $"
)
_REACH = 116
_LEAD = re.compile(
    rf"\s*,?\s*(?:(?:on|in|at|during|via|to|by|from|after|before|of|earlier|late|later|early|last|"
    rf"this|{_DAY_NAME}|again|previously|several|repeatedly|publicly|today|yesterday)\b"
    r"[^,;:\x00]*?)?$"
)
_DAY = re.compile(
    rf"\s*(?:on |late |early |earlier |last )?(?:{_DAY_NAME}|today|yesterday|at the time|"
    r"(?:this|last|earlier this|later this) (?:week|month|year|summer|fall|spring|winter))"
    r"(?: (?:morning|afternoon|evening|night))?,?(?= )"
)
# "told the conference in Switzerland a plan is needed"
_PLACE = re.compile(
    r" (?:in|at) [A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){0,2}"
    r"(?= (?:a|an|the|it|he|she|they|his|her|their|there|some|many|most) )"
)
_PLACE_THEN_PRONOUN = re.compile(
    r" (?:in|during|at|on|to|after) [^,;:\x00]{3,70}? (?=(?:he|she|they|it|there) )"
)
_CONNECTOR = re.compile(
    r"(?:(?:Still|However|Additionally|Meanwhile|But|And|Yet|Also|So|Moreover|Furthermore|Instead|"
    r"Nevertheless|In addition|As a result|For example|For instance|In fact|In other words|"
    r"At the same time|In total|Separately|Indeed|Overall|Nonetheless|Now|Then)[,:]\s+"
    r"|(?:But|And|Yet|So|Still)\s+|(?:[A-Z][\w.]+ ){0,2}[A-Z][\w.]+: (?=[A-Z]))+"
)
# "After two years, experts said, ...": the words before it are no clause.
_ADJUNCT = re.compile(
    r"(?:After|Before|While|When|If|Although|Though|Because|As|In|On|At|For|With|Since|Despite|By|"
    r"During|Until|Unless|Once|From|Given|Under|That's|That’s|Just as|Speaking|Asked|Writing|"
    r"Responding|Referring|Addressing|Talking|Citing|Noting|Pressed|Answering|Appearing|Discussing|"
    r"Describing|Commenting|Reflecting|Testifying|Announcing) [^,]+$"
)
# "Rates, he says, could rise": the speaker stands between a subject and its verb.
_NO_OPENERS = PREPOSITIONS | word_set(
    "so yes no than goodbye nothing something anything hello and but or who which when where as "
    "back much more what how why to was is were has had at least"
)
_QUANTITY = re.compile(
    r"(?:more|less|fewer) than |no (?!to )|at least |as (?:many|much|few) as |up to |"
    r"(?:about|over|under) [\d$£€]"
)
# "recalled stopping by", "denied taking part": no clause.
_GERUND = word_set("recalled recalls remembered denied denies admitted admits reported suggested")
_SAY = word_set(
    "argued argues insisted insists said says say saying told tells tell telling think thinks "
    "believe believes"
)
# "While officials say ..., the fire spreads".
_SUBORDINATE = re.compile(r"(?:While|Although|Though|Even though|Whereas|As|Because|Since) ")
_JUST_THAT = re.compile(
    r"\s(?:last|this|earlier this) (?:week|month|year)\s|(?:\s[^,.;:\x00]{0,40})?\sthat\s|\s+"
)
_WHICH = re.compile(
    r"(?<!in )(?<!on )(?<!at )(?<!to )(?<!for )(?<!with )\b(?:which|who|whom),? "
    r"(?:the |an? |his |her |its |their )?$"
)
# "asked to be tested" reports no clause.
_TO_DO = word_set("asked urged agreed promised vowed pledged")
_MAIN_VERB = re.compile(rf", (?=(?:{AUXILIARIES}|said|says|{'|'.join(sorted(VERBS))}|\w+ed)\b)")
_DOUBTED = word_set("claim claims claimed")
_BUT = re.compile(r", but ")
# "..., and in a tweet, X hinted": a second sentence begins at the "and".
_JOINED_SENTENCE = re.compile(
    r", (?:and|but|while) (?:in|on|at|later|also)\b[^,]{0,60}, (?:the |a )?$"
)
_AND_THAT = re.compile(r",? (?:and|but|while) that (?!of |is |was )")
_GOES_ON = re.compile(r",? (?:and|but|although|though|while) ")
_CUE_ENDS_CLAUSE = re.compile(
    rf"\s*(?:$|[.,;:!?)—–\n]|(?:on|in|at|during|to|by|via|after|before|of|as|when|while|about|"
    rf"following|late|earlier|later|last|this|today|yesterday|{_DAY_NAME})\b)"
)
_QUOTE_NEXT = re.compile(r"[,:]?\s*[\"“‘'«„]")


@dataclass(frozen=True, slots=True)
class Reported:
    """A span of reported words, the clause that reports them, and the rule that found it."""

    start: int
    end: int
    clause: Clause
    rule: str


def find_reported(
    text: str, blanked: str, clauses: list[Clause], sentences: SentenceLookup, quoting: set[int]
) -> Iterator[Reported]:
    """All indirect spans, in the order of their clauses.

    `quoting` holds the `id` of each clause that a direct quotation belongs to.
    """
    by_sentence: dict[int, list[Clause]] = {}
    for clause in clauses:
        by_sentence.setdefault(clause.sentence, []).append(clause)
    for index, own in by_sentence.items():
        yield from _Sentence(text, blanked, sentences.spans[index], own, quoting).reported()


class _Sentence:
    """One sentence with its reporting clauses. Lives through one call of `find_reported`."""

    def __init__(
        self,
        source: str,
        text: str,
        span: tuple[int, int],
        clauses: list[Clause],
        quoting: set[int],
    ) -> None:
        self.source = source
        self.text = text
        self.start, self.end = span
        self.clauses = clauses
        self.quoting = quoting
        # Where the last reported clause ended: nothing before it is reported again.
        self.done = self.start
        self.governed = False

    def reported(self) -> Iterator[Reported]:
        behind = self._all_behind()
        for number, clause in enumerate(self.clauses):
            found = behind[number]
            if clause.word not in WEAK and not found:
                found = list(self._of_clause(number, clause))
            for item in found:
                yield item
                self.done = max(self.done, item.end)
            self.governed = self.governed or bool(found) or id(clause) in self.quoting

    def _all_behind(self) -> list[list[Reported]]:
        """What each clause governs behind its cue, from the last to the first.

        A later clause ends an earlier one's words only where it governs some of its own.
        """
        found: list[list[Reported]] = [[] for _ in self.clauses]
        stop = self.end
        for number in range(len(self.clauses) - 1, -1, -1):
            clause = self.clauses[number]
            if clause.side == "before" and clause.word not in WEAK:
                found[number] = list(self._spans(self._behind(clause, stop), clause, "said-that"))
                if self._is_own_saying(number, found[number]):
                    found[number] = []
            if found[number] or id(clause) in self.quoting or clause.side != "before":
                stop = clause.start
            elif self._closes(clause):
                stop = self._phrase_start(clause)
            if stop == clause.start and not clause.shared:
                joint = _JOINED_SENTENCE.search(self.text, self.start, stop)
                stop = joint.start() if joint is not None else stop
        return found

    def _closes(self, clause: Clause) -> bool:
        """Whether ", Reuters reported." ends the sentence."""
        if clause.word in WEAK or self.text[clause.end : self.end].strip(" ."):
            return False
        return self.text[self.start : self._phrase_start(clause)].rstrip().endswith(",")

    def _is_own_saying(self, number: int, found: list[Reported]) -> bool:
        """ "Roe said she promised that ...": all of it is what Roe said."""
        clause = self.clauses[number]
        if not number or not found or clause.shared or clause.subject.kind != "pronoun":
            return False
        earlier = self.clauses[number - 1]
        between = self.text[earlier.end : clause.start]
        return (
            earlier.side == "before"
            and earlier.word not in WEAK
            and _JUST_THAT.fullmatch(between) is not None
        )

    def _of_clause(self, number: int, clause: Clause) -> Iterator[Reported]:
        if clause.side == "according" and not self.text[self.start : clause.start].strip():
            spans = self._after_according(clause, self._stop(number))
            yield from self._spans(spans, clause, "according-to")
            return
        yield from self._tail(number, clause)

    def _stop(self, number: int) -> int:
        """Where the words after a clause end: at the next clause."""
        later = self.clauses[number + 1 :]
        return later[0].start if later else self.end

    def _spans(
        self, spans: Iterator[tuple[int, int]], clause: Clause, rule: str
    ) -> Iterator[Reported]:
        for start, end in spans:
            yield Reported(start, end, clause, rule)

    def _behind(self, clause: Clause, stop: int) -> Iterator[tuple[int, int]]:
        """The clauses after "X said (that)", joined ones ("and that ...") apart."""
        start = self._content(clause, stop)
        if start is not None:
            stop = self._main_clause(clause, start, stop)
        elif BLANK not in self.text[clause.end : stop]:
            return
        at = clause.end if start is None else start
        joined = list(_AND_THAT.finditer(self.text, at, stop))
        ends = [match.start() for match in joined] + [stop]
        starts = ([] if start is None else [start]) + [match.end() for match in joined]
        if start is None:
            ends = ends[1:]
        for begin, end in zip(starts, ends, strict=True):
            span = trimmed(self.source, self.text, begin, end, cuts=True)
            if span is not None:
                yield span

    def _main_clause(self, clause: Clause, start: int, stop: int) -> int:
        """Where the sentence goes on behind a subordinate clause of speech; else `stop`.

        "While X said that A, B happened", "X, who said that A, did B", "X claims A, but B".
        """
        pattern = _MAIN_VERB if clause.subject.kind == "relative" else None
        if clause.word in _DOUBTED:
            pattern = _BUT
        if pattern is not None:
            found = pattern.search(self.text, start, stop)
            return found.start() if found is not None else stop
        opener = _SUBORDINATE.match(self.text, self.start, clause.start)
        if opener is None or self.text.find(",", opener.end(), clause.start) >= 0:
            return stop
        comma = self.text.find(", ", start + 15, stop)
        return comma if comma >= 0 else stop

    def _opens(self, clause: Clause, start: int, stop: int) -> bool:
        """Whether a clause may begin here: no preposition, infinitive or gerund."""
        opener = WORD.match(self.text, start, stop)
        if opener is None or self.text.startswith("not to ", start):
            return False
        if opener.group().lower() in _NO_OPENERS and not _QUANTITY.match(self.text, start):
            return False
        return not (opener.group().endswith("ing") and clause.word in _GERUND)

    def _content(self, clause: Clause, stop: int) -> int | None:
        """Where the words reported after a cue begin; None when no clause follows."""
        text, at = self.text, clause.end
        if clause.word in _TO_DO and text.startswith(" to ", at):
            return None
        if _WHICH.search(text, max(self.start, clause.start - 20), clause.start):
            return None
        that = None
        if text.find("that", at, min(stop, at + _REACH)) >= 0:
            that = _THAT.match(text, at, stop)
        if that is not None and _LEAD.match(that.group(1)):
            return None if _NOUN_THAT.search(that.group(1)) else that.end()
        start = self._after_lead(at, stop)
        if start is None or not self._opens(clause, start, stop):
            return None
        if clause.word in _SAY or clause.word in OBJECT_CUES:
            return start
        return start if opens_with_subject(text, start, stop) else None

    def _after_lead(self, at: int, stop: int) -> int | None:
        """Where the words after a cue go on behind a day or a place; None when they do not."""
        lead = (
            _DAY.match(self.text, at, stop)
            or _PLACE.match(self.text, at, stop)
            or _PLACE_THEN_PRONOUN.match(self.text, at, stop)
        )
        start = lead.end() if lead else at
        if self.text[start : start + 1] == " ":
            return start + 1
        return start if lead else None

    def _after_according(self, clause: Clause, stop: int) -> Iterator[tuple[int, int]]:
        """ "According to X, who ..., CLAUSE"."""
        at = clause.end
        while (comma := self.text.find(",", at, stop)) >= 0:
            span = trimmed(self.source, self.text, comma + 1, stop, cuts=False)
            relative = self.text[comma : comma + 6].startswith(
                (", who", ", whi", ", a ", ", an ", ", the")
            )
            if span is not None and not (relative and self.text.find(",", comma + 1, stop) > 0):
                yield span
                return
            at = comma + 1

    def _tail(self, number: int, clause: Clause) -> Iterator[Reported]:
        """ "CLAUSE, X said", also with the speaker in the middle."""
        text = self.text
        rest = clause.end
        if not self._ends_clause(clause):
            return
        head = text[self.done : self._phrase_start(clause)].rstrip()
        rule = "according-to" if clause.side == "according" else "clause-said"
        if self.governed and self.done == self.start:
            return
        found = False
        if head.endswith(","):
            span = self._head_span(clause, len(head) - 1)
            if span is not None:
                found = True
                yield Reported(*span, clause, rule)
        elif clause.side != "according":
            return
        if text[rest : rest + 1] == "," and not clause.shared:
            yield from self._rest(number, clause, rule, found)

    def _ends_clause(self, clause: Clause) -> bool:
        """Whether a reporting clause may stand behind what it reports."""
        text, rest = self.text, clause.end
        if clause.subject.kind == "relative" or clause.word in PARTICIPLES:
            return False
        ends = clause.side == "according" or _CUE_ENDS_CLAUSE.match(text, rest, self.end)
        if not ends or _QUOTE_NEXT.match(text, rest, self.end):
            return False
        that = _THAT.match(text, rest, self.end)
        return that is None or "," in that.group(1) or not _LEAD.match(that.group(1))

    def _phrase_start(self, clause: Clause) -> int:
        """Where the whole subject begins: at the title before the name, behind a comma."""
        if clause.side != "before":
            return clause.start
        comma = self.text.rfind(", ", self.done, clause.start)
        between = self.text[comma + 2 : clause.start].split()
        if comma < 0 or len(between) > 8 or MARKS.search(self.text, comma, clause.start):
            return clause.start
        if any(word in STOP or word in CUES for word in between):
            return clause.start
        return comma + 2

    def _head_span(self, clause: Clause, length: int) -> tuple[int, int] | None:
        text, start = self.text, self.done
        if self.governed:
            return None
        stop = self.done + length
        while start < stop and not (text[start].isalnum() or text[start] in "$£€\"“‘'(\x01"):
            start += 1
        if _ADJUNCT.match(text, start, stop):
            return None
        connector = _CONNECTOR.match(text, start, stop)
        if connector is not None:
            start = connector.end()
        return trimmed(self.source, text, start, stop, cuts=False)

    def _rest(self, number: int, clause: Clause, rule: str, found: bool) -> Iterator[Reported]:
        """What follows ", X said,": the other half of a clause broken by its speaker."""
        text, at, stop = self.text, clause.end, self._stop(number)
        joined = _GOES_ON.match(text, at, stop)
        if found and joined is None:
            return
        if not found and (joined is not None or self.governed):
            return
        if not found and VERB_NEXT.match(text, at, stop):
            span = trimmed(self.source, text, self.done, self.end, cuts=False)
            if span is not None:
                yield Reported(*span, clause, rule)
            return
        span = trimmed(self.source, text, joined.end() if joined else at + 1, stop, cuts=False)
        if span is not None and (
            (joined is not None and not _NO_CLAUSE.match(text, span[0]))
            or SUBJECT_THEN_VERB.match(text, span[0], span[1])
            or SUBJECT_PRONOUN.match(text, span[0])
        ):
            yield Reported(*span, clause, rule)


_NO_CLAUSE = re.compile(r"(?:also )?\w+ing\b")
