"""The words of a text: one tokenizer for indexing, ranking, marking and answering.

A word is a run of letters and digits. Dotted acronyms are one word without their dots ("U.S."
is "us"), numbers keep their decimals and lose their thousands separators ("10,000" is "10000",
"5,02" is "5.02"), a possessive 's falls away, hyphens and underscores part words. Scripts written
without spaces (Chinese, Japanese, Thai and their like) give overlapping pairs of characters, which
is the usual way to search them without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "POSSESSIVE",
    "Word",
    "fold",
    "located_spellings",
    "normal_form",
    "plain_i_and_s",
    "spellings",
    "unaccented",
    "word_ends",
    "word_set",
    "word_texts",
    "words",
]

LONGEST_WORD = 64  # longer runs are encoded data or noise; they are cut, never dropped

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # Japanese kana, iteration marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
# Vowel signs and accents, which belong to the letter before them but are no letters to `re`.
_MARKS = "".join(
    mark for mark in map(chr, range(0x300, 0x1E00)) if unicodedata.category(mark) in ("Mn", "Mc")
)


def _word_pattern(rest: str) -> re.Pattern[str]:
    """Words whose letters and digits after the first are `rest`."""
    rest += rf"(?:['\u2019][^\W\d_]{rest})*"
    return re.compile(
        rf"[^\W\d_](?:\.(?:[^\W\d_]\.)+(?:[^\W\d_](?![^\W_]))?|{rest})"  # "U.S." or "Putin's"
        rf"|\d+(?:(?:[.,]\d+)+|{rest})"  # "5.02" or "5pm"
    )


_WORD = _word_pattern(rf"[^\W_]*(?:[{_MARKS}]+[^\W_]*)*")
# The same for the many texts that have neither marks nor a script without spaces.
_PLAIN_WORD = _word_pattern(r"[^\W_]*")
_HAS_OTHERS = re.compile(rf"[{_MARKS}{_UNSPACED}]")
_RUN = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^{_UNSPACED}]+")

POSSESSIVE = re.compile(r"['\u2019]s?\Z", re.IGNORECASE)  # the end of "Putin's", "states'"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")

# Accents that searchers leave out: of Latin, Greek and Cyrillic; the points of Hebrew and Arabic.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")
_PLAIN_LETTERS = str.maketrans(
    {
        "\u00df": "ss",  # sharp s
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u00f8": "o",  # o with stroke
        "\u0142": "l",  # l with stroke
        "\u0111": "d",  # d with stroke
        "\u00f0": "d",  # eth
        "\u00fe": "th",  # thorn
        "\u0127": "h",  # h with stroke
        "\u0167": "t",  # t with stroke
        "\u0131": "i",  # dotless i
        "\u0259": "a",  # schwa
    }
)
_LIKE_I_AND_S = str.maketrans("\u0131\u0130\u017f", "iIs")  # dotless i, dotted I, long s


class Word(NamedTuple):
    """One word: its normal form, and its span in the text (characters, end exclusive)."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of `text` in order; pairs of characters overlap in scripts without spaces."""
    return [Word(normal_form(raw), at, at + len(raw)) for raw, at in located_spellings(text)]


def word_texts(text: str) -> list[str]:
    """The normal forms of the words of `text` in order, without their spans: much faster."""
    return list(map(normal_form, spellings(text)))


def spellings(text: str) -> list[str]:
    """The words of `text` as they are written there, in order."""
    if _HAS_OTHERS.search(text):
        return [raw for raw, _ in _mixed(text)]
    return _PLAIN_WORD.findall(text)


def located_spellings(text: str) -> list[tuple[str, int]]:
    """Each word of `text` as it is written there, and where it begins, in order."""
    if _HAS_OTHERS.search(text):
        return list(_mixed(text))
    # Match objects cost twice as much. The first place is the right one: all letters are in words.
    found = []
    at = 0
    for raw in _PLAIN_WORD.findall(text):
        at = text.index(raw, at)
        found.append((raw, at))
        at += len(raw)
    return found


def word_ends(text: str, starts: Iterable[int]) -> list[int]:
    """Where the words end that begin at `starts`, which must be beginnings of words."""
    if _HAS_OTHERS.search(text):
        ends = {start: start + len(raw) for raw, start in _mixed(text)}
        return [ends[start] for start in starts]
    found = (_PLAIN_WORD.match(text, start) for start in starts)
    return [match.end() for match in found if match is not None]


def _mixed(text: str) -> Iterator[tuple[str, int]]:
    """`located_spellings` of any text, marks and scripts without spaces included."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run["unspaced"] is None:
            for match in _WORD.finditer(text, start, end):
                yield match.group(), match.start()
        else:
            for at in range(start, max(start + 1, end - 1)):
                yield text[at : min(at + 2, end)], at


@lru_cache(maxsize=1 << 17)  # news repeats its words: this halves the cost of indexing
def normal_form(raw: str) -> str:
    """The form in which a word is counted, given as `spellings` gives it: its accents stay."""
    if "." in raw or "," in raw:
        raw = _number(raw) if raw[0].isdecimal() else raw.replace(".", "")
        return fold(raw)[:LONGEST_WORD]
    plain = POSSESSIVE.sub("", raw).replace("\u2019", "").replace("'", "")
    return fold(plain)[:LONGEST_WORD]


def _number(raw: str) -> str:
    return raw.replace(",", "" if _THOUSANDS.match(raw) else ".")


def fold(text: str) -> str:
    """Lower case, compatibility forms unified; accents stay, because the stemmers need them."""
    return unicodedata.normalize("NFKC", text).lower()


def unaccented(folded: str) -> str:
    """A folded text without accents, and with the plain letters that people type for others."""
    if folded.isascii():
        return folded
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare).translate(_PLAIN_LETTERS)


def plain_i_and_s(text: str) -> str:
    """`text` with i and s for what `re` takes for them when it ignores case; as long as before.

    Whoever looks up what a pattern with IGNORECASE found must search in this.
    """
    return text.translate(_LIKE_I_AND_S)


def word_set(text: str) -> frozenset[str]:
    """The words of a string between its spaces: how rules write down their lists of words."""
    return frozenset(text.split())
