"""The API's operations are declared on this; see operations.py."""

from __future__ import annotations

from semsearch.web.operations import Api

__all__ = ["api"]

api = Api("api", "/api/v1")
