"""Example questions for the home page, made from who is quoted in the index, about what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from semsearch.text.calendar_names import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["questions", "topic_of"]

# Made once for each snapshot and forgotten with it: a generation never changes.
_remembered: WeakKeyDictionary[Searcher, tuple[str, ...]] = WeakKeyDictionary()

FORMS = (
    "What did {speaker} say about {topic}?",
    "{speaker} on {topic}",
    "Who spoke about {topic}?",
)
SPEAKERS_TRIED = 20
QUOTES_READ = 40
LONGEST_TOPIC = 40
# A capitalised word or a short run of them that does not open a sentence, and stands alone: what
# a plain word follows is mostly an adjective ("Ukrainian soldiers").
NAME = re.compile(
    r"(?<=[a-z,;] )[A-Z][\w-]+(?: [A-Z][\w-]+){0,2}"
    r"(?=[^\w\s-]|$| (?:and|or|but|in|on|at|to|of|by|for|from|with|as|that|is|was|has|will)\b)",
    re.MULTILINE,
)
CALENDAR = frozenset(name.capitalize() for name in (*WEEKDAYS, *MONTHS))


def questions(searcher: Searcher) -> tuple[str, ...]:
    """Up to three questions that this index can answer; titles where nobody is quoted in it."""
    if searcher not in _remembered:
        _remembered[searcher] = tuple(islice(_made(searcher), len(FORMS))) or _titles(searcher)
    return _remembered[searcher]


def _made(searcher: Searcher) -> Iterator[str]:
    forms = iter(FORMS)
    topics: set[str] = set()
    for speaker in searcher.speakers("", SPEAKERS_TRIED, 0):
        topic = _topic(searcher, speaker.name) if _is_full_name(speaker.name) else None
        if topic and topic not in topics:
            topics.add(topic)
            yield next(forms).format(speaker=speaker.name, topic=topic)


def _is_full_name(name: str) -> bool:
    words = name.split()
    return len(words) in (2, 3) and all(word[0].isupper() and word[1:2].islower() for word in words)


def _topic(searcher: Searcher, speaker: str) -> str | None:
    _, found = searcher.quotes_by(speaker, "", QUOTES_READ, 0)
    return topic_of("\n".join(quote.text for quote, _ in found), speaker)


def _titles(searcher: Searcher) -> tuple[str, ...]:
    return tuple(title for _, title in searcher.titles(len(FORMS)))


def topic_of(text: str, speaker: str) -> str | None:
    """The name that occurs most in a text besides the speaker's own; None when it has none."""
    own = set(speaker.split())
    names = Counter(
        name
        for name in NAME.findall(text)
        if len(name) <= LONGEST_TOPIC and not own & set(name.split()) and name not in CALENDAR
    )
    return names.most_common(1)[0][0] if names else None
