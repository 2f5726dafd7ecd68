"""What the clients raise.

ClientError
├── ApiError          the server refused; `problem` says why
├── UnreachableError  no answer came, after all tries, or a stream broke off
└── JobTimeoutError   a job was not done in the time that `wait` was given
"""

from __future__ import annotations

from semsearch_client.wire.problem import Problem
from semsearch_client.wire.schema import Job

__all__ = ["ApiError", "ClientError", "JobTimeoutError", "UnreachableError"]


class ClientError(Exception):
    """Root of what the clients raise."""


class ApiError(ClientError):
    """The server refused. `problem.type` names the cause; `status` is the HTTP status."""

    def __init__(self, status: int, problem: Problem) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{problem.title} {problem.detail}".strip())


class UnreachableError(ClientError):
    """No answer came, after all tries, or a stream broke off."""


class JobTimeoutError(ClientError, TimeoutError):
    """The changes are durable, but searches do not see all of them yet; `job` is as last seen."""

    def __init__(self, job: Job, timeout_s: float) -> None:
        self.job = job
        super().__init__(f"job {job.id}: {job.done} of {job.total} done after {timeout_s:g} s")
