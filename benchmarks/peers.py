"""semsearch next to what one would use instead: same texts, same model, same machine, one run.

    python benchmarks/peers.py --index DIR --queries FILE [--texts 2000] [--questions 200]

Takes the first passages of an index as texts and lets each peer index them and answer the
questions one at a time, each in a process of its own: plain SentenceTransformer.encode with
faiss.IndexFlatIP, txtai, Haystack, Chroma, LanceDB (peers_child.py), then semsearch. Two rows are
semsearch's: "meaning only" does what the peers do, "all" is the product (quotes, duplicates, words
and meaning, facets, answer sentences, marked words). Then all are asked as services by wrk, with
questions of which none comes twice within a thousand: the libraries behind FastAPI and uvicorn in
their own processes, txtai's own API, and `semsearch serve` with `mode=dense` and with everything.

The peers live in an environment of their own (--environment), made on the first run; what cannot
be installed or run is left out, and the reason printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
from common import load_queries, machine, milliseconds, open_index, open_texts, options
from load import free_port, load, running
from peers_child import PEERS, model_path

from semsearch.encoder import Encoder
from semsearch.hits import Query
from semsearch.index.vectors.faiss import open_store
from semsearch.index.vectors.writing import update
from semsearch.indexer import reindex
from semsearch.searcher import Searcher
from semsearch.settings import Settings, load_settings

CLIENTS = (1, 8, 64)
MANY = 1500  # questions for services: more than semsearch remembers
Served = list[float]
HEADS = (
    *(("index s", 8), ("texts/s", 9), ("x", 8)),
    *(("p50 ms", 10), ("p99 ms", 9), ("x", 8), ("same first", 11)),
)
HERE = Path(__file__).resolve().parent
TORCH = "torch==2.13.0"
# No peer may wait for a network that is not there, or report that it runs.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}


@dataclass(frozen=True)
class Figures:
    """Seconds to index, seconds of each question, and the number of the text found first."""

    index_s: float
    query_s: Sequence[float]
    first: Sequence[int]


def environment(folder: Path) -> Path:
    """The Python of the peers' environment, made where it does not exist."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
        # First and alone: otherwise a peer may ask for another build of it.
        subprocess.run([*install, TORCH], check=True)
        lines = (HERE / "peers-requirements.txt").read_text().splitlines()
        for peer in (line for line in lines if line and not line.startswith("#")):
            if subprocess.run([*install, peer, TORCH], check=False).returncode:
                print(f"left out: {peer} cannot be installed")
    return python


# Services ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """How services are asked: questions that differ from each other, and for how many seconds."""

    questions: Sequence[str]
    seconds: int

    def on(self, name: str, url: str, **more: object) -> Served:
        """Answers per second at 1, 8 and 64 clients, after a little of it to warm up.

        `{}` among the parameters in `more` stands for the question.
        """
        paths = [
            "?" + urlencode({k: q if v == "{}" else v for k, v in more.items()})
            for q in self.questions
        ]
        paths = [url[url.index("/", 8) :] + path for path in paths]
        load(url, paths, 2, 2)
        return [self._rate(name, url, paths, clients) for clients in CLIENTS]

    def _rate(self, name: str, url: str, paths: Sequence[str], clients: int) -> float:
        """Answers per second; 0 where the service is gone, and why is printed."""
        try:
            return load(url, paths, clients, self.seconds).per_second
        except RuntimeError as error:
            print(f"{name} is gone with {clients} clients: {error}")
            return 0.0


def wait_for(url: str) -> None:
    """Until a service of ours answers, a minute at most."""
    for _ in range(120):
        try:
            with urlopen(url, timeout=5):  # noqa: S310 -- our own service
                return
        except (URLError, OSError):
            time.sleep(0.5)


def run_peer(name: str, python: Path, work: Path, asking: Load) -> tuple[Figures, Served] | None:
    """What a peer's own process measured, and how it then served; None when it ended without."""
    port = free_port()
    command = [str(python), str(HERE / "peers_child.py"), name, str(work), str(port)]
    environ = os.environ | OFFLINE
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as peer,
    ):
        try:
            found = [line for line in iter_lines(peer) if line.startswith('{"index_s"')]
            if not found:
                errors.seek(0)
                print(f"{name:28} left out: {errors.read().strip().splitlines()[-1]}")
                return None
            url = f"http://127.0.0.1:{port}/search"
            wait_for(f"{url}?query=ready")
            return Figures(**json.loads(found[0])), asking.on(name, url, query="{}")
        finally:
            peer.terminate()


def iter_lines(peer: subprocess.Popen[str]) -> Iterator[str]:
    """What a peer prints, up to its figures: after them it serves and says no more."""
    for line in peer.stdout or ():
        yield line
        if line.startswith('{"index_s"'):
            return


@contextmanager
def txtai_service(python: Path, work: Path) -> Iterator[str]:
    """txtai's own API over the index that its run has left in `work`."""
    config = work / "txtai.yml"
    config.write_text(f"path: {work / 'txtai'}\nembeddings:\n  path: {model_path()}\n")
    port = free_port()
    command = [str(python), "-m", "uvicorn", "txtai.api:app", "--port", str(port)]
    quiet = subprocess.DEVNULL
    environ = os.environ | OFFLINE | {"CONFIG": str(config)}
    service = subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/count")
        yield url
    finally:
        service.terminate()
        service.wait()


def services(
    python: Path, work: Path, settings: Settings, asking: Load, peers: dict[str, Served]
) -> None:
    """Print how each served, and semsearch's rates over those of the best peer."""
    with txtai_service(python, work) as url:
        own = asking.on("txtai's own API", f"{url}/search", query="{}", limit=10)
    rows = peers | {"txtai's own API": own}
    best = [max(column) for column in zip(*rows.values(), strict=True)]
    with running(settings) as server:
        # Of ten hits what a peer gives of them, or everything.
        for name, mode in (("semsearch, meaning only", "dense"), ("semsearch, all", "hybrid")):
            url = f"{server.url}/api/v1/search"
            rows[name] = asking.on(name, url, q="{}", dates="false", mode=mode)
    head = "".join(f"{count:>8} clients" for count in CLIENTS)
    print(f"\n{'as a service, answers/s':28}{head}    of the best peer")
    for name, figures in rows.items():
        ratios = "".join(f"{mine / other:7.2f}x" for mine, other in zip(figures, best, strict=True))
        print(f"{name:28}" + "".join(f"{value:16.1f}" for value in figures) + ratios)


# One question at a time --------------------------------------------------------------------------


def each(ask: Callable[[str], int], questions: Sequence[str]) -> tuple[list[float], list[int]]:
    """Seconds and first text of each question, after a few to warm up."""
    for question in questions[:5]:
        ask(f"{question} ")  # a space more: not remembered as the same question
    seconds, first = [], []
    for question in questions:
        started = time.perf_counter()
        first.append(ask(question))
        seconds.append(time.perf_counter() - started)
    return seconds, first


def meaning_only(
    encoder: Encoder, work: Path, texts: Sequence[str], questions: Sequence[str]
) -> Figures:
    """Encoder and vectors alone, as the peers do it."""
    encoder.encode_passages(texts[:8])
    started = time.perf_counter()
    vectors, none = encoder.encode_passages(texts), np.empty(0, np.int64)
    update(None, work / "vectors", none, np.arange(len(texts)), vectors)
    store = open_store(work / "vectors")
    indexed = time.perf_counter() - started

    def ask(question: str) -> int:
        return int(store.search(encoder.encode_queries([question])[0], 10)[0][0])

    return Figures(indexed, *each(ask, questions))


def first_hit(searcher: Searcher, question: str) -> int:
    hits = searcher.search(Query(question, read_dates=False)).hits
    return int(hits[0].article.id) if hits else -1


def row(name: str, figures: Figures, plain: Figures, count: int, alike: bool = True) -> None:
    """Print one line; `alike` is False where the ranking is another one by design."""
    p50, p99 = milliseconds(figures.query_s, 50, 99)
    faster = float(np.median(plain.query_s)) * 1000 / p50
    same = f"{np.mean(np.equal(figures.first, plain.first)):.0%}" if alike else "-"
    print(
        f"{name:28}{figures.index_s:8.1f}{count / figures.index_s:9.1f}"
        f"{plain.index_s / figures.index_s:7.1f}x{p50:10.2f}{p99:9.2f}{faster:7.1f}x{same:>11}",
        flush=True,
    )


def compare(work: Path, python: Path, texts: list[str], questions: list[str], asking: Load) -> None:
    (work / "texts.json").write_text(json.dumps(texts))
    (work / "questions.json").write_text(json.dumps(questions))
    (work / "seeds").mkdir()
    with (work / "seeds" / "texts.jsonl").open("w") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"_id": str(number), "title": "", "text": text}) + "\n")
    print(f"{machine()}\n{len(texts)} passages, {len(questions)} questions; x: against plain\n")
    print(f"{'':28}" + "".join(f"{name:>{wide}}" for name, wide in HEADS))
    served: dict[str, Served] = {}
    plain: Figures | None = None
    for name in PEERS:
        measured = run_peer(name, python, work, asking)
        if measured is not None:
            figures, served[name] = measured
            plain = plain or figures
            row(name, figures, plain, len(texts))
    if plain is None:
        sys.exit("nothing to compare with")
    settings = load_settings({"index_dir": work / "index", "seeds": (work / "seeds",)})
    started = time.perf_counter()
    reindex(settings)
    indexed = time.perf_counter() - started
    with open_index(settings.index_dir) as live, live.snapshot() as searcher:
        alone = meaning_only(live.encoder, work, texts, questions)
        row("semsearch, meaning only", alone, plain, len(texts))
        figures = Figures(indexed, *each(partial(first_hit, searcher), questions))
        row("semsearch, all", figures, plain, len(texts), alike=False)
    if "txtai" in served:
        services(python, work, settings, asking, served)


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10, help="of each load on a service")
    cache = Path.home() / ".cache" / "semsearch-peers"
    parser.add_argument("--environment", type=Path, default=cache)
    given = parser.parse_args()
    with open_texts(given.index) as store:
        texts = [text for _, _, text in store.lexical_rows(store.rows()[: given.texts])]
    found = load_queries(given.queries, max(MANY, given.questions), given.index)
    questions = [query.text for query in found]
    python = environment(given.environment)
    with tempfile.TemporaryDirectory() as folder:
        asking = Load(questions, given.seconds)
        compare(Path(folder), python, texts, questions[: given.questions], asking)


if __name__ == "__main__":
    main()
