"""What an evaluation found: as a table, as JSON; against an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.errors import ReadError
from semsearch.evaluation.measures import Values, area_under_roc, interval, randomisation
from semsearch.ranking.verdict import GOOD_FROM, NONE_BELOW

__all__ = ["Report", "Row", "VerdictReport", "load_values"]

# Mode -> measure -> value by question id.
Saved = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Row:
    """What one question brought in one mode: the first ten articles."""

    topic_id: str
    text: str
    mode: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Values of each mode and measure, one per question, in the order of `topic_ids`."""

    name: str
    values: Mapping[str, Mapping[str, Values]]
    topic_ids: tuple[str, ...]
    rows: Sequence[Row]

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of the measures, in the order of the table."""
        return tuple(next(iter(self.values.values()), {}))

    def mean(self, mode: str, measure: str) -> float:
        """The mean over all questions."""
        values = self.values[mode][measure]
        return float(values.mean()) if len(values) else 0.0

    def table(self) -> str:
        """Modes across, measures down, each mean with its 95 % interval."""
        modes = list(self.values)
        lines = [f"{self.name}: {len(self.topic_ids)} questions"]
        lines.append(f"{'':<16}" + "".join(f"{mode:>24}" for mode in modes))
        for measure in self.measures:
            cells = [_cell(self.values[mode][measure]) for mode in modes]
            lines.append(f"{measure:<16}" + "".join(f"{cell:>24}" for cell in cells))
        return "\n".join(lines)

    def comparison(self, mode: str, other: str) -> str:
        """How `mode` differs from `other`, measure by measure, with the p of each difference,
        and of the mean of all measures."""
        ours, theirs = self.values[mode], self.values[other]
        lines = [f"{mode} against {other} (paired randomisation test)"]
        lines += [_difference(m, ours[m], theirs[m]) for m in self.measures]
        both = [np.mean(list(values.values()), axis=0) for values in (ours, theirs)]
        lines.append(_difference("mean of all", *both))
        return "\n".join(lines)

    def against(self, baseline: Saved) -> str:
        """How each mode differs from a saved report, over the questions that both have."""
        lines = []
        for mode, measures in self.values.items():
            lines.append(f"{mode} against the baseline (paired randomisation test)")
            for measure, values in measures.items():
                saved = baseline.get(mode, {}).get(measure, {})
                common = [i for i, topic in enumerate(self.topic_ids) if topic in saved]
                theirs = np.array([saved[self.topic_ids[i]] for i in common])
                lines.append(_difference(measure, values[common], theirs))
        return "\n".join(lines)

    def worst(self, mode: str, measure: str, count: int = 20) -> str:
        """The questions with the lowest values, lowest first; ties in the collection's order."""
        texts = {row.topic_id: row.text for row in self.rows}
        values = self.values[mode][measure]
        order = np.argsort(values, kind="stable")[:count]
        lines = [f"worst by {measure} ({mode})"]
        ids = [self.topic_ids[i] for i in order]
        lines += [
            f"{values[i]:.3f}  {topic}  {texts[topic]}" for i, topic in zip(order, ids, strict=True)
        ]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON; `load_values` reads it back as a baseline."""
        return {
            "name": self.name,
            "questions": len(self.topic_ids),
            "means": {mode: {m: self.mean(mode, m) for m in v} for mode, v in self.values.items()},
            "values": {
                mode: {m: dict(zip(self.topic_ids, x.tolist(), strict=True)) for m, x in v.items()}
                for mode, v in self.values.items()
            },
            "rankings": [
                {"id": r.topic_id, "text": r.text, "mode": r.mode, "articles": list(r.articles)}
                for r in self.rows
            ],
        }


@dataclass(frozen=True)
class VerdictReport:
    """The chance (`verdict.chance`) given to each answerable and each unanswerable question."""

    answerable: Values
    unanswerable: Values

    @property
    def area(self) -> float:
        """Area under the ROC curve."""
        return area_under_roc(self.answerable, self.unanswerable)

    def table(self) -> str:
        """The area, and how often each verdict is given to each kind of question."""
        lines = [f"area under the ROC curve: {self.area:.3f}"]
        lines.append(f"{'':<14}{'questions':>10}{'good':>8}{'weak':>8}{'none':>8}")
        for name, chances in (
            ("answerable", self.answerable),
            ("unanswerable", self.unanswerable),
        ):
            shares = _shares(chances)
            cells = "".join(f"{share:>8.1%}" for share in shares)
            lines.append(f"{name:<14}{len(chances):>10}{cells}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "area_under_roc": self.area,
            "answerable": dict(
                zip(("good", "weak", "none"), _shares(self.answerable), strict=True)
            ),
            "unanswerable": dict(
                zip(("good", "weak", "none"), _shares(self.unanswerable), strict=True)
            ),
        }


def load_values(path: Path) -> Saved:
    """The per-question values of a report saved as JSON; raises ReadError."""
    try:
        values: Saved = json.loads(path.read_text(encoding="utf-8"))["values"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(path, f"no saved report: {error!r}") from error
    return values


def _cell(values: Values) -> str:
    low, high = interval(values)
    return f"{values.mean() if len(values) else 0.0:.3f} [{low:.3f}, {high:.3f}]"


def _difference(measure: str, ours: Values, theirs: Values) -> str:
    if not len(ours):
        return f"  {measure:<16} no question in common"
    change = float(ours.mean() - theirs.mean())
    return f"  {measure:<16}{change:>+8.3f}   p = {randomisation(ours, theirs):.4f}"


def _shares(chances: Values) -> tuple[float, float, float]:
    """The shares of good, weak and none."""
    if not len(chances):
        return 0.0, 0.0, 0.0
    good, none = float((chances >= GOOD_FROM).mean()), float((chances < NONE_BELOW).mean())
    return good, 1.0 - good - none, none
