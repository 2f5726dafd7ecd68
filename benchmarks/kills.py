"""Kills `semsearch reindex` with SIGKILL hundreds of times and prints what was left each time.

    python benchmarks/kills.py --kills 300
    python benchmarks/kills.py --kills 40 --model default --source seeds

A third of the kills come at points of the work that are seen on the disk (see
tests/kill_rounds.py), a third after delays that grow evenly over the length of a run, a third
after random delays. Exits with 1 when anything was damaged.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from common import options

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from kill_rounds import POINTS, Round, Rounds, write_articles
from sample import build, tiny_settings

from semsearch.settings import load_settings


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--source", type=Path, help="folder to copy; default: 40 made articles")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rounds = _prepare(Path(folder), chosen.model, chosen.source, chosen.seed)
        length_s = sorted(rounds.duration_s() for _ in range(3))[1]
        print(
            f"{chosen.kills} kills, model {chosen.model}; an undisturbed run takes {length_s:.2f} s"
        )
        started = time.monotonic()
        met = list(_rounds(rounds, chosen.kills, length_s, chosen.seed))
    _table(met, time.monotonic() - started)
    sys.exit(any(one.problems for one in met))


def _prepare(folder: Path, model: str, source: Path | None, seed: int) -> Rounds:
    overrides = {} if model == "tiny" else {"cache_dir": load_settings().cache_dir}
    settings = tiny_settings(folder, model=model, **overrides)
    if source is None:
        write_articles(settings.seeds[0], 40)
    else:
        shutil.copytree(source, settings.seeds[0])
    build(settings)
    return Rounds(settings, seed)


def _rounds(rounds: Rounds, kills: int, length_s: float, seed: int) -> Iterator[Round]:
    dice = random.Random(seed)  # noqa: S311 -- no secret is made of it
    for i in range(kills):
        if i % 3 == 0:
            met = rounds.run(point=POINTS[i // 3 % len(POINTS)])
        elif i % 3 == 1:
            met = rounds.run(delay_s=length_s * i / kills)
        else:
            met = rounds.run(delay_s=length_s * dice.uniform(0.3, 1.05))
        for problem in met.problems:
            print(f"kill {i}, {met.phase}: {problem}", flush=True)
        yield met


def _table(met: list[Round], seconds: float) -> None:
    kills = Counter(one.phase for one in met)
    damaged = Counter(one.phase for one in met if one.problems)
    print(f"{'killed while':<28}{'kills':>6}{'damaged or lost':>17}")
    for phase, count in kills.most_common():
        print(f"{phase:<28}{count:>6}{damaged[phase]:>17}")
    print(f"{'all':<28}{len(met):>6}{sum(damaged.values()):>17}   in {seconds:.0f} s")


if __name__ == "__main__":
    main()
