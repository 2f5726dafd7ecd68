# ruff: noqa: RUF001, RUF002 -- typographic marks are what these rules are about
"""Organisations of one article: short names and acronyms to their written-out names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from semsearch.quotes.lexicon.cues import DAYS
from semsearch.text.words import word_set

__all__ = ["Organisations", "owner_of_document"]

_WORD = r"[A-Z](?:(?<=U)\.[SKN]\.|[\w’'&-]*)"
# "Centers for Disease Control and Prevention"; "and the" parts two organisations.
_RUN = re.compile(
    rf"{_WORD}(?:(?:[ \u00a0]|, (?={_WORD},? and))"
    rf"(?:(?:of|for|on|in|at|to)(?: the)? |(?:and|&) )?{_WORD})+"
)
# Words that open a sentence and are no part of the name behind them.
_OPENER = re.compile(
    r"(?:(?:The|According|But|And|In|At|On|For|From|With|As|By|When|While|After|Before|Since|If|"
    r"Though|Although|Meanwhile|Both|Also|That|This) (?:(?:of|for|and|on|in|at|to|the) ){0,3})+"
)
# "the Task Force on Tuesday": the day is no part of the name.
_DATED = re.compile(rf" (?:on|in) (?:{'|'.join(re.escape(day) for day in sorted(DAYS))})\b.*")
_ARTICLE = re.compile(r"^(?:[Tt]he|[Aa]n?) ")
_COUNTRY_PREFIXES = word_set("U.S. U.S US UK U.K. U.K National American British Federal")
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,7}")
_FORMS = word_set("LLC Inc Inc. Corp Corp. Ltd Ltd. Group Holdings PLC plc Co Co.")
_DOCUMENT = word_set(
    "report study survey index review outlook bulletin poll census declaration statement letter "
    "lawsuit complaint memo post tweet filing affidavit book memoir website analysis research data "
    "update figures numbers estimates statistics issue editorial edition account blog"
)
_DATA = word_set("data figures numbers estimates statistics")
# "A study by the Learning Institute": who made it.
_MADE_BY = re.compile(
    rf"(?:study|survey|report|poll|analysis|research|review|statement|letter|data|figures|numbers|"
    rf"estimates|statistics|release|update)\b.* (?:by|from) "
    rf"((?:the )?{_WORD}(?: {_WORD}| and {_WORD}| of {_WORD}| for {_WORD})*)$"
)


class Organisations:
    """The multi-word names of one article that are no person's. Lives as long as its extraction."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _runs(self) -> list[tuple[str, str]]:
        """(name, article before it) in order; the article is "the " or empty."""
        return [(name, article) for _, name, article in self._placed]

    @cached_property
    def _placed(self) -> list[tuple[int, str, str]]:
        """(place, name, article before it) in order."""
        found = []
        for match in _RUN.finditer(self._text):
            opener = _OPENER.match(match.group())
            skipped = opener.end() if opener else 0
            name, start = match.group()[skipped:], match.start() + skipped
            name = _DATED.sub("", name)
            if " " in name:
                before = self._text[max(0, start - 4) : start]
                found.append((start, name, "the " if before.lower() == "the " else ""))
        return found

    def fullest(self, text: str) -> str:
        """The fullest written name for "the CDC", "the Wildlife Service", "the Academy"."""
        bare = _ARTICLE.sub("", text)
        if " " not in bare and _ACRONYM.fullmatch(bare):
            return self._expanded(bare) or text
        return self._by_short.get(bare, text)

    @cached_property
    def _by_short(self) -> dict[str, str]:
        """The first written-out name, with its article, for each shorter form of it."""
        found: dict[str, str] = {}
        for name, article in self._runs:
            for short in _shorter_forms(name):
                found.setdefault(short, article + name)
        return found

    def _expanded(self, acronym: str) -> str | None:
        letters = acronym.replace(".", "").replace("&", "")
        for name, article in self._runs:
            words = name.split()
            for first in range(len(words) - 1):
                if _spells(words[first:], letters):
                    kept = words if words[0] in _COUNTRY_PREFIXES and first == 1 else words[first:]
                    return article + " ".join(kept)
        return None

    def by_noun(self, words: list[str]) -> str | None:
        """ "the tourism board" -> "the Belize Tourism Board": the body whose name ends so."""
        ending = " " + " ".join(words)
        opening = (f"{words[0]} of ", f"{words[0]} for ") if len(words) == 1 else ("\n",)
        for at, lower in enumerate(self._lower):
            if lower.endswith(ending) or lower.startswith(opening):
                name, article = self._runs[at]
                return article + name
        return None

    @cached_property
    def _lower(self) -> list[str]:
        return [name.lower() for name, _ in self._runs]

    def nearest(self, kinds: frozenset[str], before: int) -> str | None:
        """The body named last before a position with one of these words in its name."""
        found = None
        for start, name, article in self._placed:
            if start >= before:
                break
            if not kinds.isdisjoint(name.split()):
                found = article + name
        return found


def _shorter_forms(name: str) -> Iterator[str]:
    """ "the Academy" of Motion Picture Arts, "Wildlife Service", "Roe" Holdings."""
    words = name.split(" ")
    if words[1] in ("of", "for"):
        yield words[0]
    if words[-1] in _FORMS and len(words) > 2:
        yield " ".join(words[:-1])
    if "&" in words[2:]:
        yield " ".join(words[: words.index("&", 2)])
    if "’s " not in name and "'s " not in name:
        for first in range(1, len(words) - 1):
            yield " ".join(words[first:])


@lru_cache(maxsize=1 << 14)
def _capitals(word: str) -> str:
    return "".join(part[0] for part in word.split("-") if part[:1].isupper())


def _spells(words: list[str], letters: str) -> bool:
    capitals = "".join([_capitals(word) for word in words])
    if capitals == letters:
        return True
    return len(letters) > 2 and capitals.startswith(letters) and len(capitals) <= len(letters) + 1


def owner_of_document(bare: str) -> str | None:
    """ "Harvard University’s annual State of Housing Report" -> "Harvard University"."""
    words = bare.split()
    if len(words) > 1 and words[-1] in _DATA and words[-2][0].isupper() and "’s" not in words[-2]:
        return " ".join(words[:-1]).removesuffix("'s")
    made = _MADE_BY.search(bare)
    if made is not None:
        return made.group(1)
    if words[-1].lower() not in _DOCUMENT or not words[0][0].isupper():
        return None
    for at, word in enumerate(words[:-1]):
        if word.endswith(("’s", "'s")):
            return " ".join(words[: at + 1])[:-2]
    return None
