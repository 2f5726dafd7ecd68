"""How the number of lists to look into is found, and what is remembered of filters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.index.vectors import Floats
from semsearch.index.vectors.faiss import open_store, originals_of
from semsearch.index.vectors.selectors import Selector
from semsearch.index.vectors.tuning import Neighbours, at_reach, least_share, reaches_of
from semsearch.index.vectors.writing import update

NONE = np.empty(0, np.int64)


def clustered(count: int, seed: int) -> Floats:
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((60, 32), np.float32)
    spread = chance.standard_normal((count, 32), np.float32)
    vectors = centres[chance.integers(60, size=count)] + 0.7 * spread
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_reaches_go_up_by_ten_as_far_as_a_tenth_of_the_rows() -> None:
    assert reaches_of(3) == (10,)
    assert reaches_of(999) == (10,)
    assert reaches_of(1_000) == (10, 100)
    assert reaches_of(10_000_000) == (10, 100, 1_000, 10_000)


def test_between_measured_reaches_values_lie_on_straight_lines_of_logarithms() -> None:
    reaches, values = (10, 1_000), (4, 400)
    assert at_reach(10, reaches, values) == pytest.approx(4)
    assert at_reach(100, reaches, values) == pytest.approx(40)  # the root of 4 * 400
    assert at_reach(10_000, reaches, values) == pytest.approx(4_000)  # as steep as before
    assert at_reach(1, reaches, values) == pytest.approx(4)  # never below the first
    assert at_reach(500, (10,), (7,)) == pytest.approx(7)


def test_the_least_share_counts_ranks_from_zero_and_weighs_them() -> None:
    ranks = np.array([[0, 0, 1, 5], [0, 2, 2, 9]])
    weights = np.ones((2, 4), np.float32)
    assert least_share(ranks, weights, 0.5) == 2  # ranks 0, 0, 0 and 1 are four of eight
    assert least_share(ranks, weights, 1.0) == 10
    weights[1, 3] = 0
    assert least_share(ranks, weights, 1.0) == 6


def test_neighbours_found_block_by_block_are_the_exact_ones() -> None:
    vectors, queries = clustered(900, 1), clustered(5, 2)
    near = Neighbours(queries, 30)
    for start in range(0, 900, 100):
        near.look_at(np.arange(start, start + 100), vectors[start : start + 100])
    scores = queries @ vectors.T
    for query in range(5):
        best = np.lexsort((np.arange(900), -scores[query]))[:30]
        assert near.rows[query].tolist() == best.tolist()


def test_a_selection_is_made_once_for_rows_that_cannot_change() -> None:
    selector = Selector(np.array([2, 3, 7]))
    allowed = np.array([0, 2, 7, 8, 900])
    assert selector.choose(allowed).rows.tolist() == [2, 7]
    assert selector.choose(allowed).bits.tolist() == [0b10000100]
    assert selector.choose(allowed) is not selector.choose(allowed)
    allowed[0] = 1  # it could change, so nothing was remembered of it
    allowed.flags.writeable = False
    assert selector.choose(allowed) is selector.choose(allowed)


@pytest.mark.parametrize("kind", ["lists", "codes"])
def test_narrow_and_wide_filters_find_as_many_neighbours_as_promised(
    tmp_path: Path, kind: str
) -> None:
    vectors, queries, rows = clustered(40_000, 3), clustered(40, 4), np.arange(40_000)
    full = 50_000 if kind == "lists" else 30_000
    noted = update(None, tmp_path / "index", NONE, rows, vectors, exact_rows=20_000, full_rows=full)
    assert noted["kind"] == kind
    update(None, tmp_path / "flat", NONE, rows, vectors)
    store, exact = open_store(tmp_path / "index"), open_store(tmp_path / "flat")
    for allowed in (None, np.arange(0, 40_000, 2), np.arange(1, 40_000, 3)):
        both = [[one.search(q, 10, allowed)[0] for one in (exact, store)] for q in queries]
        assert np.mean([np.isin(best, found).mean() for best, found in both]) >= 0.97
        scores = [one.search(queries[0], 10, allowed)[1].tolist() for one in (exact, store)]
        assert scores[0] == scores[1]  # read from the same half-precision numbers
    third = np.arange(1, 40_000, 3)
    assert np.isin(store.search(queries[0], 12_000, third)[0], third).sum() == 12_000


def test_codes_keep_their_originals_through_changes_and_are_built_anew_when_few(
    tmp_path: Path,
) -> None:
    vectors, paths = clustered(3_000, 5), [tmp_path / str(step) for step in range(3)]
    sizes = {"exact_rows": 1_000, "full_rows": 2_000}
    update(None, paths[0], NONE, np.arange(2_500), vectors[:2_500], **sizes)
    gone, new = np.arange(0, 2_500, 5), np.arange(2_500, 3_000)
    noted = update(paths[0], paths[1], gone, new, vectors[2_500:], **sizes)
    assert (noted["kind"], noted["rows"], noted["trained_on_rows"]) == ("codes", 2_500, 2_500)
    store, kept = open_store(paths[1]), np.setdiff1d(np.arange(3_000), gone)
    assert store.vectors(kept) == pytest.approx(vectors[kept], abs=1e-3)
    assert store.search(vectors[2_700], 1)[0].tolist() == [2_700]
    noted = update(paths[1], paths[2], kept[900:], NONE, vectors[:0], **sizes)
    assert noted["kind"] == "lists"
    assert not originals_of(paths[2]).exists()
    assert open_store(paths[2]).vectors(kept[:900]) == pytest.approx(vectors[kept[:900]], abs=1e-3)
