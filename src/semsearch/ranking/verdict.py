"""Whether the hits of a search answer it at all: `good`, `weak` or `none`.

A raw cosine cannot tell: a question about something else of the same kind scores as high. So
three things are looked at together in a logistic regression: how near the nearest passage is in
meaning, how much of the question stands close together in one of the first passages, and how much
of it is in one of them at all. docs/background/evaluation.md has the ROC curve and the error rates.

Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from semsearch.hits import Verdict

__all__ = ["FITTED_ENCODER", "GOOD_FROM", "NONE_BELOW", "Support", "chance", "judge"]


@dataclass(frozen=True, slots=True)
class Support:
    """What a result set has in support of its being an answer.

    `cosine` is the greatest of the pool, in [-1, 1]; None when the encoder is not the one that
    the weights were fitted with, since each has a scale of its own. `near` and `held` are the
    greatest of the first hits, in [0, 1] (`fusion.Proximity`).
    """

    cosine: float | None
    near: float
    held: float


# Fitted on a random half of newsqa-2022's 464 answerable and 300 unanswerable questions, both kinds
# weighing the same; rounded (docs/background/evaluation.md). Cosines are those of all-MiniLM-L6-v2.
FITTED_ENCODER = "all-MiniLM-L6-v2"
_CONSTANT, _COSINE, _NEAR, _HELD = -14.0, 11.3, 3.9, 7.2
_PLAIN_CONSTANT, _PLAIN_NEAR, _PLAIN_HELD = -9.0, 3.8, 10.3

# From the same half: below NONE_BELOW lie about 3 in 100 of the answerable questions, above
# GOOD_FROM about 5 in 100 of the unanswerable.
NONE_BELOW = 0.24
GOOD_FROM = 0.79


def chance(support: Support) -> float:
    """How likely the hits hold an answer, in [0, 1], were half of all questions answerable."""
    if support.cosine is None:
        sum_ = _PLAIN_CONSTANT + _PLAIN_NEAR * support.near + _PLAIN_HELD * support.held
    else:
        sum_ = _CONSTANT + _COSINE * support.cosine + _NEAR * support.near + _HELD * support.held
    return 1 / (1 + math.exp(-sum_))


def judge(support: Support | None) -> Verdict:
    """The verdict on a search; None stands for one without a hit."""
    if support is None:
        return "none"
    likely = chance(support)
    if likely < NONE_BELOW:
        return "none"
    return "good" if likely >= GOOD_FROM else "weak"
