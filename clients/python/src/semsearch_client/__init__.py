"""A typed client of semsearch's HTTP API, synchronous and asynchronous.

    from semsearch_client import Client

    with Client("http://127.0.0.1:8080") as client:
        for hit in client.hits("what did Putin say about NATO budgets"):
            print(hit.article.title, hit.answer.text)

Answers are the models that the server itself shapes them with. Connection failures and answers
that ask for patience (429, 502, 503, 504) are tried again; every call may be, since all are
idempotent.
"""

from __future__ import annotations

from semsearch_client.clients import AsyncClient, Client
from semsearch_client.errors import ApiError, ClientError, JobTimeoutError, UnreachableError
from semsearch_client.options import NewArticle, SearchOptions
from semsearch_client.retries import Retries
from semsearch_client.wire import schema
from semsearch_client.wire.problem import Fault, Problem
from semsearch_client.wire.schema import *  # noqa: F403 -- every type of an answer is public

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ClientError",
    "Fault",
    "JobTimeoutError",
    "NewArticle",
    "Problem",
    "Retries",
    "SearchOptions",
    "UnreachableError",
]
__all__ += schema.__all__

__version__ = "0.1.0"
