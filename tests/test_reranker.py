"""The optional cross-encoder, with a real but tiny one made here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sample import open_live

from semsearch.encoder.reranker import Reranker
from semsearch.errors import EncoderError
from semsearch.hits import Query
from semsearch.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn about themselves


def tiny_model(folder: Path, outputs: int) -> Path:
    """A BERT of one layer with random weights, always the same ones."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "grain", "train", "tea", "the"]
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config.num_labels = outputs
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_each_text_gets_one_score_whatever_its_company(tmp_path: Path) -> None:
    reranker = Reranker(str(tiny_model(tmp_path / "model", 1)))
    both = reranker.scores("the grain", ["the train", "tea"])
    assert both.shape == (2,)
    assert ((both > 0) & (both < 1)).all()
    assert both[0] != both[1]
    alone = reranker.scores("the grain", ["tea"])
    np.testing.assert_allclose(alone, both[1:], rtol=1e-4)


def test_no_text_needs_no_model() -> None:
    assert Reranker("/nowhere").scores("grain", []).shape == (0,)


def test_a_model_with_several_outputs_is_refused(tmp_path: Path) -> None:
    reranker = Reranker(str(tiny_model(tmp_path / "model", 3)))
    with pytest.raises(EncoderError, match="a reranker gives one"):
        reranker.scores("grain", ["tea", "train"])


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="rerank_model"):
        Reranker(str(tmp_path / "missing")).scores("grain", ["tea"])


def test_importing_it_imports_no_torch() -> None:
    code = "import sys, semsearch.encoder.reranker; print('torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_a_search_that_asks_for_it_has_the_head_read_again(
    small_index: Settings, tmp_path: Path
) -> None:
    model = tiny_model(tmp_path / "model", 1)
    live = open_live(small_index.model_copy(update={"rerank_model": str(model)}))
    with live.snapshot() as searcher:
        plain = searcher.search(Query("central bank rate"))
        read = searcher.search(Query("central bank rate", rerank=True))
    live.close()
    assert "reranker" not in {part.name for part in plain.hits[0].parts}
    assert "reranker" in {part.name for part in read.hits[0].parts}
    for hit in read.hits:
        assert hit.score == pytest.approx(sum(part.value for part in hit.parts))
