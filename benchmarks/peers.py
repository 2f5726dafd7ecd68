"""semsearch beside what one would use instead: same texts, same model, same machine, one run.

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

import argparse
import json
import os
import socket
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
from asking import load_queries, open_index_store
from load import load
from peers_child import PEERS, model_path

from semsearch.encoder import Encoder, load_encoder
from semsearch.hits import Query
from semsearch.index.vectors import faiss, writing
from semsearch.indexer import reindex
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings, load_settings

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import running

CLIENTS = (1, 8, 64)
MANY = 1500  # questions for services: more than semsearch remembers
Served = list[float]
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


@dataclass(frozen=True)
class Load:
    """How services are asked: paths of the API that differ from each other, and for how long."""

    questions: Sequence[str]
    seconds: int

    def on(self, name: str, url: str, path: Callable[[str], str]) -> Served:
        """Answers per second at 1, 8 and 64 clients, after a little of it to warm up."""
        paths = [path(question) for question in self.questions]
        load(url, paths, 2, 2)
        return [self._rate(name, url, paths, clients) for clients in CLIENTS]

    def _rate(self, name: str, url: str, paths: Sequence[str], clients: int) -> float:
        """Answers per second; 0 where the service is gone, and why is printed."""
        try:
            return load(url, paths, clients, self.seconds).per_second
        except RuntimeError as error:
            print(f"{name} is gone with {clients} clients: {error}")
            return 0.0


def run_peer(name: str, python: Path, work: Path, asking: Load) -> tuple[Figures, Served] | None:
    """What a peer's own process measured, and how it then served."""
    port = free_port()
    command = [str(python), str(HERE / "peers_child.py"), name, str(work), str(port)]
    with tempfile.TemporaryFile("w+") as errors:
        peer = subprocess.Popen(
            command, env=os.environ | OFFLINE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        with peer:
            try:
                figures = _last_json(peer)
                if figures is None:
                    errors.seek(0)
                    print(f"{name:28} left out: {errors.read().strip().splitlines()[-1]}")
                    return None
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/search?query=ready")
                return figures, asking.on(name, url, lambda q: f"/search?{urlencode({'query': q})}")
            finally:
                peer.terminate()


def _last_json(peer: subprocess.Popen[str]) -> Figures | None:
    """The figures that a peer prints; None when it ended without."""
    assert peer.stdout is not None  # noqa: S101 -- for mypy: PIPE was asked for
    for line in peer.stdout:
        if line.startswith('{"index_s"'):
            return Figures(**json.loads(line))
    return None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    """Until a service of ours answers, a minute at most."""
    for _ in range(120):
        try:
            with urlopen(url, timeout=5):  # noqa: S310 -- our own service
                return
        except (URLError, OSError):
            time.sleep(0.5)


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
        writing.update(None, Path(folder) / "vectors", np.empty(0, np.int64), rows, vectors)
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
        txtai = asking.on(
            "txtai's own API", url, lambda q: f"/search?{urlencode({'query': q, 'limit': 10})}"
        )
    rows = peers | {"txtai's own API": txtai}
    best = [max(column) for column in zip(*rows.values(), strict=True)]
    with running(settings) as server:
        for name, mode in (("semsearch, meaning only", "dense"), ("semsearch, all", "hybrid")):
            rows[name] = asking.on(name, server.url, partial(address, mode))
    head = "".join(f"{count:>8} clients" for count in CLIENTS)
    print(f"\n{'as a service, answers/s':28}{head}    of the best peer")
    for name, figures in rows.items():
        ratios = "".join(f"{mine / other:7.2f}x" for mine, other in zip(figures, best, strict=True))
        print(f"{name:28}" + "".join(f"{value:16.1f}" for value in figures) + ratios)


def address(mode: str, question: str) -> str:
    """The API's path: of ten hits what a peer gives of them, or everything."""
    values = {"q": question, "dates": "false", "mode": mode}
    return f"/api/v1/search?{urlencode(values)}"


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
    parser.add_argument("--seconds", type=int, default=10, help="of each load on a service")
    cache = Path.home() / ".cache" / "semsearch-peers"
    parser.add_argument("--environment", type=Path, default=cache)
    given = parser.parse_args()
    texts = first_texts(given.index, given.texts)
    found = load_queries(given.queries, max(MANY, given.questions), given.index)
    many = [query.text for query in found]
    python = environment(given.environment)
    with tempfile.TemporaryDirectory() as folder:
        asking = Load(many, given.seconds)
        compare(Path(folder), python, texts, many[: given.questions], asking)


def compare(work: Path, python: Path, texts: list[str], questions: list[str], asking: Load) -> None:
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
    values = {"index_dir": work / "index", "seeds": (work / "seeds",)}
    settings = load_settings(values)
    encoder = load_encoder(settings.model, settings.cache_dir)
    row("semsearch, meaning only", meaning_only(encoder, texts, questions), plain, len(texts))
    row("semsearch, all", product(settings, encoder, questions), plain, len(texts), alike=False)
    if "txtai" in served:
        services(python, work, settings, asking, served)


if __name__ == "__main__":
    main()
