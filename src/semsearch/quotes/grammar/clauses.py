# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Reporting clauses: a cue, who speaks, and where the reported words may begin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from semsearch.quotes.grammar.according import SOURCE_NOUN, source_subject
from semsearch.quotes.grammar.phrases import Mention
from semsearch.quotes.grammar.quotation_marks import BLANK
from semsearch.quotes.grammar.sentence_lookup import SentenceLookup
from semsearch.quotes.grammar.subjects import sentence_subject, subject_after, subject_before
from semsearch.quotes.grammar.tokens import PREPOSITIONS, STOP, Token, is_adverb, tokenize
from semsearch.quotes.lexicon.cues import (
    ACCORDING,
    CUE_WORD,
    DAYS,
    DOCUMENT_WORDS,
    EVIDENCE,
    MESSAGES,
    NOUNISH,
    OBJECT_CUES,
    PARTICIPLES,
    SOURCES,
    WEAK,
)
from semsearch.quotes.names.people import People
from semsearch.text.words import word_set

__all__ = ["Clause", "find_clauses"]

Side = Literal["before", "after", "according"]

# How far from a cue its subject may begin or end, in characters.
_WINDOW_BEFORE = 180
# The same where an apposition may stand between.
_WINDOW_APPOSITION = 260
_WINDOW_AFTER = 140
# A word behind one of these is a noun ("the claims", "its report").
_NOUN_SIGNS = word_set("the a an this that its his her their our of no any some these to")
_NEVER_INVERTED = OBJECT_CUES | WEAK | EVIDENCE | PARTICIPLES
_SEPARATORS = frozenset(",\"”″'’»–—“)" + BLANK)
_WRITTEN = word_set("read reads says states")
_READ = word_set("read reads")
_PRONOUN_BEFORE = re.compile(r"(?<![\w’'-])([Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Ww]e|I) $")
_JOIN = re.compile(r"\b(?:and|but|as|when|while|after|before) (?=[A-Z]|he |she )")
_LONGEST_WORD = 20
# Words in the subject of a participle ("with ... saying").
_LONGEST_SUBJECT = 10
# "continues to grow" is no speech.
_POINT = word_set("pointed pointing points")
# "a player noted for her serve" notes nothing.
_OF_NOTE = re.compile(r" (?:for|as|on)\b")
_GO_ON = word_set("continue continued continues")
_NO_SPEECH = re.compile(r" (?:to|its|their|his|her|with|in|on|for|until|through)\b")
# "says otherwise" reports no clause.
_NO_REPORT = re.compile(r" (?:otherwise|nothing|goodbye|farewell)\b")
_MAY_CLOSE_APPOSITION = re.compile(r"[,)–—]")
_OUTLETS = word_set("Times Post Press Reuters News Guardian Journal Today Bloomberg Telegraph")
_AUXILIARIES = word_set(
    "is are was were will would can could should may might must has have had do does did"
)
_ADDRESSEES = word_set("reporters lawmakers journalists him her them us me")
_ENDS_ADDRESSEE = word_set("that he she they it there we i his the a their her its")


@dataclass(frozen=True, slots=True)
class Clause:
    """One reporting clause.

    `start` and `end` cover subject and cue. `cue` are the words shown ("told reporters"), `word`
    the verb alone in lower case. `side` says where the subject stands: before the verb, after
    it, or behind "according to". `shared` is True when the subject is an earlier clause's.
    """

    sentence: int
    start: int
    end: int
    cue: str
    word: str
    subject: Mention
    side: Side
    shared: bool = False


def find_clauses(blanked: str, sentences: SentenceLookup, people: People) -> list[Clause]:
    """All reporting clauses of the blanked text, in the order of their cues."""
    found: list[Clause] = []
    for start, end, word in _cue_words(blanked):
        index = sentences.index_at(start)
        # "Called" or "described" report nothing where nothing is quoted.
        if word in WEAK and not _frames_quote(blanked, sentences.spans[index]):
            continue
        earlier = _earlier(blanked, found, index)
        cue = _Cue(blanked, word, start, end, index, sentences.spans[index], earlier, people)
        clause = cue.clause()
        if clause is not None:
            found.append(clause)
    return found


def _earlier(blanked: str, found: list[Clause], index: int) -> Clause | None:
    """The sentence's clause before; one that reports nothing ("argued but said") only if alone."""
    if not found or found[-1].sentence != index:
        return None
    aside = found[-1].subject.kind == "name" and _OBJECT_OF.search(
        blanked, max(0, found[-1].start - 12), found[-1].start
    )
    empty = aside or blanked.startswith((" but ", " and "), found[-1].end)
    if empty and len(found) > 1 and found[-2].sentence == index:
        return found[-2]
    return found[-1]


# "a claim that Roe denied": no clause of the sentence itself.
_OBJECT_OF = re.compile(r"\b(?:that|which|whom) $")


def _frames_quote(blanked: str, span: tuple[int, int]) -> bool:
    return blanked.find(BLANK, span[0], span[1]) >= 0


def _cue_words(blanked: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, lower-case cue) of everything that may be one."""
    for match in CUE_WORD.finditer(blanked):
        word = match.group()
        if word not in ("according", "According", "per", "Per"):
            if blanked[match.start() - 1] == "-" or blanked[match.end() : match.end() + 1] == "-":
                continue
            out = 4 if word in _POINT and blanked.startswith(" out", match.end()) else 0
            yield match.start(), match.end() + out, word
        else:
            whole = ACCORDING.match(blanked, match.start())
            if whole is not None:
                yield whole.start(), whole.end(), "according to"


@dataclass(frozen=True, slots=True)
class _Cue:
    """A possible cue in its sentence; `earlier` is the sentence's clause before it."""

    text: str
    word: str
    start: int
    end: int
    index: int
    sentence: tuple[int, int]
    earlier: Clause | None
    people: People

    def clause(self) -> Clause | None:
        if self.word == "according to":
            return self._according()
        if _NO_REPORT.match(self.text, self.end):
            return None
        if self.word in _GO_ON and _NO_SPEECH.match(self.text, self.end):
            return None
        inverted = self._inverted()
        if inverted is not None:
            return inverted
        if self.word not in PARTICIPLES and (subject := self._pronoun()) is not None:
            end = self._object_end()
            return self._made(subject.start, end, end, subject, "before")
        before = self._tokens_before()
        if before and (before[-1].lower in _NOUN_SIGNS or _denied(before)):
            return None
        if self.word in PARTICIPLES:
            return self._participle(before)
        return self._plain(before)

    def _inverted(self) -> Clause | None:
        """ ", said Jane Roe": behind a mark, and with a subject that no verb follows."""
        if self.word in _NEVER_INVERTED:
            return None
        at = self.start - 1
        while at > self.sentence[0] and self.text[at].isspace():
            at -= 1
        if at < self.sentence[0] or self.text[at] not in _SEPARATORS:
            return None
        subject = subject_after(self.text, self._tokens_after(), self.people)
        if subject is None or (self.word not in _WRITTEN and _is_a_document(subject)):
            return None
        if subject.kind == "noun" and self.text[at] == "," and self._has_apposition():
            return None
        return self._made(self.start, subject.end, self.end, subject, "after")

    def _has_apposition(self) -> bool:
        """ "Jane Roe, who leads them, said most of ...": a name with its apposition speaks."""
        before = subject_before(self.text, self._tokens_before(), self.people)
        return before is not None and before.kind == "name"

    def _pronoun(self) -> Mention | None:
        """The pronoun just before the cue: the commonest subject needs no look at the rest."""
        floor = self.earlier.end if self.earlier else self.sentence[0]
        found = _PRONOUN_BEFORE.search(self.text, max(floor, self.start - 6), self.start)
        if found is None:
            return None
        return Mention(found.start(1), found.end(1), found.group(1), "pronoun")

    def _plain(self, before: list[Token]) -> Clause | None:
        subject = subject_before(self.text, before, self.people)
        earlier = self.earlier
        if (
            subject is not None
            and subject.kind == "relative"
            and earlier
            and earlier.side == "after"
        ):
            # "said Jane Roe of the bank, who added": "who" is Jane Roe.
            subject = replace(subject, antecedent=earlier.subject)
        if subject is None:
            # "Pope Francis, who condemned the war, said": the subject of "who".
            goes_on = earlier is not None and earlier.subject.kind == "relative"
            if not _joined(before) and not (goes_on and before and before[-1].text == ","):
                return None
            return self._shared()
        if not self._plausible(subject):
            return None
        end = self._object_end()
        return self._made(subject.start, end, end, subject, "before")

    def _plausible(self, subject: Mention) -> bool:
        if subject.kind != "noun":
            return True
        if self.word in _READ:
            return any(word in DOCUMENT_WORDS for word in subject.text.lower().split())
        if self.word in EVIDENCE:
            words = subject.text.lower().split()
            return any(word in SOURCES or word in DOCUMENT_WORDS for word in words)
        if self.word == "noted" and _OF_NOTE.match(self.text, self.end):
            return False
        words = subject.text.lower().split()
        return self.word not in NOUNISH or any(word in DOCUMENT_WORDS for word in words)

    def _shared(self) -> Clause | None:
        """A verb joined to an earlier one: the subject is that one's, or the sentence's."""
        subject = self.earlier.subject if self.earlier else self._main_subject()
        if subject is None or not self._plausible(subject):
            return None
        end = self._object_end()
        return self._made(self.start, end, end, subject, "before", shared=True)

    def _main_subject(self) -> Mention | None:
        """The sentence's subject, or the person with whom its last main clause begins."""
        subject = sentence_subject(self.text, self.sentence[0], self.start, self.people)
        if subject is not None and subject.kind != "noun":
            return subject
        for join in reversed(list(_JOIN.finditer(self.text, self.sentence[0], self.start))):
            later = sentence_subject(self.text, join.end(), self.start, self.people)
            if later is not None and later.kind != "noun" and later.start == join.end():
                return later
        return subject

    def _participle(self, before: list[Token]) -> Clause | None:
        """ ", adding that ..."."""
        last = len(before) - 1
        while last >= 0 and (is_adverb(before[last]) or before[last].lower == "by"):
            last -= 1
        if last >= 0 and before[last].lower in _AUXILIARIES:
            # "officials are warning that ..."
            subject = subject_before(self.text, before[:last], self.people)
            if subject is None or not self._plausible(subject):
                return None
            end = self._object_end()
            return self._made(subject.start, end, end, subject, "before")
        if last >= 0 and before[last].lower in MESSAGES:
            return self._shared()
        if last < 0 or before[last].text not in _SEPARATORS | {";", "and", "but", "while"}:
            return self._absolute(before)
        return self._shared()

    def _absolute(self, before: list[Token]) -> Clause | None:
        """ "with residents warning of ...": a participle with a subject of its own."""
        within = before[-_LONGEST_SUBJECT:]
        at = max((k for k, token in enumerate(within) if token.lower == "with"), default=-1)
        if at < 0 or not all(token.word for token in within[at + 1 :]):
            return None
        subject = subject_before(self.text, within[at + 1 :], self.people)
        if subject is None or not self._plausible(subject):
            return None
        end = self._object_end()
        return self._made(subject.start, end, end, subject, "before")

    def _according(self) -> Clause | None:
        at = self.end
        while at < self.sentence[1] and self.text[at] == " ":
            at += 1
        source = SOURCE_NOUN.match(self.text, at, self.sentence[1])
        start = source.end() if source else at
        after = tokenize(self.text, start, min(self.sentence[1], start + _WINDOW_AFTER))
        subject = source_subject(self.text, after, self.people)
        if subject is None:
            return None
        return self._made(self.start, subject.end, self.end, subject, "according")

    def _made(
        self, start: int, end: int, cue_end: int, subject: Mention, side: Side, shared: bool = False
    ) -> Clause:
        cue = self.text[self.start : cue_end]
        return Clause(self.index, start, end, cue, self.word, subject, side, shared)

    def _tokens_before(self) -> list[Token]:
        apposition = _MAY_CLOSE_APPOSITION.search(self.text, self.start - 20, self.start)
        window = _WINDOW_APPOSITION if apposition else _WINDOW_BEFORE
        floor = max(self.sentence[0], self.start - window)
        if self.earlier is not None:
            floor = max(floor, self.earlier.end)
        elif floor > self.sentence[0]:
            # Begin with a whole word; within a quotation there are none.
            floor = self.text.find(" ", floor, floor + _LONGEST_WORD) + 1 or floor
        return tokenize(self.text, floor, self.start)

    def _tokens_after(self) -> list[Token]:
        return tokenize(self.text, self.end, min(self.sentence[1], self.end + _WINDOW_AFTER))

    def _object_end(self) -> int:
        """The end of "told reporters", "told The Daily Mirror": the cue with its addressee."""
        if self.word not in OBJECT_CUES:
            return self.end
        end = self.end
        after = self._tokens_after()[:8]
        for count, token in enumerate(after):
            if _ends_addressee(token, count):
                # "warned things would get worse": no addressee, but what is reported.
                if token.lower in _AUXILIARIES:
                    return self.end
                break
            if token.lower == "of":
                continue
            if count and not token.capital and _is_outlet(after[count - 1]):
                # "told CNN weather and crew shortages ...": what is told begins here.
                break
            end = token.end
            if count == 0 and token.lower in _ADDRESSEES:
                break
        return end


def _is_outlet(token: Token) -> bool:
    return token.text.isupper() or token.text in _OUTLETS


def _ends_addressee(token: Token, count: int) -> bool:
    if not token.word or (token.lower in PREPOSITIONS and token.lower != "of"):
        return True
    if token.lower in STOP and token.lower not in _ADDRESSEES | {"and", "than"}:
        return True
    if count == 0:
        return False
    return token.text in DAYS or token.lower in _ENDS_ADDRESSEE


def _is_a_document(subject: Mention) -> bool:
    """ "The union, or ALPA, posted an open letter": what is posted does not speak."""
    words = subject.text.lower().split()
    return words[0] in ("a", "an") and any(word in DOCUMENT_WORDS for word in words)


def _joined(before: list[Token]) -> bool:
    """Whether the verb is joined to an earlier one ("... and said that")."""
    last = len(before) - 1
    while last >= 0 and is_adverb(before[last]):
        last -= 1
    return last >= 0 and before[last].lower in ("and", "but", "then")


def _denied(before: list[Token]) -> bool:
    """Whether the verb is negated: "did not say" reports nothing."""
    return any(
        token.lower in ("not", "never") or token.lower.endswith(("n't", "n’t"))
        for token in before[-2:]
    )
