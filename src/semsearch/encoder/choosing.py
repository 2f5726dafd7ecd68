"""Opens a built entry, in the fastest way that agrees with torch on this processor."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from semsearch.encoder.cache import PROBES, DamagedEntryError, EntryMetadata, cosines
from semsearch.encoder.certificate import certify, read_certificate
from semsearch.encoder.compiled import CompiledEncoder
from semsearch.encoder.eightbit import SETTINGS as IN_BYTES
from semsearch.encoder.network import ALONE, Network
from semsearch.encoder.runtime import has_bfloat16, openvino
from semsearch.system.cores import cores

__all__ = [
    "AGREEMENT",
    "MODEL",
    "MODEL_IN_BYTES",
    "VARIANTS",
    "Variant",
    "check_entry",
    "open_entry",
]

# The least cosine between these vectors and torch's in float32 at which these may serve.
AGREEMENT = 0.999
MODEL, MODEL_IN_BYTES = "model.xml", "model-8bit.xml"


@dataclass(frozen=True)
class Variant:
    """A file of an entry and how the engine is to run it."""

    file: str
    settings: Mapping[str, str]


BFLOAT16, EIGHT_BIT, FLOAT32 = range(3)
VARIANTS = (
    Variant(MODEL, {}),  # the processor's own choice
    Variant(MODEL_IN_BYTES, IN_BYTES),
    Variant(MODEL, {"INFERENCE_PRECISION_HINT": "f32"}),
)
# How much faster than float32 eight bits must be to be worth their error; and what is timed.
_WORTH = 1.15
_TIMED = [PROBES[-1]] * 8
_ROUNDS = 5


def open_entry(
    entry: Path, metadata: EntryMetadata, threads: int, *, bfloat16: bool | None = None
) -> CompiledEncoder:
    """The encoder of a finished entry, checked against torch's vectors of the probes.

    With all probes the first time on this machine, with one afterwards (`certificate` says when it
    is the first time again). OpenVINO keeps what it made for this processor in the entry.
    `bfloat16` says whether the processor is fast at such numbers; OpenVINO is asked where it is
    None. Raises DamagedEntryError if a file cannot be used or the vectors differ in every variant.
    """
    fast = has_bfloat16() if bfloat16 is None else bfloat16
    opened = _Entry(entry, metadata, threads or cores(), fast, keep=True)
    certificate = read_certificate(entry)
    if certificate is not None:
        encoder = opened.encoder(VARIANTS[certificate.variant])
        # The first inference packs the weights: the first question would wait for it otherwise.
        if _agreement(encoder, metadata, 1) >= AGREEMENT:
            return encoder
    encoder, variant = _choose(opened)
    certify(entry, variant)
    return encoder


def check_entry(entry: Path, metadata: EntryMetadata, threads: int) -> None:
    """Raise DamagedEntryError unless an entry that is still being built can be opened.

    Nothing is kept: OpenVINO finds what it has made by the entry's final place only.
    """
    threads = threads or cores()
    _choose(_Entry(entry, metadata, threads, has_bfloat16(), keep=False))


@dataclass(frozen=True, slots=True)
class _Entry:
    """The files of an entry, ready to be compiled for `threads` cores.

    `bfloat16`: the processor is fast at such numbers. `keep`: OpenVINO writes what it makes for
    this processor into the entry, or finds it there.
    """

    path: Path
    metadata: EntryMetadata
    threads: int
    bfloat16: bool
    keep: bool

    def variants(self) -> Iterator[int]:
        """The places in VARIANTS of those that may be the fastest here, float32 last."""
        if self.bfloat16:
            yield BFLOAT16
        elif (self.path / MODEL_IN_BYTES).exists():
            yield EIGHT_BIT
        yield FLOAT32

    def encoder(self, variant: Variant) -> CompiledEncoder:
        """Tokenizer and network at once: neither library holds the interpreter's lock."""
        try:
            with ThreadPoolExecutor(1, "tokenizer") as beside:
                coming = beside.submit(Tokenizer.from_file, str(self.path / "tokenizer.json"))
                network = self._narrow(variant)
                tokenizer = coming.result()
        except Exception as error:  # tokenizers raises bare Exception, OpenVINO RuntimeError
            raise DamagedEntryError(str(error)) from error
        wide = partial(self._wide, variant, tokenizer) if self.threads > 1 else None
        return CompiledEncoder(self.metadata, tokenizer, network, wide)

    def _narrow(self, variant: Variant) -> Network:
        """The network that answers a question soonest. Where bfloat16 is at work, questions of
        common length have one of their own, and the other is opened when it is first needed."""
        settings = {"PERFORMANCE_HINT": "LATENCY"}
        if self.keep:
            settings["CACHE_DIR"] = str(self.path / "compiled")
        if variant is VARIANTS[BFLOAT16] and self.bfloat16 and self.metadata.max_length >= ALONE:
            alone = self._compile(variant, settings, ALONE)
            return Network(self.metadata, partial(self._compile, variant, settings), 1, alone)
        compiled = self._compile(variant, settings)
        return Network(self.metadata, lambda: compiled, 1)

    def _wide(self, variant: Variant, tokenizer: Tokenizer) -> Network | None:
        """A network that works on as many batches as there are cores, checked as any other.

        It is compiled anew: what OpenVINO keeps in a finished entry must not change any more.
        """
        settings = {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": str(self.threads)}
        compiled = self._compile(variant, settings)
        network = Network(self.metadata, lambda: compiled, self.threads)
        trial = CompiledEncoder(self.metadata, tokenizer, network)
        return network if _agreement(trial, self.metadata, len(PROBES)) >= AGREEMENT else None

    def _compile(self, variant: Variant, settings: Mapping[str, str], columns: int = 0) -> Any:
        """With `columns`: for a single text of that many tokens.

        The kernel may move its threads: pinned, those of several server processes would wait for
        one core while another is free.
        """
        threads = {"INFERENCE_NUM_THREADS": str(self.threads), "ENABLE_CPU_PINNING": "NO"}
        core = openvino().Core()
        network = core.read_model(self.path / variant.file)
        if columns:
            network.reshape({place: [1, columns] for place in range(len(network.inputs))})
        return core.compile_model(network, "CPU", {**threads, **settings, **variant.settings})


def _choose(opened: _Entry) -> tuple[CompiledEncoder, int]:
    """The encoder to serve with, and its place in VARIANTS.

    bfloat16 where it agrees; else 8 bits where they agree and are faster than float32 by _WORTH,
    which depends on the processor, so both are timed.
    """
    seen: list[float] = []
    found: dict[int, CompiledEncoder] = {}
    for place in opened.variants():
        encoder = opened.encoder(VARIANTS[place])
        seen.append(_agreement(encoder, opened.metadata, len(PROBES)))
        if seen[-1] >= AGREEMENT:
            found[place] = encoder
            if place == BFLOAT16:
                break
    if not found:
        raise DamagedEntryError(
            f"its cosine to torch is {max(seen):.5f}, where {AGREEMENT} is needed"
        )
    chosen = min(found)
    both = EIGHT_BIT in found and FLOAT32 in found
    if both and _seconds(found[FLOAT32]) < _WORTH * _seconds(found[EIGHT_BIT]):
        chosen = FLOAT32
    return found[chosen], chosen


def _seconds(encoder: CompiledEncoder) -> float:
    """The best time of a small batch."""
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        encoder.encode_passages(_TIMED)
        times.append(time.perf_counter() - started)
    return min(times)


def _agreement(encoder: CompiledEncoder, metadata: EntryMetadata, probes: int) -> float:
    """The lowest cosine between this encoder's vectors of the first probes and the metadata's.

    One question at a time, as a server asks; and all passages at once, if there are several.
    """
    texts = PROBES[:probes]
    queries = np.concatenate([encoder.encode_queries([text]) for text in texts])
    lowest = [cosines(queries, metadata.query_probes[:probes])]
    if probes > 1:
        lowest.append(cosines(encoder.encode_passages(texts), metadata.passage_probes[:probes]))
    return float(np.concatenate(lowest).min())
