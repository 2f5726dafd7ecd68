"""sentence-transformers itself: the reference, the fallback, and the way to a GPU."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from huggingface_hub import snapshot_download
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar, enable_progress_bar

from semsearch.encoder.cache import EntryMetadata
from semsearch.encoder.source import ModelSource
from semsearch.errors import EncoderError
from semsearch.system.cores import cores

__all__ = ["TorchEncoder", "encode", "has_cuda", "load_model", "max_length", "prompts", "quiet"]

log = logging.getLogger(__name__)

# For models that set no limit of their own.
_LONGEST = 512
# Texts encoded between two words of progress; they are sorted by length among themselves.
_SLICE = 2048
_BATCH = {"cuda": 256, "cpu": 32}

Matrix = npt.NDArray[np.float32]


class TorchEncoder:
    """An Encoder that runs the model as sentence-transformers does; half precision on CUDA.

    Calls take turns: neither the tokenizer nor a GPU's memory is shared well by threads.
    """

    def __init__(self, source: ModelSource, metadata: EntryMetadata, threads: int) -> None:
        self.name = metadata.name
        self.dim = metadata.dim
        self.fingerprint = metadata.fingerprint
        self._metadata = metadata
        self._model, _ = load_model(source)
        self._turn = threading.Lock()
        if has_cuda():
            self._model.to("cuda").half()
        else:
            torch.set_num_threads(threads or cores())
        prompt_tokens = self.count_tokens([metadata.document_prompt])[0]
        self.max_tokens = metadata.max_length - metadata.special_tokens - prompt_tokens

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        with self._turn:
            return encode(self._model, texts, "query")

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Matrix:
        rows = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _SLICE):
            part = texts[start : start + _SLICE]
            with self._turn:
                rows[start : start + len(part)] = encode(self._model, part, "document")
            if on_progress is not None:
                on_progress(start + len(part))
        return rows

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self.count_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._turn, quiet():
            ids = self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return [len(one) for one in ids]


def has_cuda() -> bool:
    """Whether there is a graphics processor that torch can use."""
    return torch.cuda.is_available()


def load_model(source: ModelSource) -> tuple[SentenceTransformer, Path]:
    """The model in float32 on the CPU, and the folder that its files are in.

    Raises EncoderError when sentence-transformers knows no such model.
    """
    try:
        with quiet():
            model = SentenceTransformer(str(source.folder or source.model), device="cpu")
        folder = source.folder or _snapshot(source.model)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise EncoderError(
            f"Cannot load the model {source.model!r}: {error}. Name a folder with a "
            "sentence-transformers model, or a model that its hub has."
        ) from error
    return model.float().eval(), folder


def _snapshot(model: str) -> Path:
    """Where the hub's client has put the files of a model that was just loaded by name."""
    full_name = model if "/" in model else f"sentence-transformers/{model}"
    return Path(snapshot_download(full_name, local_files_only=True))


def encode(
    model: SentenceTransformer, texts: Sequence[str], task: Literal["query", "document"]
) -> Matrix:
    """Unit vectors of the texts by the model itself, with the prompt of the task."""
    if not texts:
        return np.empty((0, model.get_embedding_dimension() or 0), np.float32)
    run = model.encode_query if task == "query" else model.encode_document
    batch = _BATCH.get(model.device.type, _BATCH["cpu"])
    rows = run(list(texts), batch_size=batch, convert_to_tensor=True, show_progress_bar=False)
    # Normalised in single precision: in half, lengths would be off by a thousandth. One copy from
    # the device for all.
    unit: Matrix = torch.nn.functional.normalize(rows.float(), dim=-1).cpu().numpy()
    return unit


def prompts(model: SentenceTransformer) -> tuple[str, str]:
    """The query's and the document's prompt, found by the rules of encode_query and _document."""
    named = {name: text or "" for name, text in model.prompts.items()}
    fallback = named.get(model.default_prompt_name or "", "")
    query = named.get("query", fallback)
    names = (name for name in ("document", "passage", "corpus") if name in named)
    return query, named.get(next(names, ""), fallback)


def max_length(model: SentenceTransformer) -> int:
    """The longest input in tokens; tokenizers without a limit of their own report 10**30."""
    length = model.max_seq_length or _LONGEST
    return length if length < 10**6 else _LONGEST


@contextmanager
def quiet() -> Iterator[None]:
    """Without progress bars and tracing notices: the edge draws progress, not a library."""
    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers' own gap
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    enable_progress_bar()  # type: ignore[no-untyped-call]
