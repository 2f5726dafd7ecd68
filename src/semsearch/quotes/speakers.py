# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Speakers across articles: who is the same person, and whom a question means.

Within one article the extraction has already given each person one name. Across articles people
are joined by their full name only: two Johnsons stay two, and nobody is joined by a last name
alone. Pure: an index keeps each speaker under the terms that are made here, so that a question
costs a few look-ups, and a start nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from semsearch.quotes.lexicon.titles import HONORIFICS, OFFICES
from semsearch.text.calendar_names import WEEKDAYS
from semsearch.text.words import POSSESSIVE, fold, unaccented, word_set

__all__ = ["SpeakerLookup", "SpeakerMatch", "is_unnamed", "lookup_terms", "speaker_key"]

MatchKind = Literal["full", "last", "role", "part"]

_WORD = re.compile(r"[^\W_]+(?:[-&.'’][^\W_]+)*\.?")
_INITIAL = re.compile(r"[a-z]\.?$")
_CYRILLIC_ENDING = re.compile(r"(?<=\w{4})(?:iy|yy|yi|ii|ij|yj|i)$")
# Words before a name that are no part of it, folded, without full stops.
_TITLES = HONORIFICS | OFFICES | word_set("ex then the a an")
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
they it he she who study report statement data week month year protesters activists
firefighters deputies detectives forecasters
"""
).union(WEEKDAYS)


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
    plain = unaccented(fold(text)).replace("’", "'")
    found = []
    for match in _WORD.finditer(plain):
        word = POSSESSIVE.sub("", match.group()).strip(".").replace(".", "")
        if word:
            found.append(word)
    return found


def _role_words(text: str) -> str:
    """The words of a role, order and form aside: "Russia's president" = "the Russian president"."""
    words = _fold_words(text)
    told = {_PEOPLES.get(word, word) for word in words if word not in _ROLE_NOISE}
    return " ".join(sorted(told))


def lookup_terms(key: str, aliases: Iterable[str]) -> frozenset[str]:
    """The terms under which a SpeakerLookup looks for a speaker of this key.

    `aliases` are their other names, mentions and roles. A term is its kind and its words: the
    whole name ("full:boris johnson"; acronyms of organisations too), its last word
    ("last:johnson"), a word before that ("part:boris"), a role's words in the order of the alphabet
    ("role:minister prime").
    """
    words = key.split()
    terms = {f"full:{key}", f"last:{words[-1]}", *(f"part:{word}" for word in words[:-1])}
    for alias in aliases:
        terms.update(_alias_terms(alias, key))
    return frozenset(terms)


def _alias_terms(alias: str, key: str) -> Iterator[str]:
    words = _fold_words(alias)
    if len(words) == 1 and alias.isupper() and words[0] != key:
        yield f"full:{words[0]}"
    if len(words) < 2 or words[-1] == key.split()[-1]:
        return
    role = _role_words(alias)
    if role:
        yield f"role:{role}"


class SpeakerLookup:
    """Finds the speakers that a mention in a question means.

    `under` gives the (name, quotes) of all speakers that have a term among their `lookup_terms`;
    it is asked a few times per mention. As safe to share between threads, and as long-lived, as it.
    """

    def __init__(self, under: Callable[[str], Sequence[tuple[str, int]]]) -> None:
        self._under = under

    def match(self, mention: str) -> tuple[SpeakerMatch, ...]:
        """Whom a mention may mean, likeliest first; empty when nobody.

        Full names come before last names, those before roles, those before other parts of a
        name. Ties go to the most quoted, then by name.
        """
        key = _folded_key(mention)
        if not key:
            return ()
        if " " not in key and (found := self._under(f"last:{key}")):
            return _ranked(found, "last")
        if found := self._under(f"full:{key}"):
            return _ranked(found, "full")
        role = _role_words(mention)
        if role and (found := self._under(f"role:{role}")):
            return _ranked(found, "role")
        if " " not in key and (found := self._under(f"part:{key}")):
            return _ranked(found, "part")
        return self._by_end(key)

    def _by_end(self, key: str) -> tuple[SpeakerMatch, ...]:
        """ "Pozo Cruz" for "Borja del Pozo Cruz": the words end a longer name."""
        ending = " " + key
        same_last = self._under(f"last:{key.rsplit(' ', 1)[-1]}")
        found = [(n, quotes) for n, quotes in same_last if (speaker_key(n) or "").endswith(ending)]
        return _ranked(found, "part")


def _ranked(found: Sequence[tuple[str, int]], kind: MatchKind) -> tuple[SpeakerMatch, ...]:
    total = sum(quotes for _, quotes in found) or 1
    ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
    return tuple(SpeakerMatch(name, kind, quotes / total, quotes) for name, quotes in ordered[:10])
