"""The encoder: the tiny one worked out by hand, the real ones against sentence-transformers."""

from __future__ import annotations

import json
import logging
import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import SENTENCES, WORDED, cosine, with_another_prompt

from semsearch.encoder import Encoder, load_encoder
from semsearch.encoder.cache import EncoderCache
from semsearch.encoder.gpu import FROM_TEXTS, BulkEncoder
from semsearch.encoder.network import pack, plan_batches, width
from semsearch.encoder.source import find_source


def test_tiny_scores_shared_words_and_pairs_as_worked_out(tmp_path: Path) -> None:
    tiny = load_encoder("tiny", tmp_path)
    talks, same, word, other = tiny.encode_passages(
        ["peace talks", "PEACE, talks!", "peace", "harbour"]
    )
    # "peace talks" is two words of weight 1 and one pair of weight 1.5.
    assert talks @ word == pytest.approx(1 / math.sqrt(1 + 1 + 1.5**2))
    assert talks @ same == pytest.approx(1)
    assert talks @ other == 0


def test_tiny_counts_words_and_gives_unit_rows_even_without_words(tmp_path: Path) -> None:
    tiny = load_encoder("tiny", tmp_path)
    assert tiny.count_tokens(["the war ended", "", "¿?"]) == [3, 0, 0]
    rows = tiny.encode_queries(["the war ended", "", "¿?"])
    assert rows.shape == (3, tiny.dim) == (3, 64)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1])
    assert tiny.encode_queries([]).shape == (0, 64)
    assert list(tmp_path.iterdir()) == []


def test_batches_take_the_longest_first_and_stay_within_the_budget() -> None:
    # Widths are whole tiles of 16: 40 -> 48, 17 -> 32, 16 and 3 -> 16.
    assert [width(n) for n in (0, 3, 16, 17, 40)] == [16, 16, 16, 32, 48]
    batches = [list(batch) for batch in plan_batches([3, 40, 16, 17, 16], budget=64)]
    assert batches == [[1], [3, 2], [4, 0]]
    assert [list(batch) for batch in plan_batches([500], budget=64)] == [[0]]


def test_packing_pads_on_the_side_the_model_wants_and_no_wider_than_it_takes() -> None:
    texts = [np.array([5, 6]), np.array([7])]
    padded, mask = pack(texts, pad_id=9, pad_left=False, longest=4)
    assert padded.tolist() == [[5, 6, 9, 9], [7, 9, 9, 9]]
    assert mask.tolist() == [[1, 1, 0, 0], [1, 0, 0, 0]]
    padded, mask = pack(texts, pad_id=9, pad_left=True, longest=3)
    assert padded.tolist() == [[9, 5, 6], [9, 9, 7]]
    assert mask.tolist() == [[0, 1, 1], [0, 0, 1]]
    # Two texts take whole tiles of 16, one by itself of 8: 17 -> 32, or 24.
    long = np.arange(17)
    assert pack([long, long], pad_id=9, pad_left=False, longest=64)[0].shape == (2, 32)
    assert pack([long], pad_id=9, pad_left=False, longest=64)[0].shape == (1, 24)


def test_the_default_model_gives_the_vectors_of_sentence_transformers(
    default: Encoder, reference: Any
) -> None:
    expected = reference.encode(SENTENCES, normalize_embeddings=True, show_progress_bar=False)
    for found in (default.encode_queries(SENTENCES), default.encode_passages(SENTENCES)):
        assert found.dtype == np.float32
        assert found.shape == (len(SENTENCES), default.dim) == (len(SENTENCES), 384)
        assert cosine(found[WORDED], expected[WORDED]) >= 0.999


def test_rows_are_unit_vectors_in_the_order_given(default: Encoder) -> None:
    rows = default.encode_passages(SENTENCES)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(SENTENCES)), abs=1e-3)
    turned = default.encode_passages(SENTENCES[::-1])[::-1]
    assert cosine(rows, turned) >= 0.9999


def test_a_vector_does_not_depend_on_what_it_is_batched_with(default: Encoder) -> None:
    together = default.encode_passages([*SENTENCES, "word " * 200])
    alone = np.concatenate([default.encode_passages([text]) for text in SENTENCES])
    assert cosine(together[:-1], alone) >= 0.9999


def test_large_calls_try_both_networks_and_agree_with_small_ones(small: Encoder) -> None:
    texts = ["the war ended", "in may : peace", "peace " * 20] * 400
    alone = small.encode_passages(texts[:3])
    for _ in range(3):  # the wide network, the usual one, the faster of both
        assert cosine(small.encode_passages(texts).reshape(400, 3, -1), alone) >= 0.9999


def test_threads_that_ask_at_once_get_what_one_alone_would(default: Encoder) -> None:
    expected = [default.encode_queries([text])[0] for text in SENTENCES]
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda text: default.encode_queries([text])[0], SENTENCES * 8)
        assert cosine(list(found), expected * 8) >= 0.9999


def test_no_texts_give_no_rows(default: Encoder) -> None:
    assert default.encode_queries([]).shape == (0, 384)
    assert default.encode_passages([]).shape == (0, 384)
    assert default.count_tokens([]) == []


def test_progress_counts_up_to_all_texts_through_several_windows(small: Encoder) -> None:
    heard: list[int] = []
    rows = small.encode_passages(["the war ended"] * 5000, heard.append)
    assert rows.shape == (5000, 16)
    assert cosine(rows, rows[0]) >= 0.9999
    assert heard == sorted(heard)
    assert heard[-1] == 5000


def test_content_tokens_are_counted_without_special_ones_and_beyond_the_limit(
    default: Encoder,
) -> None:
    # [CLS] and [SEP] take two of the model's 256.
    assert default.max_tokens == 256 - 2
    assert default.count_tokens(["the war", "the " * 1000, ""]) == [2, 1000, 0]


def test_a_text_past_the_limit_is_cut_and_the_log_says_so(
    default: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    fits, long = "war " * 254, "war " * 254 + "harbour " * 50
    with caplog.at_level(logging.WARNING):
        first, second = default.encode_passages([fits, long])
    assert cosine(first, second) >= 0.9999
    assert "cut to 256 tokens, the longest input: 1 of 2 texts" in caplog.text


def test_a_warm_start_imports_neither_torch_nor_its_libraries(
    default: Encoder, cache_dir: Path
) -> None:
    program = """
import json, sys
from pathlib import Path
from semsearch.encoder import load_encoder
encoder = load_encoder("default", Path(sys.argv[1]))
vector = encoder.encode_queries(["the war ended"])[0].tolist()
print(json.dumps([sorted(sys.modules), vector]))
"""
    command = [sys.executable, "-c", program, str(cache_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    modules, vector = json.loads(done.stdout)
    assert not {"torch", "transformers", "sentence_transformers"} & set(modules)
    assert "openvino.tools.ovc" not in modules  # the converter costs as much as the rest of it
    assert "openvino" in modules
    assert cosine([vector], default.encode_queries(["the war ended"])) >= 0.9999


def test_prompts_of_the_model_come_before_queries_and_passages(
    small: Encoder, small_model: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(small_model), device="cpu")
    texts = ["the war ended", "in may : peace", "peace " * 100]
    for found, expected in (
        (small.encode_queries(texts), model.encode_query(texts, normalize_embeddings=True)),
        (small.encode_passages(texts), model.encode_document(texts, normalize_embeddings=True)),
    ):
        assert cosine(found, expected) >= 0.999
    # 32 tokens less [CLS], [SEP] and the three of "passage: the ".
    assert small.max_tokens == 32 - 2 - 3


def test_many_passages_go_to_the_encoder_for_bulk_and_all_else_stays(
    small: Encoder, small_model: Path, cache_dir: Path
) -> None:
    from semsearch.encoder.torch import TorchEncoder

    opened: list[Encoder] = []

    def open_torch() -> Encoder:
        source = find_source(str(small_model))
        metadata = EncoderCache(cache_dir).recall(source)
        assert metadata is not None
        opened.append(TorchEncoder(source, metadata, 1))
        return opened[-1]

    both = BulkEncoder(small, open_torch)
    assert both.encode_passages([]).shape == (0, 16)
    few = both.encode_passages(["the war ended"] * (FROM_TEXTS - 1))
    both.encode_queries(["the war ended"] * FROM_TEXTS)
    assert opened == []
    heard: list[int] = []
    texts = ["the war ended"] * FROM_TEXTS + ["peace in may"] * 2 * FROM_TEXTS
    many = both.encode_passages(texts, heard.append)
    assert len(opened) == 1
    assert heard == [2048, 3 * FROM_TEXTS]  # what only torch's slices give
    assert cosine(many[:FROM_TEXTS], few[0]) >= 0.9999
    assert cosine(many, small.encode_passages(texts)) >= 0.9999
    assert (both.max_tokens, both.count_tokens(["the war"])) == (small.max_tokens, [2])


def test_an_encoder_for_bulk_that_differs_or_is_missing_is_not_used(
    small: Encoder,
    make_model: Callable[..., Path],
    cache_dir: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = load_encoder(str(with_another_prompt(make_model())), cache_dir)
    texts = ["the war ended"] * FROM_TEXTS
    expected = small.encode_passages(texts)
    for bulk in (BulkEncoder(small, lambda: other), BulkEncoder(small, lambda: None)):
        assert cosine(bulk.encode_passages(texts), expected) >= 0.9999
    assert "not used for bulk" in caplog.text
