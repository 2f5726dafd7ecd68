"""Example questions for the home page, made from who is quoted in the index, about what."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semsearch.searcher import Searcher

__all__ = ["questions", "topic_of"]

FORMS = (
    "What did {speaker} say about {topic}?",
    "{speaker} on {topic}",
    "Who spoke about {topic}?",
)
SPEAKERS_TRIED = 12
LONGEST_TOPIC = 40
# A capitalised word or a short run of them that does not open a sentence.
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+(?: [A-Z][\w-]+){0,2}")
CALENDAR = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
)


def questions(searcher: Searcher) -> tuple[str, ...]:
    """Up to three questions that this index can answer; none when nobody is quoted in it."""
    found: list[str] = []
    topics: set[str] = set()
    for speaker in searcher.speakers("", SPEAKERS_TRIED, 0):
        if len(found) == len(FORMS):
            break
        topic = _topic(searcher, speaker.name)
        if topic and topic not in topics:
            topics.add(topic)
            found.append(FORMS[len(found)].format(speaker=speaker.name, topic=topic))
    return tuple(found)


def _topic(searcher: Searcher, speaker: str) -> str | None:
    _, found = searcher.quotes_by(speaker, "", 1, 0)
    if not found:
        return None
    _, article = found[0]
    return topic_of(searcher.article(article.id).text, speaker)


def topic_of(text: str, speaker: str) -> str | None:
    """The name that a text mentions most besides the speaker's; None when it has no other."""
    own = set(speaker.split())
    names = Counter(
        name
        for name in NAME.findall(text)
        if len(name) <= LONGEST_TOPIC and not own & set(name.split()) and name not in CALENDAR
    )
    return names.most_common(1)[0][0] if names else None
