# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Speakers across articles: who is the same person, and whom a question means.

Within one article the extraction has already given each person one name. Across articles people
are joined by their full name only: two Johnsons stay two, and nobody is joined by a last name
alone. Pure; a lookup is built once per index and then answers in microseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Protocol

from semsearch.quotes.wordlists import word_set

__all__ = ["SpeakerEntry", "SpeakerLookup", "SpeakerMatch", "is_unnamed", "speaker_key"]

MatchKind = Literal["full", "last", "role", "part"]

_WORD = re.compile(r"[^\W_]+(?:[-&.'’][^\W_]+)*\.?")
_POSSESSIVE = re.compile(r"[’']s?$")
_INITIAL = re.compile(r"[a-z]\.?$")
_CYRILLIC_ENDING = re.compile(r"(?<=\w{4})(?:iy|yy|yi|ii|ij|yj|i)$")
# Titles that stand before a name and are no part of it, folded, without full stops.
_TITLES = word_set(
    """
mr mrs ms miss mx dr prof professor sir dame lord lady president vice prime minister chancellor
secretary senator sen rep representative congressman congresswoman gov governor mayor judge
justice chief rev reverend general gen colonel col lieutenant lt captain capt sergeant sgt major
admiral officer detective commissioner director chairman chairwoman chair ceo spokesman
spokeswoman spokesperson ambassador speaker leader coach former ex then the a an
"""
)
# Country and people's names that say the same in a role ("Russia's president").
_PEOPLES = {
    "russia": "russian",
    "ukraine": "ukrainian",
    "us": "american",
    "u.s": "american",
    "usa": "american",
    "america": "american",
    "uk": "british",
    "u.k": "british",
    "britain": "british",
    "england": "english",
    "france": "french",
    "germany": "german",
    "italy": "italian",
    "spain": "spanish",
    "china": "chinese",
    "japan": "japanese",
    "india": "indian",
    "turkey": "turkish",
    "türkiye": "turkish",
    "iran": "iranian",
    "iraq": "iraqi",
    "israel": "israeli",
    "canada": "canadian",
    "australia": "australian",
    "brazil": "brazilian",
    "mexico": "mexican",
    "poland": "polish",
    "hungary": "hungarian",
    "finland": "finnish",
    "sweden": "swedish",
    "norway": "norwegian",
    "denmark": "danish",
    "netherlands": "dutch",
    "belgium": "belgian",
    "greece": "greek",
    "ireland": "irish",
    "scotland": "scottish",
    "wales": "welsh",
    "austria": "austrian",
    "switzerland": "swiss",
    "portugal": "portuguese",
    "belarus": "belarusian",
    "lithuania": "lithuanian",
    "latvia": "latvian",
    "estonia": "estonian",
    "taiwan": "taiwanese",
    "pakistan": "pakistani",
    "egypt": "egyptian",
    "argentina": "argentine",
    "chile": "chilean",
    "colombia": "colombian",
    "vietnam": "vietnamese",
    "philippines": "philippine",
    "indonesia": "indonesian",
    "nigeria": "nigerian",
    "kenya": "kenyan",
    "korea": "korean",
}
_ROLE_NOISE = word_set("the a an of for s former then new")
# "Johnson" means the most quoted Johnson when the others hold at most this share of the quotes.
DECISIVE_SHARE = 0.75


class Named(Protocol):
    """What the lookup needs of a speaker, however it is stored."""

    @property
    def name(self) -> str: ...
    @property
    def quotes(self) -> int: ...
    @property
    def aliases(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class SpeakerEntry:
    """A speaker of an index. `aliases` are other names, mentions and roles, most used first."""

    key: str
    name: str
    quotes: int
    articles: int
    first: date | None = None
    last: date | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerMatch:
    """A speaker that a mention may mean. `share` in (0, 1]: their part of the quotes of all
    that match in the same way; 1 when nobody else does. `quotes` is how many they have."""

    name: str
    kind: MatchKind
    share: float
    quotes: int = 0


def is_unnamed(name: str) -> bool:
    """Whether a speaker is nobody in particular ("police", "a White House official")."""
    words = name.split()
    if not words:
        return True
    last = words[-1].strip(".,’'")
    if not last or last[0].islower() or last.lower() in _UNNAMED:
        return True
    first = words[0]
    return first.lower() in (
        "a",
        "an",
        "his",
        "her",
        "their",
        "some",
        "many",
        "one",
        "two",
        "three",
    )


_UNNAMED = word_set(
    """
officials experts police authorities analysts critics prosecutors investigators advocates
researchers scientists organizers organisers supporters economists opponents doctors lawmakers
witnesses sources residents lawyers executives others another many some one two people man woman
they it he she who study report statement data monday tuesday wednesday thursday friday saturday
sunday week month year protesters activists firefighters deputies detectives forecasters
"""
)


@lru_cache(maxsize=65536)
def speaker_key(name: str) -> str | None:
    """The key under which a speaker's quotes are joined across articles; None for the unnamed.

    Equal for the same full name in different dress: titles, "the", accents, middle initials and
    the endings that transliterations disagree on ("Zelenskiy", "Zelenskyy") do not count. A
    name of one word is its own key: it never joins a full name.
    """
    return None if is_unnamed(name) else _folded_key(name) or None


def _folded_key(name: str) -> str:
    words = _fold_words(name)
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    if len(words) > 2:
        words = [words[0], *(w for w in words[1:-1] if not _INITIAL.match(w)), words[-1]]
    if words:
        words[-1] = _CYRILLIC_ENDING.sub("y", words[-1])
    return " ".join(words)


def _fold_words(text: str) -> list[str]:
    """Words in lower case without accents, full stops and possessive endings."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'")
    found = []
    for match in _WORD.finditer(plain):
        word = _POSSESSIVE.sub("", match.group()).strip(".").replace(".", "")
        if word:
            found.append(word)
    return found


def _role_words(text: str) -> frozenset[str]:
    """The words of a role, order and form aside: "Russia's president" = "the Russian president"."""
    words = _fold_words(text)
    return frozenset(_PEOPLES.get(word, word) for word in words if word not in _ROLE_NOISE)


class SpeakerLookup:
    """Finds the speakers that a mention in a question means.

    Built once from all speakers of an index (50,000 take about a second); immutable, so safe to
    share between threads; lives as long as the index snapshot.
    """

    def __init__(self, speakers: Iterable[Named]) -> None:
        self._names: list[str] = []
        self._quotes: list[int] = []
        self._by_key: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_last: dict[str, list[int]] = {}
        self._by_role: dict[frozenset[str], dict[int, None]] = {}
        for speaker in speakers:
            self._add(speaker)

    def __len__(self) -> int:
        return len(self._names)

    def _add(self, speaker: Named) -> None:
        key = speaker_key(speaker.name)
        if key is None:
            return
        number = len(self._names)
        self._names.append(speaker.name)
        self._quotes.append(speaker.quotes)
        self._by_key.setdefault(key, []).append(number)
        words = key.split()
        self._by_last.setdefault(words[-1], []).append(number)
        for word in words[:-1]:
            self._by_word.setdefault(word, []).append(number)
        for alias in speaker.aliases:
            self._add_alias(alias, key, number)

    def _add_alias(self, alias: str, key: str, number: int) -> None:
        words = _fold_words(alias)
        if len(words) == 1 and alias.isupper() and words[0] != key:
            self._by_key.setdefault(words[0], []).append(number)
        if len(words) < 2 or words[-1] == key.split()[-1]:
            return
        role = _role_words(alias)
        if role:
            self._by_role.setdefault(role, {})[number] = None

    def match(self, mention: str) -> tuple[SpeakerMatch, ...]:
        """Whom a mention may mean, likeliest first; empty when nobody.

        Full names come before last names, those before roles, those before other parts of a
        name. Ties go to the most quoted, then by name.
        """
        key = _folded_key(mention)
        if not key:
            return ()
        if key in self._by_key and (" " in key or key not in self._by_last):
            return self._ranked(self._by_key[key], "full")
        if " " not in key and key in self._by_last:
            return self._ranked(self._by_last[key], "last")
        role = self._by_role.get(_role_words(mention))
        if role:
            return self._ranked(list(role), "role")
        if " " not in key and key in self._by_word:
            return self._ranked(self._by_word[key], "part")
        return self._by_end(key)

    def _by_end(self, key: str) -> tuple[SpeakerMatch, ...]:
        """ "Pozo Cruz" for "Borja del Pozo Cruz": the words end a longer name."""
        ending = " " + key
        numbers = [
            number
            for number in self._by_last.get(key.rsplit(" ", 1)[-1], ())
            if (speaker_key(self._names[number]) or "").endswith(ending)
        ]
        return self._ranked(numbers, "part")

    def _ranked(self, numbers: list[int], kind: MatchKind) -> tuple[SpeakerMatch, ...]:
        total = sum(self._quotes[number] for number in numbers) or 1
        ordered = sorted(numbers, key=lambda n: (-self._quotes[n], self._names[n]))
        return tuple(
            SpeakerMatch(self._names[n], kind, self._quotes[n] / total, self._quotes[n])
            for n in ordered[:10]
        )
