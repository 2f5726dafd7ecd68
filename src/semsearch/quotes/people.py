"""Who is who in one article: names, their fullest forms, genders, roles and short names.

Only what stands in the article itself and general lists of words are used.
"""

from __future__ import annotations

import re
from functools import cached_property

from semsearch.quotes.cues import DAYS, TITLES
from semsearch.quotes.given_names import FEMALE, MALE

__all__ = ["NAME_RUN", "People", "Run", "name_tokens", "strip_titles"]

_CAP = (
    r"(?:(?:[A-Z]\.){2,}|(?:Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Lt|Col|St|Sgt|Capt|Rev|Hon|[A-Z])\."
    r"|[A-ZÀ-ÖØ-ÞĀČĐİŁŚŠŽ](?:[\w’'&-]*[\w&])?)"
)
_PARTICLE = r"(?:de|del|della|der|den|di|da|dos|la|le|van|von|bin|bint|ibn|al|el|ten|ter)"
# A run of capitalised words, as a personal name is written.
NAME_RUN = re.compile(rf"{_CAP}(?:[ \u00a0](?:{_PARTICLE}[ \u00a0]){{0,2}}{_CAP})*")
_ORG_RUN = re.compile(
    rf"{_CAP}(?:(?:[ \u00a0]|,[ ](?={_CAP},? (?:and|&) ))"
    rf"(?:(?:of|for|and|on|in|at|to|the|&|[ ])+[ ])?{_CAP})*"
)
# Capitalised at the start of a sentence, and no part of a name.
NOT_NAMES = frozenset(
    """
the a an but and or so if in on at by for from to of as it its his her their our your my he she
they we you i this that these those there then here when while where after before since during until
although though because however still also yet even despite instead meanwhile earlier later last
next now once one two three four five six seven eight nine ten some many most more all both each
every any no not nor only just what who why how which whose is are was were be been has have had do
does did will would can could should may might must let with without within under over between among
according about above across against along amid around behind below beneath beside besides
beyond despite down inside into like near off onto out outside past per plus than through throughout
toward towards up upon via yes well oh ok okay asked speaking writing earlier another other others
several much such same today yesterday tomorrow
""".split()
)
_ORG_WORDS = frozenset(
    """
academy administration agency airlines alliance army assembly association authority bank board
bureau cabinet center centers centre church circuit club college commission committee company
conference congress corp corporation council court department division federation force foundation
fund government group guard hospital house inc institute institution international journal
league limited ltd magazine ministry museum nations network news office organization organisation
palace parliament party police post press republic reserve school senate service services society
state states street studio studios team times today tribune trust union university workshop
chronicle herald guardian independent mirror sun mail telegraph gazette media network festival
united english american british french german russian chinese south north east west new great
lottery daily city county airport airways entertainment pictures records championship cup open
""".split()
)
_FEMALE_WORDS = frozenset(
    "mrs ms miss dame lady queen princess actress spokeswoman chairwoman congresswoman "
    "councilwoman businesswoman woman girl mother wife daughter sister grandmother duchess "
    "baroness her mum widow policewoman stewardess waitress heroine".split()
)
_MALE_WORDS = frozenset(
    "mr sir lord king prince pope spokesman chairman congressman councilman businessman man boy "
    "father husband son brother grandfather duke baron his dad imam archbishop bishop fireman "
    "policeman".split()
)
_TOKEN = re.compile(r"[^\s\u00a0]+")
_POSSESSIVE = re.compile(r"[’']s?$")


class Run:
    """A capitalised run outside or inside quotations: its words without titles, and its place."""

    __slots__ = ("end", "name", "start", "tokens")

    def __init__(self, tokens: list[str], start: int, end: int) -> None:
        self.tokens = tokens
        self.name = " ".join(tokens)
        self.start = start
        self.end = end


_ROYAL = frozenset("king queen prince princess pope emperor empress".split())
_SUFFIXES = frozenset("Jr. Sr. Jr Sr II III IV V VI VII VIII XVI".split())


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
        if token.lower().rstrip(".") in TITLES:
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


class People:
    """The names of one article. Lives as long as the extraction of that article."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def runs(self) -> list[Run]:
        """Capitalised runs of the article in order, titles stripped."""
        found: list[Run] = []
        for match in NAME_RUN.finditer(self._text):
            run = self._run(match)
            if run is not None:
                found.append(run)
        return found

    def _run(self, match: re.Match[str]) -> Run | None:
        words = match.group().split()
        if len(words) == 1:
            word = words[0]
            if word.lower() in NOT_NAMES or len(word) < 3:
                return None
        tokens = strip_titles(name_tokens(match.group()))
        if not tokens or (len(tokens) == 1 and tokens[0].lower() in NOT_NAMES):
            return None
        return Run(tokens, match.start(), match.end())

    @cached_property
    def _by_last(self) -> dict[str, dict[str, int]]:
        """Full names (two to five words) by their last word, with how often each occurs."""
        index: dict[str, dict[str, int]] = {}
        for run in self.runs:
            if 2 <= len(run.tokens) <= 5 and self.looks_personal(run.tokens):
                names = index.setdefault(_last_name(run.tokens), {})
                names[run.name] = names.get(run.name, 0) + 1
        return index

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for names in self._by_last.values():
            for name in names:
                index.setdefault(name.split()[0], []).append(name)
        return index

    def looks_personal(self, tokens: list[str]) -> bool:
        """Whether these words could be a person's name rather than a body's or a place's."""
        if any(
            token.lower() in _ORG_WORDS or token.isupper() and len(token) > 2 and "." not in token
            for token in tokens
        ):
            return False
        return not any(token in DAYS or token.isdigit() for token in tokens)

    def is_person(self, tokens: list[str]) -> bool:
        """Whether the article or the given names say that this is a person."""
        if not self.looks_personal(tokens):
            return False
        if len(tokens) >= 2:
            return True
        return tokens[0] in self._by_last or given_gender(tokens) is not None

    def full_name(self, name: str) -> str:
        """The fullest form the article gives of a personal name; the name itself if it is alone."""
        tokens = name.split()
        if not tokens:
            return name
        named = self._by_last.get(tokens[-1], {})
        if len(tokens) == 1:
            if not named:
                firsts = self._by_first.get(tokens[0], [])
                return firsts[0] if len(firsts) == 1 else name
            return max(named, key=lambda full: (named[full], len(full)))
        longer = [
            full
            for full in named
            if full.split()[0] == tokens[0] and len(full.split()) > len(tokens)
        ]
        return min(longer, key=len) if longer else name

    def gender(self, name: str) -> str | None:
        """ "f", "m" or None when neither the name nor the words before it tell."""
        return self._genders(name)

    @cached_property
    def _gender_cache(self) -> dict[str, str | None]:
        return {}

    def _genders(self, name: str) -> str | None:
        cache = self._gender_cache
        if name not in cache:
            cache[name] = given_gender(name.split()) or self._gender_by_context(name)
        return cache[name]

    def _gender_by_context(self, name: str) -> str | None:
        last = name.split()[-1]
        for match in re.finditer(rf"\b{re.escape(last)}\b", self._text):
            before = self._text[max(0, match.start() - 40) : match.start()].lower()
            words = re.findall(r"\w+", before)[-4:]
            if any(
                word
                in (
                    "ms",
                    "mrs",
                    "miss",
                    "dame",
                    "lady",
                    "queen",
                    "princess",
                    "actress",
                    "spokeswoman",
                    "chairwoman",
                    "congresswoman",
                    "duchess",
                    "baroness",
                )
                for word in words
            ):
                return "f"
            if any(
                word
                in (
                    "mr",
                    "sir",
                    "lord",
                    "king",
                    "prince",
                    "pope",
                    "spokesman",
                    "chairman",
                    "congressman",
                    "duke",
                    "baron",
                )
                for word in words
            ):
                return "m"
        return None


def given_gender(tokens: list[str]) -> str | None:
    """The gender that the first word of a name tells, or None."""
    if not tokens:
        return None
    first = tokens[0].lower()
    if first in FEMALE:
        return "f"
    return "m" if first in MALE else None
