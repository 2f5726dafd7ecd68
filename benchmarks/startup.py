"""How long from the command to the answer? Starts real processes, warm.

    python benchmarks/startup.py --index DIR [--runs 7]

Prints wall time (median and longest) of `semsearch --help`, of `semsearch search` (start, import,
open the index, encode, answer, exit) and of `semsearch serve` up to its first answered search;
then the packages whose import takes longest at `semsearch search`. One run of each goes before,
uncounted: it fills the page cache, and makes the compiled encoder if this is the first start ever.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from common import machine, options, timed
from load import address, running

from semsearch.hits import Query
from semsearch.settings import Settings, load_settings

QUESTION = "what did the president say about the war"
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def run(*arguments: str, python: Sequence[str] = ()) -> str:
    """What a command says on standard error."""
    command = [sys.executable, *python, "-m", "semsearch", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def first_answer(settings: Settings) -> float:
    """Wall seconds from starting the server to its first answer."""
    started = time.perf_counter()
    with running(settings) as server:
        path = address(Query(QUESTION))
        with urlopen(server.url + path, timeout=60) as answer:  # noqa: S310 -- our own server
            answer.read()
        return time.perf_counter() - started


def report(name: str, once: Callable[[], float], runs: int) -> None:
    once()
    seconds = [once() for _ in range(runs)]
    print(f"{name:44}{median(seconds):8.2f}{max(seconds):8.2f}", flush=True)


def imports(*arguments: str) -> Counter[str]:
    """Microseconds that each package's own modules take to import."""
    spent: Counter[str] = Counter()
    for own_us, module in IMPORT.findall(run(*arguments, python=["-X", "importtime"])):
        spent[module.split(".")[0]] += int(own_us)
    return spent


def main() -> None:
    parser = options(__doc__, index=True)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as it is installed
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1] / "src")
    settings = load_settings({"index_dir": given.index, "workers": 1})
    search = ("search", QUESTION, "--index", str(given.index))
    print(f"{machine()}\n{'seconds, warm':44}{'median':>8}{'longest':>8}")
    report("semsearch --help", lambda: timed(lambda: run("--help")), given.runs)
    report("semsearch search, to its end", lambda: timed(lambda: run(*search)), given.runs)
    report("semsearch serve, to the first answer", lambda: first_answer(settings), given.runs)
    print("\nimport time at `semsearch search`, milliseconds (each package's own modules)")
    spent = imports(*search)
    for package, microseconds in spent.most_common(12):
        print(f"  {package:24}{microseconds / 1000:8.1f}")
    print(f"  {'all':24}{spent.total() / 1000:8.1f}")


if __name__ == "__main__":
    main()
