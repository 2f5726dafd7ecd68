"""The head of a ranking, read closely: what only the texts of the best candidates can tell."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from semsearch.encoder.reranker import Reranker
from semsearch.index.opened import OpenIndex
from semsearch.ranking.fusion import (
    HeadText,
    Pool,
    Proximity,
    Ranked,
    RankingParams,
    WeightedTerms,
    add_proximity,
    add_reranker,
    proximity_of,
)
from semsearch.ranking.question_terms import question_terms
from semsearch.ranking.verdict import Support
from semsearch.text.stems import matching_stems_of
from semsearch.text.words import word_texts

__all__ = ["head_texts", "read_head", "rerank", "weigh_terms"]

# How many of the best candidates are read. More than 20 were measured to change nothing
# (docs/background/ranking.md).
HEAD = 20
RERANKED = 20  # candidates that a cross-encoder reads: seconds, not milliseconds, for more
FIRST = 5  # hits whose texts the verdict looks at


def weigh_terms(index: OpenIndex, text: str) -> WeightedTerms:
    """The question's content words as stems, weighed by how rare they are in the index.

    "What did … say about" is left out: in a small index such words are rare, and would count as
    telling. They count where there is nothing else.
    """
    stems = matching_stems_of(index.words.language)
    frequencies = index.lexical.frequencies(text)
    total = len(index.lexical)
    content = question_terms(text).words or tuple(frequencies)
    found = [word for word in word_texts(text) if word in content]
    weights = {stems[word]: math.log1p(total / (1 + frequencies.get(word, 0))) for word in found}
    return WeightedTerms(tuple(stems[word] for word in found), weights)


def read_head(
    index: OpenIndex, pool: Pool, ranked: Ranked, terms: WeightedTerms, params: RankingParams
) -> tuple[Ranked, Support | None]:
    """The ranking with what comes from reading its head, and what supports the first hits.

    Only hybrid rankings change; of the others no more is read than the support takes.
    """
    hybrid = params.mode == "hybrid"
    read = head_texts(index, pool, ranked.order[: HEAD if hybrid else FIRST], terms)
    head = [(one, proximity_of(terms, one)) for one in read]
    if hybrid:
        ranked = add_proximity(pool, ranked, head, params)
    return ranked, _support(pool, ranked, {one.candidate: found for one, found in head})


def rerank(index: OpenIndex, pool: Pool, ranked: Ranked, text: str, reranker: Reranker) -> Ranked:
    """The ranking after a cross-encoder read its best RERANKED candidates."""
    candidates = ranked.order[:RERANKED]
    records = index.store.records(pool.rows[candidates].tolist())
    texts = index.store.texts(sorted({record.num for record in records.values()}))
    read = [
        texts[record.num][record.start : record.end]
        for record in (records[row] for row in pool.rows[candidates].tolist())
    ]
    return add_reranker(pool, ranked, candidates, reranker.scores(text, read))


def head_texts(
    index: OpenIndex, pool: Pool, candidates: NDArray[np.int64], terms: WeightedTerms
) -> list[HeadText]:
    """The candidates at `candidates` of the pool: where the words of the question stand in them."""
    rows = pool.rows[candidates]
    numbers = index.column("number", rows).tolist()
    found = index.words.occurrences(rows.tolist(), tuple(terms.weights))
    return [
        HeadText(candidate, one.positions, one.title, number)
        for candidate, one, number in zip(candidates.tolist(), found, numbers, strict=True)
    ]


def _support(pool: Pool, ranked: Ranked, head: dict[int, Proximity]) -> Support | None:
    if not head:
        return None
    first = [head[candidate] for candidate in ranked.order[:FIRST].tolist() if candidate in head]
    return Support(
        cosine=float(pool.dense.max()),
        near=max(found.near for found in first),
        held=max(found.held for found in first),
    )
