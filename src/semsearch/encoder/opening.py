"""Opens a built entry, in the first precision that agrees with torch on this processor."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from semsearch.encoder.card import PROBES, Card, DamagedEntryError, cosines
from semsearch.encoder.compiled import CompiledEncoder
from semsearch.encoder.runtime import openvino
from semsearch.encoder.trust import certify, read_certificate

__all__ = ["AGREEMENT", "check_entry", "open_entry"]

# The least cosine between these vectors and torch's in float32 at which these may serve.
AGREEMENT = 0.999
# The processor's own choice first (bfloat16 where it has it), then plain float32.
PRECISIONS: tuple[Mapping[str, str], ...] = ({}, {"INFERENCE_PRECISION_HINT": "f32"})


def open_entry(entry: Path, card: Card, threads: int) -> CompiledEncoder:
    """The encoder of a finished entry, checked against torch's vectors of the probes.

    With all probes the first time on this machine, with one afterwards (`trust` says when it is
    the first time again). OpenVINO keeps what it made for this processor in the entry. Raises
    DamagedEntryError when a file cannot be used or the vectors differ in any precision.
    """
    settings = _settings(threads) | {"CACHE_DIR": str(entry / "compiled")}
    certificate = read_certificate(entry)
    if certificate is not None:
        encoder = _compile(entry, card, {**settings, **PRECISIONS[certificate.precision]})
        # The first inference packs the weights: the first question would wait for it otherwise.
        if _agreement(encoder, card, 1) >= AGREEMENT:
            return encoder
    encoder, precision = _first_that_agrees(entry, card, settings)
    certify(entry, precision)
    return encoder


def check_entry(entry: Path, card: Card, threads: int) -> None:
    """Raise DamagedEntryError unless an entry that is still being built can be opened.

    Nothing is kept: OpenVINO finds what it has made by the entry's final place only.
    """
    _first_that_agrees(entry, card, _settings(threads))


def _settings(threads: int) -> dict[str, str]:
    """One stream over so many cores, which the kernel may move.

    Pinned, the threads of several server processes would wait for one core beside a free one.
    """
    return {
        "PERFORMANCE_HINT": "LATENCY",
        "ENABLE_CPU_PINNING": "NO",
        "INFERENCE_NUM_THREADS": str(threads or len(os.sched_getaffinity(0))),
    }


def _first_that_agrees(
    entry: Path, card: Card, settings: Mapping[str, str]
) -> tuple[CompiledEncoder, int]:
    """The encoder in the first precision that agrees on all probes, and that precision's place."""
    seen = []
    for place, precision in enumerate(PRECISIONS):
        encoder = _compile(entry, card, {**settings, **precision})
        seen.append(_agreement(encoder, card, len(PROBES)))
        if seen[-1] >= AGREEMENT:
            return encoder, place
    raise DamagedEntryError(f"its cosine to torch is {max(seen):.5f}, where {AGREEMENT} is needed")


def _compile(entry: Path, card: Card, settings: Mapping[str, str]) -> CompiledEncoder:
    """Both parts at once: neither library holds the interpreter's lock meanwhile."""
    library = openvino()
    try:
        with ThreadPoolExecutor(1, "tokenizer") as beside:
            tokenizer = beside.submit(Tokenizer.from_file, str(entry / "tokenizer.json"))
            network = library.Core().compile_model(entry / "model.xml", "CPU", dict(settings))
            return CompiledEncoder(card, tokenizer.result(), network)
    except Exception as error:  # tokenizers raises bare Exception, OpenVINO RuntimeError
        raise DamagedEntryError(str(error)) from error


def _agreement(encoder: CompiledEncoder, card: Card, probes: int) -> float:
    """The lowest cosine between this encoder's vectors of the first probes and the card's.

    One question at a time, as a server asks; and all passages at once, if there are several.
    """
    texts = PROBES[:probes]
    queries = np.concatenate([encoder.encode_queries([text]) for text in texts])
    lowest = [cosines(queries, card.query_probes[:probes])]
    if probes > 1:
        lowest.append(cosines(encoder.encode_passages(texts), card.passage_probes[:probes]))
    return float(np.concatenate(lowest).min())
