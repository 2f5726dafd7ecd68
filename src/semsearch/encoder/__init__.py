"""Turns texts into unit vectors.

One transformer run with OpenVINO serves questions in milliseconds and passages in bulk; torch
only builds what OpenVINO runs, once per model and machine, into a cache directory:

    cache_dir/models/<key>.json      which files a model name stood for, and its fingerprint
    cache_dir/entries/<fingerprint>/ the compiled network, the tokenizer, the metadata (settings),
                                     and what each machine found when it checked them
    cache_dir/lock                   held while an entry is built

With both there, nothing here imports torch, transformers or sentence_transformers, except to encode
many passages on a graphics processor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from semsearch.encoder.cache import DamagedEntryError, EncoderCache, EntryMetadata
from semsearch.encoder.gpu import BulkEncoder, has_gpu
from semsearch.encoder.source import ModelSource, find_source
from semsearch.encoder.tiny import TinyEncoder

__all__ = ["Encoder", "import_runtime", "load_beside", "load_encoder"]

log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Texts to unit vectors. Safe to call from several threads; lives as long as the process.

    The vector of a text does not depend on what it is batched with, up to rounding: two
    encodings of one text agree to a cosine of 0.9999 or better.
    """

    @property
    def name(self) -> str:
        """What the model is called, for people."""

    @property
    def dim(self) -> int:
        """Length of every vector."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of content fit a passage; special tokens and prompt already taken off."""

    @property
    def fingerprint(self) -> str:
        """64 hex digits over name, weights, prompts and longest input: equal means same vectors."""

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, with the model's query prompt: `(len(texts), dim)`, unit rows."""

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """Vectors of passages, with the document prompt: `(len(texts), dim)`, unit rows, in order.

        `on_progress` hears, on the calling thread, how many of `texts` are done so far.
        """

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        """`count_tokens` by itself; picklable where the encoder is not, if it can be."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many content tokens each text has: untruncated, without special tokens."""


def load_encoder(model: str, cache_dir: Path, threads: int = 0) -> Encoder:
    """The encoder of this name: "default", "tiny", or a sentence-transformers name or path.

    `threads` is how many cores an encoding may use, 0 for all that the process may run on.
    `cache_dir` is created where needed, may be shared by processes, and may be deleted at any
    time when none is running. Raises EncoderError when there is no such model.
    """
    if model == "tiny":
        return TinyEncoder()
    source = find_source(model)
    cache = EncoderCache(cache_dir)
    try:
        metadata = cache.recall(source)
        if metadata is not None:
            return _open(source, cache, metadata, threads)
    except DamagedEntryError as error:
        log.warning("The cached encoder %r cannot be used, building it anew: %s", model, error)
    return _open(source, cache, _build(source, cache, threads), threads)


def load_beside(model: str, cache_dir: Path, threads: int = 0) -> Future[Encoder]:
    """As `load_encoder`, on another thread, for callers with something else to do meanwhile.

    Its imports are made first, on the calling thread: side by side, two threads that import hold
    each other up, while what is left is native code and needs no turn of the interpreter.
    """
    if model != "tiny":
        import_runtime()
    one = ThreadPoolExecutor(1, "encoder")
    coming = one.submit(load_encoder, model, cache_dir, threads)
    one.shutdown(wait=False)
    return coming


def import_runtime() -> None:
    """Import what `load_encoder` needs for an entry that is built: a server does it once for all
    its processes, before it forks. Starts no threads."""
    from semsearch.encoder import choosing  # noqa: F401 -- for its imports
    from semsearch.encoder.runtime import openvino

    openvino()


def _build(source: ModelSource, cache: EncoderCache, threads: int) -> EntryMetadata:
    from semsearch.encoder.conversion import build_entry

    with cache.lock():
        return build_entry(source, cache, threads)


def _open(
    source: ModelSource, cache: EncoderCache, metadata: EntryMetadata, threads: int
) -> Encoder:
    encoder = _open_here(source, cache, metadata, threads)
    if metadata.served_by == "torch" or not has_gpu():
        return encoder
    return BulkEncoder(encoder, lambda: _open_gpu(source, metadata, threads))


def _open_gpu(source: ModelSource, metadata: EntryMetadata, threads: int) -> Encoder | None:
    from semsearch.encoder.torch import TorchEncoder, has_cuda

    return TorchEncoder(source, metadata, threads) if has_cuda() else None


def _open_here(
    source: ModelSource, cache: EncoderCache, metadata: EntryMetadata, threads: int
) -> Encoder:
    if metadata.served_by == "torch":
        from semsearch.encoder.torch import TorchEncoder

        log.warning("%s runs on torch, slower: %s", metadata.name, metadata.reason)
        return TorchEncoder(source, metadata, threads)
    from semsearch.encoder.choosing import open_entry

    entry = cache.entry(metadata.fingerprint)
    ready = entry / "ready"
    if ready.exists():
        return open_entry(entry, metadata, threads)
    # The first to open an entry writes OpenVINO's blobs: until they are whole, nobody may read
    # them.
    with cache.lock():
        encoder = open_entry(entry, metadata, threads)
        ready.touch()
        return encoder
