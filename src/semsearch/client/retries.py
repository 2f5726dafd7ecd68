"""When to try again, how long to wait, and what a refusal becomes."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx
from pydantic import ValidationError

from semsearch.client.calls import Answer, Call
from semsearch.wire.problem import Problem

__all__ = ["ApiError", "ClientError", "Retries", "UnreachableError"]

PATIENCE = frozenset({429, 502, 503, 504})


class ClientError(Exception):
    """Root of what the clients raise."""


class ApiError(ClientError):
    """The server refused. `problem.type` names the cause; `status` is the HTTP status."""

    def __init__(self, status: int, problem: Problem) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{problem.title} {problem.detail}".strip())


class UnreachableError(ClientError):
    """No answer came, after all tries."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often to try again after the first try, and how long to wait in between.

    Waits are what Retry-After says, else `first_wait_s` doubled with each try and jittered by up
    to a half so that many clients do not return at once; none is longer than `longest_wait_s`.
    """

    times: int = 3
    first_wait_s: float = 0.2
    longest_wait_s: float = 10.0

    def wait_s(self, tried: int, response: httpx.Response | None) -> float | None:
        """Seconds to wait after try number `tried` (from 0), None to stop trying.

        `response` is None when the connection failed.
        """
        if tried >= self.times or (response is not None and response.status_code not in PATIENCE):
            return None
        asked: str = response.headers.get("Retry-After", "") if response is not None else ""
        if asked.isdigit():
            return min(float(asked), self.longest_wait_s)
        jitter = 1 + random.random() / 2  # noqa: S311 -- no secret hangs on it
        return min(self.first_wait_s * 2.0**tried * jitter, self.longest_wait_s)


def read(call: Call[Answer], response: httpx.Response) -> Answer:
    """The answer as its model; raises ApiError for a refusal."""
    check(response)
    return call.answer.model_validate_json(response.content)


def check(response: httpx.Response) -> None:
    """Raise ApiError for a refusal; the response must have been read."""
    if response.is_success:
        return
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        # Something in between answered, a proxy for instance.
        problem = Problem(
            type="about:blank",
            title=response.reason_phrase,
            status=response.status_code,
            detail=response.text[:500],
            request_id="",
        )
    raise ApiError(response.status_code, problem)
