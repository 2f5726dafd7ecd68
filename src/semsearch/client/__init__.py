"""A typed client of the HTTP API, synchronous and asynchronous.

    from semsearch.client import Client

    with Client("http://127.0.0.1:8080") as client:
        for hit in client.hits("what did Putin say about NATO budgets"):
            print(hit.article.title, hit.answer.text)

Answers are the models that the server itself shapes them with. Connection failures and answers
that ask for patience (429, 503) are tried again; every call may be, since all are idempotent.

ClientError
├── ApiError          the server refused; `problem` says why
└── UnreachableError  no answer came, after all tries
"""

from __future__ import annotations

from semsearch.client.asynchronous import AsyncClient
from semsearch.client.calls import NewArticle, SearchOptions
from semsearch.client.retries import ApiError, ClientError, Retries, UnreachableError
from semsearch.client.synchronous import Client

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ClientError",
    "NewArticle",
    "Retries",
    "SearchOptions",
    "UnreachableError",
]
