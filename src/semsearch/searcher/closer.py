"""The head of a ranking, read closely: what only the texts of the best candidates can tell."""

from __future__ import annotations

import math

from semsearch.ranking import Asked, HeadText, Pool, Ranked, RankingParams, look_closer
from semsearch.searcher.parts import Parts
from semsearch.stems import stems_of, words_of
from semsearch.words import words

__all__ = ["ask", "read_head"]

# How many of the best candidates are read: each costs about 60 microseconds, and from 20 to 100
# the rankings were measured to be the same.
HEAD = 40


def ask(parts: Parts, text: str) -> Asked:
    """The question's content words as stems, weighed by how rare they are in the index."""
    stems = stems_of(_language(parts))
    frequencies = parts.lexical.frequencies(text)
    total = len(parts.lexical)
    found = [word.text for word in words(text) if word.text in frequencies]
    weights = {stems[word]: math.log1p(total / (1 + frequencies[word])) for word in found}
    return Asked(tuple(stems[word] for word in found), weights)


def read_head(parts: Parts, pool: Pool, ranked: Ranked, text: str, params: RankingParams) -> Ranked:
    """The ranking with the parts that come from reading its best HEAD candidates."""
    asked = ask(parts, text)
    stems = stems_of(_language(parts))
    places = ranked.order[:HEAD]
    records = parts.store.records(pool.rows[places].tolist())
    texts = parts.store.texts(sorted({record.num for record in records.values()}))
    head = []
    for place, row in zip(places.tolist(), pool.rows[places].tolist(), strict=True):
        record = records[row]
        written = words_of(texts[record.num][record.start : record.end])
        head.append(HeadText(place, [stems[word] for word in written], record.number))
    return look_closer(pool, ranked, asked, head, params)


def _language(parts: Parts) -> str:
    """The language whose stemmer reads both question and passages: English if any is."""
    languages = parts.lexical.languages
    return "en" if "en" in languages else languages[0]
