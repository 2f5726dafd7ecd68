"""Fits the verdict's weights on one half of a collection's questions and tests them on the other.

    python benchmarks/ranking_verdict.py COLLECTION --index DIR

Prints weights to be rounded into `verdict.py`, the area under the ROC curve on the half that was
not fitted, and thresholds. Needs scikit-learn, which the product does not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from semsearch.encoder import load_encoder
from semsearch.evaluation import read_collection
from semsearch.evaluation.measures import area_under_roc
from semsearch.hits import Query
from semsearch.searcher import LiveIndex
from semsearch.settings import load_settings

Matrix = NDArray[np.float64]


def main() -> None:
    """Collect what supports each question's hits, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    live = LiveIndex(settings.index_dir, encoder, settings)
    collection = read_collection(given.collection)
    rows, labels = [], []
    with live.snapshot() as searcher:
        for label, topics in ((1, collection.topics), (0, collection.unanswerable)):
            for topic in topics:
                _, support = searcher.ranked(Query(topic.text, read_dates=False), 1)
                if support is None:
                    continue  # no hit is "none" whatever the weights
                if support.cosine is None:
                    sys.exit(f"{encoder.name} is not the encoder that cosines are fitted for")
                rows.append((support.cosine, support.near, support.held))
                labels.append(label)
    live.close()
    fitted = np.random.default_rng(2022).random(len(labels)) < 0.5
    for columns, name in (((0, 1, 2), "cosine, near, held"), ((1, 2), "near, held")):
        report(np.array(rows)[:, columns], np.array(labels), fitted, name)


def report(
    features: Matrix, labels: NDArray[np.int64], fitted: NDArray[np.bool_], name: str
) -> None:
    """Fit on `fitted`, print what came out there and on the rest."""
    model = LogisticRegression(class_weight="balanced", C=100.0, max_iter=1000)
    model.fit(features[fitted], labels[fitted])
    chances = model.predict_proba(features)[:, 1]
    print(f"{name}: constant {model.intercept_[0]:.2f}, weights {np.round(model.coef_[0], 2)}")
    low = np.quantile(chances[fitted & (labels == 1)], 0.03)
    high = np.quantile(chances[fitted & (labels == 0)], 0.95)
    print(f"  fitted half: 3% of answerable below {low:.3f}, 5% of unanswerable above {high:.3f}")
    rest = ~fitted
    area = area_under_roc(chances[rest & (labels == 1)], chances[rest & (labels == 0)])
    print(f"  on the other half: area under the ROC curve {area:.3f}")


if __name__ == "__main__":
    main()
