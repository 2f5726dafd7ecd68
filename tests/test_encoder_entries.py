"""Entries of the cache: built, checked, trusted, refused; with and without bfloat16."""

from __future__ import annotations

import json
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
from models import SENTENCES, WORDED, cosine

from semsearch.encoder import Encoder, load_encoder
from semsearch.encoder.cache import read_metadata, write_metadata
from semsearch.encoder.certificate import certify, read_certificate
from semsearch.encoder.choosing import EIGHT_BIT, FLOAT32, MODEL, MODEL_IN_BYTES, open_entry
from semsearch.encoder.eightbit import shrink_weights
from semsearch.encoder.runtime import openvino
from semsearch.encoder.source import ModelSource, check_published
from semsearch.errors import EncoderError

# Makes OpenVINO and the library below it believe that the processor has AVX2 and nothing newer. The
# whole suite can be run so.
WITHOUT_BFLOAT16 = {"OV_CPU_MAX_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


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


def test_a_default_model_that_is_not_the_published_one_is_refused() -> None:
    with pytest.raises(EncoderError, match=r"model\.safetensors is not the published file"):
        check_published(ModelSource("default", "x", Path("there")), {"model.safetensors": "0"})


def test_a_folder_without_a_model_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(tmp_path / "empty"), tmp_path / "cache")
