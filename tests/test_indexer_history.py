"""Any history of edits leads to the same index."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_rows import (
    live_store,
    words_of,
)
from sample import Row, build, open_live, tiny_settings, write_rows

from semsearch.hits import Query
from semsearch.index.check import verify
from semsearch.index.generation import IndexFolder
from semsearch.settings import Settings

WORDS = ("harbour", "glacier", "violin", "budget", "orchard", "tunnel", "senator", "lantern")


article_ids = st.sampled_from(["a1", "a2", "a3", "a4", "a5", "a6"])


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
    lambda words: f'The {" and the ".join(words)} were seen. "It is so," said Anna Keller.'
)


rows = st.fixed_dictionaries(
    {"id": article_ids, "title": st.sampled_from(["Early news", "Late news"]), "text": texts},
    optional={"source": st.sampled_from(["Post", "Ledger"]), "published": st.just("2022-05-01")},
)


# One state of the folder: which rows each of three files holds; an empty one is no file at all.
states = st.fixed_dictionaries({name: st.lists(rows, max_size=4) for name in "xyz"})


def write_state(folder: Path, state: dict[str, list[Row]]) -> None:
    for name, content in state.items():
        path = folder / f"{name}.jsonl"
        path.unlink(missing_ok=True)
        if content:
            write_rows(path, content)


def fingerprint(chosen: Settings) -> tuple[object, ...]:
    """All that an index answers with, less row numbers: articles, passages and the words kept of
    them, quotes, failures, and each question's hits with their dense scores. Lexical scores are
    left out: BM25 counts dead rows until the lexical index is rebuilt."""
    with live_store(chosen) as store:
        hashes = store.article_hashes()
        held = {i: (store.article(i), store.passages(i)) for i in sorted(hashes)}
        failures = sorted((f.path, f.line or 0, f.reason) for f in store.failures())
    words = {i: words_of(chosen, i) for i in held}
    with open_live(chosen) as live, live.snapshot() as searcher:
        quotes = {i: searcher.quotes(i) for i in held}
        found = {}
        for mode in ("dense", "lexical"):
            for word in WORDS:
                query = Query(word, mode=mode, k=100, collapse_duplicates=False, per_article=0)
                hits = searcher.search(query).hits
                scores = {h.passage.id: round(h.score, 5) for h in hits}
                found[mode, word] = scores if mode == "dense" else set(scores)
    return hashes, held, words, quotes, failures, found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(states, min_size=2, max_size=4))
def test_any_history_of_edits_leads_to_the_index_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, list[Row]]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    chosen = tiny_settings(folder)
    (folder / "seeds").mkdir()
    for state in history:
        write_state(folder / "seeds", state)
        build(chosen, allow_mass_delete=True)
    assert all(check.problem is None for check in verify(IndexFolder(chosen.index_dir)))
    fresh = tiny_settings(folder, index_dir=folder / "fresh")
    build(fresh)
    assert fingerprint(chosen) == fingerprint(fresh)
