"""What vectors of tokens and of sentences would add to the head of the ranking.

    python benchmarks/ranking_late.py COLLECTION --index DIR [--sample N]

For every Nth question and a like number of titles, the first twenty passages are encoded anew,
token by token, and three things are added to their scores, each brought to [0, 1] over the twenty:

- late: for each token of the question the cosine of the nearest token of the passage, on average
  (late interaction: Khattab and Zaharia, "ColBERT", 2020; here with a model that was not trained
  for it);
- sentence: the greatest cosine of the question and a sentence, whose vector is the mean of its
  tokens as read within the passage;
- two sentences: the mean of the two greatest.

An index would have to hold all of these vectors: about two hundred a passage, or seven.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from ranking import titles
from ranking_parts import Gathered, Order, Table, collect, weighted, with_bonus

from semsearch.encoder import load_encoder
from semsearch.encoder.source import find_source
from semsearch.encoder.torch import load_model
from semsearch.evaluation import read_collection
from semsearch.searcher import LiveIndex, Searcher
from semsearch.searcher.head import HEAD
from semsearch.settings import load_settings
from semsearch.text.sentences import sentences

Matrix = NDArray[np.float32]
KINDS = ("late", "sentence", "two sentences")


def main() -> None:
    """Gather, encode the heads, print a line for each kind and weight."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=4, help="every Nth question is asked")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    live = LiveIndex(settings.index_dir, encoder, settings)
    with live.snapshot() as searcher:
        topics = read_collection(given.collection).topics[:: given.sample]
        known = titles(given.collection)
        known = known[:: max(1, len(known) // len(topics))]
        depth = settings.pool_depth
        asked = [collect(searcher, topic, depth) for topic in topics]
        searched = [collect(searcher, topic, depth, titles=False) for topic in known]
        tokens = Tokens(searcher, load_model(find_source(settings.model))[0])
        table = Table(searcher, asked, searched)
        table.line("in use", weighted())
        for at, kind in enumerate(KINDS):
            for weight in (0.1, 0.2, 0.4):
                table.line(f"{kind} {weight}", with_bonus(tokens.bonus(at, weight)))
    live.close()


class Tokens:
    """Evidence from token vectors of the head of each ranking, worked out once."""

    def __init__(self, searcher: Searcher, model: Any) -> None:
        self._store = searcher._parts.store
        self._model = model
        self._known: dict[str, tuple[Order, NDArray[np.float64]]] = {}

    def bonus(self, kind: int, weight: float) -> Any:
        """What a kind of evidence adds to each candidate of the pool, 0 outside the head."""

        def add(one: Gathered, order: Order) -> NDArray[np.float64]:
            if one.topic.id not in self._known:
                head = order[:HEAD]
                self._known[one.topic.id] = head, self._evidence(one, head)
            head, found = self._known[one.topic.id]
            scores = np.zeros(len(one.pool.rows))
            scores[head] = weight * found[:, kind]
            return scores

        return add

    def _evidence(self, one: Gathered, head: Order) -> NDArray[np.float64]:
        """Shape (places of the head, kinds), each column from 0 to 1."""
        asked = self._vectors([one.topic.text])[0][0]
        asked /= np.linalg.norm(asked, axis=1, keepdims=True)
        texts = self._texts(one.pool.rows[head].tolist())
        read = zip(texts, self._vectors(texts), strict=True)
        rows = [_evidence_of(text, *found, asked, one.vector) for text, found in read]
        values = np.array(rows, np.float64)
        spread = np.ptp(values, axis=0)
        lowest = values.min(axis=0)
        scaled: NDArray[np.float64] = (values - lowest) / np.where(spread > 0, spread, 1)
        return scaled

    def _texts(self, rows: list[int]) -> list[str]:
        records = self._store.records(rows)
        texts = self._store.texts(sorted({record.num for record in records.values()}))
        found = [records[row] for row in rows]
        return [texts[record.num][record.start : record.end] for record in found]

    def _vectors(self, texts: list[str]) -> list[tuple[Matrix, list[tuple[int, int]]]]:
        """The vector of each token, special ones aside, and its place in the text."""
        read = self._model.tokenizer(
            texts, padding=True, truncation=True, return_offsets_mapping=True, return_tensors="pt"
        )
        places = read.pop("offset_mapping").tolist()
        with torch.no_grad():
            states = self._model[0].auto_model(**read).last_hidden_state.numpy()
        lengths = read["attention_mask"].sum(dim=1).tolist()
        return [
            (state[1 : length - 1].copy(), [tuple(place) for place in at[1 : length - 1]])
            for state, at, length in zip(states, places, lengths, strict=True)
        ]


def _evidence_of(
    text: str, vectors: Matrix, places: list[tuple[int, int]], asked: Matrix, question: Matrix
) -> tuple[float, ...]:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    late = float((asked @ unit.T).max(axis=1).mean())
    spans = np.array(places)
    cosines = []
    for start, end in sentences(text):
        inside = vectors[(spans[:, 0] >= start) & (spans[:, 1] <= end)]
        if len(inside):
            mean = inside.mean(axis=0)
            cosines.append(float(mean @ question / np.linalg.norm(mean)))
    best = sorted(cosines, reverse=True)[:2] or [0.0]
    return late, best[0], sum(best) / len(best)


if __name__ == "__main__":
    main()
