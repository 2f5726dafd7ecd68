"""Who spoke and who was named before: whom a pronoun can mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from semsearch.quotes.grammar.phrases import Mention
from semsearch.quotes.grammar.sentence_lookup import SentenceLookup
from semsearch.quotes.grammar.subjects import sentence_subject
from semsearch.quotes.lexicon.cues import DAYS
from semsearch.quotes.names.people import People
from semsearch.quotes.names.person_names import NAME_RUN, NOT_NAMES, name_tokens, strip_titles
from semsearch.text.words import word_set

__all__ = ["LOOKBACK_SENTENCES", "Antecedents"]

_PLURALS = word_set("they we")
LOOKBACK_SENTENCES = 10
_SHORT_LINE = 12
_LOOKBACK_SPEAKERS = 100


# What follows only a person's name: an age, "who".
_PERSON_BEHIND = re.compile(r",? who\b|, \d\d,")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Somebody who spoke earlier, and where."""

    position: int
    sentence: int
    speaker: str
    gender: str | None
    personal: bool
    human: bool


def _is_plural(spoken: _Spoken) -> bool:
    """Whether these are people without a name ("officials"), who are no "it"."""
    last = spoken.speaker.split()[-1]
    return last[0].islower() and last.endswith("s")


class Antecedents:
    """Remembers who spoke in one article, in text order, and finds whom "he" or "it" means."""

    def __init__(self, blanked: str, sentences: SentenceLookup, people: People) -> None:
        self._blanked = blanked
        self._sentences = sentences
        self._people = people
        self._spoken: list[_Spoken] = []
        self._speakers: set[str] = set()
        self._by_sentence: dict[int, list[_Spoken]] = {}
        self._named: dict[int, list[tuple[int, str]]] = {}

    def _recent(self) -> Iterator[_Spoken]:
        """Those who spoke before, latest first, as far back as a reader would look."""
        return islice(reversed(self._spoken), _LOOKBACK_SPEAKERS)

    def note(self, position: int, sentence: int, speaker: str) -> None:
        """Remembers that somebody spoke here."""
        personal = self._people.is_person(speaker.split())
        gender = self._people.gender(speaker) if personal else self._people.gender_of_noun(speaker)
        words = speaker.split()
        human = personal or (
            len(words) > 1
            and all(word[0].isupper() for word in words)
            and self._people.looks_personal(words)
        )
        spoken = _Spoken(position, sentence, speaker, gender, personal, human)
        self._spoken.append(spoken)
        self._speakers.add(speaker)
        self._by_sentence.setdefault(sentence, []).append(spoken)

    def pronoun(self, mention: Mention, sentence: int) -> str | None:
        """Whom a pronoun means; None where nobody fits."""
        word = mention.text.lower()
        if word in ("i", "you", "one"):
            return None
        if word == "it":
            return (
                self._near_body(sentence, mention.start)
                or self._last_spoken(personal=False)
                or self._subject_body(sentence, mention.start)
            )
        if word in _PLURALS:
            return self._last_spoken(personal=False)
        return self._person(("m" if word == "he" else "f"), mention.start, sentence)

    def _last_spoken(self, personal: bool) -> str | None:
        for spoken in self._recent():
            if spoken.personal == personal:
                return spoken.speaker
        return None

    def _near_body(self, sentence: int, before: int) -> str | None:
        """The body that spoke, or that a sentence opens with, in this one or the two before."""
        for index in range(sentence, max(-1, sentence - 3), -1):
            for spoken in reversed(self._by_sentence.get(index, [])):
                if spoken.position < before and not spoken.personal and not _is_plural(spoken):
                    return spoken.speaker
            if index < sentence and (body := self._opening_body(index)):
                return body
        return None

    def _opening_body(self, index: int) -> str | None:
        """The body that a sentence opens with ("The Sesame Workshop paid tribute")."""
        start, end = self._sentences.spans[index]
        match = NAME_RUN.match(self._blanked, start, end)
        tokens = strip_titles(name_tokens(match.group())) if match else []
        if len(tokens) < 2 or self._people.is_person(tokens):
            return None
        return " ".join(tokens)

    def _subject_body(self, sentence: int, before: int) -> str | None:
        for index in range(sentence, max(-1, sentence - 4), -1):
            start, end = self._sentences.spans[index]
            for match in NAME_RUN.finditer(self._blanked, start, min(end, before)):
                tokens = strip_titles(name_tokens(match.group()))
                if (
                    tokens
                    and tokens[0] not in DAYS
                    and tokens[0].lower() not in NOT_NAMES
                    and not self._people.is_person(tokens)
                ):
                    return " ".join(tokens)
        return None

    def _person(self, gender: str, before: int, sentence: int) -> str | None:
        """The nearest person of that gender, sentence by sentence backwards.

        Within a sentence, somebody who spoke there comes first, then the earliest name.
        """
        for index in range(sentence, max(-1, sentence - LOOKBACK_SENTENCES), -1):
            candidates = list(self._people_in(index, before, gender))
            known = next((name for name, sex in candidates if sex == gender), None)
            if candidates and candidates[0][1] is None and self._spoke_in(index, candidates[0][0]):
                return candidates[0][0]
            if known is not None:
                return known
            unknown = next((name for name, sex in candidates if sex is None), None)
            if unknown is not None:
                return unknown
        return self._unknown_person(sentence, before)

    def _spoke_in(self, index: int, name: str) -> bool:
        return any(spoken.speaker == name for spoken in self._by_sentence.get(index, []))

    def _people_in(self, index: int, before: int, gender: str) -> Iterator[tuple[str, str | None]]:
        """(name, gender) of those who spoke in a sentence, then of those it names."""
        for spoken in reversed(self._by_sentence.get(index, [])):
            here = spoken.position < before
            if here and (spoken.gender is not None or spoken.human):
                yield spoken.speaker, spoken.gender
        if not self._goes_on(index, gender) and not self._is_loose(index):
            for position, name in self._names_in(index):
                if position < before:
                    yield name, self._people.gender(name)

    def _is_loose(self, index: int) -> bool:
        """Whether a line is no sentence: a heading, a caption, a link to another article."""
        start, end = self._sentences.spans[index]
        line = self._blanked[start:end].rstrip()
        return line[-1:].isalnum() and (":" in line or line.count(" ") < _SHORT_LINE)

    def _goes_on(self, index: int, gender: str) -> bool:
        """ "He later found that Roe ...": the sentence's own "he" points further back."""
        start, _ = self._sentences.spans[index]
        return self._blanked.startswith("He " if gender == "m" else "She ", start)

    def _unknown_person(self, sentence: int, before: int) -> str | None:
        """The nearest name of two or three words that may be a person's."""
        for index in range(sentence, max(-1, sentence - 4), -1):
            start, end = self._sentences.spans[index]
            for match in NAME_RUN.finditer(self._blanked, start, min(end, before)):
                tokens = strip_titles(name_tokens(match.group()))
                if 2 <= len(tokens) <= 3 and self._people.looks_personal(tokens):
                    return " ".join(tokens)
        return self._people.mononym

    def _names_in(self, index: int) -> list[tuple[int, str]]:
        """Persons named in a sentence outside quotations, with their places."""
        if index not in self._named:
            start, end = self._sentences.spans[index]
            self._named[index] = self._find_names(start, end)
        return self._named[index]

    def _find_names(self, start: int, end: int) -> list[tuple[int, str]]:
        found = []
        subject: int | None = None
        for at, behind, written in self._people.names_within(start, end):
            tokens = strip_titles(name_tokens(written))
            credit = self._blanked[behind : behind + 1] == "/"
            if not tokens or credit or tokens[0] in DAYS:
                continue
            person = self._people.is_person(tokens)
            if not person and _PERSON_BEHIND.match(self._blanked, behind) is None:
                continue
            name = self._people.full_name(" ".join(tokens))
            if person and (self._people.gender(name) is not None or name in self._speakers):
                found.append((at, name))
                continue
            if subject is None:
                subject = self._named_subject(start, end)
            if at == subject:
                found.append((at, name))
        return found

    def _named_subject(self, start: int, end: int) -> int:
        """Where the sentence's subject begins, when it is a name of several words; else -1.

        Such a name may be a person's even where its words tell no gender.
        """
        mention = sentence_subject(self._blanked, start, end, self._people)
        if mention is None or mention.kind != "name" or " " not in mention.text:
            return -1
        return mention.start

    def last_before(
        self, position: int, sentence: int, reach: int, person: bool = False
    ) -> str | None:
        """Who spoke last before a position, at most `reach` sentences back.

        With `person`, organisations are passed over.
        """
        for spoken in self._recent():
            if spoken.position < position and (spoken.human or not person):
                return spoken.speaker if sentence - spoken.sentence <= reach else None
        return None
