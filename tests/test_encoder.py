"""The encoder: the tiny one worked out by hand, the real ones against sentence-transformers."""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semsearch.encoder import Encoder, load_encoder
from semsearch.encoder.cache import EncoderCache, read_metadata, write_metadata
from semsearch.encoder.certificate import certify, read_certificate
from semsearch.encoder.choosing import EIGHT_BIT, FLOAT32, MODEL, MODEL_IN_BYTES, open_entry
from semsearch.encoder.eightbit import shrink_weights
from semsearch.encoder.gpu import FROM_TEXTS, BulkEncoder
from semsearch.encoder.network import pack, plan_batches, width
from semsearch.encoder.runtime import openvino
from semsearch.encoder.source import ModelSource, check_published, find_source
from semsearch.errors import EncoderError

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

# Makes OpenVINO and the library below it believe that the processor has AVX2 and nothing newer. The
# whole suite can be run so.
WITHOUT_BFLOAT16 = {"OV_CPU_MAX_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


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


@pytest.fixture(scope="session")
def small(small_model: Path, cache_dir: Path) -> Encoder:
    return load_encoder(str(small_model), cache_dir)


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


def test_a_damaged_entry_is_built_anew_with_a_warning(
    small: Encoder, small_model: Path, cache_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = small.encode_queries(["the war ended"])
    (entry,) = (cache_dir / "entries").glob(f"{small.fingerprint}*")
    weights = entry / "model.bin"
    beginning = weights.read_bytes()[:100]
    weights.unlink()  # not cut in place: the running encoder has it mapped
    weights.write_bytes(beginning)
    again = load_encoder(str(small_model), cache_dir)
    assert "building it anew" in caplog.text
    assert cosine(again.encode_queries(["the war ended"]), expected) >= 0.9999
    assert weights.stat().st_size > 100


def test_an_entry_is_trusted_until_anything_that_was_checked_changes(
    make_model: Callable[..., Path], tmp_path: Path
) -> None:
    encoder = load_encoder(str(make_model()), tmp_path)
    (entry,) = (tmp_path / "entries").glob(f"{encoder.fingerprint}*")
    assert read_certificate(entry) is not None
    weights = (entry / "model.bin").stat()
    os.utime(entry / "model.bin", ns=(weights.st_atime_ns, weights.st_mtime_ns + 1))
    assert read_certificate(entry) is None
    certify(entry, 0)
    assert read_certificate(entry) is not None
    (note,) = (entry / "checked").iterdir()
    note.write_text(note.read_text("utf-8").replace("instructions", "other instructions"), "utf-8")
    assert read_certificate(entry) is None


def test_without_bfloat16_eight_bits_or_float32_serve_and_agree_with_torch(
    default: Encoder, reference: Any, cache_dir: Path, tmp_path: Path
) -> None:
    (built,) = (cache_dir / "entries").glob(f"{default.fingerprint}*")
    entry = tmp_path / "entry"
    # As it is built where there is bfloat16: without weights in 8 bits.
    shutil.copytree(built, entry, ignore=shutil.ignore_patterns("compiled", "checked", "*8bit*"))
    metadata = read_metadata(built)
    sizes = {name: size for name, size in metadata.sizes.items() if (entry / name).exists()}
    write_metadata(entry, replace(metadata, sizes=sizes))
    texts = [SENTENCES[place] for place in WORDED]
    expected = reference.encode(texts)
    plain = open_entry(entry, read_metadata(entry), 2, bfloat16=False)
    certificate = read_certificate(entry)
    assert certificate is not None
    assert certificate.variant == FLOAT32
    assert cosine(plain.encode_passages(texts), expected) >= 0.99999

    network = openvino().Core().read_model(entry / MODEL)
    shrink_weights(network)
    openvino().save_model(network, entry / MODEL_IN_BYTES)
    open_entry(entry, read_metadata(entry), 2, bfloat16=False)
    certificate = read_certificate(entry)
    assert certificate is not None
    assert certificate.variant in (EIGHT_BIT, FLOAT32)  # whichever is faster here

    certify(entry, EIGHT_BIT)
    shrunk = open_entry(entry, read_metadata(entry), 2, bfloat16=False)
    assert 0.999 <= cosine(shrunk.encode_passages(texts), expected) < 0.99999
    assert (entry / MODEL_IN_BYTES).with_suffix(".bin").stat().st_size < 0.9 * (
        entry / MODEL
    ).with_suffix(".bin").stat().st_size


def test_an_encoder_that_is_built_without_bfloat16_agrees_with_torch(
    small_model: Path, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    program = """
import json, sys
from pathlib import Path
from semsearch.encoder import load_encoder
from semsearch.encoder.runtime import has_bfloat16
encoder = load_encoder(sys.argv[1], Path(sys.argv[2]))
vectors = encoder.encode_passages(["the war ended", "in may : peace"]).tolist()
print(json.dumps([has_bfloat16(), vectors]))
"""
    command = [sys.executable, "-c", program, str(small_model), str(tmp_path)]
    environ = os.environ | WITHOUT_BFLOAT16
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    fast, vectors = json.loads(done.stdout.splitlines()[-1])
    assert not fast
    (entry,) = (tmp_path / "entries").iterdir()
    assert (entry / MODEL_IN_BYTES).exists()
    model = SentenceTransformer(str(small_model), device="cpu")
    expected = model.encode_document(["the war ended", "in may : peace"], normalize_embeddings=True)
    assert cosine(vectors, expected) >= 0.999


def test_weights_in_bytes_are_within_half_a_step_of_what_they_stand_for() -> None:
    """Rows from -1 to 2: 255 steps of 3 / 255. Half of a step, and what half precision adds."""
    from openvino import Model  # type: ignore[import-untyped]  # it ships no types
    from openvino import opset13 as op

    weights = np.linspace(-1, 2, 64, dtype=np.float32).reshape(16, 4)
    weights[:, 0], weights[:, 3] = -1, 2
    given = op.parameter([4, 4], np.float32)
    wide = op.matmul(given, op.constant(weights), False, True)
    narrow = op.matmul(wide, op.constant(np.ones((2, 16), np.float32)), False, True)
    network = Model([wide, narrow], [given], "products")
    shrink_weights(network)
    engine = openvino().Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    kinds = [node.get_type_name() for node in network.get_ordered_ops()]
    assert kinds.count("Subtract") == 1  # the narrowing product is left alone
    found = engine({0: np.eye(4, dtype=np.float32)})[0].T
    np.testing.assert_allclose(found, weights, atol=1.5 / 255 + 0.004)
    assert not np.allclose(found, weights, atol=1e-5)


def test_a_trusted_entry_that_answers_otherwise_than_torch_is_built_anew(
    make_model: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_model()
    encoder = load_encoder(str(folder), tmp_path)
    expected = encoder.encode_queries(["the war ended"])
    (entry,) = (tmp_path / "entries").glob(f"{encoder.fingerprint}*")
    metadata = json.loads((entry / "metadata.json").read_text("utf-8"))
    metadata["query_probes"][0] = metadata["query_probes"][0][::-1]
    (entry / "metadata.json").write_text(json.dumps(metadata), "utf-8")
    certify(entry, 0)
    again = load_encoder(str(folder), tmp_path)
    assert "building it anew" in caplog.text
    assert cosine(again.encode_queries(["the war ended"]), expected) >= 0.9999


def test_a_changed_prompt_gives_another_fingerprint_and_is_used(
    small: Encoder, make_model: Callable[..., Path], cache_dir: Path
) -> None:
    folder = make_model()
    settings = folder / "config_sentence_transformers.json"
    changed = settings.read_text("utf-8").replace("query: ", "query: the ")
    settings.write_text(changed, "utf-8")
    after = load_encoder(str(folder), cache_dir)
    assert after.fingerprint != small.fingerprint
    # Same weights: the longer prompt does what the word in the text would.
    found, expected = after.encode_queries(["war"]), small.encode_queries(["the war"])
    assert cosine(found, expected) >= 0.9999


def test_two_that_build_one_encoder_at_once_both_get_it(small_model: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        encoders = list(threads.map(lambda _: load_encoder(str(small_model), tmp_path), range(2)))
    first, second = (encoder.encode_queries(["the war ended"]) for encoder in encoders)
    assert cosine(first, second) >= 0.9999
    assert len(list((tmp_path / "entries").iterdir())) == 1


def test_torch_serves_what_cannot_be_compiled_and_the_log_says_so(
    make_model: Callable[..., Path], cache_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from sentence_transformers import SentenceTransformer

    # Leaving the prompt out of the pooling is beyond a network that sees tokens only.
    folder = make_model(include_prompt=False)
    encoder = load_encoder(str(folder), cache_dir)
    assert "runs on torch" in caplog.text
    model = SentenceTransformer(str(folder), device="cpu")
    texts = ["the war ended", "in may"]
    expected = model.encode_document(texts, normalize_embeddings=True)
    assert cosine(encoder.encode_passages(texts), expected) >= 0.9999
    assert encoder.encode_queries([]).shape == (0, 16)
    assert encoder.count_tokens(["the war", ""]) == [2, 0]
    assert encoder.max_tokens == 32 - 2 - 3


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
    other = load_encoder(str(_with_another_prompt(make_model())), cache_dir)
    texts = ["the war ended"] * FROM_TEXTS
    expected = small.encode_passages(texts)
    for bulk in (BulkEncoder(small, lambda: other), BulkEncoder(small, lambda: None)):
        assert cosine(bulk.encode_passages(texts), expected) >= 0.9999
    assert "not used for bulk" in caplog.text


def _with_another_prompt(folder: Path) -> Path:
    settings = folder / "config_sentence_transformers.json"
    changed = settings.read_text("utf-8").replace("passage: the ", "query: peace ")
    settings.write_text(changed, "utf-8")
    return folder


def test_a_default_model_that_is_not_the_published_one_is_refused() -> None:
    with pytest.raises(EncoderError, match=r"model\.safetensors is not the published file"):
        check_published(ModelSource("default", "x", Path("there")), {"model.safetensors": "0"})


def test_a_folder_without_a_model_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(tmp_path / "empty"), tmp_path / "cache")
