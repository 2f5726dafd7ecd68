"""`import semsearch`: what a program gets that uses semsearch as a library."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sample import ARTICLES, write_rows

import semsearch
from semsearch import errors
from semsearch.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8").split("## From Python")[1].split("\n## ")[0]
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README + PAGE, re.MULTILINE | re.DOTALL)
# Standard modules that a bare interpreter has not loaded, and libraries, that an import must leave.
HEAVY = {"typing", "re", "pathlib", "numpy", "faiss", "pydantic", "flask", "torch", "openvino"}


@pytest.fixture(scope="module")
def index(small_index: Settings) -> Iterator[semsearch.Index]:
    with open_like(small_index) as opened:
        yield opened


def open_like(settings: Settings) -> semsearch.Index:
    return semsearch.open_index(
        settings.index_dir, model=settings.model, cache_dir=settings.cache_dir
    )


def test_importing_loads_nothing_else() -> None:
    program = "import sys, semsearch; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(Path(semsearch.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = run.stdout.split()
    assert [name for name in loaded if name.startswith("semsearch")] == ["semsearch"]
    assert not HEAVY & set(loaded)


def test_every_public_name_is_there_and_no_other() -> None:
    assert {name for name in semsearch.__all__ if getattr(semsearch, name) is None} == set()
    assert set(errors.__all__) <= set(semsearch.__all__)
    assert dir(semsearch) == semsearch.__all__ == sorted(semsearch.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Searcher'"):
        semsearch.Searcher  # type: ignore[attr-defined]  # noqa: B018 -- what must not be there


def test_a_text_or_a_query_is_answered(index: semsearch.Index) -> None:
    by_text = index.search("a stolen violin")
    assert by_text.hits[0].article.title == "A violin comes home"
    assert (
        by_text.hits[0].answer.text
        == "A violin that was stolen in 1981 has been returned to the orchestra."
    )
    by_query = index.search(semsearch.Query("a stolen violin", k=2))
    assert [hit.passage.id for hit in by_query.hits] == [hit.passage.id for hit in by_text.hits[:2]]


def test_the_offsets_of_a_hit_point_into_its_article(index: semsearch.Index) -> None:
    hit = index.search("a stolen violin").hits[0]
    article = index.article(hit.article.id)
    assert article.text[hit.answer.start : hit.answer.end] == hit.answer.text
    with pytest.raises(semsearch.NotFoundError, match="nothing"):
        index.article("nothing")


def test_a_setting_by_name_holds(small_index: Settings) -> None:
    def per_article(limit: int) -> int:
        with semsearch.open_index(
            small_index.index_dir, model="tiny", cache_dir=small_index.cache_dir, per_article=limit
        ) as opened:
            return opened.search("violin").query.per_article

    assert per_article(1) == 1
    with pytest.raises(semsearch.SettingsError, match="unknown setting 'modle' in the arguments"):
        semsearch.open_index(small_index.index_dir, modle="tiny")


def test_later_pages_come_from_the_index_that_gave_the_first(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings()
    rows = write_rows(settings.seeds[0] / "a.jsonl", ARTICLES)
    build(settings)
    query = semsearch.Query("the central bank", k=3)
    with open_like(settings) as opened:
        first = opened.search(query)
        write_rows(rows, ARTICLES[1:])
        assert build(settings).articles_removed == 1
        second = opened.search(replace(query, start=first.next))
        assert second.index == first.index
        assert [hit.rank for hit in second.hits][:1] == [4]


def build(settings: Settings, *, dry_run: bool = False) -> semsearch.Summary:
    return semsearch.reindex(
        *settings.seeds,
        index_dir=settings.index_dir,
        model="tiny",
        cache_dir=settings.cache_dir,
        dry_run=dry_run,
    )


def test_reindexing_tells_what_it_did(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    write_rows(settings.seeds[0] / "a.jsonl", ARTICLES)
    assert build(settings, dry_run=True).articles_added == 10
    with pytest.raises(semsearch.IndexMissingError, match="there is no index here yet"):
        open_like(settings)
    stages: list[str] = []
    summary = semsearch.reindex(
        str(settings.seeds[0]),
        index_dir=str(settings.index_dir),
        model="tiny",
        cache_dir=settings.cache_dir,
        on_progress=lambda progress: stages.append(progress.stage),
    )
    assert (summary.articles_added, summary.articles, summary.failures) == (10, 10, [])
    assert {"reading", "embedding", "writing", "checking"} == set(stages)
    with pytest.raises(semsearch.ReadError, match="missing"):
        semsearch.reindex("missing", index_dir=settings.index_dir, model="tiny")


def test_threads_share_an_index(index: semsearch.Index) -> None:
    questions = ["a stolen violin", "the harbour strike", "ice of the glacier"] * 4
    answers: dict[int, str] = {}

    def ask(number: int, question: str) -> None:
        answers[number] = index.search(question).hits[0].article.id

    threads = [threading.Thread(target=ask, args=asked) for asked in enumerate(questions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[n] for n in range(12)] == ["violin", "harbour", "glacier"] * 4


def test_a_closed_index_says_so(small_index: Settings) -> None:
    opened = open_like(small_index)
    opened.close()
    opened.close()
    with pytest.raises(ValueError, match="the index is closed"):
        opened.search("a stolen violin")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: semsearch.Query("a", k=0), "k must be at least 1 .* not 0 and 3"),
        (lambda: semsearch.Query("a", per_article=-1), "per_article at least 0, not 10 and -1"),
        (
            lambda: semsearch.Query("a", mode="fuzzy"),  # type: ignore[arg-type]  # as untyped callers do
            "mode must be one of hybrid, dense, lexical, not 'fuzzy'",
        ),
        (
            lambda: semsearch.Filters(sources="Evening Post"),  # type: ignore[arg-type]  # as above
            "sources must be a tuple of texts, not 'Evening Post'",
        ),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(semsearch.QueryError, match=message):
        make()


def test_every_example_of_the_page_and_the_readme_runs(tmp_path: Path) -> None:
    write_rows(tmp_path / "articles" / "a.jsonl", ARTICLES)
    environ = {**os.environ, "SEMSEARCH_MODEL": "tiny", "XDG_CACHE_HOME": str(tmp_path)}
    shown = [
        subprocess.run(
            [sys.executable, "-c", example],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for example in EXAMPLES
    ]
    assert len(shown) == 5
    assert all(shown)
    line = 'Parliament passes the budget | "Raising budgets makes no sense without soldiers,"'
    assert line in shown[0]


def test_every_error_is_on_the_page() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert {*listed, "SemsearchError"} == set(errors.__all__)
