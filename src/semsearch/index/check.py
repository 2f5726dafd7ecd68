"""The self-check of a generation: its parts must agree before it is published, and on demand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semsearch.errors import IndexCorruptError
from semsearch.hits import Filters, LexicalQuery
from semsearch.index.generation import IndexFolder
from semsearch.index.lexical import open_lexical
from semsearch.index.store import Store
from semsearch.index.vectors.faiss import open_store
from semsearch.index.wordstore import open_words
from semsearch.text.word_arrays import text_words

__all__ = ["Check", "check_parts", "verify"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `problem` is None when all is well."""

    name: str
    problem: str | None


def check_parts(path: Path, dim: int) -> list[Check]:
    """Look at one generation's folder: equal counts, and a probe through each retriever."""
    with Store(path / "store.sqlite") as store:
        return [_counts(path, store, dim), _probe(path, store)]


def require(path: Path, dim: int) -> None:
    """Raise IndexCorruptError, naming each problem, unless the parts agree."""
    problems = [f"{c.name}: {c.problem}" for c in check_parts(path, dim) if c.problem]
    if problems:
        raise IndexCorruptError(f"{path}: self-check failed: " + "; ".join(problems))


def verify(folder: IndexFolder) -> list[Check]:
    """Check the live generation's bytes against its manifest, then its parts."""
    generation = folder.require_current()
    manifest = folder.manifest(generation)
    damaged = folder.verify_checksums(generation)
    bytes_check = Check(
        "checksums", f"damaged or missing: {', '.join(damaged)}" if damaged else None
    )
    if damaged:
        return [bytes_check]
    return [bytes_check, *check_parts(folder.generation_path(generation), manifest["dim"])]


def _counts(path: Path, store: Store, dim: int) -> Check:
    vectors = open_store(path / "vectors.faiss")
    found = {
        "store": store.counts()["passages"],
        "vectors": len(vectors),
        "lexical": len(open_lexical(path / "lexical")),
        "words": len(open_words(path / "words")),
        "columns": len(np.load(path / "column-row.npy", mmap_mode="r")),
        "signatures": len(np.load(path / "signatures.npy", mmap_mode="r")),
    }
    if len(set(found.values())) > 1:
        return Check("counts", f"the parts hold different numbers of passages: {found}")
    if found["vectors"] and vectors.dim != dim:
        return Check("counts", f"vectors have {vectors.dim} dimensions, the encoder {dim}")
    return Check("counts", None)


def _probe(path: Path, store: Store) -> Check:
    """The middle passage must be found by its own vector and by its own words."""
    rows = np.load(path / "column-row.npy", mmap_mode="r")
    if not len(rows):
        return Check("probe", None)
    row = int(rows[len(rows) // 2])
    vectors = open_store(path / "vectors.faiss")
    vector = vectors.vectors(np.array([row]))[0]
    best = vectors.search(vector, 1, None)[1][0]
    own = vectors.scores(vector, np.array([row]))[0]
    if not best <= own + 1e-2:
        return Check("probe", f"row {row} is not nearest to its own vector ({own:.3f}, {best:.3f})")
    _, _, text = next(store.lexical_rows([row]))
    found, _ = open_lexical(path / "lexical").search(LexicalQuery(text), Filters(), 50)
    if text.split() and not len(found):
        return Check("probe", f"row {row} is not found by its own words")
    words = open_words(path / "words")
    if not words.read([row])[0].words.same(text_words(text, words.language)):
        return Check("probe", f"the words kept for row {row} are not those of its text")
    return Check("probe", None)
