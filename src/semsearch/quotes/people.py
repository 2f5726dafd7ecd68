# ruff: noqa: RUF001, RUF002 -- typographic marks are what these rules are about
"""Who is who in one article: names, their fullest forms, genders, roles and short names.

Only what stands in the article itself and general lists of words are used.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from semsearch.quotes.cues import DAYS, TITLES
from semsearch.quotes.given_names import FEMALE, MALE
from semsearch.words import word_set

__all__ = [
    "NAME_RUN",
    "NOT_NAMES",
    "People",
    "Run",
    "from_given_name",
    "name_tokens",
    "strip_titles",
]

# One class of first letters opens it, by which the search skips what is no capital.
_CAP = (
    r"[A-ZÀ-ÖØ-ÞĀČĐİŁŚŠŽ](?:(?<=[A-Z])\.(?:[A-Z]\.)*"
    r"|(?:(?<=D)r|(?<=M)(?:rs?|s)|(?<=P)rof|(?<=S)(?:en|t|gt)|(?<=R)e[pv]|(?<=G)(?:ov|en)|(?<=L)t"
    r"|(?<=C)(?:ol|apt)|(?<=H)on)\.|[\w’'&-]*[\w&])?"
)
_PARTICLE = r"(?:de|del|della|der|den|di|da|dos|la|le|van|von|bin|bint|ibn|al|el|ten|ter)"
# A run of capitalised words, as a personal name is written.
NAME_RUN = re.compile(rf"{_CAP}(?:[ \u00a0](?:{_PARTICLE}[ \u00a0]){{0,2}}{_CAP})*")
# Capitalised at the start of a sentence, and no part of a name.
NOT_NAMES = word_set(
    """
the a an but and or so if in on at by for from to of as it its his her their our your my he she
they we you i this that these those there then here when while where after before since during
until although though because however still also yet even despite instead meanwhile earlier later
last next now once one two three four five six seven eight nine ten some many most more all both
each every any no not nor only just what who why how which whose is are was were be been has have
had do does did will would can could should may might must let with without within under over
between among according about above across against along amid around behind below beneath beside
besides beyond down inside into like near off onto out outside past per plus than through
throughout toward towards up upon via yes well oh ok okay asked speaking writing another other
others several much such same today yesterday tomorrow
"""
)
_LONE_OPENERS = frozenset(word.capitalize() for word in NOT_NAMES)
_ORG_WORDS = word_set(
    """
academy administration agency airlines alliance army assembly association authority bank board
bureau cabinet center centers centre church circuit club college commission committee company
conference congress corp corporation council court department division federation force foundation
fund government group guard hospital house inc institute institution international journal league
limited ltd magazine ministry museum nations network news office organization organisation palace
parliament party police post press republic reserve school senate service services society state
states street studio studios team times today tribune trust union university workshop chronicle
herald guardian independent mirror sun mail telegraph gazette media festival united english
american british french german russian chinese south north east west new great lottery daily sports city
county airport airways entertainment pictures records championship cup open
"""
)
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
# "Las Vegas", "New York", "St. Petersburg": two capitalised words that are no person.
_PLACE_OPENERS = word_set(
    "las los new san santa north south east west saint st st. fort mount lake el great upper "
    "lower central costa puerto hong sri saudi cape rio buenos sierra burkina ivory cote tel "
    "abu"
)
# No last names ("Jordan", "Ireland" and "Chad" may be).
_COUNTRIES = word_set(
    "Afghanistan Africa America Argentina Asia Australia Austria Belgium Brazil Britain Canada "
    "Colombia Denmark Egypt Europe Finland Germany Greece Hungary India Indonesia Iran Iraq "
    "Italy Japan Kenya Korea Lebanon Mexico Nigeria Norway Pakistan Peru Poland Portugal Russia "
    "Scotland Spain Sweden Switzerland Syria Taiwan Thailand Turkey Ukraine Venezuela Vietnam "
    "Wales Yemen Zealand California Florida Michigan Ohio Texas Arizona Oregon Tennessee "
    "Kentucky Illinois Wisconsin Minnesota Alabama Mississippi Oklahoma Arkansas"
)
# Family names that come first ("Park Si-woo said", later "Park said").
_FAMILY_FIRST = word_set(
    "Kim Park Lee Choi Jung Jeong Kang Cho Yoon Jang Lim Han Shin Seo Kwon Hwang Ahn Song Moon Xi "
    "Li Wang Zhang Liu Chen Yang Zhao Huang Wu Zhou Xu Zhu Guo Lin Luo Nguyen Tran Pham Le Hu Peng"
)
_POSSESSIVE = re.compile(r"[’']s?$")


class Run(NamedTuple):
    """A capitalised run: its words without titles, the titles before it, and where it begins."""

    name: str
    tokens: list[str]
    titles: str
    start: int


_Parsed = tuple[tuple[str, list[str], str], ...]
_TITLE_COUNTS_AS = 3
_OFTEN = 3
_ROYAL = word_set("king queen prince princess pope emperor empress")
_SUFFIXES = word_set("Jr. Sr. Jr Sr II III IV V VI VII VIII XVI")


def _is_regnal(tokens: list[str]) -> bool:
    return len(tokens) == 1 or (len(tokens) == 2 and tokens[1] in _SUFFIXES)


def _last_name(tokens: list[str]) -> str:
    kept = [token for token in tokens if token not in _SUFFIXES] or tokens
    return kept[-1]


def name_tokens(text: str) -> list[str]:
    """The words of a name, without a possessive ending."""
    return _POSSESSIVE.sub("", text.strip(" ,")).split()


def strip_titles(tokens: list[str]) -> list[str]:
    """Drops leading titles ("President", "Dr.") and words that no name begins with."""
    last_title = -1
    for at, token in enumerate(tokens[:-1]):
        lower = token.lower().rstrip(".")
        if is_title(lower) or ("-" in lower and lower.rpartition("-")[2] in TITLES):
            last_title = at
    if (
        last_title >= 0
        and tokens[last_title].lower() in _ROYAL
        and _is_regnal(tokens[last_title + 1 :])
    ):
        last_title -= 1
    kept = tokens[last_title + 1 :]
    while len(kept) > 1 and kept[0].lower() in NOT_NAMES:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1] in DAYS:
        kept = kept[:-1]
    return kept


def is_title(word: str) -> bool:
    """Whether a word in lower case is a title ("rapper", "rappers")."""
    return word in TITLES or (word.endswith("s") and word[:-1] in TITLES)


class People:
    """The names of one article. Lives as long as the extraction of that article."""

    def __init__(self, text: str, title: str = "") -> None:
        self._text = text
        self._title = title
        self._genders: dict[str, str | None] = {}
        self._persons: dict[str, bool] = {}

    @cached_property
    def runs(self) -> list[Run]:
        """Capitalised runs of the article in order, titles stripped, split at possessives."""
        text = self._text
        found: list[Run] = []
        for start, _, written in self._written:
            parsed = _parsed(written)
            if parsed:
                found.extend(_runs_in(text, start, written, parsed))
        return found

    @cached_property
    def _written(self) -> list[tuple[int, int, str]]:
        """(start, end, words) of each capitalised run but lone openers of sentences ("The")."""
        return [
            (*match.span(), written)
            for match in NAME_RUN.finditer(self._text)
            if (written := match.group()) not in _LONE_OPENERS
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
                and _distinct(run.tokens)
                and self.looks_personal(run.tokens)
            ):
                names = index.setdefault(_last_name(run.tokens), {})
                names[run.name] = names.get(run.name, 0) + 1
        return index

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for names in self._by_last.values():
            for name in names:
                first, *others = name.split()
                key = others[0] if first.lower() in _ROYAL else first
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
    def by_title(self) -> dict[str, list[Run]]:
        """The runs behind each title in lower case, in order."""
        found: dict[str, list[Run]] = {}
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
                    found.setdefault(_last_name(name.split()), _GENDERED[word])
        return found

    def looks_personal(self, tokens: list[str]) -> bool:
        """Whether these words could be a person's name rather than a body's or a place's."""
        return _looks_personal(tuple(tokens))

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
            family = tokens[0] in _FAMILY_FIRST and tokens[0] in self._by_first
            return known or family or given_gender(tokens) is not None
        if given_gender(tokens) is not None or tokens[0].lower() in _ROYAL:
            return True
        if tokens[0] in _FAMILY_FIRST:
            return True
        return _last_name(tokens) in self._singles or " ".join(tokens) in self.titles

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
        if name is None or counts[name] < _OFTEN or name in _COUNTRIES:
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
            last = _last_name(run.tokens)
            whole = len(run.tokens) > 1 and last not in self._singles
            if (whole or not self.is_person(run.tokens)) and run.tokens[-1] not in _COUNTRIES:
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
        named = self._by_last.get(_last_name(tokens), {})
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
            if name in _FAMILY_FIRST:
                rivals.update(self._by_first.get(name, []))
            return self._nearest(rivals, before) or best
        firsts = self._by_first.get(name, [])
        if name in _FAMILY_FIRST and firsts:
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
            known = _GENDERED.get(name.split()[0].lower()) or self._titled.get(_last_name(tokens))
            self._genders[name] = known or given_gender(tokens)
        return self._genders[name]


@lru_cache(maxsize=1 << 16)  # news repeats its names
def _looks_personal(tokens: tuple[str, ...]) -> bool:
    last = tokens[-1]
    if len(last) > 1 and last.isupper() and last not in _SUFFIXES:
        return False
    if len(tokens) > 1 and (tokens[0].lower() in _PLACE_OPENERS or last in _COUNTRIES):
        return False
    return not any(
        token.lower() in _ORG_WORDS or token in DAYS or token[0].isdigit() for token in tokens
    )


def _runs_in(text: str, start: int, written: str, parsed: _Parsed) -> list[Run]:
    """The names in one capitalised run, apart at possessives ("Apple’s Tim Cook")."""
    found = []
    title = _title_before(text, start)
    if written.startswith("Will ") and text[max(0, start - 2) : start - 1].islower():
        # "by Will Powers": a given name, where "Will Powers ...?" may be a question.
        (name, tokens, titles), *others = _parsed(written[5:]) or parsed
        parsed = ((f"Will {name}", ["Will", *tokens], titles), *others)
    for name, tokens, titles in parsed:
        if titles:
            title = f"former {titles}" if title == "former" else titles
        # Not Run(...): the named constructor is slow.
        found.append(tuple.__new__(Run, (name, tokens, title, start)))
        title = ""
    return found


@lru_cache(maxsize=1 << 16)
def _parsed(written: str) -> _Parsed:
    """(name, its words, titles dropped) of each name in a run; the lists are never changed."""
    parts: list[list[str]] = [[]]
    for word in written.split():
        bare = _POSSESSIVE.sub("", word)
        parts[-1].append(bare)
        if bare != word:
            parts.append([])
    return tuple(found for part in parts if part and (found := _named(part)) is not None)


def _named(words: list[str]) -> tuple[str, list[str], str] | None:
    tokens = strip_titles(words)
    if not tokens or (len(tokens) == 1 and _is_no_name(tokens[0])):
        return None
    tokens = from_given_name(tokens)
    dropped = words[: len(words) - len(tokens)] if words[-1] == tokens[-1] else []
    return " ".join(tokens), tokens, " ".join(dropped)


def from_given_name(tokens: list[str]) -> list[str]:
    """ "Newsnight Andy McDonald", "Reds GM Nick Krall": the name begins at the given name."""
    first = tokens[0].lower()
    if (
        len(tokens) < 3
        or "and" in tokens
        or given_gender(tokens)
        or first in _ROYAL
        or first in _PLACE_OPENERS
    ):
        return tokens
    for at in range(1, len(tokens) - 1):
        if given_gender(tokens[at:]):
            return tokens[at:]
    return tokens


def _title_before(text: str, start: int) -> str:
    """A title in lower case just before a name ("actor James Hooton"), or nothing."""
    if not start or not text[start - 2 : start - 1].islower():
        return ""
    word = text[text.rfind(" ", max(0, start - 24), start - 1) + 1 : start - 1]
    return word if word in TITLES else ""


def _distinct(tokens: list[str]) -> bool:
    """False for two captions run into one ("Boris Johnson Johnson")."""
    return len(set(tokens)) == len(tokens)


def _is_no_name(word: str) -> bool:
    return len(word) < 3 or word.lower() in NOT_NAMES


def given_gender(tokens: list[str]) -> str | None:
    """The gender that the first word of a name tells, or None."""
    if not tokens:
        return None
    first = tokens[0].lower()
    if tokens[0] in _FAMILY_FIRST and (len(tokens) == 3 or any("-" in t for t in tokens[1:])):
        return None
    if first in FEMALE:
        return "f"
    return "m" if first in MALE else None
