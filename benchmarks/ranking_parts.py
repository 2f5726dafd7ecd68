"""What each part of the ranking is worth: the tables of docs/ranking.md, from one command.

    python benchmarks/ranking_parts.py COLLECTION --index DIR [--titles N]

The candidates of every question, and of every Nth title for known-item search, are gathered once;
then each line ranks them with other weights. The questions are shown in two fixed random halves, to
tell how much chance is in a figure; the weights in use were chosen by looking at both.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ranking import titles

from semsearch.encoder import load_encoder
from semsearch.evaluation import Topic, read_collection
from semsearch.evaluation.measures import Values, article_values, by_measure, passage_values
from semsearch.hits import Query
from semsearch.index.store import passage_of
from semsearch.ranking.fusion import (
    HEADLINE,
    QUESTION,
    Closeness,
    HeadText,
    Pool,
    RankingParams,
    look_closer,
    rank,
    read_closely,
)
from semsearch.searcher import LiveIndex, Searcher
from semsearch.searcher.head import HEAD, ask, read_texts
from semsearch.searcher.retrieve import begin, gather, params_for
from semsearch.settings import load_settings

Order = NDArray[np.int64]
Ranking = Callable[["Gathered"], Order]
SHOWN = ("nDCG@10", "Recall@100", "success@1", "success@5", "success@20", "passage MRR@10")
DEPTH = 200
WEIGHED = ("dense", "article", "nearness", "order", "opening", "moment", "source")


@dataclass(frozen=True)
class Gathered:
    """One question's candidates, and the texts of those that any ranking could put first."""

    topic: Topic
    vector: NDArray[np.float32]
    weights: RankingParams
    pool: Pool
    read: dict[int, tuple[HeadText, Closeness]]


def main() -> None:
    """Gather, then print a line for each variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--titles", type=int, default=8, help="every Nth title is searched")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    live = LiveIndex(settings.index_dir, encoder, settings)
    with live.snapshot() as searcher:
        topics = read_collection(given.collection).topics
        known = titles(given.collection)[:: given.titles]
        table = Table(
            searcher,
            [collect(searcher, topic, settings.pool_depth) for topic in topics],
            [collect(searcher, topic, settings.pool_depth, titles=False) for topic in known],
        )
        variants(table, searcher)
    live.close()


def collect(searcher: Searcher, topic: Topic, depth: int, *, titles: bool = True) -> Gathered:
    """The candidates of a question, as the searcher gathers them."""
    parts = searcher._parts
    query = Query(topic.text, read_dates=False)
    plan = replace(searcher._plan(query, datetime.now(UTC).date()), with_titles=titles)
    vector = searcher._vector(plan.text)
    pool = gather(parts, plan, vector, begin(parts, plan, depth, searcher._beside), depth)
    weights = replace(params_for(plan), now=None)
    firsts = [
        rank(pool, replace(weights, dense_weight=share)).order[: 2 * HEAD]
        for share in (0.0, 0.3, 0.6, 0.9)
    ]
    asked = ask(parts, plan.text)
    texts = read_texts(parts, pool, np.unique(np.concatenate(firsts)), asked)
    return Gathered(
        topic, vector, weights, pool, {one.place: (one, read_closely(asked, one)) for one in texts}
    )


class Table:
    """Prints the measures of one ranking after another."""

    def __init__(
        self, searcher: Searcher, questions: Sequence[Gathered], known: Sequence[Gathered]
    ) -> None:
        self._searcher = searcher
        self._questions = questions
        self._known = known
        self._half = np.random.default_rng(0).permutation(len(questions)) % 2
        print(f"{len(questions)} questions, {len(known)} titles; each cell: first / second half")
        print(f"{'':<34}" + "".join(f"{name:>16}" for name in SHOWN) + f"{'R@1':>8}{'MRR@10':>8}")

    def line(self, name: str, ranking: Ranking) -> None:
        """One variant over all questions and titles."""
        values = self._measured(self._questions, ranking)
        cells = ""
        for measure in SHOWN:
            first, second = (values[measure][self._half == h].mean() for h in (0, 1))
            cells += f"{first:>9.3f} /{second:.3f}"
        known = self._measured(self._known, ranking, passages=False)
        cells += f"{known['R@1'].mean():>8.3f}{known['MRR@10'].mean():>8.3f}"
        print(f"{name:<34}{cells}", flush=True)

    def _measured(
        self, asked: Sequence[Gathered], ranking: Ranking, *, passages: bool = True
    ) -> dict[str, Values]:
        orders = [ranking(one)[:DEPTH] for one in asked]
        store = self._searcher._parts.store
        found, rankings = [], []
        for one, order in zip(asked, orders, strict=True):
            rows = one.pool.rows[order].tolist()
            records = store.records(rows)
            ids = {
                n: brief.id
                for n, brief in store.briefs(sorted({r.num for r in records.values()})).items()
            }
            rankings.append(list(dict.fromkeys(ids[records[row].num] for row in rows))[:100])
            if passages:
                texts = store.texts(sorted({records[row].num for row in rows[:20]}))
                shown = [
                    passage_of(records[row], ids[records[row].num], texts[records[row].num])
                    for row in rows[:20]
                ]
                found.append(passage_values(one.topic, shown))
        values = article_values([one.topic for one in asked], rankings)
        firsts = [r[:1] == [one.topic.id] for r, one in zip(rankings, asked, strict=True)]
        return values | by_measure(found) | {"R@1": np.array(firsts, dtype=np.float64)}


def weighted(head: int = HEAD, **changes: Any) -> Ranking:
    """The ranking of the product with some weights changed, for questions and headlines alike."""

    def ranking(one: Gathered) -> Order:
        params = replace(one.weights, **changes)
        ranked = rank(one.pool, params)
        if params.mode != "hybrid":
            return ranked.order
        read = [one.read[place] for place in ranked.order[:head].tolist() if place in one.read]
        return look_closer(one.pool, ranked, read, params).order

    return ranking


def without(*names: str) -> dict[str, Any]:
    """Changes that leave parts out."""
    return {f"{name}_weight": 0.0 for name in names}


def same_weights(params: RankingParams) -> Ranking:
    """The product's ranking with one set of weights for questions and headlines."""
    names = [f"{name}_weight" for name in WEIGHED]
    changes: dict[str, Any] = {name: getattr(params, name) for name in names}
    return weighted(**changes)


def reciprocal(one: Gathered) -> Order:
    """Reciprocal rank fusion, k = 60 (Cormack, Clarke and Buettcher, 2009)."""
    scores = np.zeros(len(one.pool.rows))
    for values in (one.pool.dense, one.pool.lexical):
        scores[np.argsort(-values, kind="stable")] += 1 / (60 + np.arange(1, len(values) + 1))
    return np.argsort(-scores, kind="stable")


def with_bonus(bonus: Callable[[Gathered, Order], NDArray[np.float64]]) -> Ranking:
    """The product's ranking with something added to the scores; `bonus` gets its order."""

    def ranking(one: Gathered) -> Order:
        ranked = rank(one.pool, one.weights)
        read = [one.read[place] for place in ranked.order[:HEAD].tolist() if place in one.read]
        ranked = look_closer(one.pool, ranked, read, one.weights)
        scores = ranked.scores + bonus(one, ranked.order)
        return np.lexsort((one.pool.rows, -scores))

    return ranking


def feedback(searcher: Searcher, weight: float) -> Ranking:
    """Pseudo-relevance feedback: nearness to the mean of the first three passages' vectors."""
    vectors = searcher._parts.vectors.vectors

    def bonus(one: Gathered, order: Order) -> NDArray[np.float64]:
        mean = vectors(one.pool.rows[order[:3]]).mean(axis=0)
        near = vectors(one.pool.rows) @ (mean / np.linalg.norm(mean))
        found: NDArray[np.float64] = weight * near.astype(np.float64)
        return found

    return with_bonus(bonus)


def several(weight: float) -> Ranking:
    """What the article's other passages among the first hundred add to each of its passages."""

    def bonus(one: Gathered, order: Order) -> NDArray[np.float64]:
        first = order[:100]
        count = np.bincount(one.pool.articles[first], minlength=int(one.pool.articles.max()) + 1)
        return weight * np.log1p(np.maximum(count[one.pool.articles] - 1, 0))

    return with_bonus(bonus)


def variants(table: Table, searcher: Searcher) -> None:
    """Every line of the table."""
    table.line("dense", weighted(mode="dense"))
    table.line("lexical", weighted(mode="lexical"))
    table.line("reciprocal ranks", reciprocal)
    bare = without(*WEIGHED[1:])
    for share in (0.2, 0.4, 0.6):
        table.line(f"convex only, meaning {share}", weighted(dense_weight=share, **bare))
    table.line("all parts (in use)", weighted())
    table.line("weights of questions for all", same_weights(QUESTION))
    table.line("weights of headlines for all", same_weights(HEADLINE))
    for name in WEIGHED[1:]:
        table.line(f"  without {name}", weighted(**without(name)))
    for weight in (0.2, 0.6, 0.8):
        table.line(f"  moment {weight}", weighted(moment_weight=weight))
    for days in (5.0, 30.0):
        table.line(f"  moment of {days:.0f} days", weighted(moment_days=days))
    for head in (10, 40):
        table.line(f"  head of {head}", weighted(head))
    for weight in (0.2, 0.5):
        table.line(f"  feedback {weight}", feedback(searcher, weight))
    for weight in (0.05, 0.1):
        table.line(f"  several passages {weight}", several(weight))


if __name__ == "__main__":
    main()
