"""Opens a built entry, in the first precision that agrees with torch on this processor."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from semsearch.encoder.card import PROBES, Card, DamagedEntryError, cosines
from semsearch.encoder.compiled import CompiledEncoder
from semsearch.encoder.network import ALONE, Network
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
    opened = _Entry(entry, card, threads or len(os.sched_getaffinity(0)), keep=True)
    certificate = read_certificate(entry)
    if certificate is not None:
        encoder = opened.encoder(PRECISIONS[certificate.precision])
        # The first inference packs the weights: the first question would wait for it otherwise.
        if _agreement(encoder, card, 1) >= AGREEMENT:
            return encoder
    encoder, precision = _first_that_agrees(opened)
    certify(entry, precision)
    return encoder


def check_entry(entry: Path, card: Card, threads: int) -> None:
    """Raise DamagedEntryError unless an entry that is still being built can be opened.

    Nothing is kept: OpenVINO finds what it has made by the entry's final place only.
    """
    _first_that_agrees(_Entry(entry, card, threads or len(os.sched_getaffinity(0)), keep=False))


@dataclass(frozen=True, slots=True)
class _Entry:
    """The files of an entry, ready to be compiled for `threads` cores.

    `keep`: OpenVINO writes what it makes for this processor into the entry, or finds it there.
    """

    path: Path
    card: Card
    threads: int
    keep: bool

    def encoder(self, precision: Mapping[str, str]) -> CompiledEncoder:
        """Tokenizer and network at once: neither library holds the interpreter's lock."""
        settings = {"PERFORMANCE_HINT": "LATENCY", **precision}
        if self.keep:
            settings["CACHE_DIR"] = str(self.path / "compiled")
        try:
            with ThreadPoolExecutor(1, "tokenizer") as beside:
                coming = beside.submit(Tokenizer.from_file, str(self.path / "tokenizer.json"))
                network = self._narrow(settings)
                tokenizer = coming.result()
        except Exception as error:  # tokenizers raises bare Exception, OpenVINO RuntimeError
            raise DamagedEntryError(str(error)) from error
        wide = partial(self._wide, precision, tokenizer) if self.threads > 1 else None
        return CompiledEncoder(self.card, tokenizer, network, wide)

    def _narrow(self, settings: Mapping[str, str]) -> Network:
        """The network that answers a question soonest. Where bfloat16 is at work, questions of
        common length have one of their own, and the other is opened when it is first needed."""
        kinds = openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        bfloat16 = "BF16" in kinds and "INFERENCE_PRECISION_HINT" not in settings
        if bfloat16 and self.card.max_length >= ALONE:
            alone = self._compile(settings, ALONE)
            return Network(self.card, partial(self._compile, settings), 1, alone)
        compiled = self._compile(settings)
        return Network(self.card, lambda: compiled, 1)

    def _wide(self, precision: Mapping[str, str], tokenizer: Tokenizer) -> Network | None:
        """A network that works on as many batches as there are cores, checked as any other.

        It is compiled anew: what OpenVINO keeps in a finished entry must not change any more.
        """
        settings = {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": str(self.threads)}
        compiled = self._compile({**settings, **precision})
        network = Network(self.card, lambda: compiled, self.threads)
        trial = CompiledEncoder(self.card, tokenizer, network)
        return network if _agreement(trial, self.card, len(PROBES)) >= AGREEMENT else None

    def _compile(self, settings: Mapping[str, str], columns: int = 0) -> Any:
        """With `columns`: for a single text of so many tokens.

        The kernel may move its threads: pinned, those of several server processes would wait for
        one core beside a free one.
        """
        threads = {"INFERENCE_NUM_THREADS": str(self.threads), "ENABLE_CPU_PINNING": "NO"}
        core = openvino().Core()
        network = core.read_model(self.path / "model.xml")
        if columns:
            network.reshape({place: [1, columns] for place in range(len(network.inputs))})
        return core.compile_model(network, "CPU", {**threads, **settings})


def _first_that_agrees(opened: _Entry) -> tuple[CompiledEncoder, int]:
    """The encoder in the first precision that agrees on all probes, and that precision's place."""
    seen = []
    for place, precision in enumerate(PRECISIONS):
        encoder = opened.encoder(precision)
        seen.append(_agreement(encoder, opened.card, len(PROBES)))
        if seen[-1] >= AGREEMENT:
            return encoder, place
    raise DamagedEntryError(f"its cosine to torch is {max(seen):.5f}, where {AGREEMENT} is needed")


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
