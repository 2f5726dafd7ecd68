"""A run of the indexer may be killed at any moment; `benchmarks/kills.py` does it by hundreds."""

from __future__ import annotations

from pathlib import Path

from kill_rounds import POINTS, Rounds, write_articles
from sample import build, tiny_settings


def test_killed_at_any_point_the_index_is_whole_and_the_next_run_finishes(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    write_articles(settings.seeds[0], 24)
    build(settings)
    rounds = Rounds(settings, seed=1)
    met = [rounds.run(point=point) for point in POINTS]
    met += [rounds.run(delay_s=delay_s) for delay_s in (0.0, 0.3, 0.5, 0.6)]
    assert [problem for one in met for problem in one.problems] == []
    # The points are real: most kills came before the run was over.
    assert sum(one.phase == "finished before the kill" for one in met) <= len(met) // 2
