"""Charts of reports, as SVG written by hand: no drawing library, sharp at any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

__all__ = ["bars", "roc"]

_COLOURS = ("#8d99ae", "#e09f3e", "#1d5b79", "#7a4988")
_STYLE = "font-family: system-ui, sans-serif; font-size: 12px"


def bars(title: str, groups: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """Grouped bars of values in [0, 1]: one group for each measure, one colour for each series."""
    bar, gap, left, top, height = 22, 26, 44, 48, 200
    wide = bar * len(series) + gap
    parts = [_text(left, 18, title, "start")]
    for n, name in enumerate(series):
        parts.append(_rect(left + 110 * n, 27, 10, 10, _COLOURS[n % len(_COLOURS)]))
        parts.append(_text(left + 110 * n + 15, 36, name, "start"))
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + height * (1 - tick)
        parts.append(_line(left, y, left + wide * len(groups), y))
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "end"))
    for g, group in enumerate(groups):
        for n, values in enumerate(series.values()):
            x, tall = left + gap / 2 + g * wide + n * bar, height * values[g]
            colour = _COLOURS[n % len(_COLOURS)]
            parts.append(_rect(x, top + height - tall, bar - 3, tall, colour))
            label = f"{values[g]:.2f}".removeprefix("0")
            parts.append(_text(x + bar / 2, top + height - tall - 3, label))
        parts.append(_text(left + g * wide + wide / 2, top + height + 17, group))
    return _svg(left + wide * len(groups) + 10, top + height + 28, parts)


def roc(positive: NDArray[np.float64], negative: NDArray[np.float64], area: float) -> str:
    """The ROC curve: the share of positives kept against the share of negatives kept."""
    left, top, side = 50, 34, 280
    cuts = np.unique(np.concatenate([positive, negative]))[::-1]
    points = [(0.0, 0.0)]
    points += [(float((negative >= c).mean()), float((positive >= c).mean())) for c in cuts]
    path = " ".join(f"{left + side * x:.1f},{top + side * (1 - y):.1f}" for x, y in points)
    parts = [
        _text(left, 18, f"answerable or not: area under the curve {area:.3f}", "start"),
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#bbb"/>',
        _line(left, top + side, left + side, top),
        f'<polyline points="{path}" fill="none" stroke="{_COLOURS[2]}" stroke-width="2"/>',
        _text(left + side / 2, top + side + 30, "unanswerable questions taken for answerable"),
    ]
    for tick in (0, 0.5, 1):
        parts.append(_text(left + side * tick, top + side + 15, f"{tick:g}"))
        parts.append(_text(left - 6, top + side * (1 - tick) + 4, f"{tick:g}", "end"))
    return _svg(left + side + 20, top + side + 40, parts)


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="{_STYLE}" role="img">'
    )
    back = f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
    return "\n".join([head, back, *parts, "</svg>", ""])


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#222">'
        f"{escape(text, quote=False)}</text>"
    )


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#ddd"/>'
