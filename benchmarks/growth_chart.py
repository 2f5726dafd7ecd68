"""Draws how cost grows with size, from the figures that growth.py and scale.py left.

    python benchmarks/growth_chart.py --figures growth.json --vectors scale.json docs/growth.svg

Four panels with logarithmic axes: build time (without encoding), disk, memory, and the median
latency, against the number of passages; of the whole product and of the vector part alone.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from semsearch.evaluation.charts import _COLOURS, _line, _svg, _text

Points = Sequence[tuple[float, float]]
WIDE, HIGH, GAP_X, GAP_Y, TOP = 300, 190, 74, 78, 40


def panel(left: float, top: float, title: str, series: dict[str, Points]) -> list[str]:
    """One chart with logarithmic axes; each series is named at its last point."""
    values = [point for points in series.values() for point in points]
    x0, x1 = bounds([x for x, _ in values])
    y0, y1 = bounds([y for _, y in values])

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x0) / (x1 - x0)
        up = (math.log10(y) - y0) / (y1 - y0)
        return left + WIDE * across, top + HIGH * (1 - up)

    parts = [_text(left, top - 10, title, "start")]
    for power in range(y0, y1 + 1):
        _, y = at(10**x0, 10**power)
        parts += [_line(left, y, left + WIDE, y), _text(left - 6, y + 4, short(power), "end")]
    for power in range(x0, x1 + 1):
        x, _ = at(10**power, 10**y0)
        parts += [_line(x, top, x, top + HIGH), _text(x, top + HIGH + 17, short(power))]
    for n, (name, points) in enumerate(series.items()):
        parts += curve([at(*point) for point in sorted(points)], _COLOURS[(2, 1, 3, 0)[n]])
        parts += key(left + 8, top + 16 + 15 * n, name, _COLOURS[(2, 1, 3, 0)[n]])
    return parts


def bounds(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten around all values, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def short(power: int) -> str:
    if power >= 6:
        return f"{10 ** (power - 6):g}M"
    return f"{10 ** (power - 3):g}k" if power >= 3 else f"{10.0**power:g}"


def curve(points: Points, colour: str) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    return [
        line,
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
    ]


def key(x: float, y: float, name: str, colour: str) -> list[str]:
    line = f'<line x1="{x:g}" y1="{y - 4:g}" x2="{x + 18:g}" y2="{y - 4:g}" stroke="{colour}"'
    return [f'{line} stroke-width="2"/>', _text(x + 24, y, name, "start")]


def charts(growth: dict[str, Any], scale: dict[str, Any]) -> dict[str, dict[str, Points]]:
    """What each panel shows."""
    whole = {one["built"]["passages"]: one for one in growth.values()}
    alone = {int(count): one for count, one in scale.items()}

    def of(figures: dict[int, Any], value: Any) -> Points:
        return [(float(count), value(one)) for count, one in figures.items()]

    return {
        "build without encoding, seconds": {
            "whole product": of(whole, without_encoding),
            "vectors alone": of(alone, lambda one: one["build_s"]),
        },
        "disk, MB": {
            "whole product": of(whole, lambda one: sum(one["size_mb"].values())),
            "vectors alone": of(alone, lambda one: one["size_mb"]),
        },
        "memory, MB": {
            "building, at the peak": of(whole, lambda one: one["built"]["peak_mb"]),
            "serving, with what it read": of(whole, lambda one: one["served"]["resident"]),
            "building vectors alone": of(alone, lambda one: one["peak_mb"]),
        },
        "a search without filter, p50 ms": {
            "whole product": of(whole, lambda one: one["searched"]["filters"][0]["p50_ms"]),
            "vectors alone": of(alone, lambda one: one["searched"][0]["p50_ms"]),
        },
    }


def without_encoding(figures: dict[str, Any]) -> float:
    built = figures["built"]
    return float(built["seconds"] - built["stage_seconds"]["embedding"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--figures", type=Path, required=True, help="of growth.py")
    parser.add_argument("--vectors", type=Path, required=True, help="of scale.py")
    parser.add_argument("picture", type=Path, help="the SVG file to write")
    given = parser.parse_args()
    growth, scale = (json.loads(path.read_text()) for path in (given.figures, given.vectors))
    parts = []
    for n, (title, series) in enumerate(charts(growth, scale).items()):
        left, top = 56 + n % 2 * (WIDE + GAP_X), TOP + n // 2 * (HIGH + GAP_Y)
        parts += panel(left, top, title, series)
    middle = 56 + WIDE + GAP_X / 2
    parts.append(_text(middle, TOP + 2 * HIGH + GAP_Y + 40, "passages"))
    picture = _svg(56 + 2 * WIDE + GAP_X + 30, TOP + 2 * HIGH + GAP_Y + 54, parts)
    given.picture.write_text(picture, "utf-8")


if __name__ == "__main__":
    main()
