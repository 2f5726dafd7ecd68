"""What indexing a collection costs: a full build, an unchanged run, a run after one edit.

    python benchmarks/indexing.py CORPUS.jsonl.gz [--model default] [--work DIR]

Each run is a process of its own, as users start it; time is wall time with the start of Python in
it, memory the peak resident set. The collection is copied first, so that it can be edited. What
a `--work` folder holds from an earlier run is gone on with.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import machine, options

EDITS = 5


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("corpus", type=Path, help="a .jsonl or .jsonl.gz file")
    parser.add_argument("--model", default="default")
    parser.add_argument("--work", type=Path, help="folder to work in, kept; default: a fresh one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = chosen.work or Path(folder)
        copy = work / "corpus" / chosen.corpus.name
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(chosen.corpus, copy)
        print(machine())
        print(f"{'run':<16}{'wall s':>8}{'cpu s':>8}{'peak MB':>9}  what")
        _show("full build", work, copy, chosen.model)
        # Time stamps younger than two seconds prove nothing, so the file's bytes are compared.
        _show("unchanged", work, copy, chosen.model)
        for number in range(EDITS):
            _edit(copy, number)
            _show("one edit", work, copy, chosen.model)
        _show("unchanged", work, copy, chosen.model)
        print(machine())


def _show(name: str, work: Path, corpus: Path, model: str) -> None:
    wall_s, cpu_s, peak_mb, summary = _run(work, corpus, model)
    stages = ", ".join(f"{k} {v:.2f}" for k, v in summary["stage_seconds"].items())
    embedded = summary["passages_embedded"]
    seconds = summary["stage_seconds"].get("embedding", 0)
    rate = f" ({embedded / seconds:.0f}/s)" if embedded and seconds else ""
    what = f"{summary['articles']} articles, {embedded} passages embedded{rate}; {stages}"
    print(f"{name:<16}{wall_s:>8.2f}{cpu_s:>8.2f}{peak_mb:>9.0f}  {what}", flush=True)


def _run(work: Path, corpus: Path, model: str) -> tuple[float, float, float, dict[str, Any]]:
    command = [sys.executable, "-m", "semsearch", "reindex", str(corpus), "--json"]
    command += ["--index", str(work / "index"), "--model", model]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None  # noqa: S101 -- for mypy: PIPE was asked for
    output = process.stdout.read()
    # wait4 gives this very process's peak; getrusage would give the largest child so far.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.monotonic() - started
    if process.returncode:
        raise SystemExit(f"reindex left with {process.returncode}")
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(output)


def _edit(corpus: Path, number: int) -> None:
    """Append a sentence to one article and write the collection anew."""
    opened = gzip.open if corpus.name.endswith(".gz") else open
    with opened(corpus, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    place = len(lines) // EDITS * number
    row = json.loads(lines[place])
    row["text"] += f"\n\nThis sentence was added by edit number {number}."
    lines[place] = json.dumps(row, ensure_ascii=False) + "\n"
    with opened(corpus, "wt", encoding="utf-8") as file:
        file.writelines(lines)


if __name__ == "__main__":
    main()
