"""Builds a cache entry out of a sentence-transformers model. Imports torch: only when building."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

import torch
from openvino.tools.ovc import convert_model  # type: ignore[import-untyped]  # it ships no types
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import nn

from semsearch.encoder.cache import PROBES, EncoderCache, EntryMetadata, write_metadata
from semsearch.encoder.choosing import MODEL, MODEL_IN_BYTES, check_entry
from semsearch.encoder.eightbit import shrink_weights
from semsearch.encoder.runtime import has_bfloat16, openvino
from semsearch.encoder.source import ModelSource, check_published, hash_files
from semsearch.encoder.torch import encode, load_model, max_length, prompts, quiet

__all__ = ["build_entry"]

log = logging.getLogger(__name__)


class _Forward(nn.Module):
    """The model from token ids to unit vectors, as one function of two tensors."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        for module in self.model:
            features = module(features)
        return nn.functional.normalize(features["sentence_embedding"], dim=-1)


def build_entry(source: ModelSource, cache: EncoderCache, threads: int) -> EntryMetadata:
    """Load, convert, check against torch, publish. The caller holds the cache's lock.

    Raises EncoderError when the model cannot be loaded or is not the published default.
    """
    model, folder = load_model(source)
    sums = hash_files(folder)
    check_published(source, sums)
    metadata = _metadata(source, model, sums)
    with cache.new_entry(metadata.fingerprint) as entry:
        try:
            _convert(model, entry)
            metadata = replace(
                metadata, sizes={path.name: path.stat().st_size for path in entry.iterdir()}
            )
            check_entry(entry, metadata, threads)
        except Exception as error:  # whatever a converter cannot digest, torch can still run
            log.warning("%s cannot be compiled: %s", source.model, error)
            metadata = replace(metadata, served_by="torch", reason=str(error), sizes={})
        write_metadata(entry, metadata)
    cache.remember(source, folder, metadata.fingerprint)
    return metadata


def _metadata(
    source: ModelSource, model: SentenceTransformer, sums: dict[str, str]
) -> EntryMetadata:
    query_prompt, document_prompt = prompts(model)
    length = max_length(model)
    identity = [source.name, sums, query_prompt, document_prompt, length]
    return EntryMetadata(
        name=source.name,
        fingerprint=hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest(),
        dim=len(model.encode("dimension")),
        max_length=length,
        special_tokens=model.tokenizer.num_special_tokens_to_add(),
        pad_id=model.tokenizer.pad_token_id or 0,
        pad_left=model.tokenizer.padding_side == "left",
        query_prompt=query_prompt,
        document_prompt=document_prompt,
        query_probes=encode(model, PROBES, "query").tolist(),
        passage_probes=encode(model, PROBES, "document").tolist(),
        served_by="openvino",
        reason="",
        sizes={},
    )


def _convert(model: SentenceTransformer, entry: Path) -> None:
    """Write the network (weights in half precision) and the tokenizer (no padding, no cutting)."""
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(entry / "tokenizer.json"))
    example = torch.tensor([[1, 2, 3], [4, 5, 6]])
    inputs = {"input_ids": example, "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]])}
    with torch.no_grad(), quiet():
        network = convert_model(_Forward(model).eval(), example_input=inputs)
    openvino().save_model(network, entry / MODEL)
    if not has_bfloat16():
        shrink_weights(network)
        openvino().save_model(network, entry / MODEL_IN_BYTES)
