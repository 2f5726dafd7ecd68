"""The head of a ranking, read closely: what only the texts of the best candidates can tell."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from semsearch.encoder.reranker import Reranker
from semsearch.index.opened import Parts
from semsearch.ranking.answers import read_question
from semsearch.ranking.fusion import (
    Asked,
    Closeness,
    HeadText,
    Pool,
    Ranked,
    RankingParams,
    look_closer,
    read_closely,
    with_reader,
)
from semsearch.ranking.verdict import Support
from semsearch.text.stems import stems_of
from semsearch.text.words import word_texts

__all__ = ["ask", "read_again", "read_head", "read_texts"]

# How many of the best candidates are read. More than 20 were measured to change nothing
# (docs/ranking.md).
HEAD = 20
READ_AGAIN = 20  # candidates that a cross-encoder reads: seconds, not milliseconds, for more
FIRST = 5  # hits whose texts the verdict looks at


def ask(parts: Parts, text: str) -> Asked:
    """The question's content words as stems, weighed by how rare they are in the index.

    "What did … say about" is left out: in a small index such words are rare, and would count as
    telling. They count where there is nothing else.
    """
    stems = stems_of(parts.words.language)
    frequencies = parts.lexical.frequencies(text)
    total = len(parts.lexical)
    content = read_question(text).words or tuple(frequencies)
    found = [word for word in word_texts(text) if word in content]
    weights = {stems[word]: math.log1p(total / (1 + frequencies.get(word, 0))) for word in found}
    return Asked(tuple(stems[word] for word in found), weights)


def read_head(
    parts: Parts, pool: Pool, ranked: Ranked, asked: Asked, params: RankingParams
) -> tuple[Ranked, Support | None]:
    """The ranking with what comes from reading its head, and what supports the first hits.

    Only hybrid rankings change; of the others no more is read than the support takes.
    """
    hybrid = params.mode == "hybrid"
    read = read_texts(parts, pool, ranked.order[: HEAD if hybrid else FIRST], asked)
    head = [(one, read_closely(asked, one)) for one in read]
    if hybrid:
        ranked = look_closer(pool, ranked, head, params)
    return ranked, _support(pool, ranked, {one.place: found for one, found in head})


def read_again(parts: Parts, pool: Pool, ranked: Ranked, text: str, reranker: Reranker) -> Ranked:
    """The ranking after a cross-encoder read its best READ_AGAIN candidates."""
    places = ranked.order[:READ_AGAIN]
    records = parts.store.records(pool.rows[places].tolist())
    texts = parts.store.texts(sorted({record.num for record in records.values()}))
    read = [
        texts[record.num][record.start : record.end]
        for record in (records[row] for row in pool.rows[places].tolist())
    ]
    return with_reader(pool, ranked, places, reranker.scores(text, read))


def read_texts(parts: Parts, pool: Pool, places: NDArray[np.int64], asked: Asked) -> list[HeadText]:
    """The candidates at `places` of the pool: where the words of the question stand in them."""
    rows = pool.rows[places]
    numbers = parts.column("number", rows).tolist()
    found = parts.words.standing(rows.tolist(), tuple(asked.weights))
    return [
        HeadText(place, one.places, one.title, number)
        for place, one, number in zip(places.tolist(), found, numbers, strict=True)
    ]


def _support(pool: Pool, ranked: Ranked, head: dict[int, Closeness]) -> Support | None:
    if not head:
        return None
    first = [head[place] for place in ranked.order[:FIRST].tolist() if place in head]
    return Support(
        cosine=float(pool.dense.max()),
        near=max(found.near for found in first),
        held=max(found.held for found in first),
    )
