"""From the words that name a speaker to the fullest name the article gives.

Clauses are resolved in the order of the text, so that "he", "the company" and "the statement"
can look back at who spoke before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.quotes.clauses import Clause
from semsearch.quotes.cues import DAYS, TITLES
from semsearch.quotes.people import NAME_RUN, NOT_NAMES, People, name_tokens, strip_titles
from semsearch.quotes.phrases import Mention
from semsearch.quotes.sentences import Sentences

__all__ = ["Resolver"]

_DOCUMENTS = frozenset(
    "statement statements release memo letter report study survey post tweet thread email message "
    "filing document complaint lawsuit article paper authors announcement caption note "
    "indictment ruling findings researchers".split()
)
_PLURALS = frozenset("they we".split())
_LOOKBACK_SENTENCES = 10
_ORG_RUN = re.compile(
    r"[A-Z][\w’'&.-]*(?:(?:[ \u00a0]|, (?=[A-Z][\w]*,? and))(?:(?:of|for|and|on|in|at|to|the|&) ){0,3}[A-Z][\w’'&-]*)+"
)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Somebody who spoke earlier, and where."""

    position: int
    sentence: int
    speaker: str
    gender: str | None
    personal: bool


class Resolver:
    """Resolves mentions of one article, in text order; remembers who spoke."""

    def __init__(self, text: str, blanked: str, sentences: Sentences, people: People) -> None:
        self._text = text
        self._blanked = blanked
        self._sentences = sentences
        self._people = people
        self._spoken: list[_Spoken] = []
        self._named: dict[int, list[tuple[int, str]]] = {}

    def resolve(self, clause: Clause) -> str | None:
        """The speaker of a clause; clauses must come in the order of the text."""
        mention = clause.subject
        if mention.kind == "relative" and mention.antecedent is not None:
            mention = mention.antecedent
        speaker = self.resolve_mention(mention, clause.sentence)
        if speaker is not None:
            self.note(mention.start, clause.sentence, speaker)
        return speaker

    def note(self, position: int, sentence: int, speaker: str) -> None:
        """Remembers that somebody spoke here."""
        personal = self._people.is_person(speaker.split())
        gender = self._people.gender(speaker) if personal else None
        self._spoken.append(_Spoken(position, sentence, speaker, gender, personal))

    def resolve_mention(self, mention: Mention, sentence: int) -> str | None:
        """The fullest name for a mention, or its own words when nobody is named."""
        if mention.kind == "pronoun":
            return self._pronoun(mention, sentence)
        if mention.kind == "name":
            return self.name(mention.text)
        return self._noun(mention, sentence)

    def name(self, text: str) -> str:
        """The fullest form of a written name."""
        tokens = strip_titles(name_tokens(text))
        if tokens and self._people.looks_personal(tokens):
            full = self._people.full_name(" ".join(tokens))
            if full != " ".join(tokens) or len(tokens) > 1:
                return full
        return self._body(text)

    def _body(self, text: str) -> str:
        bare = re.sub(r"^(?:[Tt]he|[Aa]n?) ", "", text)
        if bare.isupper() and 2 <= len(bare) <= 8:
            return self._expand(bare) or text
        if " " in bare:
            longer = [
                run for run in self._bodies if run.endswith(" " + bare) and len(run) > len(bare)
            ]
            if longer:
                return longer[0]
        return text

    @property
    def _bodies(self) -> list[str]:
        if not hasattr(self, "_body_runs"):
            self._body_runs = [m.group() for m in _ORG_RUN.finditer(self._text)]
        return self._body_runs

    def _expand(self, acronym: str) -> str | None:
        """The body whose capitals spell an acronym, where the article writes it out."""
        for run in self._bodies:
            words = run.split()
            for first in range(len(words)):
                capitals = "".join(word[0] for word in words[first:] if word[0].isupper())
                if capitals == acronym and len(words) - first > 1:
                    kept = (
                        words
                        if words[0].rstrip(".") in ("U.S", "US", "UK", "U.K")
                        else words[first:]
                    )
                    return " ".join(kept)
        return None

    def _noun(self, mention: Mention, sentence: int) -> str:
        text = mention.text
        words = text.lower().split()
        head = words[-1].rstrip("’'s") if len(words) == 1 else words[-1]
        if len(words) < 2:
            return text
        definite = words[0] in ("the", "his", "her", "its", "their") and len(words) <= 4
        if definite and head in _DOCUMENTS and self._spoken:
            return self._spoken[-1].speaker
        if definite:
            found = (
                self._role(words[1:], mention.start)
                or self._earlier_noun(head)
                or self._body_by_noun(words[1:])
            )
            if found is not None:
                return found
        return text

    def _role(self, words: list[str], before: int) -> str | None:
        """Who was introduced with this title ("the commissioner")."""
        if words[-1] not in TITLES:
            return None
        title = re.escape(words[-1])
        patterns = (
            rf"\b{title}\b[ ,]+((?:Dr\. |Sir )?{NAME_RUN.pattern})",
            rf"({NAME_RUN.pattern}), (?:[^,.\n]{{0,60}} )?{title}\b",
        )
        found: list[tuple[int, str]] = []
        for pattern in patterns:
            for match in re.finditer(pattern, self._text, re.IGNORECASE if False else 0):
                found.append((match.start(), match.group(1)))
            for match in re.finditer(pattern.replace(title, title.capitalize(), 1), self._text):
                found.append((match.start(), match.group(1)))
        earlier = [item for item in found if item[0] < before] or found
        personal = [
            name
            for _, name in sorted(earlier, reverse=True)
            if self._people.is_person(strip_titles(name_tokens(name)))
        ]
        return self.name(personal[0]) if personal else None

    def _earlier_noun(self, head: str) -> str | None:
        for spoken in reversed(self._spoken):
            words = spoken.speaker.lower().split()
            if not spoken.personal and head in words:
                return spoken.speaker
        return None

    def _body_by_noun(self, words: list[str]) -> str | None:
        """ "the tourism board" -> "Belize Tourism Board": a body whose name ends so."""
        ending = " " + " ".join(words)
        for run in self._bodies:
            if run.lower().endswith(ending):
                return run
        return None

    def _pronoun(self, mention: Mention, sentence: int) -> str | None:
        word = mention.text.lower()
        if word in ("i", "you", "one"):
            return None
        if word == "it":
            return self._last_spoken(personal=False) or self._subject_body(sentence, mention.start)
        if word in _PLURALS:
            return self._last_spoken(personal=False)
        return self._person(("m" if word == "he" else "f"), mention.start, sentence)

    def _last_spoken(self, personal: bool) -> str | None:
        for spoken in reversed(self._spoken):
            if spoken.personal == personal:
                return spoken.speaker
        return None

    def _subject_body(self, sentence: int, before: int) -> str | None:
        for index in range(sentence, max(-1, sentence - 4), -1):
            start, end = self._sentences.spans[index]
            for match in NAME_RUN.finditer(self._blanked, start, min(end, before)):
                tokens = strip_titles(name_tokens(match.group()))
                if (
                    tokens
                    and tokens[0].lower() not in NOT_NAMES
                    and not self._people.is_person(tokens)
                ):
                    return " ".join(tokens)
        return None

    def _person(self, gender: str, before: int, sentence: int) -> str | None:
        """The nearest person of that gender, sentence by sentence backwards.

        Within a sentence, somebody who spoke there comes first, then the earliest name.
        """
        fallback: str | None = None
        for index in range(sentence, max(-1, sentence - _LOOKBACK_SENTENCES), -1):
            for spoken in reversed(self._spoken):
                if spoken.sentence == index and spoken.personal and spoken.position < before:
                    if spoken.gender == gender:
                        return spoken.speaker
                    if spoken.gender is None and fallback is None:
                        fallback = spoken.speaker
            for position, name in self._names_in(index):
                if position >= before:
                    break
                known = self._people.gender(name)
                if known == gender:
                    return name
                if known is None and fallback is None:
                    fallback = name
            if fallback is not None:
                return fallback
        return None

    def _names_in(self, index: int) -> list[tuple[int, str]]:
        """Persons named in a sentence outside quotations, with their places."""
        if index not in self._named:
            start, end = self._sentences.spans[index]
            self._named[index] = list(self._find_names(start, end))
        return self._named[index]

    def _find_names(self, start: int, end: int) -> list[tuple[int, str]]:
        found = []
        for match in NAME_RUN.finditer(self._blanked, start, end):
            tokens = strip_titles(name_tokens(match.group()))
            if tokens and tokens[0] not in DAYS and self._people.is_person(tokens):
                found.append((match.start(), self._people.full_name(" ".join(tokens))))
        return found

    def sentence_subject(self, index: int, before: int) -> tuple[str, str] | None:
        """(speaker, mention) of the first person named in a sentence before a position."""
        for position, name in self._names_in(index):
            if position < before:
                return name, name
        return None

    @property
    def floor(self) -> str | None:
        """Who spoke last."""
        return self._spoken[-1].speaker if self._spoken else None
