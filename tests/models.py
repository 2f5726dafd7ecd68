"""Models and texts that tests of the encoder share; conftest.py hands the fixtures on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semsearch.encoder import Encoder, load_encoder
from semsearch.encoder.source import find_source

SENTENCES = [
    "What did the president say about military budgets?",
    "Three members of the alliance will spend more than two per cent of their output on defence "
    "next year, the ministers said after a meeting that ran late into the night.",
    "Rain fell on the harbour for eleven days, and the fishing fleet stayed in.",
    "Der Rat tagte am Dienstag; beschlossen wurde, „wieder einmal“, nichts.",
    "日本銀行は金利を据え置いた。",
    "",
    "🚀 lifts off!",
]


# Those with words. An empty one is asked and indexed by nobody, and 0.998 is near enough for it:
# where there is no bfloat16, weights in 8 bits give that.
WORDED = [place for place, text in enumerate(SENTENCES) if text]


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoders")


@pytest.fixture(scope="session")
def default(cache_dir: Path) -> Encoder:
    return load_encoder("default", cache_dir)


@pytest.fixture(scope="session")
def reference(default: Encoder) -> Any:
    """The default model as its own library runs it."""
    from semsearch.encoder.torch import load_model

    return load_model(find_source("default"))[0]


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a transformer of one random layer, 16 dimensions wide, that asks for prompts."""

    def make(include_prompt: bool = True) -> Path:
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizer

        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":"]
        words += ["the", "war", "ended", "in", "may", "peace"]
        folder = tmp_path_factory.mktemp("model")
        torch.manual_seed(7)
        BertTokenizer(
            vocab={word: place for place, word in enumerate(words)}, model_max_length=32
        ).save_pretrained(folder / "bert")
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=32,
        )
        BertModel(config).save_pretrained(folder / "bert")
        transformer = Transformer(str(folder / "bert"))
        pooling = Pooling(16, include_prompt=include_prompt)
        prompts = {"query": "query: ", "document": "passage: the "}
        model = SentenceTransformer(modules=[transformer, pooling], prompts=prompts, device="cpu")
        model.save(str(folder / "model"))
        return folder / "model"

    return make


@pytest.fixture(scope="session")
def small_model(make_model: Callable[..., Path]) -> Path:
    return make_model()


def cosine(first: Any, second: Any) -> float:
    return float(np.min(np.sum(np.asarray(first) * np.asarray(second), axis=-1)))


@pytest.fixture(scope="session")
def small(small_model: Path, cache_dir: Path) -> Encoder:
    return load_encoder(str(small_model), cache_dir)


def with_another_prompt(folder: Path) -> Path:
    settings = folder / "config_sentence_transformers.json"
    changed = settings.read_text("utf-8").replace("passage: the ", "query: peace ")
    settings.write_text(changed, "utf-8")
    return folder
