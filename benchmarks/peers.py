"""semsearch beside what one would use instead: same texts, same model, same machine, one run.

    python benchmarks/peers.py --index DIR --queries FILE [--texts 2000] [--questions 200]

Takes the first passages of an index as texts and lets each peer index them and answer the
questions one at a time, each in a process of its own: plain SentenceTransformer.encode with
faiss.IndexFlatIP, txtai, Haystack, Chroma, LanceDB (peers_child.py), then semsearch. Two rows are
semsearch's: "meaning only" does what the peers do, "all" is the product (quotes, duplicates, words
and meaning, facets, answer sentences, marked words). Then the peer that comes as a service is
put beside `semsearch serve` under wrk.

The peers live in an environment of their own (--environment), made on the first run; what cannot
be installed or run is left out, and the reason printed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
from asking import load_queries, open_index_store
from load import load
from peers_child import PEERS, model_path

from semsearch.encoder import Encoder, load_encoder
from semsearch.hits import Query
from semsearch.indexer import reindex
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings, load_settings
from semsearch.vectors import faiss

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import running

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


def run_peer(name: str, python: Path, work: Path) -> Figures | None:
    command = [str(python), str(HERE / "peers_child.py"), name, str(work)]
    done = subprocess.run(
        command, env=os.environ | OFFLINE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{name:28} left out: {done.stderr.strip().splitlines()[-1]}")
        return None
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def timed(ask: object, questions: Sequence[str]) -> tuple[list[float], list[int]]:
    assert callable(ask)  # noqa: S101 -- both callers pass functions
    for question in questions[:5]:
        ask(f"{question} ")  # a space more: not remembered as the same question
    seconds, first = [], []
    for question in questions:
        started = time.perf_counter()
        first.append(ask(question))
        seconds.append(time.perf_counter() - started)
    return seconds, first


def meaning_only(encoder: Encoder, texts: Sequence[str], questions: Sequence[str]) -> Figures:
    """Encoder and vectors alone, as the peers do it."""
    encoder.encode_passages(texts[:8])
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        vectors = encoder.encode_passages(texts)
        rows = np.arange(len(texts))
        faiss.update(None, Path(folder) / "vectors", np.empty(0, np.int64), rows, vectors)
        store = faiss.open_store(Path(folder) / "vectors")
        indexed = time.perf_counter() - started

        def ask(question: str) -> int:
            return int(store.search(encoder.encode_queries([question])[0], 10)[0][0])

        return Figures(indexed, *timed(ask, questions))


def product(settings: Settings, encoder: Encoder, questions: Sequence[str]) -> Figures:
    """The whole of semsearch: `settings.seeds` holds the texts as articles, named by number."""
    started = time.perf_counter()
    reindex(settings)
    indexed = time.perf_counter() - started
    live = LiveIndex(settings.index_dir, encoder, settings)
    with live.snapshot() as searcher:

        def ask(question: str) -> int:
            hits = searcher.search(Query(question, read_dates=False)).hits
            return int(hits[0].article.id) if hits else -1

        figures = Figures(indexed, *timed(ask, questions))
    live.close()
    return figures


def row(name: str, figures: Figures, plain: Figures, count: int, alike: bool = True) -> None:
    """Prints one line; `alike` is False where the ranking is another one by design."""
    p50, p99 = np.percentile(figures.query_s, [50, 99]) * 1000
    faster = np.median(plain.query_s) * 1000 / p50
    same = f"{np.mean(np.equal(figures.first, plain.first)):.0%}" if alike else "-"
    print(
        f"{name:28}{figures.index_s:8.1f}{count / figures.index_s:9.1f}"
        f"{plain.index_s / figures.index_s:7.1f}x{p50:10.2f}{p99:9.2f}{faster:7.1f}x{same:>10}"
    )


@contextmanager
def txtai_service(python: Path, work: Path) -> Iterator[str]:
    """txtai's own API over the index that its run has left in `work`."""
    config = work / "txtai.yml"
    config.write_text(f"path: {work / 'txtai'}\nembeddings:\n  path: {model_path()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "uvicorn", "txtai.api:app", "--port", str(port)]
    quiet = subprocess.DEVNULL
    environ = os.environ | OFFLINE | {"CONFIG": str(config)}
    service = subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet)
    try:
        for _ in range(120):
            try:
                url = f"http://127.0.0.1:{port}"
                with urlopen(f"{url}/count", timeout=5):  # noqa: S310 -- our own service
                    break
            except (URLError, OSError):
                time.sleep(0.5)
        yield url
    finally:
        service.terminate()
        service.wait()


def services(python: Path, work: Path, settings: Settings, questions: Sequence[str]) -> None:
    print(f"\n{'as a service, answers/s':28}{'1 client':>10}{'8':>10}{'64':>10}")
    ours = [f"/api/v1/search?{urlencode({'q': q, 'dates': 'false'})}" for q in questions]
    theirs = [f"/search?{urlencode({'query': q, 'limit': 10})}" for q in questions]
    with txtai_service(python, work) as url:
        peer = [load(url, theirs, clients, 10).per_second for clients in (1, 8, 64)]
    with running(settings) as server:
        load(server.url, ours, 4, 2)
        own = [load(server.url, ours, clients, 10).per_second for clients in (1, 8, 64)]
    for name, figures in (("txtai", peer), ("semsearch, all", own)):
        print(f"{name:28}" + "".join(f"{value:10.1f}" for value in figures))
    ratios = [
        mine / other if other else float("inf") for mine, other in zip(own, peer, strict=True)
    ]
    print(f"{'ratio':28}" + "".join(f"{value:9.1f}x" for value in ratios))


def first_texts(index: Path, count: int) -> list[str]:
    store = open_index_store(index)
    found = store.lexical_rows(store.rows()[:count])
    texts = [text for _, _, text in found]
    store.close()
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=200)
    cache = Path.home() / ".cache" / "semsearch-peers"
    parser.add_argument("--environment", type=Path, default=cache)
    given = parser.parse_args()
    texts = first_texts(given.index, given.texts)
    questions = [query.text for query in load_queries(given.queries, given.questions, given.index)]
    python = environment(given.environment)
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), python, texts, questions)


def compare(work: Path, python: Path, texts: list[str], questions: list[str]) -> None:
    (work / "texts.json").write_text(json.dumps(texts))
    (work / "questions.json").write_text(json.dumps(questions))
    (work / "seeds").mkdir()
    with (work / "seeds" / "texts.jsonl").open("w") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"_id": str(number), "title": "", "text": text}) + "\n")
    print(f"{len(texts)} passages, {len(questions)} questions; x: against plain\n")
    print(
        f"{'':28}{'index s':>8}{'texts/s':>9}{'':8}{'p50 ms':>10}{'p99 ms':>9}{'':8}"
        f"{'same first':>10}"
    )
    found = {name: run_peer(name, python, work) for name in PEERS}
    plain = found["plain"]
    if plain is None:
        sys.exit("nothing to compare with")
    for name, figures in found.items():
        if figures is not None:
            row(name, figures, plain, len(texts))
    values = {"index_dir": work / "index", "seeds": (work / "seeds",)}
    settings = load_settings(values)
    encoder = load_encoder(settings.model, settings.cache_dir)
    row("semsearch, meaning only", meaning_only(encoder, texts, questions), plain, len(texts))
    row("semsearch, all", product(settings, encoder, questions), plain, len(texts), alike=False)
    if found["txtai"] is not None:
        services(python, work, settings, questions)


if __name__ == "__main__":
    main()
