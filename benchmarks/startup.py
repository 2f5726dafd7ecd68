"""How long from the command to the answer? Starts real processes, warm.

    python benchmarks/startup.py --index DIR [--runs 7]

Prints wall time (median and longest) of `semsearch --help`, of `semsearch search` (start, import,
open the index, encode, answer, exit) and of `semsearch serve` up to its first answered search;
then where `semsearch search` spends its time, and the packages whose import takes longest. One run
of each goes before, uncounted: it fills the page cache, and makes the compiled encoder if this is
the first start ever.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.request import urlopen

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import running

from semsearch.settings import Settings, load_settings

QUESTION = "what did the president say about the war"
COMMAND = [sys.executable, "-m", "semsearch"]
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
# What `semsearch search` does, with a line of milliseconds after each stage.
STAGES = """
import sys, time
began = time.perf_counter()
def done(stage):
    global began
    print(f"{stage}\\t{1000 * (time.perf_counter() - began):.1f}")
    began = time.perf_counter()
from semsearch.cli import search_commands
from semsearch.encoder import load_beside
from semsearch.settings import load_settings
settings = load_settings({"index_dir": sys.argv[2]})
done("command line, settings, NumPy")
coming = load_beside(settings.model, settings.cache_dir)
done("import OpenVINO and tokenizers")
from semsearch.cli.results import results_text
from semsearch.hits import Query
from semsearch.searcher import LiveIndex
done("import the search, the encoder opening beside")
encoder = coming.result()
done("wait for the encoder")
live = LiveIndex(settings.index_dir, encoder, settings)
with live.snapshot() as searcher:
    done("open the index")
    results = searcher.search(Query(sys.argv[1], k=5))
    done("first search")
live.close()
results_text(results, False)
done("print and close")
"""


def run(*arguments: str) -> float:
    """Wall seconds of a command."""
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def first_answer(settings: Settings) -> float:
    """Wall seconds from starting the server to its first answer."""
    started = time.perf_counter()
    with running(settings) as server:
        address = f"{server.url}/api/v1/search?q={QUESTION.replace(' ', '+')}"
        with urlopen(address, timeout=60) as answer:  # noqa: S310 -- our own server
            answer.read()
        return time.perf_counter() - started


def report(name: str, once: Callable[[], float], runs: int) -> None:
    once()
    seconds = [once() for _ in range(runs)]
    print(f"{name:44}{median(seconds):8.2f}{max(seconds):8.2f}")


def imports(index: Path) -> Counter[str]:
    """Seconds that each package's own modules take to import at `semsearch search`."""
    command = [sys.executable, "-X", "importtime", "-m", "semsearch", "search", QUESTION]
    done = subprocess.run(
        [*command, "--index", str(index)], check=True, capture_output=True, text=True
    )
    spent: Counter[str] = Counter()
    for own_us, module in IMPORT.findall(done.stderr):
        spent[module.split(".")[0]] += int(own_us)
    return spent


def stages(index: Path, runs: int) -> dict[str, float]:
    """Median milliseconds of each stage of a search in a fresh process, in order."""
    spent: dict[str, list[float]] = {}
    for _ in range(runs):
        command = [sys.executable, "-c", STAGES, QUESTION, str(index)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            stage, milliseconds = line.split("\t")
            spent.setdefault(stage, []).append(float(milliseconds))
    return {stage: median(values) for stage, values in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it is installed
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1] / "src")
    settings = load_settings({"index_dir": given.index, "workers": 1})
    print(f"{'seconds, warm':44}{'median':>8}{'longest':>8}")
    report("semsearch --help", lambda: run("--help"), given.runs)
    index = ("--index", str(given.index))
    report("semsearch search, to its end", lambda: run("search", QUESTION, *index), given.runs)
    report("semsearch serve, to the first answer", lambda: first_answer(settings), given.runs)
    print("\nmilliseconds of `semsearch search`, Python's own start and end left out")
    for stage, milliseconds in stages(given.index, given.runs).items():
        print(f"  {stage:46}{milliseconds:8.1f}")
    print("\nimport time at `semsearch search`, milliseconds (each package's own modules)")
    spent = imports(given.index)
    for package, microseconds in spent.most_common(12):
        print(f"  {package:24}{microseconds / 1000:8.1f}")
    print(f"  {'all':24}{spent.total() / 1000:8.1f}")


if __name__ == "__main__":
    main()
