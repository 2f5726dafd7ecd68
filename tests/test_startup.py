"""What a start imports. Most of these cost a start more than the answer does."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from semsearch.settings import Settings

# Needed for indexing, or for models that are not compiled yet, and never to answer a question.
INDEXING = {
    "torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas",
    "trafilatura", "lxml", "pypdf", "charset_normalizer", "yaml", "markdown_it",
    "py3langid", "dateparser", "watchfiles", "ir_measures", "mcp",
}  # fmt: skip
# Read for building, converting, extracting or showing only: never by a search on the command line.
OWN = {
    "indexer", "readers", "quotes.extraction", "quotes.grammar", "web", "wire", "mcp", "evaluation",
    "index.journal", "index.check",
}  # fmt: skip
SERVING = {"flask", "werkzeug", "gunicorn", "prometheus_client", "limits", "httpx", "opentelemetry"}

OURS = "semsearch."

SEARCH = """
from semsearch.cli import cli
cli(["search", "a stolen violin", "--index", index], standalone_mode=False)
"""
HELP = """
from semsearch.cli import cli
cli(["--help"], standalone_mode=False)
"""
SERVE = """
import semsearch.web.serving.launch
from semsearch.settings import load_settings
from semsearch.web.app import create_app
client = create_app(load_settings({"index_dir": index})).test_client()
assert client.get("/api/v1/search?q=violin").status_code == 200
assert client.get("/?q=violin").status_code == 200
"""


def imported(program: str, settings: Settings) -> set[str]:
    """The modules that a fresh process has imported when the program is through."""
    report = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    program = f"index = {str(settings.index_dir)!r}\n{program}\n{report}"
    environ = os.environ | {"SEMSEARCH_MODEL": settings.model}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("program", "unwanted"),
    [(SEARCH, INDEXING | SERVING), (SERVE, INDEXING - {"charset_normalizer"})],
    ids=["search", "serve"],
)
def test_answering_imports_nothing_that_only_indexing_needs(
    small_index: Settings, program: str, unwanted: set[str]
) -> None:
    found = {module.split(".")[0] for module in imported(program, small_index)}
    assert {"semsearch", "numpy", "faiss", "tantivy"} <= found
    assert not found & unwanted


def test_a_search_imports_only_the_rooms_that_answer(small_index: Settings) -> None:
    found = {module.removeprefix(OURS) for module in imported(SEARCH, small_index)}
    assert {"searcher", "encoder", "index.store", "index.lexical", "index.vectors"} <= found
    assert not found & OWN


def test_help_imports_only_the_command_line(small_index: Settings) -> None:
    modules = imported(HELP, small_index)
    libraries = {"numpy", "faiss", "tantivy", "openvino", "tokenizers", "pydantic"}
    assert not {module.split(".")[0] for module in modules} & (INDEXING | SERVING | libraries)
    own = {module.removeprefix(OURS) for module in modules if OURS in module}
    assert {module for module in own if not module.startswith("cli.")} <= {
        "cli", "errors", "system", "system.files", "web", "web.keys",
    }  # fmt: skip


def test_a_process_that_analyses_imports_neither_index_nor_models(small_index: Settings) -> None:
    modules = imported("import semsearch.indexer.pool", small_index)
    heavy = {"numpy", "faiss", "tantivy", "sqlite3", "openvino", "tokenizers", "pydantic"}
    assert not {module.split(".")[0] for module in modules} & (heavy | INDEXING | SERVING)
    own = {module.removeprefix(OURS) for module in modules if OURS in module}
    assert {module.split(".")[0] for module in own} <= {
        "corpus", "errors", "indexer", "quotes", "system", "text",
    }  # fmt: skip
