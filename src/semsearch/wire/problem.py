"""The shape of a refusal, RFC 9457, shared by server and client."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["TYPE_PREFIX", "Fault", "Problem"]

TYPE_PREFIX = "urn:semsearch:problem:"


class Fault(BaseModel):
    """One invalid part of a request. `location` is `query`, `body` or `path`."""

    model_config = ConfigDict(frozen=True)

    location: str
    pointer: str = Field(description="Name of the parameter, or JSON pointer into the body.")
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem. `errors` lists every invalid part, and is empty for other causes."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Stable name of the cause.", examples=[TYPE_PREFIX + "not-found"])
    title: str = Field(description="The cause in words; the same for each problem of a type.")
    status: int
    detail: str = Field(description="What went wrong this time, and what to do.")
    request_id: str = Field(description="Also in the X-Request-Id header and in the server's log.")
    errors: tuple[Fault, ...] = ()
