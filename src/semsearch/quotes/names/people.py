"""Who is who in one article: names, their fullest forms, genders, roles and short names.

Only what stands in the article itself and general lists of words are used.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from semsearch.quotes.lexicon.titles import TITLES
from semsearch.quotes.names.person_names import (
    COUNTRIES,
    FAMILY_FIRST,
    LONE_OPENERS,
    NAME_RUN,
    ROYAL,
    NameRun,
    given_gender,
    is_distinct,
    last_name,
    looks_personal,
    parse_run,
    runs_in,
    strip_titles,
)
from semsearch.text.words import word_set

__all__ = ["People"]

_WOMEN = word_set(
    "mrs ms miss dame lady queen princess actress spokeswoman chairwoman congresswoman "
    "councilwoman businesswoman duchess baroness woman mother wife daughter sister girl "
    "grandmother"
)
_MEN = word_set(
    "mr sir lord king prince pope spokesman chairman congressman councilman businessman duke "
    "baron archbishop bishop imam man father husband son brother boy grandfather"
)
_GENDERED = dict.fromkeys(_WOMEN, "f") | dict.fromkeys(_MEN, "m")
_TITLE_COUNTS_AS = 3
_OFTEN = 3


class People:
    """The names of one article. Lives as long as the extraction of that article."""

    def __init__(self, text: str, title: str = "") -> None:
        self._text = text
        self._title = title
        self._genders: dict[str, str | None] = {}
        self._persons: dict[str, bool] = {}

    @cached_property
    def runs(self) -> list[NameRun]:
        """Capitalised runs of the article in order, titles stripped, split at possessives."""
        text = self._text
        found: list[NameRun] = []
        for start, _, written in self._written:
            parsed = parse_run(written)
            if parsed:
                found.extend(runs_in(text, start, written, parsed))
        return found

    @cached_property
    def _written(self) -> list[tuple[int, int, str]]:
        """(start, end, words) of each capitalised run but lone openers of sentences ("The")."""
        return [
            (*match.span(), written)
            for match in NAME_RUN.finditer(self._text)
            if (written := match.group()) not in LONE_OPENERS
        ]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _, _ in self._written]

    def names_within(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """(start, end, words) of the capitalised runs that begin within `start` to `end`."""
        return self._written[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    @cached_property
    def _by_last(self) -> dict[str, dict[str, int]]:
        """Full names (two to five words) by their last name, with how often each occurs."""
        index: dict[str, dict[str, int]] = {}
        for run in self.runs:
            if (
                2 <= len(run.tokens) <= 5
                and is_distinct(run.tokens)
                and self.looks_personal(run.tokens)
            ):
                names = index.setdefault(last_name(run.tokens), {})
                names[run.name] = names.get(run.name, 0) + 1
        return index

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for names in self._by_last.values():
            for name in names:
                first, *others = name.split()
                key = others[0] if first.lower() in ROYAL else first
                index.setdefault(key, []).append(name)
        return index

    @cached_property
    def _singles(self) -> frozenset[str]:
        """Words that stand alone as a name somewhere in the article."""
        return frozenset(run.name for run in self.runs if len(run.tokens) == 1)

    @cached_property
    def titles(self) -> dict[str, set[str]]:
        """The titles that the article puts before each name ("Russian President")."""
        found: dict[str, set[str]] = {}
        for run in self.runs:
            if run.titles.rpartition(" ")[2].lower().rstrip(".") in TITLES:
                found.setdefault(run.name, set()).add(run.titles)
        return found

    @cached_property
    def by_title(self) -> dict[str, list[NameRun]]:
        """The runs behind each title in lower case, in order."""
        found: dict[str, list[NameRun]] = {}
        for run in self.runs:
            for word in set(run.titles.lower().split()):
                found.setdefault(word, []).append(run)
        return found

    @cached_property
    def _titled(self) -> dict[str, str]:
        """The gender that titles tell ("Ms. Ito", "spokesman John Roe"), by last name."""
        found: dict[str, str] = {}
        for name, titles in self.titles.items():
            for word in " ".join(titles).lower().replace(".", "").split():
                if word in _GENDERED:
                    found.setdefault(last_name(name.split()), _GENDERED[word])
        return found

    def looks_personal(self, tokens: list[str]) -> bool:
        """Whether these words could be a person's name rather than a body's or a place's."""
        return looks_personal(tuple(tokens))

    def is_person(self, tokens: list[str]) -> bool:
        """Whether the article or the given names say that this is a person."""
        name = " ".join(tokens)
        known = self._persons.get(name)
        if known is None:
            known = self._persons[name] = self._is_person(tokens)
        return known

    def _is_person(self, tokens: list[str]) -> bool:
        if not tokens or not self.looks_personal(tokens):
            return False
        if len(tokens) == 1:
            known = tokens[0] in self._by_last or tokens[0] in self.titles
            family = tokens[0] in FAMILY_FIRST and tokens[0] in self._by_first
            return known or family or given_gender(tokens) is not None
        if given_gender(tokens) is not None or tokens[0].lower() in ROYAL:
            return True
        if tokens[0] in FAMILY_FIRST:
            return True
        return last_name(tokens) in self._singles or " ".join(tokens) in self.titles

    def in_title(self, name: str) -> bool:
        """Whether the article's title holds a name."""
        return name in self._title

    @cached_property
    def mononym(self) -> str | None:
        """The single name that the article's title holds and its text repeats ("Usher")."""
        counts: dict[str, int] = {}
        for run in self.runs:
            alone = len(run.tokens) == 1 and run.name not in self._by_last
            if alone and run.name in self._title and self.looks_personal(run.tokens):
                counts[run.name] = counts.get(run.name, 0) + 1
        name = max(counts, key=lambda key: counts[key], default=None)
        if name is None or counts[name] < _OFTEN or name in COUNTRIES:
            return None
        speaks = rf"\b{re.escape(name)}(?:, \d\d,| (?:said|says|told|tweeted|wrote|added|recalled))"
        return name if re.search(speaks, self._text) else None

    @cached_property
    def main_body(self) -> str | None:
        """The name that occurs most and is no person's, at least twice.

        People are called by their last name after the first time: a name of several words that
        never is may be a firm's ("Charlotte Russe").
        """
        counts: dict[str, int] = {}
        for run in self.runs:
            last = last_name(run.tokens)
            whole = len(run.tokens) > 1 and last not in self._singles
            if (whole or not self.is_person(run.tokens)) and run.tokens[-1] not in COUNTRIES:
                counts[run.name] = counts.get(run.name, 0) + 1
        for name in counts:
            # The title names what the article is about.
            counts[name] += _TITLE_COUNTS_AS * (name in self._title)
        if not counts:
            return None
        name = max(counts, key=lambda key: counts[key])
        return name if counts[name] > 1 else None

    def full_name(self, name: str, before: int | None = None) -> str:
        """The fullest form the article gives of a personal name; the name itself if it is alone.

        Of two people with one last name it is who was named last `before` a position.
        """
        tokens = name.split()
        if not tokens:
            return name
        named = self._by_last.get(last_name(tokens), {})
        if len(tokens) == 1:
            return self._full_of_one(name, named, before)
        starts_whole = given_gender(tokens) is not None
        longer = [
            full
            for full in named
            if len(full.split()) > len(tokens)
            and (full.split()[0] == tokens[0] or (not starts_whole and full.endswith(" " + name)))
        ]
        return min(longer, key=len) if longer else name

    def _full_of_one(self, name: str, named: dict[str, int], before: int | None = None) -> str:
        if named and given_gender([name]) is not None:
            # "Paula" ends "Awaiting Paula", yet it is a given name.
            named = {full: n for full, n in named.items() if given_gender(full.split()) is not None}
        if named:
            known = [full for full in named if given_gender(full.split()) is not None]
            persons = known or [full for full in named if self.is_person(full.split())]
            persons = persons or list(named)
            best = max(persons, key=lambda full: (named[full], len(full)))
            rivals = {full for full in persons if named[full] * 2 >= named[best]}
            if name in FAMILY_FIRST:
                rivals.update(self._by_first.get(name, []))
            return self._nearest(rivals, before) or best
        firsts = self._by_first.get(name, [])
        if name in FAMILY_FIRST and firsts:
            return self._nearest(set(firsts), before) or firsts[0]
        return firsts[0] if len(firsts) == 1 and self.is_person(firsts[0].split()) else name

    def _nearest(self, names: set[str], before: int | None) -> str | None:
        if len(names) < 2 or before is None:
            return None
        near = (run.name for run in reversed(self.runs) if run.start < before)
        return next((name for name in near if name in names), None)

    @staticmethod
    def gender_of_noun(text: str) -> str | None:
        """The gender that a role tells ("the Queen", "a spokeswoman for the bank")."""
        for word in text.lower().split()[:4]:
            if word in _GENDERED:
                return _GENDERED[word]
        return None

    def gender(self, name: str) -> str | None:
        """ "f", "m" or None when neither the name nor a title before it tells."""
        if name not in self._genders:
            tokens = strip_titles(name.split())
            known = _GENDERED.get(name.split()[0].lower()) or self._titled.get(last_name(tokens))
            self._genders[name] = known or given_gender(tokens)
        return self._genders[name]
