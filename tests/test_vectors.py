"""What every vector store promises, checked on each of them and on an exact oracle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import IndexCorruptError
from semsearch.index.vectors import Floats, Rows, VectorStore
from semsearch.index.vectors.faiss import open_store
from semsearch.index.vectors.writing import update

NONE = np.empty(0, np.int64)
# Unit vectors of numbers that half precision holds exactly, so that scores are exact too.
EAST, NORTH, UP = np.eye(4, dtype=np.float32)[:3]
MIDDLE = np.full(4, 0.5, np.float32)


class Oracle:
    """Exact search by the plainest NumPy, over the vectors as half precision holds them."""

    def __init__(self, rows: Rows, vectors: Floats) -> None:
        self._rows = rows
        self._vectors = vectors.astype(np.float16).astype(np.float32)
        self.dim = vectors.shape[1]

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: Floats, k: int, allowed: Rows | None = None) -> tuple[Rows, Floats]:
        if query.shape != (self.dim,) or not np.isfinite(query).all():
            raise ValueError(f"A query has the shape ({self.dim},) and finite numbers")
        if k < 1:
            raise ValueError("k must be at least 1")
        rows = self._rows if allowed is None else np.intersect1d(self._rows, allowed)
        scores = self.scores(query, rows)
        order = sorted(range(len(rows)), key=lambda i: (-scores[i], rows[i]))[:k]
        return rows[order], scores[order]

    def scores(self, query: Floats, rows: Rows) -> Floats:
        products: Floats = np.einsum("ij,j->i", self.vectors(rows), query)
        return products

    def vectors(self, rows: Rows) -> Floats:
        positions = [np.flatnonzero(self._rows == row) for row in rows]
        if not all(len(position) for position in positions):
            raise ValueError("There is no row of this number")
        return self._vectors[np.array(positions, np.int64).reshape(-1)]


def oracle(folder: Path, rows: Rows, vectors: Floats) -> VectorStore:
    return Oracle(rows, vectors)


def flat(folder: Path, rows: Rows, vectors: Floats) -> VectorStore:
    update(None, folder / "flat", NONE, rows, vectors)
    return open_store(folder / "flat")


def lists(folder: Path, rows: Rows, vectors: Floats) -> VectorStore:
    """The kind for many rows, made for these few; two thirds of them added later."""
    third = len(rows) // 3
    update(None, folder / "third", NONE, rows[:third], vectors[:third], exact_rows=0)
    update(folder / "third", folder / "lists", NONE, rows[third:], vectors[third:], exact_rows=0)
    return open_store(folder / "lists")


def codes(folder: Path, rows: Rows, vectors: Floats) -> VectorStore:
    """The kind for more rows than fit, made for these few; two thirds of them added later."""
    third, sizes = len(rows) // 3, {"exact_rows": 0, "full_rows": 0}
    update(None, folder / "third", NONE, rows[:third], vectors[:third], **sizes)
    update(folder / "third", folder / "codes", NONE, rows[third:], vectors[third:], **sizes)
    return open_store(folder / "codes")


Make = Callable[[Path, Rows, Floats], VectorStore]
every_store = pytest.mark.parametrize("make", [oracle, flat, lists, codes])


def rows_of(*rows: int) -> Rows:
    return np.array(rows, np.int64)


def units(numbers: Floats) -> Floats:
    unit: Floats = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
    return unit


@every_store
def test_hits_come_by_score_and_equal_scores_by_row(make: Make, tmp_path: Path) -> None:
    store = make(tmp_path, rows_of(3, 5, 7, 90), np.array([NORTH, MIDDLE, EAST, MIDDLE]))
    rows, scores = store.search(EAST, 10)
    assert rows.tolist() == [7, 5, 90, 3]
    assert scores.tolist() == [1, 0.5, 0.5, 0]
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    assert (len(store), store.dim) == (4, 4)


@every_store
def test_ties_at_the_cut_go_to_the_lowest_rows(make: Make, tmp_path: Path) -> None:
    rows = np.arange(0, 600, 2)
    vectors = np.tile(MIDDLE, (300, 1))
    vectors[299] = EAST
    found, scores = make(tmp_path, rows, vectors).search(EAST, 3)
    assert found.tolist() == [598, 0, 2]
    assert scores.tolist() == [1, 0.5, 0.5]


@every_store
def test_only_allowed_rows_are_found_and_strangers_ignored(make: Make, tmp_path: Path) -> None:
    store = make(tmp_path, rows_of(3, 5, 7), np.array([NORTH, MIDDLE, EAST]))
    assert store.search(EAST, 10, rows_of(1, 3, 5, 99))[0].tolist() == [5, 3]
    assert store.search(EAST, 10, NONE)[0].tolist() == []
    assert store.search(EAST, 10, rows_of(4, 8))[0].tolist() == []


@every_store
def test_a_wide_filter_finds_what_a_narrow_one_finds(make: Make, tmp_path: Path) -> None:
    vectors = units(np.random.default_rng(5).standard_normal((3000, 8), np.float32))
    store = make(tmp_path, np.arange(3000), vectors)
    for allowed in (np.arange(0, 3000, 3), np.arange(7, 900), np.arange(2000, 2999)):
        rows, scores = store.search(vectors[1], 20, allowed)
        by_hand = store.scores(vectors[1], allowed)
        best = np.lexsort((allowed, -by_hand))[:20]
        assert rows.tolist() == allowed[best].tolist()
        assert scores.tolist() == by_hand[best].tolist()


@every_store
def test_no_more_hits_than_there_are_and_no_placeholders(make: Make, tmp_path: Path) -> None:
    rows, scores = make(tmp_path, rows_of(4, 6), np.array([EAST, NORTH])).search(UP, 50)
    assert rows.tolist() == [4, 6]
    assert scores.tolist() == [0, 0]
    empty = make(tmp_path, NONE, np.empty((0, 4), np.float32))
    assert len(empty) == 0
    assert [part.tolist() for part in empty.search(UP, 5)] == [[], []]


@every_store
def test_scores_and_vectors_come_in_the_order_asked(make: Make, tmp_path: Path) -> None:
    store = make(tmp_path, rows_of(3, 5, 7), np.array([NORTH, MIDDLE, EAST]))
    assert store.scores(EAST, rows_of(7, 3, 5, 7)).tolist() == [1, 0, 0.5, 1]
    assert store.vectors(rows_of(5, 3)).tolist() == [[0.5, 0.5, 0.5, 0.5], [0, 1, 0, 0]]
    assert store.scores(EAST, NONE).shape == (0,)
    assert store.vectors(NONE).shape == (0, 4)


@every_store
def test_bad_questions_are_refused(make: Make, tmp_path: Path) -> None:
    store = make(tmp_path, rows_of(3, 5), np.array([NORTH, EAST]))
    with pytest.raises(ValueError, match="shape"):
        store.search(np.ones(3, np.float32), 5)
    with pytest.raises(ValueError, match="finite"):
        store.search(np.full(4, np.nan, np.float32), 5)
    with pytest.raises(ValueError, match="at least 1"):
        store.search(EAST, 0)
    with pytest.raises(ValueError, match="no row"):
        store.scores(EAST, rows_of(4))
    with pytest.raises(ValueError, match="no row"):
        store.vectors(rows_of(6))


def test_update_leaves_the_source_and_writes_what_is_left_and_what_is_new(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    update(None, first, NONE, rows_of(1, 4, 9), np.array([EAST, NORTH, MIDDLE]))
    before = first.read_bytes()
    with_reader = open_store(first)
    noted = update(first, second, rows_of(4), rows_of(10, 12), np.array([UP, EAST]))
    assert (noted["kind"], noted["rows"], noted["dim"]) == ("flat", 4, 4)
    after = open_store(second)
    assert after.search(EAST, 9)[0].tolist() == [1, 12, 9, 10]
    assert after.search(EAST, 9)[1].tolist() == [1, 1, 0.5, 0]
    assert first.read_bytes() == before
    assert with_reader.search(NORTH, 1)[0].tolist() == [4]


def test_update_refuses_what_does_not_fit(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    update(None, source, NONE, rows_of(1, 4), np.array([EAST, NORTH]))
    one, no_vectors = UP[None], np.empty((0, 4), np.float32)
    with pytest.raises(ValueError, match="1 of the rows to remove are not in the index"):
        update(source, target, rows_of(4, 5), NONE, no_vectors)
    with pytest.raises(ValueError, match="Row 4 is not above"):
        update(source, target, NONE, rows_of(4), one)
    with pytest.raises(ValueError, match="Rows must ascend"):
        update(source, target, rows_of(4, 1), NONE, no_vectors)
    with pytest.raises(ValueError, match="Rows must ascend"):
        update(source, target, NONE, rows_of(8, 8), np.array([UP, UP]))
    with pytest.raises(ValueError, match="2 rows need as many vectors"):
        update(source, target, NONE, rows_of(8, 9), one)
    with pytest.raises(ValueError, match="unit vectors"):
        update(source, target, NONE, rows_of(8), one * 2)
    with pytest.raises(ValueError, match="unit vectors"):
        update(source, target, NONE, rows_of(8), one * np.nan)
    with pytest.raises(ValueError, match="holds vectors of 4, these have 3"):
        update(source, target, NONE, NONE, np.empty((0, 3), np.float32))
    with pytest.raises(ValueError, match="Rows count from 0"):
        update(None, target, NONE, rows_of(-1), one)
    assert not target.exists()


def test_a_file_that_is_no_index_is_called_corrupt(tmp_path: Path) -> None:
    index = tmp_path / "index"
    update(None, index, NONE, rows_of(1, 4), np.array([EAST, NORTH]))
    for content in (b"", b"not an index", index.read_bytes()[:-3]):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(IndexCorruptError, match="bad is no vector index"):
            open_store(tmp_path / "bad")
    with pytest.raises(IndexCorruptError, match="missing is no vector index"):
        open_store(tmp_path / "missing")


def test_readers_map_the_file_and_do_not_copy_it(tmp_path: Path) -> None:
    vectors = units(np.random.default_rng(1).standard_normal((20_000, 256), np.float32))
    update(None, tmp_path / "index", NONE, np.arange(20_000), vectors)
    store = open_store(tmp_path / "index")
    store.search(vectors[0], 5)
    mapped = [line for line in Path("/proc/self/maps").read_text().splitlines() if "/index" in line]
    assert any(" r--s " in line or " r--p " in line for line in mapped)


def test_a_flat_index_tells_apart_what_its_bytes_do_not(tmp_path: Path) -> None:
    """3,000 vectors within half a step of 8 bits: what comes first is noise to the bytes alone."""
    random = np.random.default_rng(3)
    rows = np.arange(3_000)
    near = random.normal(size=64) + random.normal(scale=0.01, size=(3_000, 64))
    vectors = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    store, exact = flat(tmp_path, rows, vectors), Oracle(rows, vectors)
    for question in vectors[:20]:
        found, expected = store.search(question, 10), exact.search(question, 10)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_allclose(found[1], expected[1], atol=1e-6)


def test_larger_numbers_than_a_flat_index_was_made_for_are_found_exactly(tmp_path: Path) -> None:
    """Numbers of 0.1 at most set its scale; then a vector comes with a number of 1."""
    random = np.random.default_rng(4)
    small = random.choice([-0.1, 0.1], size=(600, 100)).astype(np.float32)
    large = np.eye(100, dtype=np.float32)[:5]
    flat(tmp_path, np.arange(600), small)
    added = np.arange(600, 605)
    update(tmp_path / "flat", tmp_path / "later", NONE, added, large)
    store, exact = open_store(tmp_path / "later"), Oracle(np.arange(605), np.vstack([small, large]))
    for question in (*large, *small[:5]):
        np.testing.assert_array_equal(store.search(question, 8)[0], exact.search(question, 8)[0])


def test_many_rows_get_lists_that_find_nearly_all_and_never_too_few(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    centres = chance.standard_normal((50, 8), np.float32)
    spread = chance.standard_normal((30_050, 8), np.float32)
    vectors = units(centres[chance.integers(50, size=30_050)] + 0.5 * spread)
    vectors, queries = vectors[:30_000], vectors[30_000:]
    rows = np.arange(30_000)
    noted = update(None, tmp_path / "index", NONE, rows, vectors, exact_rows=20_000)
    assert noted["kind"] == "lists"
    store, exact = open_store(tmp_path / "index"), flat(tmp_path, rows, vectors)
    wide = np.arange(0, 30_000, 2)  # so many that they are looked for in the lists, too
    for allowed in (None, wide):
        both = [[one.search(q, 10, allowed)[0] for one in (exact, store)] for q in queries]
        assert np.mean([np.isin(best, found).mean() for best, found in both]) >= 0.97
    assert len(store.search(queries[0], 29_999)[0]) == 29_999
    assert np.isin(store.search(queries[0], 14_000, wide)[0], wide).sum() == 14_000


def test_an_index_changes_its_kind_with_its_size(tmp_path: Path) -> None:
    vectors = units(np.random.default_rng(4).standard_normal((400, 8), np.float32))
    paths = [tmp_path / str(step) for step in range(4)]
    steps = [(0, 90), (90, 200), (200, 210), (210, 210)]
    removed = [NONE, NONE, np.arange(0, 120), np.arange(120, 170)]
    kinds = []
    for step, (start, end) in enumerate(steps):
        source = paths[step - 1] if step else None
        added = np.arange(start, end)
        noted = update(
            source, paths[step], removed[step], added, vectors[start:end], exact_rows=100
        )
        kinds.append((noted["kind"], noted["rows"]))
    # Lists stay lists down to half the limit: an index near it is not rebuilt in turns.
    assert kinds == [("flat", 90), ("lists", 200), ("lists", 90), ("flat", 40)]
    last = open_store(paths[3])
    assert last.vectors(np.arange(170, 210)) == pytest.approx(vectors[170:210], abs=1e-3)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_faiss_agrees_with_the_oracle_through_additions_and_removals(data: st.DataObject) -> None:
    numbers = st.lists(st.integers(-2, 2), min_size=3, max_size=3).filter(any)
    count = data.draw(st.integers(1, 40))
    vectors = units(np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)), "f4"))
    rows = np.cumsum(data.draw(st.lists(st.integers(1, 9), min_size=count, max_size=count)))
    cut = data.draw(st.integers(0, count))
    gone = np.array(sorted(data.draw(st.sets(st.sampled_from(range(count))))), np.int64)
    gone = gone[gone < cut]
    with TemporaryDirectory() as name:
        folder = Path(name)
        update(None, folder / "old", NONE, rows[:cut], vectors[:cut])
        update(folder / "old", folder / "new", rows[gone], rows[cut:], vectors[cut:])
        found: VectorStore = open_store(folder / "new")
    kept = np.setdiff1d(np.arange(count), gone)
    expected: VectorStore = Oracle(rows[kept], vectors[kept])
    query = units(np.array([data.draw(numbers)], np.float32))[0]
    k = data.draw(st.integers(1, 45))
    some = np.array(sorted(data.draw(st.sets(st.integers(0, 400), max_size=60))), np.int64)
    for allowed in (None, some):
        (left, scores), (right, oracle_scores) = (
            store.search(query, k, allowed) for store in (found, expected)
        )
        assert left.tolist() == right.tolist()
        assert scores.tolist() == oracle_scores.tolist()
