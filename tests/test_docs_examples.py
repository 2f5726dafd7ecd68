"""Every example in docs/api.md runs against the real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample
from server_process import SOURCE, Running, running

from semsearch.web.keys import KeyRing
from semsearch.web.problems import KINDS

DOCS = Path(__file__).resolve().parents[1] / "docs"
TEXT = (DOCS / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```(bash|js|python)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = {
    # Every curl of an example must succeed, and say so by --fail.
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "js": ["node", "--input-type=module", "--eval"],
    "python": [sys.executable, "-c"],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    """A server on the sample articles, and a key that may write."""
    settings = sample.tiny_settings(tmp_path_factory.mktemp("docs"))
    sample.write_rows(settings.seeds[0] / "a.jsonl", sample.ARTICLES)
    sample.build(settings)
    _, key = KeyRing(settings.index_dir).add("docs", ["write"])
    with running(settings) as server:
        yield server, key


@pytest.mark.parametrize(
    ("language", "code"), EXAMPLES, ids=[f"{i}-{e[0]}" for i, e in enumerate(EXAMPLES, start=1)]
)
def test_an_example_runs(served: tuple[Running, str], language: str, code: str) -> None:
    server, key = served
    code = code.replace("http://127.0.0.1:8080", server.url).replace("curl -s", "curl --fail -s")
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [*COMMANDS[language], code],
        env={**os.environ, "KEY": key, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


def test_there_are_examples_in_every_language() -> None:
    assert {language for language, _ in EXAMPLES} == set(COMMANDS)


def test_the_table_of_problems_is_complete() -> None:
    table = (DOCS / "problems.md").read_text("utf-8")
    documented = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", table, re.MULTILINE)
    assert {(slug, int(status)) for slug, status in documented} == {
        (kind.slug, int(kind.status)) for kind in KINDS.values()
    }
