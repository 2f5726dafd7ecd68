"""The command line, run as users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sample import ARTICLES, write_rows

ROOT = Path(__file__).resolve().parents[1]
TORCH_CHECK = """
import sys
from semsearch.cli import cli
cli(sys.argv[1:], standalone_mode=False)
heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy"} & set(sys.modules)
assert not heavy, heavy
"""


def run(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `semsearch` in `folder` with the tiny encoder; its exit code must be `code`."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SEMSEARCH_")}
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", *arguments],
        cwd=folder,
        env=environ | {"SEMSEARCH_MODEL": "tiny"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `seeds/` and a built `index/`; only read it."""
    folder = tmp_path_factory.mktemp("cli")
    write_rows(folder / "seeds" / "a.jsonl", ARTICLES)
    done = run(folder, "reindex")
    assert "10 added" in done.stdout
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "reading articles",
        "embedding passages",
        "writing parts",
        "checking",
    ]
    return folder


def test_a_question_is_answered_with_the_passage_and_its_source(indexed: Path) -> None:
    shown = run(indexed, "search", "a", "stolen", "violin").stdout
    assert "1. A violin comes home · Northern Field · 2023-01-20" in shown
    assert "→ A violin that was stolen in 1981 has been returned to the orchestra." in shown


def test_json_output_can_be_read_by_programs(indexed: Path) -> None:
    results = json.loads(run(indexed, "search", "--json", "-k", "2", "a stolen violin").stdout)
    assert results["hits"][0]["article"]["id"] == "violin"
    assert len(results["hits"]) == 2
    summary = json.loads(run(indexed, "reindex", "--json").stdout)
    assert (summary["changed"], summary["articles"]) == (False, 10)


def test_an_unchanged_run_says_so(indexed: Path) -> None:
    assert "nothing changed" in run(indexed, "reindex").stdout


def test_info_and_verify_speak_of_the_live_generation(indexed: Path) -> None:
    assert "10 articles" in run(indexed, "info").stdout
    assert json.loads(run(indexed, "info", "--json").stdout)["generations"][0]["dim"] == 64
    assert run(indexed, "verify").stdout.split() == [
        "ok",
        "checksums",
        "ok",
        "counts",
        "ok",
        "probe",
    ]


def test_verify_leaves_with_1_when_the_index_is_damaged(tmp_path: Path) -> None:
    write_rows(tmp_path / "seeds" / "a.jsonl", ARTICLES)
    run(tmp_path, "reindex")
    generation = (tmp_path / "index" / "current").read_text().strip()
    (tmp_path / "index" / "generations" / generation / "signatures.npy").unlink()
    done = run(tmp_path, "verify", code=1)
    assert "BAD checksums: damaged or missing: signatures.npy" in done.stdout
    assert "rollback" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "anything"], "there is no index here yet; run `semsearch reindex`"),
        (["verify"], "there is no index here yet"),
        (["info"], "there is no index here yet"),
        (["rollback"], "there is no index here yet"),
        (["reindex", "nowhere"], "nowhere: no such file or folder"),
        (["serach"], "No such command 'serach'"),
    ],
)
def test_a_mistake_is_one_clear_line_and_code_2(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert message in run(tmp_path, *arguments, code=2).stderr


def test_quotes_of_a_file_are_printed_with_their_speakers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        'Title here\n\n"We will not leave the valley," said Mira Solberg.\n'
    )
    assert (
        "Mira Solberg: “We will not leave the valley,”" in run(tmp_path, "quotes", "a.txt").stdout
    )


@pytest.mark.parametrize("arguments", [["reindex"], ["search", "a stolen violin"], ["verify"]])
def test_commands_start_without_torch(indexed: Path, arguments: list[str]) -> None:
    subprocess.run(
        [sys.executable, "-c", TORCH_CHECK, *arguments],
        cwd=indexed,
        env=os.environ | {"SEMSEARCH_MODEL": "tiny"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def test_the_script_for_those_who_look_for_one_reindexes(indexed: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reindex.py"],
        cwd=indexed,
        env=os.environ | {"SEMSEARCH_MODEL": "tiny"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "nothing changed" in done.stdout


def test_watching_takes_up_a_change(tmp_path: Path) -> None:
    write_rows(tmp_path / "seeds" / "a.jsonl", ARTICLES[:2])
    watcher = subprocess.Popen(
        [sys.executable, "-m", "semsearch", "reindex", "--watch"],
        cwd=tmp_path,
        env=os.environ | {"SEMSEARCH_MODEL": "tiny", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with watcher:
        assert watcher.stderr is not None
        assert watcher.stdout is not None
        assert any(line.startswith("watching") for line in watcher.stderr)
        write_rows(tmp_path / "seeds" / "b.jsonl", ARTICLES[2:3])
        added: list[str] = []
        for line in watcher.stdout:
            added += [line] if " added" in line else []
            if len(added) == 2:
                break
        watcher.terminate()
    assert ["2 added" in added[0], "1 added" in added[1]] == [True, True]
