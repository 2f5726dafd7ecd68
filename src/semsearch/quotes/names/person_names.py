# ruff: noqa: RUF001, RUF002 -- typographic marks are what these rules are about
"""Capitalised runs as names: their words, titles before them, and what cannot be a person's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from semsearch.quotes.lexicon.cues import DAYS
from semsearch.quotes.lexicon.given_names import FEMALE, MALE
from semsearch.quotes.lexicon.titles import TITLES
from semsearch.text.words import POSSESSIVE, word_set

__all__ = [
    "COUNTRIES",
    "FAMILY_FIRST",
    "LONE_OPENERS",
    "NAME_RUN",
    "NOT_NAMES",
    "ROYAL",
    "NameRun",
    "from_given_name",
    "given_gender",
    "is_distinct",
    "last_name",
    "looks_personal",
    "name_tokens",
    "parse_run",
    "runs_in",
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
LONE_OPENERS = frozenset(word.capitalize() for word in NOT_NAMES)
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
american british french german russian chinese south north east west new great lottery daily
sports city
county airport airways entertainment pictures records championship cup open
"""
)
# "Las Vegas", "New York", "St. Petersburg": two capitalised words that are no person.
_PLACE_OPENERS = word_set(
    "las los new san santa north south east west saint st st. fort mount lake el great upper "
    "lower central costa puerto hong sri saudi cape rio buenos sierra burkina ivory cote tel "
    "abu"
)
# No last names ("Jordan", "Ireland" and "Chad" may be).
COUNTRIES = word_set(
    "Afghanistan Africa America Argentina Asia Australia Austria Belgium Brazil Britain Canada "
    "Colombia Denmark Egypt Europe Finland Germany Greece Hungary India Indonesia Iran Iraq "
    "Italy Japan Kenya Korea Lebanon Mexico Nigeria Norway Pakistan Peru Poland Portugal Russia "
    "Scotland Spain Sweden Switzerland Syria Taiwan Thailand Turkey Ukraine Venezuela Vietnam "
    "Wales Yemen Zealand California Florida Michigan Ohio Texas Arizona Oregon Tennessee "
    "Kentucky Illinois Wisconsin Minnesota Alabama Mississippi Oklahoma Arkansas"
)
# Family names that come first ("Park Si-woo said", later "Park said").
FAMILY_FIRST = word_set(
    "Kim Park Lee Choi Jung Jeong Kang Cho Yoon Jang Lim Han Shin Seo Kwon Hwang Ahn Song Moon Xi "
    "Li Wang Zhang Liu Chen Yang Zhao Huang Wu Zhou Xu Zhu Guo Lin Luo Nguyen Tran Pham Le Hu Peng"
)


class NameRun(NamedTuple):
    """A capitalised run: its words without titles, the titles before it, and where it begins."""

    name: str
    tokens: list[str]
    titles: str
    start: int


ParsedRun = tuple[tuple[str, list[str], str], ...]
ROYAL = word_set("king queen prince princess pope emperor empress")
_SUFFIXES = word_set("Jr. Sr. Jr Sr II III IV V VI VII VIII XVI")


def _is_regnal(tokens: list[str]) -> bool:
    return len(tokens) == 1 or (len(tokens) == 2 and tokens[1] in _SUFFIXES)


def last_name(tokens: list[str]) -> str:
    kept = [token for token in tokens if token not in _SUFFIXES] or tokens
    return kept[-1]


def name_tokens(text: str) -> list[str]:
    """The words of a name, without a possessive ending."""
    return POSSESSIVE.sub("", text.strip(" ,")).split()


def strip_titles(tokens: list[str]) -> list[str]:
    """Drops leading titles ("President", "Dr.") and words that no name begins with."""
    last_title = -1
    for at, token in enumerate(tokens[:-1]):
        lower = token.lower().rstrip(".")
        if is_title(lower) or ("-" in lower and lower.rpartition("-")[2] in TITLES):
            last_title = at
    if (
        last_title >= 0
        and tokens[last_title].lower() in ROYAL
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


@lru_cache(maxsize=1 << 16)  # news repeats its names
def looks_personal(tokens: tuple[str, ...]) -> bool:
    last = tokens[-1]
    if len(last) > 1 and last.isupper() and last not in _SUFFIXES:
        return False
    if len(tokens) > 1 and (tokens[0].lower() in _PLACE_OPENERS or last in COUNTRIES):
        return False
    return not any(
        token.lower() in _ORG_WORDS or token in DAYS or token[0].isdigit() for token in tokens
    )


def runs_in(text: str, start: int, written: str, parsed: ParsedRun) -> list[NameRun]:
    """The names in one capitalised run, apart at possessives ("Apple’s Tim Cook")."""
    found = []
    title = _title_before(text, start)
    if written.startswith("Will ") and text[max(0, start - 2) : start - 1].islower():
        # "by Will Powers": a given name, where "Will Powers ...?" may be a question.
        (name, tokens, titles), *others = parse_run(written[5:]) or parsed
        parsed = ((f"Will {name}", ["Will", *tokens], titles), *others)
    for name, tokens, titles in parsed:
        if titles:
            title = f"former {titles}" if title == "former" else titles
        # Not NameRun(...): the named constructor is slow.
        found.append(tuple.__new__(NameRun, (name, tokens, title, start)))
        title = ""
    return found


@lru_cache(maxsize=1 << 16)
def parse_run(written: str) -> ParsedRun:
    """(name, its words, titles dropped) of each name in a run; the lists are never changed."""
    parts: list[list[str]] = [[]]
    for word in written.split():
        bare = POSSESSIVE.sub("", word)
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
        or first in ROYAL
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


def is_distinct(tokens: list[str]) -> bool:
    """False for two captions run into one ("Boris Johnson Johnson")."""
    return len(set(tokens)) == len(tokens)


def _is_no_name(word: str) -> bool:
    return len(word) < 3 or word.lower() in NOT_NAMES


def given_gender(tokens: list[str]) -> str | None:
    """The gender that the first word of a name tells, or None."""
    if not tokens:
        return None
    first = tokens[0].lower()
    if tokens[0] in FAMILY_FIRST and (len(tokens) == 3 or any("-" in t for t in tokens[1:])):
        return None
    if first in FEMALE:
        return "f"
    return "m" if first in MALE else None
