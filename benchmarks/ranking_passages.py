"""What the size and the overlap of passages are worth: a table of docs/ranking.md.

    python benchmarks/ranking_passages.py COLLECTION [--articles N] [--shapes 190:0 120:0 ...]

Takes N articles of the collection by chance, among them all that answer some of its questions, and
for each shape (tokens aimed at : sentences shared by neighbours) cuts, encodes and indexes them
anew, then asks those questions and the articles' titles. Every shape has its own number of
passages, so that "the first five" are more text with longer ones; R@1 of known items is the
fairest column. A thousand articles take minutes for each shape.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ranking import articles

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.evaluation import Collection, evaluate, known_item, read_collection
from semsearch.evaluation.report import Report
from semsearch.hits import Mode
from semsearch.indexer import Options, reindex
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings, load_settings

QUESTION_MEASURES = ("nDCG@10", "success@1", "success@5", "passage MRR@10")
TITLE_MEASURES = ("R@1", "MRR@10")
MODES: tuple[Mode, ...] = ("dense", "hybrid")


def main() -> None:
    """Choose the articles, then print two lines for each shape."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--shapes", nargs="+", default=["190:0", "190:1", "190:2", "120:0", "256:0"]
    )
    given = parser.parse_args()
    collection, chosen = sample(given.collection, given.articles, given.seed)
    print(f"{len(chosen)} articles, {len(collection.topics)} questions")
    names = (*QUESTION_MEASURES, *(f"title {name}" for name in TITLE_MEASURES))
    print(f"{'tokens:shared':<24}{'passages':>9}" + "".join(f"{name:>16}" for name in names))
    for shape in given.shapes:
        tokens, shared = map(int, shape.split(":"))
        settings = {"passage_target_tokens": tokens, "passage_overlap_sentences": shared}
        measure(shape, load_settings(settings), collection, chosen)


def sample(folder: Path, count: int, seed: int) -> tuple[Collection, list[Article]]:
    """About half of the articles relevant to questions drawn by chance, the others any."""
    known = {article.id: article for article in articles(folder)}
    draw = random.Random(seed)  # noqa: S311 -- a fair draw, no secret
    collection = read_collection(folder)
    wanted: set[str] = set()
    topics = []
    for topic in draw.sample(collection.topics, len(collection.topics)):
        if len(wanted | topic.relevant.keys()) > count / 2:
            break
        wanted |= topic.relevant.keys()
        topics.append(topic)
    others = sorted(known.keys() - wanted)
    wanted |= set(draw.sample(others, min(len(others), count - len(wanted))))
    # An article may be relevant to a question that was drawn later and left out: no harm.
    return replace(collection, topics=tuple(topics)), [known[i] for i in sorted(wanted)]


def measure(
    shape: str, settings: Settings, collection: Collection, chosen: Sequence[Article]
) -> None:
    """Index the articles with these settings, ask everything, print a line for each mode."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.jsonl")
        corpus.write_text("".join(json.dumps(row(article)) + "\n" for article in chosen))
        settings = settings.model_copy(update={"index_dir": Path(folder, "index")})
        begun = time.perf_counter()
        summary = reindex(settings, Options(paths=(corpus,)))
        took = time.perf_counter() - begun
        encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
        live = LiveIndex(settings.index_dir, encoder, settings)
        with live.snapshot() as searcher:
            asked = evaluate(searcher, collection, MODES)
            titles = known_item(searcher, chosen, MODES)
        live.close()
    for mode in MODES:
        name = f"{shape} {mode}"
        print(f"{name:<24}{summary.passages:>9}" + cells(asked, titles, mode), flush=True)
    print(f"{'':<24}indexed in {took:.0f} s", flush=True)


def row(article: Article) -> dict[str, object]:
    """The article as a line of BEIR's corpus."""
    metadata = {
        "url": article.url,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
    }
    return {"_id": article.id, "title": article.title, "text": article.text, "metadata": metadata}


def cells(asked: Report, titles: Report, mode: str) -> str:
    """The means of one mode."""
    found = [asked.mean(mode, name) for name in QUESTION_MEASURES]
    found += [titles.mean(mode, name) for name in TITLE_MEASURES]
    return "".join(f"{value:>16.3f}" for value in found)


if __name__ == "__main__":
    main()
