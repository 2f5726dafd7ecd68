"""An optional last look by a cross-encoder: question and passage read together by one model.

Off unless the setting `rerank_model` names a model and a query asks for it. sentence_transformers
and torch are imported with the first question that does, so that nobody else waits for them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from semsearch.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

__all__ = ["Reranker", "shared_reranker"]


class Reranker:
    """Any CrossEncoder of sentence-transformers with one output, by name or path.

    Thread-safe: one question at a time has the model. Should live as long as the application.
    """

    def __init__(self, model: str) -> None:
        self._name = model
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How well each text answers, in (0, 1); shape (len(texts),).

        Raises EncoderError when the model cannot be loaded or gives more than one number.
        """
        if not texts:
            return np.zeros(0)
        with self._lock:
            raw = self._model.predict([(question, text) for text in texts], convert_to_numpy=True)
        found = np.asarray(raw, dtype=np.float64)
        if found.shape != (len(texts),):
            raise EncoderError(
                f"{self._name} gives {found.shape[-1]} numbers a pair; a reranker gives one"
            )
        return found

    @cached_property
    def _model(self) -> CrossEncoder:
        try:
            from sentence_transformers import CrossEncoder
            from torch.nn import Sigmoid

            model: CrossEncoder = CrossEncoder(self._name, activation_fn=Sigmoid())
        except (ImportError, OSError, ValueError) as error:
            raise EncoderError(
                f"the reranking model {self._name!r} cannot be loaded: {error}; name a "
                "cross-encoder or its folder in rerank_model, or leave it unset"
            ) from error
        return model


@lru_cache(maxsize=2)
def shared_reranker(model: str) -> Reranker:
    """The one reranker of this name in the process, whatever generation is served."""
    return Reranker(model)
